"""The composition root of the `enablement` command."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from enablement_ext import __version__
from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.adapters.clock import SystemClock
from enablement_ext.adapters.environments import InstalledPackage, UvEnvironments
from enablement_ext.adapters.linters.ruff import installed_linter
from enablement_ext.adapters.local_paths import PACKAGE, cache_folder, locate_catalog, shipped
from enablement_ext.adapters.re2_prefilter import installed_prefilter
from enablement_ext.cli.audit import audit_export, audit_verify, parsed_anchor
from enablement_ext.cli.backup.app import add_backup_commands
from enablement_ext.cli.check import add_check_commands
from enablement_ext.cli.compare import compare
from enablement_ext.cli.errors import EXIT_CODES, CliError, Exit
from enablement_ext.cli.helm.commands import add_helm_commands
from enablement_ext.cli.image.app import add_image_commands
from enablement_ext.cli.people import (
    AccountOf,
    add_people_commands,
    adopt_everybody,
    hand_over_work,
    list_people,
    release_name,
)
from enablement_ext.cli.rerun import ChosenEnvironment, add_rerun_options, check_options, rerun_files, self_test
from enablement_ext.cli.up import UpOptions, UpParts, report, up
from enablement_ext.core.access.people import Account
from enablement_ext.core.checks.registry import CheckEngines
from enablement_ext.core.comparison.models import Tolerance
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.errors import EnablementError
from enablement_ext.core.review.ports import ReviewStore

# A URL may hold a password, and an argument can be read by every account of the machine: hence only the environment.
DATABASE = "database: $ENABLEMENT_DATABASE_URL, else SQLite in the state folder"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code. A person's error is one line on stderr, never a traceback."""
    parser = build_parser()
    args, flags = parser.parse_known_args(argv)
    args.flags = flags
    if flags and args.run is not _service_run:
        parser.error(f"unrecognized arguments: {' '.join(flags)}")
    try:
        return int(args.run(args))
    except CliError as refusal:
        print(f"enablement: {refusal}", file=sys.stderr)
        return int(refusal.code)
    except EnablementError as error:
        print(f"enablement: {error.message}", file=sys.stderr)
        return int(Exit.ENVIRONMENT)
    except KeyboardInterrupt:
        return 130


def build_parser() -> argparse.ArgumentParser:
    """Every command and its options; the reference page is made from it."""
    parser = argparse.ArgumentParser(
        prog="enablement", description="Notebooks from the lab to engineering.", epilog=EXIT_CODES
    )
    parser.add_argument("--version", action="version", version=__version__)
    nouns = parser.add_subparsers(required=True, metavar="command")
    _add_up(nouns.add_parser("up", help="start everything on this machine, with three demo people", epilog=EXIT_CODES))
    verbs = nouns.add_parser("service", help="the review service").add_subparsers(required=True, metavar="verb")
    run = verbs.add_parser("run", help="run the review service in this process (flags go to it)", add_help=False)
    run.set_defaults(run=_service_run)
    verbs = nouns.add_parser("audit", help="the event log").add_subparsers(required=True, metavar="verb")
    verify = verbs.add_parser(
        "verify", help="say whether the event log is what was written", epilog=f"{DATABASE}; {EXIT_CODES}"
    )
    verify.add_argument(
        "--anchor",
        action="append",
        default=[],
        metavar="NUMBER:HASH",
        help="a head that was noted earlier; may be repeated",
    )
    verify.add_argument("--json", action="store_true", help="for programs")
    verify.set_defaults(run=_audit_verify)
    export = _audit_export_command(verbs)
    add_image_commands(
        nouns.add_parser("image", help="images and releases").add_subparsers(required=True, metavar="verb")
    )
    add_helm_commands(
        nouns.add_parser("helm", help="the chart for clusters").add_subparsers(required=True, metavar="verb")
    )
    verbs = nouns.add_parser("backup", help="all state as one folder, and back").add_subparsers(
        required=True, metavar="verb"
    )
    add_backup_commands(verbs, EXIT_CODES)
    add_check_commands(nouns, _engines)
    _add_compare(nouns)
    _add_rerun(nouns)
    verbs = nouns.add_parser("db", help="the queue's database").add_subparsers(required=True, metavar="verb")
    upgrade = verbs.add_parser("upgrade", help="bring the tables to this version", epilog=f"{DATABASE}; {EXIT_CODES}")
    upgrade.set_defaults(run=_db_upgrade)
    verbs = nouns.add_parser("people", help="who stands behind the hub's accounts").add_subparsers(
        required=True, metavar="verb"
    )
    people = add_people_commands(verbs, f"{DATABASE}; {EXIT_CODES}")
    people["list"].set_defaults(run=_list_people)
    people["hand-over"].set_defaults(run=_hand_over)
    people["adopt"].set_defaults(run=_adopt)
    people["release"].set_defaults(run=_release)
    for command in (verify, export, upgrade, *people.values()):
        command.add_argument(
            "--state",
            type=Path,
            default=None,
            help="folder of all state (default: $ENABLEMENT_STATE or .enablement-state)",
        )
    return parser


