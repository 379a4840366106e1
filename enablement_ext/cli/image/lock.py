"""`image new` and `image lock`: from an intent to a release whose class bounds what may move."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from datetime import date, timedelta

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.cli.image.context import ImageContext
from enablement_ext.cli.image.export import refresh
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import SLUG, Catalog, Image, version_order
from enablement_ext.core.images.inheritance import merged
from enablement_ext.core.images.ports import LockRequest
from enablement_ext.core.images.python.locks import digest_of, parse_lock
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.versions import is_empty, satisfies
from enablement_ext.core.images.release_diff import as_text, changes_between
from enablement_ext.core.images.releases import Release, ReleaseClass, Status
from enablement_ext.core.images.version_policy import bounds, next_version, refusals

SUPPORT = timedelta(days=365)
_TEMPLATE = """\
#:schema ../image.schema.json
# The intent: what this image is for and what it holds. What exactly a person gets is in releases/<version>/, written by the tool.
slug = "{slug}"
title = "{title}"
description = "What it is for, in one line."
python = ["3.11", "3.12", "3.13"]
# All of `{parent}` is in it, in the same versions.
extends = "{parent}"

# Direct packages with ranges; everything below them is the solver's business.
[packages]
{package}
"""


@dataclass(frozen=True, slots=True)
class LockPlan:
    """What is about to be locked: the merged intent, and the release it is measured from."""

    slug: str
    kind: ReleaseClass
    cutoff: date
    packages: dict[str, str]
    python: tuple[str, ...]
    previous: Release | None
    parent: Release | None
    only: tuple[str, ...]

    @property
    def direct(self) -> frozenset[str]:
        """The names that the intent asks for, without extras."""
        return frozenset(canonical_name(name.partition("[")[0]) for name in self.packages)


def new(context: ImageContext, args: argparse.Namespace) -> int:
    """`image new SLUG`: an intent to start from."""
    intents = context.sound_intents()
    if not SLUG.fullmatch(args.slug):
        raise CliError(f"{args.slug!r} is no slug: lower-case letters, digits and dashes, at most 40", Exit.USAGE)
    if args.extends not in intents:
        raise CliError(
            f"there is no image {args.extends!r} to extend; there are {', '.join(sorted(intents))}", Exit.USAGE
        )
    lines = "\n".join(_package_line(package) for package in args.package) or 'requests = ">=2.32,<3"'
    title = args.title or args.slug.replace("-", " ").capitalize()
    text = _TEMPLATE.format(slug=args.slug, title=title.replace('"', "'"), parent=args.extends, package=lines)
    path = context.store.add_image(args.slug, text)
    context.out.result(
        {"image": args.slug, "intent": path}, f"wrote {path}; edit it, then: {context.command(f'lock {args.slug}')}"
    )
    return Exit.OK


def lock(context: ImageContext, args: argparse.Namespace) -> int:
    """`image lock SLUG`: a new release in status preview."""
    plan = _plan(context, args)
    catalog = _catalog(context)
    image = catalog.image(plan.slug) if catalog else None
    version = next_version(image, plan.kind, plan.cutoff)
    release = _solved(context, plan, version)
    _refuse(plan, tuple(refusals(plan.previous, release, plan.kind)) if plan.previous else ())
    if plan.previous is not None and plan.previous.digest == release.digest:
        raise CliError(
            f"nothing would move: {plan.slug}/{plan.previous.version} is up to date as of {plan.cutoff}", Exit.NO
        )
    release = replace(
        release, changelog=args.note, published=context.today, support_end=args.support_until or context.today + SUPPORT
    )
    path = context.store.add_release(release) if not args.dry_run else ""
    if path:
        refresh(context)
    said = f"{plan.slug}/{version} would be" if args.dry_run else f"{plan.slug}/{version} is locked in {path}"
    changes = changes_between(plan.previous, release) if plan.previous else None
    text = f"{said} ({plan.kind}, {len(release.packages)} lines, digest {release.digest[:19]})"
    text += f"\n{as_text(changes)}" if changes else ""
    document = {
        "image": plan.slug,
        "release": version,
        "class": plan.kind,
        "digest": release.digest,
        "folder": path,
        "changes": len(changes.changes) if changes else None,
    }
    following = f"test {plan.slug}/{version} --record"
    text += f"\nTry it: {context.command(following)}; then promote it." if path else ""
    context.out.result(document, text)
    return Exit.OK


def _plan(context: ImageContext, args: argparse.Namespace) -> LockPlan:
    intents = context.sound_intents()
    if args.image not in intents:
        raise CliError(f"there is no image {args.image!r}; there are {', '.join(sorted(intents))}", Exit.USAGE)
    intent = merged(args.image, intents)
    catalog = _catalog(context)
    image = catalog.image(args.image) if catalog else None
    previous = _before(image)
    kind = ReleaseClass(args.release_class) if previous else ReleaseClass.MAJOR
    packages, python = intent["packages"], intent["python"]
    assert isinstance(packages, dict)  # both were checked with the intents
    assert isinstance(python, list)
    parent = catalog.image(str(intent["extends"])) if catalog and "extends" in intent else None
    if "extends" in intent and parent is None:
        raise CliError(
            f"{args.image} extends {intent['extends']}, which has no release yet; lock that one first", Exit.NO
        )
    cutoff = args.cutoff or context.today
    if cutoff > context.today:
        raise CliError(f"the cut-off date {cutoff} is still to come", Exit.USAGE)
    plan = LockPlan(
        slug=args.image,
        kind=kind,
        cutoff=cutoff,
        packages={str(name): str(wanted) for name, wanted in packages.items()},
        python=tuple(sorted((str(version) for version in python), key=version_order)),
        previous=previous,
        parent=_before(parent),
        only=tuple(canonical_name(name) for name in args.only),
    )
    unknown = sorted(set(plan.only) - {package.name for package in previous.packages}) if previous else []
    if unknown:
        raise CliError(f"--only names what is not in the previous release: {', '.join(unknown)}", Exit.USAGE)
    return plan


def _solved(context: ImageContext, plan: LockPlan, version: str) -> Release:
    held = bounds(plan.previous, plan.direct, plan.kind) if plan.previous else ()
    _refuse(plan, (*_out_of_bounds(plan), *_away_from_parent(plan)))
    patch = plan.previous is not None and (plan.kind is ReleaseClass.PATCH or plan.only)
    question = LockRequest(
        requirements=tuple(f"{name}{wanted}" for name, wanted in plan.packages.items()),
        constraints=(*held, *_parent_pins(plan)),
        python=plan.python[0],
        cutoff=plan.cutoff,
        preferred=plan.previous.lock if plan.previous and patch else "",
        upgrade=(plan.only or tuple(sorted(plan.direct))) if patch else (),
    )
    context.out.progress(f"solving {plan.slug} {version}: {len(plan.packages)} direct packages, as of {plan.cutoff}")
    try:
        text = context.solver.lock(question)
    except BadCatalog as error:
        raise CliError("\n  ".join((f"{plan.slug}: {error.message}", *_given(plan, held))), Exit.NO) from error
    return Release(
        image=plan.slug,
        version=version,
        status=Status.PREVIEW,
        lock=text,
        digest=digest_of(parse_lock(text)),
        published=plan.cutoff,
        support_end=None,
        python=plan.python,
        changelog="",
        redirect=None,
        release_class=plan.kind,
        previous=plan.previous.version if plan.previous else None,
        cutoff=plan.cutoff,
        direct=plan.direct,
    )


def _out_of_bounds(plan: LockPlan) -> list[str]:
    """The direct packages whose range in the intent lies outside what the class allows, before the solver is asked."""
    if plan.previous is None:
        return []
    wanted = {canonical_name(name.partition("[")[0]): text for name, text in plan.packages.items()}
    found = []
    for line in bounds(plan.previous, plan.direct, plan.kind):
        bound = line.partition(" ;")[0]
        name, _, low = bound.partition(">=")
        if is_empty(f"{wanted[name]},>={low}"):
            was = low.partition(",")[0]
            found.append(
                f"{name}: the intent asks for {wanted[name]}, the previous release has {was}; a {plan.kind} release cannot go there"
            )
    return sorted(set(found))


def _away_from_parent(plan: LockPlan) -> list[str]:
    """The direct packages whose range leaves out the version in the image that is extended, before the solver is asked."""
    if plan.parent is None:
        return []
    wanted = {canonical_name(name.partition("[")[0]): text for name, text in plan.packages.items()}
    parent = f"{plan.parent.image}/{plan.parent.version}"
    found = {
        f"{package.name}: the intent asks for {wanted[package.name]}, {parent} has {package.version}, and what extends it has the same; "
        f"widen the range, or lock {plan.parent.image} again"
        for package in plan.parent.packages
        if package.name in wanted and not satisfies(package.version, wanted[package.name])
    }
    return sorted(found)


def _given(plan: LockPlan, held: tuple[str, ...]) -> list[str]:
    """What the solver was held to beside the intent, for whoever reads why it found nothing."""
    given = []
    if held:
        given.append(
            f"It was asked for a {plan.kind} release of {plan.slug}; a larger class (--class) may have a solution."
        )
    if plan.parent is not None:
        given.append(f"Versions with == are those of {plan.parent.image}/{plan.parent.version}, which it extends.")
    return given


def _parent_pins(plan: LockPlan) -> tuple[str, ...]:
    if plan.parent is None:
        return ()
    return tuple(
        f"{package.name}=={package.version}" + (f" ; {package.marker}" if package.marker else "")
        for package in plan.parent.packages
    )


def _refuse(plan: LockPlan, sentences: tuple[str, ...]) -> None:
    if sentences:
        lines = "\n  ".join(sentences)
        raise CliError(f"{plan.slug} cannot be locked as a {plan.kind} release:\n  {lines}", Exit.NO)


def _before(image: Image | None) -> Release | None:
    """The newest release that was not withdrawn."""
    return next((r for r in image.releases if r.status is not Status.WITHDRAWN), None) if image else None


def _catalog(context: ImageContext) -> Catalog | None:
    """The catalog, None while nothing in it has a release."""
    try:
        return context.store.read()
    except BadCatalog as error:
        if "holds no image" in error.message:
            return None
        raise


def _package_line(package: str) -> str:
    for operator in (">=", "~=", "==", "<"):
        name, found, version = package.partition(operator)
        if found:
            return f'"{name.strip()}" = "{operator}{version.strip()}"'
    raise CliError(f"{package!r} has no range; write it like 'numpy>=2.2,<3'", Exit.USAGE)
