"""`image build`, `test`, `gc`: releases made on this machine, tried, and removed again."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.cli.image.context import ImageContext
from enablement_ext.cli.image.show import chosen_python
from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.catalog import Catalog, Image
from enablement_ext.core.images.oci.layers import layers_of
from enablement_ext.core.images.oci.ports import OciRequest
from enablement_ext.core.images.ports import LocalEnvironment, StartUpTimes
from enablement_ext.core.images.release_diff import named_release
from enablement_ext.core.images.releases import Measured, Release, Status
from enablement_ext.core.images.startup_regression import measure_alternately, worsened


def build(context: ImageContext, args: argparse.Namespace) -> int:
    """`image build NAME --venv|--oci`."""
    catalog = context.store.read()
    release = named_release(catalog, args.name)
    if args.oci:
        return _build_oci(context, args, release, catalog)
    if not args.all_pythons:
        made = context.environments.make(release, args.python and chosen_python(release, args.python))
        context.out.result(asdict(made), f"{args.name}, Python {made.python}, {made.bytes / 1e6:.0f} MB: {made.folder}")
        return Exit.OK
    here = context.environments.pythons()
    rows: list[dict[str, Any]] = []
    for python in release.python:
        made_here = context.environments.make(release, python) if python in here else None
        rows.append({"python": python, "folder": made_here.folder if made_here else None})
    lines = [f"Python {row['python']}: {row['folder'] or 'not on this machine'}" for row in rows]
    context.out.result(rows, "\n".join(lines))
    return Exit.OK if all(row["folder"] for row in rows) else Exit.NO


def _build_oci(context: ImageContext, args: argparse.Namespace, release: Release, catalog: Catalog) -> int:
    python = chosen_python(release, args.python)
    if not args.base:
        raise CliError("say on which base: --base REFERENCE (see docs/how-to/images.md for making one)", Exit.USAGE)
    tag = args.tag or f"localhost/enablement/{release.image}:{release.version}-py{python}"
    image = context.image(catalog, release.image)
    layers = layers_of(catalog, release, python)
    built = context.builder.build(OciRequest(release, python, args.base, layers, image.os_packages, tag, image.command))
    if args.record:
        known = release.oci.get(python)
        if known is not None and known.digest != built.digest and release.status is not Status.PREVIEW:
            raise CliError(
                f"{args.name} is recorded with {known.digest}, this build is {built.digest}; nothing was recorded",
                Exit.NO,
            )
        context.store.replace_record(replace(release, oci={**release.oci, python: built}))
    text = f"{tag}\ndigest {built.digest}\nbase   {built.base}\n{built.bytes / 1e6:.0f} MB packed"
    context.out.result(asdict(built) | {"tag": tag, "python": python}, text)
    return Exit.OK


def smoke_test(context: ImageContext, args: argparse.Namespace) -> int:
    """`image test NAME`: everything a person would run into, and the start-up time against the release before it."""
    catalog = context.store.read()
    release = named_release(catalog, args.name)
    image = context.image(catalog, release.image)
    smoke = context.smoke(release.image)
    environment = context.environments.make(release, args.python and chosen_python(release, args.python))
    problems = list(context.smoke_tester.run(environment, release, smoke).problems)
    older = (
        _previous_environment(context, image, release, environment.python) if args.compare and not problems else None
    )
    now, before = (None, None) if problems else _measure(context, environment, older)
    if now is not None and before is not None:
        problems += worsened(before, now, release.accepted)
    if args.record and now is not None and not problems:
        context.store.replace_record(replace(release, measured={**release.measured, environment.python: now}))
    _report(context, environment, (now, before), problems)
    return Exit.NO if problems else Exit.OK


def gc(context: ImageContext, args: argparse.Namespace) -> int:
    """`image gc`: removes the environments that the catalog no longer offers and nothing uses."""
    catalog = context.store.read()
    keep = frozenset(
        release.digest
        for image in catalog.images
        for release in image.releases
        if release.status is not Status.WITHDRAWN and (release.offered or not args.redirected)
    )
    gone = context.environments.collect(keep, pretend=args.pretend)
    freed = sum(environment.own_bytes for environment in gone)
    said = "would be removed" if args.pretend else "removed"
    lines = [f"{environment.folder}" for environment in gone]
    lines.append(
        f"{len(gone)} environments {said}, at least {freed / 1e6:.0f} MB (files shared with others count for nothing)"
    )
    context.out.result([asdict(environment) for environment in gone], "\n".join(lines))
    return Exit.OK


def _previous_environment(
    context: ImageContext, image: Image, release: Release, python: str
) -> LocalEnvironment | None:
    """The release before it, made on this machine: times of other machines and other days say nothing."""
    older = image.releases[image.releases.index(release) + 1 :]
    candidates = [r for r in older if r.version == release.previous] or list(older[:1])
    if not candidates or python not in candidates[0].python or candidates[0].status is Status.WITHDRAWN:
        context.out.progress("there is no release before it to compare with")
        return None
    try:
        return context.environments.make(candidates[0], python)
    except EnvironmentUnavailable as error:
        context.out.progress(
            f"{candidates[0].version} cannot be made any more, so it is not compared with: {error.message}"
        )
        return None


def _measure(
    context: ImageContext, now: LocalEnvironment, older: LocalEnvironment | None
) -> tuple[Measured, Measured | None]:
    before = (lambda: context.smoke_tester.measure_startup(older)) if older else None
    ours, theirs = measure_alternately(lambda: context.smoke_tester.measure_startup(now), before)
    return _measured(ours, now), _measured(theirs, older) if theirs and older else None


def _measured(start: StartUpTimes, environment: LocalEnvironment) -> Measured:
    return Measured(start.server_seconds, start.kernel_seconds, environment.bytes)


def _report(
    context: ImageContext,
    environment: LocalEnvironment,
    seen: tuple[Measured | None, Measured | None],
    problems: list[str],
) -> None:
    now, before = seen
    lines = [f"{environment.image}/{environment.release}, Python {environment.python}"]
    for what, one in (("now", now), ("before", before)):
        if one is not None:
            times = f"server {one.server_seconds} s, first cell {one.kernel_seconds} s"
            lines.append(f"  {what:<7} {times}, {one.bytes / 1e6:.0f} MB")
    lines += [f"  problem: {problem}" for problem in problems] or ["  no problems"]
    document = {
        "image": environment.image,
        "release": environment.release,
        "python": environment.python,
        "measured": asdict(now) if now else None,
        "before": asdict(before) if before else None,
        "problems": problems,
    }
    context.out.result(document, "\n".join(lines))


def pythons(context: ImageContext, _: argparse.Namespace) -> int:
    """`image pythons`: what this machine has."""
    here = dict(context.environments.pythons())
    context.out.result(here, "\n".join(f"{version}  {path}" for version, path in here.items()) or "none")
    return Exit.OK
