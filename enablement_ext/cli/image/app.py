"""The composition root of `enablement image`: options, adapters, and how an error becomes an exit code."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from enablement_ext import __version__
from enablement_ext.adapters.advisory_file import read_advisories
from enablement_ext.adapters.catalog_folder import CatalogFolder, copy_catalog
from enablement_ext.adapters.environments import (
    BuildahBuilder,
    InstalledPackage,
    ServerSmokeTest,
    Storage,
    UvEnvironmentManager,
)
from enablement_ext.adapters.image_usage import Addresses, RestUsage
from enablement_ext.adapters.local_paths import OWN_CATALOG as OWN
from enablement_ext.adapters.local_paths import PACKAGE, CatalogLocation, cache_folder, locate_catalog, shipped
from enablement_ext.adapters.uv_solver import UvSolver
from enablement_ext.cli.errors import EXIT_CODES, CliError, Exit
from enablement_ext.cli.image import advisories as advisory_commands
from enablement_ext.cli.image import build as build_commands
from enablement_ext.cli.image import export as export_commands
from enablement_ext.cli.image import lifecycle
from enablement_ext.cli.image import lock as lock_commands
from enablement_ext.cli.image import show as show_commands
from enablement_ext.cli.image.context import ImageContext
from enablement_ext.cli.image.output import Output
from enablement_ext.core.errors import BadCatalog, EnablementError, NotFound
from enablement_ext.core.images.deploy.exports import DEFAULT_REFERENCE
from enablement_ext.core.images.releases import ReleaseClass
from enablement_ext.core.text.cleaning import clean, is_visible

Verb = Callable[[ImageContext, argparse.Namespace], int]
USAGE_EPILOG = f"$JUPYTERHUB_API_URL, $ENABLEMENT_SERVICE_URL and $JUPYTERHUB_API_TOKEN say whom to ask; {EXIT_CODES}"


def add_image_commands(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Every verb of `enablement image`, each with `run` set to a function that takes the parsed options."""
    _add_reading(verbs)
    _add_releasing(verbs)
    _add_making(verbs)
    _add_publishing(verbs)


