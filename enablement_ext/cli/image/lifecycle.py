"""`image promote`, `deprecate`, `withdraw`, `usage`: the status of releases, and who is touched by a change."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.cli.image.context import ImageContext
from enablement_ext.cli.image.export import refresh
from enablement_ext.core.errors import EnablementError
from enablement_ext.core.images.ports import ServerInUse, SubmissionInUse
from enablement_ext.core.images.release_diff import named_release
from enablement_ext.core.images.releases import Release, Status


def promote(context: ImageContext, args: argparse.Namespace) -> int:
    """`image promote NAME`: the release that a server gets; the one before it stays supported."""
    catalog = context.store.read()
    release = _exact(named_release(catalog, args.name), args.name)
    if release.status in {Status.WITHDRAWN, Status.DEPRECATED}:
        raise CliError(f"{args.name} is {release.status}; make a new release instead", Exit.NO)
    if release.status is Status.RECOMMENDED:
        raise CliError(f"{args.name} is recommended already", Exit.NO)
    if not release.measured and not args.untested:
        hint = f"run `{context.command(f'test {args.name} --record')}`, or say why not with --untested REASON"
        raise CliError(f"{args.name} was not tested; {hint}", Exit.NO)
    image = context.image(catalog, release.image)
    accepted = f"promoted untested: {args.untested}" if args.untested else release.accepted
    before = [r for r in image.releases if r.status is Status.RECOMMENDED]
    for old in before:
        context.store.replace_record(replace(old, status=Status.SUPPORTED))
    context.store.replace_record(replace(release, status=Status.RECOMMENDED, accepted=accepted, redirect=None))
    refresh(context)
    was = ", ".join(old.version for old in before) or "none"
    document = {"image": image.slug, "recommended": release.version, "was": [old.version for old in before]}
    context.out.result(document, f"{args.name} is recommended now; before it: {was}")
    return Exit.OK


def deprecate(context: ImageContext, args: argparse.Namespace) -> int:
    """`image deprecate NAME --redirect VERSION --until DATE`: old choices start something else from now on."""
    catalog = context.store.read()
    release = _exact(named_release(catalog, args.name), args.name)
    target = catalog.find(release.image, args.redirect)
    if target is None or not target.offered or target.version == release.version:
        raise CliError(
            f"{release.image}/{args.redirect} cannot be redirected to: it must be an offered release", Exit.NO
        )
    if release.status in {Status.RECOMMENDED, Status.WITHDRAWN}:
        raise CliError(f"{args.name} is {release.status}; promote another release first", Exit.NO)
    if args.until < context.today:
        raise CliError(f"{args.until} has passed already", Exit.USAGE)
    changed = replace(release, status=Status.DEPRECATED, redirect=args.redirect, until=args.until)
    path = context.store.replace_record(changed)
    refresh(context)
    document = {"image": release.image, "release": release.version, "redirect": args.redirect, "until": args.until}
    context.out.result(document, f"{args.name} leads to {args.redirect} from now on, kept until {args.until} ({path})")
    return Exit.OK


def withdraw(context: ImageContext, args: argparse.Namespace) -> int:
    """`image withdraw NAME --reason TEXT`: it cannot be started any more. Says first whom that touches."""
    catalog = context.store.read()
    release = _exact(named_release(catalog, args.name), args.name)
    if release.status is Status.RECOMMENDED:
        raise CliError(f"{args.name} is what new servers get; promote another release first", Exit.NO)
    servers, submissions = _touched(context, release, unchecked=args.unchecked)
    if not args.pretend:
        context.store.replace_record(
            replace(release, status=Status.WITHDRAWN, reason=args.reason, redirect=args.redirect)
        )
        refresh(context)
    people = sorted({server.user for server in servers} | {submission.author for submission in submissions})
    said = "would be withdrawn" if args.pretend else "is withdrawn"
    lines = [f"{args.name} {said}: {args.reason}", f"people to tell: {', '.join(people) or 'none'}"]
    lines += _lines(servers, submissions)
    document = _document(servers, submissions) | {
        "people": people,
        "reason": args.reason,
        "withdrawn": not args.pretend,
    }
    context.out.result(document, "\n".join(lines))
    return Exit.OK


def usage(context: ImageContext, args: argparse.Namespace) -> int:
    """`image usage [NAME]`: servers and open submissions, of one release, one image, or all."""
    slug, _, version = (args.name or "").partition("/")
    if args.name:
        named_release(context.store.read(), args.name)
    servers = [s for s in context.usage.servers() if _is_asked(s.image, s.release, slug, version)]
    submissions = [s for s in context.usage.submissions() if _is_asked(s.image, s.release, slug, version)]
    counts: dict[str, int] = {}
    keys = [f"{s.image}/{s.release}" for s in servers] + [f"{s.image}/{s.release}" for s in submissions]
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    lines = [f"{count:>5}  {key}" for key, count in sorted(counts.items(), key=lambda item: -item[1])] or ["not in use"]
    context.out.result(_document(servers, submissions), "\n".join(lines + _lines(servers, submissions)))
    return Exit.OK


def _exact(release: Release, name: str) -> Release:
    if "/" not in name:
        raise CliError(f"say which release: {name}/{release.version}, for instance", Exit.USAGE)
    return release


def _touched(
    context: ImageContext, release: Release, *, unchecked: bool
) -> tuple[list[ServerInUse], list[SubmissionInUse]]:
    if unchecked:
        return [], []
    try:
        servers = [s for s in context.usage.servers() if (s.image, s.release) == (release.image, release.version)]
        sent = [s for s in context.usage.submissions() if (s.image, s.release) == (release.image, release.version)]
    except EnablementError as error:
        hint = "set the addresses and the token, or withdraw without asking: --unchecked"
        raise CliError(f"who uses it could not be asked: {error.message} ({hint})", Exit.ENVIRONMENT) from error
    return servers, sent


def _is_asked(image: str, release: str, slug: str, version: str) -> bool:
    return (not slug or image == slug) and (not version or release == version)


def _lines(servers: list[ServerInUse], submissions: list[SubmissionInUse]) -> list[str]:
    lines = [
        f"  server of {s.user}{' (' + s.server + ')' if s.server else ''}: {s.image}/{s.release}"
        f"{', running' if s.running else ''}"
        for s in servers
    ]
    return lines + [f"  submission #{s.number} of {s.author}: {s.title} ({s.image}/{s.release})" for s in submissions]


def _document(servers: list[ServerInUse], submissions: list[SubmissionInUse]) -> dict[str, Any]:
    return {"servers": [asdict(s) for s in servers], "submissions": [asdict(s) for s in submissions]}
