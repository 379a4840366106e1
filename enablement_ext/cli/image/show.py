"""`image list`, `show`, `diff`, `changelog`, `sbom`, `size`: reading the catalog. Nothing is changed."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.cli.image.context import ImageContext
from enablement_ext.core.images.catalog import Image
from enablement_ext.core.images.oci.sbom import cyclonedx
from enablement_ext.core.images.release_diff import ReleaseChanges, as_markdown, as_text, changes_between, named_release
from enablement_ext.core.images.release_diff import summary as summary_of
from enablement_ext.core.images.releases import Release

LARGEST = 15


def listed(context: ImageContext, _: argparse.Namespace) -> int:
    """`image list`: every release of every image."""
    catalog = context.store.read()
    rows = [(release, _row(release)) for image in catalog.images for release in image.releases]
    lines = [
        f"{row['image']}/{row['release']:<10} {row['status']:<12} Python {', '.join(release.python):<18} "
        f"{'use ' + release.redirect if release.redirect else ''}".rstrip()
        for release, row in rows
    ]
    context.out.result([row for _, row in rows], "\n".join(lines))
    return Exit.OK


def show(context: ImageContext, args: argparse.Namespace) -> int:
    """`image show NAME`: what is inside, for one Python."""
    release = named_release(context.store.read(), args.name)
    python = chosen_python(release, args.python)
    packages = release.packages_for(python)
    document = _row(release) | {"packages": {p.name: p.version for p in packages}, "direct": sorted(release.direct)}
    lines = [f"{release.image}/{release.version}, {release.status}, Python {python}, {len(packages)} packages"]
    lines += [f"  {p.name}=={p.version}{'  direct' if p.name in release.direct else ''}" for p in packages]
    context.out.result(document | {"python": python}, "\n".join(lines))
    return Exit.OK


def diff(context: ImageContext, args: argparse.Namespace) -> int:
    """`image diff A B`: added, removed, major, minor, patch."""
    catalog = context.store.read()
    found = changes_between(named_release(catalog, args.old), named_release(catalog, args.new), args.python)
    context.out.result(_document(found), as_markdown(found) if args.markdown else as_text(found))
    return Exit.OK


def changelog(context: ImageContext, args: argparse.Namespace) -> int:
    """`image changelog SLUG`: every release against the one before it, newest first, as Markdown."""
    image = context.image(context.store.read(), args.image)
    parts, documents = [f"# Changes of `{image.slug}`"], []
    for release in image.releases:
        before = _before(image, release)
        found = changes_between(before, release) if before else None
        documents.append(_row(release) | {"note": release.changelog, "changes": _document(found) if found else None})
        head = f"## {release.version} ({release.published})"
        parts.append("\n\n".join(filter(None, (head, release.changelog, as_markdown(found) if found else ""))))
    context.out.result(documents, "\n\n".join(parts))
    return Exit.OK


def sbom(context: ImageContext, args: argparse.Namespace) -> int:
    """`image sbom NAME`: CycloneDX."""
    release = named_release(context.store.read(), args.name)
    document = cyclonedx(release, chosen_python(release, args.python))
    context.out.document(document)
    return Exit.OK


def size(context: ImageContext, args: argparse.Namespace) -> int:
    """`image size NAME`: bytes on disk of the environment made here, and what is recorded."""
    release = named_release(context.store.read(), args.name)
    made = context.environments.make(release, args.python)
    packages = sorted(context.environments.package_sizes(made).items(), key=lambda item: -item[1])
    recorded = {python: asdict(build) for python, build in release.oci.items()}
    lines = [f"{release.image}/{release.version}, Python {made.python}: {_mb(made.bytes)} in {made.folder}"]
    lines += [f"  {_mb(count):>9}  {name}" for name, count in packages[:LARGEST]]
    lines += [f"  container image, Python {python}: {_mb(entry['bytes'])} packed" for python, entry in recorded.items()]
    document = _row(release) | {"python": made.python, "bytes": made.bytes, "packages": dict(packages), "oci": recorded}
    context.out.result(document, "\n".join(lines))
    return Exit.OK


def chosen_python(release: Release, asked: str | None) -> str:
    """The asked Python, or the release's oldest. Refuses one that the release was not locked for."""
    if asked is not None and asked not in release.python:
        known = ", ".join(release.python)
        raise CliError(f"{release.image}/{release.version} is for Python {known}, not {asked}", Exit.USAGE)
    return asked or release.python[0]


def _before(image: Image, release: Release) -> Release | None:
    if release.previous:
        return next((r for r in image.releases if r.version == release.previous), None)
    older = image.releases[image.releases.index(release) + 1 :]
    return older[0] if older else None


def _row(release: Release) -> dict[str, Any]:
    return {
        "image": release.image,
        "release": release.version,
        "status": release.status.value,
        "class": release.release_class.value if release.release_class else None,
        "digest": release.digest,
        "published": release.published.isoformat(),
        "support_end": release.support_end.isoformat() if release.support_end else None,
        "redirect": release.redirect,
    }


def _document(found: ReleaseChanges) -> dict[str, Any]:
    return asdict(found) | {"summary": summary_of(found)}


def _mb(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