def _engines() -> CheckEngines:
    return CheckEngines(installed_linter(), installed_prefilter())


def _add_up(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--address", default="127.0.0.1", help="where to listen (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="(default: %(default)s)")
    parser.add_argument(
        "--decision-port",
        type=int,
        default=0,
        metavar="PORT",
        help="port of the pages on which people decide (default: the one of the last time, else the next, else any free one)",
    )
    parser.add_argument(
        "--state", type=Path, default=Path(".enablement-state"), help="folder of all state (default: %(default)s)"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=None,
        help="folder of what can be made again (default: $ENABLEMENT_CACHE, else the account's cache folder)",
    )
    parser.add_argument(
        "--catalog",
        type=Path,
        default=None,
        help="folder of the image catalog (default: $ENABLEMENT_CATALOG, else your own in ./images, else the one that comes with Enablement)",
    )
    parser.add_argument(
        "--demo",
        choices=["tour"],
        default=None,
        help="tour: a second author and a second reviewer, and a dozen submissions in every state, sent and decided on by the demo's people",
    )
    parser.add_argument("--yes", action="store_true", help="agree to an address that others can reach")
    parser.set_defaults(run=_up)


def _add_compare(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    words = "a notebook beside what came out when it was run again"
    parser = nouns.add_parser("compare", help=words, epilog=EXIT_CODES)
    parser.add_argument("sent", type=Path, metavar="SENT", help="the notebook as it was sent")
    parser.add_argument("other", type=Path, metavar="RUN", help="the same notebook after it was run again")
    parser.add_argument(
        "again",
        type=Path,
        nargs="?",
        metavar="AGAIN",
        help="after a second run: tells what differs each time from what was sent",
    )
    parser.add_argument(
        "--tolerance", type=float, default=1e-6, help="relative, for numbers that are not whole (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=_compare)


def _add_rerun(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser("rerun", help="notebooks run again in a sandbox, and compared", epilog=EXIT_CODES)
    add_rerun_options(parser)
    parser.set_defaults(run=_rerun)


def _compare(args: argparse.Namespace) -> int:
    # Imported here: decoding pictures and reading HTML are for this command alone.
    from enablement_ext.adapters.html_tables import SelectolaxTableReader  # noqa: PLC0415
    from enablement_ext.adapters.pillow_pictures import PillowPictureComparer  # noqa: PLC0415

    if not 0 <= args.tolerance < 1:
        raise CliError("a tolerance is between 0 and 1", Exit.USAGE)
    return compare(args, Comparer(SelectolaxTableReader(), PillowPictureComparer(), Tolerance(args.tolerance)))


def _rerun(args: argparse.Namespace) -> int:
    # Imported here, as for `compare`, and jupyter_client as well.
    from enablement_ext.adapters.html_tables import SelectolaxTableReader  # noqa: PLC0415
    from enablement_ext.adapters.pillow_pictures import PillowPictureComparer  # noqa: PLC0415
    from enablement_ext.adapters.sandbox import BubblewrapSandbox, KernelEnvironment  # noqa: PLC0415

    check_options(args)
    python, name = Path(args.python or sys.executable), str(args.python)
    if args.image:
        location = locate_catalog(str(args.catalog or ""), "--catalog", os.environ.get("ENABLEMENT_CATALOG", ""))
        slug, _, version = args.image.partition("/")
        catalog = read_catalog(location.folder)
        image = catalog.image(slug)
        release = catalog.find(slug, version) if version else image.recommended if image else None
        if release is None:
            raise CliError(f"there is no release {args.image!r} in {location.folder}", Exit.USAGE)
        environments = UvEnvironments(
            cache_folder() / "environments", InstalledPackage(PACKAGE, __version__), report=report
        )
        python, name = Path(environments.realise(release).bin, "python"), f"image {release.image} {release.version}"
    sandbox = BubblewrapSandbox(KernelEnvironment.of(python))
    if args.self_test:
        return self_test(args, sandbox)
    how = Comparer(SelectolaxTableReader(), PillowPictureComparer(), Tolerance(args.tolerance))
    return rerun_files(args, ChosenEnvironment(sandbox, name), how)


def _up(args: argparse.Namespace) -> int:
    cache = (args.cache or cache_folder()).expanduser().absolute()
    location = locate_catalog(str(args.catalog or ""), "--catalog", os.environ.get("ENABLEMENT_CATALOG", ""))
    catalog = location.folder.absolute()
    report(str(location))
    parts = UpParts(
        environments=UvEnvironments(cache / "environments", InstalledPackage(PACKAGE, __version__), report=report),
        release=read_catalog(catalog).default,
        hub_config=shipped("jupyterhub_config.py"),
        catalog=catalog,
        demo=shipped("demo"),
        cache=cache,
    )
    state = args.state.expanduser().absolute()
    up(UpOptions(args.address, args.port, state, args.yes, args.decision_port, args.demo == "tour"), parts)
    return int(Exit.OK)


def _service_run(args: argparse.Namespace) -> int:
    # The same process: whoever supervises this command supervises the service.
    os.execv(sys.executable, [sys.executable, "-m", "enablement_ext.service", *args.flags])


@contextmanager
def _store(args: argparse.Namespace) -> Iterator[ReviewStore]:
    # Imported here: SQLAlchemy takes a third of a second that the other commands should not pay.
    from enablement_ext.adapters.database.store import DatabaseReviewStore  # noqa: PLC0415

    store = DatabaseReviewStore(_database_url(args.state))
    try:
        store.ready()
        yield store
    finally:
        store.close()


def _audit_verify(args: argparse.Namespace) -> int:
    anchors = [parsed_anchor(text) for text in args.anchor]
    with _store(args) as store:
        return int(audit_verify(store, anchors, as_json=args.json))


def _audit_export_command(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    export = verbs.add_parser(
        "export", help="write the event log, for other programs", epilog=f"{DATABASE}; {EXIT_CODES}"
    )
    export.add_argument("--after", type=int, default=0, metavar="NUMBER", help="only events with a greater number")
    export.add_argument("--csv", action="store_true", help="for spreadsheets, instead of a JSON object a line")
    export.set_defaults(run=_audit_export)
    return export


def _audit_export(args: argparse.Namespace) -> int:
    with _store(args) as store:
        return int(audit_export(store, args.after, sys.stdout, as_csv=args.csv))


def _list_people(args: argparse.Namespace) -> int:
    with _store(args) as store:
        return int(list_people(store, as_json=args.json))


def _hand_over(args: argparse.Namespace) -> int:
    with _store(args) as store:
        return int(hand_over_work(store, SystemClock(), args, _account_of()))


def _adopt(args: argparse.Namespace) -> int:
    with _store(args) as store:
        return int(adopt_everybody(store, SystemClock()))


def _release(args: argparse.Namespace) -> int:
    with _store(args) as store:
        return int(release_name(store, SystemClock(), args.person))


def _account_of() -> AccountOf | None:
    """How the hub is asked about an account with the service's token, None where it cannot be asked from here.

    The token of somebody's own server ($JUPYTERHUB_USER is set there) sees nobody else's account: that says nothing.
    """
    url, token = os.environ.get("JUPYTERHUB_API_URL"), os.environ.get("JUPYTERHUB_API_TOKEN")
    if not (url and token) or "JUPYTERHUB_USER" in os.environ:
        return None
    from enablement_ext.adapters.hub_api import HubAddress, HubApi, internal_tls  # noqa: PLC0415 - tornado's client, for this command alone

    async def ask(name: str) -> Account | None:
        return await HubApi(HubAddress(url, token, tls=internal_tls(os.environ))).account_of(name)

    return lambda name: asyncio.run(ask(name))


def _db_upgrade(args: argparse.Namespace) -> int:
    from enablement_ext.adapters.database.upgrade import upgrade  # noqa: PLC0415 - as above

    upgrade(_database_url(args.state))
    print("the tables are of this version")
    return int(Exit.OK)


def _database_url(state: Path | None) -> str:
    if url := os.environ.get("ENABLEMENT_DATABASE_URL"):
        return url
    folder = state or Path(os.environ.get("ENABLEMENT_STATE") or ".enablement-state")
    if not folder.is_dir():
        raise CliError(f"there is no state folder {folder}; say where it is with --state")
    return f"sqlite:///{folder.expanduser().absolute() / 'enablement.sqlite'}"
