"""`image advisories`: known vulnerabilities of what releases hold, by a file of advisories on this machine."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.cli.image.context import ImageContext
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.python.advisories import (
    Acceptance,
    AdvisoryIndex,
    BadAdvisories,
    Report,
    Vulnerability,
    judged,
    read_acceptances,
)
from enablement_ext.core.images.release_diff import named_release
from enablement_ext.core.images.releases import Release, Status


def advisories(context: ImageContext, args: argparse.Namespace) -> int:
    """`image advisories FILE [NAME]`: exit code 1 where something was found that nobody accepted."""
    index = AdvisoryIndex()
    try:
        index.add(context.advisories(args.file))
        acceptances = accepted_in(args.accept)
    except BadAdvisories as error:
        raise CliError(str(error), Exit.USAGE) from error
    releases = _releases(context.store.read(), args.name)
    where = {f"{each.image}/{each.version}": _vulnerabilities(index, each) for each in releases}
    report = judged((one for found in where.values() for one in found), acceptances, context.today)
    context.out.result(as_document(report, where), as_text(report, where))
    return Exit.NO if report.found else Exit.OK


def accepted_in(path: Path | None) -> tuple[Acceptance, ...]:
    """The acceptances in a TOML file, none without one. Raises `BadAdvisories`."""
    if path is None:
        return ()
    try:
        return read_acceptances(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadAdvisories(f"{path}: {error}") from error


def as_document(report: Report, where: dict[str, Sequence[Vulnerability]]) -> dict[str, Any]:
    """The report for programs: what was found and accepted with the places that have it, and what was looked through."""
    return {
        "looked_at": list(where),
        "found": [asdict(one) | {"in": _places(one, where)} for one in report.found],
        "accepted": [asdict(one) | {"in": _places(one, where)} for one in report.accepted],
        "stale": [asdict(one) for one in report.stale],
    }


def as_text(report: Report, where: dict[str, Sequence[Vulnerability]]) -> str:
    """The report for a person: one paragraph a finding, then the counts."""
    lines: list[str] = []
    for one in report.found:
        names = ", ".join((one.advisory, *one.aliases))
        fixed = f"fixed in {', '.join(one.fixed)}" if one.fixed else "the advisory names no fixed version"
        lines += [
            f"{one.package} {one.version}: {names}",
            f"  {one.summary}" if one.summary else "",
            f"  {fixed}; in {', '.join(_places(one, where))}",
        ]
    lines += [
        f"accepted, but nothing needs it any more or its day has passed: {one.advisory} ({one.until})"
        for one in report.stale
    ]
    counts = f"{len(report.found)} found, {len(report.accepted)} accepted, in {len(where)} locks"
    return "\n".join([*filter(None, lines), counts])


def _places(one: Vulnerability, where: dict[str, Sequence[Vulnerability]]) -> list[str]:
    return [place for place, found in where.items() if one in found]


def _releases(catalog: Catalog, name: str | None) -> Iterable[Release]:
    if name:
        return [named_release(catalog, name)]
    return [release for image in catalog.images for release in image.releases if release.status is not Status.WITHDRAWN]


def _vulnerabilities(index: AdvisoryIndex, release: Release) -> Sequence[Vulnerability]:
    return [one for package in release.packages for one in index.of(package.name, package.version)]