def _add_reading(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    _verb(verbs, "list", "every release of every image", show_commands.listed)
    show = _verb(verbs, "show", "what is inside a release", show_commands.show)
    diff = _verb(verbs, "diff", "what differs between two releases", show_commands.diff)
    diff.add_argument("old", metavar="A", help="slug/version, or slug for the recommended release")
    diff.add_argument("new", metavar="B")
    diff.add_argument("--markdown", action="store_true", help="a table for a changelog or a pull request")
    changelog = _verb(
        verbs, "changelog", "every release against the one before it, as Markdown", show_commands.changelog
    )
    changelog.add_argument("image", metavar="SLUG")
    sbom = _verb(verbs, "sbom", "bill of materials in CycloneDX", show_commands.sbom)
    size = _verb(verbs, "size", "bytes on disk, and the largest packages", show_commands.size)
    for parser in (show, sbom, size):
        _name(parser)
    for parser in (show, diff, sbom, size):
        parser.add_argument("--python", metavar="X.Y", help="for this Python (default: the release's oldest)")
    known = _verb(
        verbs,
        "advisories",
        "known vulnerabilities, by a file of advisories on this machine",
        advisory_commands.advisories,
    )
    known.add_argument(
        "file", type=Path, metavar="FILE", help="records in the OSV format: zip, JSON, JSON lines or a folder"
    )
    known.add_argument(
        "name", nargs="?", metavar="NAME", help="slug or slug/version (default: every release that can be started)"
    )
    known.add_argument("--accept", type=Path, metavar="FILE", help="TOML: what does not count, why and until when")
    usage = _verb(verbs, "usage", "servers and open submissions that use releases", lifecycle.usage, USAGE_EPILOG)
    usage.add_argument("name", nargs="?", metavar="NAME", help="slug or slug/version (default: all)")


def _add_releasing(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = verbs.add_parser(
        "init",
        help="start a catalog of your own",
        description=f"Copy the catalog that comes with Enablement to ./{OWN}, where `enablement image` then works.",
        epilog=EXIT_CODES,
    )
    init.add_argument("folder", nargs="?", type=Path, default=OWN, metavar="FOLDER", help=f"(default: ./{OWN})")
    init.add_argument("--json", action="store_true", help="for programs")
    init.set_defaults(run=_init)
    new = _verb(verbs, "new", "write an intent to start from", lock_commands.new)
    new.add_argument("--init", action="store_true", help="first start a catalog of your own, where there is none")
    new.add_argument("slug", metavar="SLUG", help="the permanent name")
    new.add_argument("--title")
    new.add_argument("--extends", default="minimal", metavar="SLUG", help="(default: %(default)s)")
    new.add_argument("--package", action="append", default=[], metavar="RANGE", help="for example 'numpy>=2.2,<3'")
    lock = _verb(verbs, "lock", "make a new release of an image from its intent", lock_commands.lock)
    lock.add_argument("image", metavar="SLUG")
    lock.add_argument(
        "--class",
        dest="release_class",
        choices=[str(kind) for kind in ReleaseClass],
        default=str(ReleaseClass.MINOR),
        help="what may move, measured from the newest release (default: %(default)s; a first release is major)",
    )
    lock.add_argument("--cutoff", type=_day, metavar="DATE", help="ignore packages published later (default: today)")
    lock.add_argument(
        "--only", action="append", default=[], metavar="PACKAGE", help="move nothing else, where it can be"
    )
    lock.add_argument("--note", default="", help="a sentence for the changelog")
    lock.add_argument("--support-until", type=_day, metavar="DATE", help="(default: in a year)")
    lock.add_argument("--dry-run", action="store_true", help="say what would move, write nothing")
    promote = _verb(verbs, "promote", "make a release the recommended one", lifecycle.promote)
    promote.add_argument("--untested", default="", metavar="REASON", help="promote without `test --record`")
    deprecate = _verb(verbs, "deprecate", "lead old choices to another release", lifecycle.deprecate)
    deprecate.add_argument("--redirect", required=True, metavar="VERSION")
    deprecate.add_argument("--until", required=True, type=_day, metavar="DATE", help="until when it is kept")
    withdraw = _verb(verbs, "withdraw", "let a release not be started any more", lifecycle.withdraw, USAGE_EPILOG)
    withdraw.add_argument("--reason", required=True, type=_visible)
    withdraw.add_argument("--redirect", metavar="VERSION", help="what old choices start instead")
    withdraw.add_argument("--pretend", action="store_true", help="only say whom it would touch")
    withdraw.add_argument("--unchecked", action="store_true", help="do not ask who uses it")
    for parser in (promote, deprecate, withdraw):
        _name(parser)
    for parser in (new, lock, promote, deprecate, withdraw):
        parser.set_defaults(writes=True)


def _add_making(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    build = _verb(
        verbs, "build", "make a release: an environment of this machine, or a container image", build_commands.build
    )
    kind = build.add_mutually_exclusive_group(required=True)
    kind.add_argument("--venv", action="store_true", help="an environment, from uv's cache, read-only")
    kind.add_argument("--oci", action="store_true", help="a container image, with buildah")
    build.add_argument("--all-pythons", action="store_true", help="with --venv: one for every Python of the release")
    build.add_argument("--base", metavar="REFERENCE", help="with --oci: the image to build on; its digest is recorded")
    build.add_argument("--tag", help="with --oci: the image's name (default: localhost/enablement/SLUG:VERSION-pyX.Y)")
    build.add_argument(
        "--layout", type=Path, metavar="FOLDER", help="with --oci: also write the image there (OCI layout)"
    )
    test = _verb(
        verbs,
        "test",
        "try a release: packages, kernel, notebook, server, extensions, start-up time",
        build_commands.smoke_test,
    )
    test.add_argument("--no-compare", dest="compare", action="store_false", help="do not measure the release before it")
    for parser in (build, test):
        _name(parser)
        parser.add_argument("--python", metavar="X.Y", help="for this Python (default: the oldest that is here)")
        parser.add_argument("--record", action="store_true", help="write what came out into the release's record")
    gc = _verb(verbs, "gc", "remove environments that the catalog no longer offers and nothing uses", build_commands.gc)
    gc.add_argument("--redirected", action="store_true", help="those of deprecated releases too")
    gc.add_argument("--pretend", action="store_true", help="only say which")
    _verb(verbs, "pythons", "the Pythons that environments can be made with here", build_commands.pythons)


def _add_publishing(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = _verb(
        verbs,
        "export",
        "render values for a chart (helm: ours, chart: Zero to JupyterHub alone), profiles, pre-pull list, documentation page",
        export_commands.export,
    )
    export.add_argument("kind", choices=export_commands.KINDS)
    export.add_argument(
        "--packages",
        choices=export_commands.PACKAGES,
        default="all",
        help="helm: what to list of every release; a ConfigMap takes a megabyte (default: %(default)s)",
    )
    export.add_argument("--output", type=Path, metavar="FILE", help="(default: stdout)")
    verify = _verb(verbs, "verify", "check that everything agrees", export_commands.verify)
    verify.add_argument(
        "--against", default="HEAD", metavar="REVISION", help="releases published there must not have changed"
    )
    for parser in (export, verify):
        parser.add_argument(
            "--reference", default=DEFAULT_REFERENCE, help="where images are found (default: %(default)s)"
        )


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    what: str,
    verb: Verb,
    epilog: str = EXIT_CODES,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", epilog=epilog)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--catalog",
        type=Path,
        metavar="FOLDER",
        help=f"(default: $ENABLEMENT_CATALOG, else your own in ./{OWN}, else the one that comes with Enablement, read-only)",
    )
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="(default: $ENABLEMENT_CACHE, else the account's)")
    parser.set_defaults(run=lambda args: _run(verb, args), writes=False)
    return parser


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="slug/version, or slug for the recommended release")


def _run(verb: Verb, args: argparse.Namespace) -> int:
    """One verb. What the catalog refuses is exit code 1, an unknown name 2, everything else is the environment: 3."""
    try:
        location = _located(args)
        if _writes(args):
            _require_writable(location)
        return verb(_context(args, location), args)
    except BadCatalog as error:
        raise CliError(error.message, Exit.NO) from error
    except NotFound as error:
        raise CliError(error.message, Exit.USAGE) from error
    except EnablementError as error:
        raise CliError(error.message, Exit.ENVIRONMENT) from error


def _init(args: argparse.Namespace) -> int:
    """`image init [FOLDER]`."""
    try:
        copy_catalog(shipped("images"), args.folder)
    except BadCatalog as error:
        raise CliError(error.message, Exit.USAGE) from error
    follow = "" if args.folder == OWN else f"; name it with --catalog {args.folder} or $ENABLEMENT_CATALOG"
    text = f"wrote {args.folder}, a catalog of your own{follow}. A hub that runs in another folder is told with c.Enablement.catalog."
    Output(args.json).result({"catalog": str(args.folder)}, text)
    return Exit.OK


def _located(args: argparse.Namespace) -> CatalogLocation:
    """The catalog of this call, which is said on stderr."""
    named, variable = str(args.catalog or ""), os.environ.get("ENABLEMENT_CATALOG", "")
    location = locate_catalog(named, "--catalog", variable)
    out = Output(args.json)
    if location.read_only and getattr(args, "init", False) and not (named or variable):
        copy_catalog(location.folder, OWN)
        out.progress(f"wrote ./{OWN}, a copy of the catalog that comes with Enablement")
        location = locate_catalog("", "", "")
    out.progress(str(location))
    return location


def _require_writable(location: CatalogLocation) -> None:
    """Refuses, and says how to start a catalog of one's own."""
    if location.read_only:
        raise CliError(
            f"{location.folder} comes with Enablement and is not written to. Start a catalog of your own with `enablement image init`, "
            f"which copies it to ./{OWN}, or name another one with --catalog",
            Exit.USAGE,
        )


def _writes(args: argparse.Namespace) -> bool:
    only_said = getattr(args, "dry_run", False) or getattr(args, "pretend", False)
    return getattr(args, "record", False) or (args.writes and not only_said)


def _context(args: argparse.Namespace, location: CatalogLocation) -> ImageContext:
    out = Output(args.json)
    cache = (args.cache or cache_folder()).expanduser().absolute()
    package = InstalledPackage(PACKAGE, __version__)
    environ = os.environ
    addresses = Addresses(
        environ.get("JUPYTERHUB_API_URL", ""),
        environ.get("ENABLEMENT_SERVICE_URL", ""),
        environ.get("JUPYTERHUB_API_TOKEN", ""),
    )
    storage = Storage(environ.get("ENABLEMENT_CONTAINER_STORAGE", ""), getattr(args, "layout", None))
    return ImageContext(
        store=CatalogFolder(location.folder, read_only=location.read_only),
        solver=UvSolver(),
        environments=UvEnvironmentManager(cache / "environments", package, out.progress),
        smoke_tester=ServerSmokeTest(out.progress),
        builder=BuildahBuilder(package, storage, out.progress),
        usage=RestUsage(addresses),
        advisories=read_advisories,
        out=out,
        today=datetime.now(UTC).date(),
        folder=location.folder.name,
        flags=f" --catalog {shlex.quote(str(args.catalog))}" if args.catalog else "",
    )


def _visible(text: str) -> str:
    """A text in which a person sees something, cleaned."""
    cleaned = clean(text, one_line=True)
    if not is_visible(cleaned):
        raise argparse.ArgumentTypeError("there is no character in it that can be seen")
    return cleaned


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-11-24") from None
