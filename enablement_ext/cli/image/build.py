"""`image build`, `test`, `gc`: releases made on this machine, tried, and removed again."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

from enablement_ext.cli.errors import Exit, Refusal
from enablement_ext.cli.image.context import Desk
from enablement_ext.cli.image.show import chosen_python
from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.build.layers import layers_of
from enablement_ext.core.images.build.startup_regression import race, worsened
from enablement_ext.core.images.catalog import Catalog, Image
from enablement_ext.core.images.ports import MadeEnvironment, OciRequest, StartUp
from enablement_ext.core.images.release_diff import named_release
from enablement_ext.core.images.releases import Measured, Release, Status


def build(desk: Desk, args: argparse.Namespace) -> int:
    """`image build NAME --venv|--oci`."""
    catalog = desk.store.read()
    release = named_release(catalog, args.name)
    if args.oci:
        return _build_oci(desk, args, release, catalog)
    if not args.all_pythons:
        made = desk.shelf.make(release, args.python and chosen_python(release, args.python))
        desk.out.result(asdict(made), f"{args.name}, Python {made.python}, {made.bytes / 1e6:.0f} MB: {made.folder}")
        return Exit.OK
    here = desk.shelf.pythons()
    rows: list[dict[str, Any]] = []
    for python in release.python:
        made_here = desk.shelf.make(release, python) if python in here else None
        rows.append({"python": python, "folder": made_here.folder if made_here else None})
    lines = [f"Python {row['python']}: {row['folder'] or 'not on this machine'}" for row in rows]
    desk.out.result(rows, "\n".join(lines))
    return Exit.OK if all(row["folder"] for row in rows) else Exit.NO


def _build_oci(desk: Desk, args: argparse.Namespace, release: Release, catalog: Catalog) -> int:
    python = chosen_python(release, args.python)
    if not args.base:
        raise Refusal("say on which base: --base REFERENCE (see docs/how-to/images.md for making one)", Exit.USAGE)
    tag = args.tag or f"localhost/enablement/{release.image}:{release.version}-py{python}"
    image = desk.image(catalog, release.image)
    layers = layers_of(catalog, release, python)
    built = desk.builder.build(OciRequest(release, python, args.base, layers, image.os_packages, tag, image.command))
    if args.record:
        known = release.oci.get(python)
        if known is not None and known.digest != built.digest and release.status is not Status.PREVIEW:
            raise Refusal(
                f"{args.name} is recorded with {known.digest}, this build is {built.digest}; nothing was recorded",
                Exit.NO,
            )
        desk.store.replace_record(replace(release, oci={**release.oci, python: built}))
    text = f"{tag}\ndigest {built.digest}\nbase   {built.base}\n{built.bytes / 1e6:.0f} MB packed"
    desk.out.result(asdict(built) | {"tag": tag, "python": python}, text)
    return Exit.OK


def try_out(desk: Desk, args: argparse.Namespace) -> int:
    """`image test NAME`: everything a person would run into, and the start-up time against the release before it."""
    catalog = desk.store.read()
    release = named_release(catalog, args.name)
    image = desk.image(catalog, release.image)
    smoke = desk.smoke(release.image)
    environment = desk.shelf.make(release, args.python and chosen_python(release, args.python))
    problems = list(desk.bench.attempt(environment, release, smoke).problems)
    older = _older(desk, image, release, environment.python) if args.compare and not problems else None
    now, before = (None, None) if problems else _raced(desk, environment, older)
    if now is not None and before is not None:
        problems += worsened(before, now, release.accepted)
    if args.record and now is not None and not problems:
        desk.store.replace_record(replace(release, measured={**release.measured, environment.python: now}))
    _say(desk, environment, (now, before), problems)
    return Exit.NO if problems else Exit.OK


def gc(desk: Desk, args: argparse.Namespace) -> int:
    """`image gc`: removes the environments that the catalog no longer offers and nothing uses."""
    catalog = desk.store.read()
    keep = frozenset(
        release.digest
        for image in catalog.images
        for release in image.releases
        if release.status is not Status.WITHDRAWN and (release.offered or not args.redirected)
    )
    gone = desk.shelf.collect(keep, pretend=args.pretend)
    freed = sum(environment.bytes for environment in gone)
    said = "would be removed" if args.pretend else "removed"
    lines = [f"{environment.folder}" for environment in gone]
    lines.append(
        f"{len(gone)} environments {said}, up to {freed / 1e6:.0f} MB (files shared with others count for nothing)"
    )
    desk.out.result([asdict(environment) for environment in gone], "\n".join(lines))
    return Exit.OK


def _older(desk: Desk, image: Image, release: Release, python: str) -> MadeEnvironment | None:
    """The release before it, made on this machine: times of other machines and other days say nothing."""
    older = image.releases[image.releases.index(release) + 1 :]
    candidates = [r for r in older if r.version == release.previous] or list(older[:1])
    if not candidates or python not in candidates[0].python or candidates[0].status is Status.WITHDRAWN:
        desk.out.progress("there is no release before it to compare with")
        return None
    try:
        return desk.shelf.make(candidates[0], python)
    except EnvironmentUnavailable as error:
        desk.out.progress(
            f"{candidates[0].version} cannot be made any more, so it is not compared with: {error.message}"
        )
        return None


def _raced(desk: Desk, now: MadeEnvironment, older: MadeEnvironment | None) -> tuple[Measured, Measured | None]:
    before = (lambda: desk.bench.start_up(older)) if older else None
    ours, theirs = race(lambda: desk.bench.start_up(now), before)
    return _measured(ours, now), _measured(theirs, older) if theirs and older else None


def _measured(start: StartUp, environment: MadeEnvironment) -> Measured:
    return Measured(start.server_seconds, start.kernel_seconds, environment.bytes)


def _say(
    desk: Desk, environment: MadeEnvironment, seen: tuple[Measured | None, Measured | None], problems: list[str]
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
    desk.out.result(document, "\n".join(lines))


def pythons(desk: Desk, _: argparse.Namespace) -> int:
    """`image pythons`: what this machine has."""
    here = dict(desk.shelf.pythons())
    desk.out.result(here, "\n".join(f"{version}  {path}" for version, path in here.items()) or "none")
    return Exit.OK
