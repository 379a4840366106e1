"""`image build`, `test`, `gc`: releases made on this machine, tried, and removed again."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

from enablement_ext.cli.image.comparing import chosen_python
from enablement_ext.cli.image.desk import Desk
from enablement_ext.cli.refusal import Exit, Refusal
from enablement_ext.core.catalog import Catalog, Image
from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.image_changes import named_release
from enablement_ext.core.image_ports import MadeEnvironment, OciRequest, Trial
from enablement_ext.core.layers import layers_of
from enablement_ext.core.releases import Measured, Release, Status
from enablement_ext.core.startup import worsened


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
    os_packages = desk.image(catalog, release.image).os_packages
    layers = layers_of(catalog, release, python)
    built = desk.builder.build(OciRequest(release, python, args.base, layers, os_packages, tag))
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
    trial = desk.bench.attempt(environment, release, smoke)
    before = _before(desk, image, release, environment.python) if args.compare else None
    problems = [*trial.problems]
    if before is not None and not trial.problems:
        problems += list(worsened(_measured(before), _measured(trial), release.accepted))
    if args.record and not problems:
        measured = {**release.measured, environment.python: _measured(trial)}
        desk.store.replace_record(replace(release, measured=measured))
    _say(desk, environment, trial, before, problems)
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


def _before(desk: Desk, image: Image, release: Release, python: str) -> Trial | None:
    """The release before it, tried on this machine now: times of other machines and other days say nothing."""
    older = image.releases[image.releases.index(release) + 1 :]
    candidates = [r for r in older if r.version == release.previous] or list(older[:1])
    if not candidates or python not in candidates[0].python or candidates[0].status is Status.WITHDRAWN:
        desk.out.progress("there is no release before it to compare with")
        return None
    try:
        environment = desk.shelf.make(candidates[0], python)
    except EnvironmentUnavailable as error:
        desk.out.progress(
            f"{candidates[0].version} cannot be made any more, so it is not compared with: {error.message}"
        )
        return None
    return desk.bench.attempt(environment, candidates[0], "")


def _measured(trial: Trial) -> Measured:
    return Measured(trial.server_seconds, trial.kernel_seconds, trial.bytes)


def _say(desk: Desk, environment: MadeEnvironment, trial: Trial, before: Trial | None, problems: list[str]) -> None:
    name = f"{environment.image}/{environment.release}, Python {environment.python}"
    lines = [f"{name}: {', '.join(trial.steps)}"]
    lines.append(f"  server {trial.server_seconds} s, first cell {trial.kernel_seconds} s, {trial.bytes / 1e6:.0f} MB")
    if before is not None:
        lines.append(f"  before: {before.server_seconds} s, {before.kernel_seconds} s, {before.bytes / 1e6:.0f} MB")
    lines += [f"  problem: {problem}" for problem in problems] or ["  no problems"]
    document = {
        "image": environment.image,
        "release": environment.release,
        "python": environment.python,
        "trial": asdict(trial),
        "before": asdict(before) if before else None,
        "problems": problems,
    }
    desk.out.result(document, "\n".join(lines))


def pythons(desk: Desk, _: argparse.Namespace) -> int:
    """`image pythons`: what this machine has."""
    here = dict(desk.shelf.pythons())
    desk.out.result(here, "\n".join(f"{version}  {path}" for version, path in here.items()) or "none")
    return Exit.OK
