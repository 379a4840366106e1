"""The composition root of `enablement backup`."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path

from enablement_ext import __version__
from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore, in_use
from enablement_ext.adapters.git.repository_copies import copy_repositories, damaged_repositories
from enablement_ext.cli.backup.create import Source, Target, create
from enablement_ext.cli.backup.folder import ARTIFACTS, DATABASE, REPOSITORIES
from enablement_ext.cli.backup.restore import OneMachine, restore_to_cluster
from enablement_ext.cli.backup.verify import Checks, Found, check
from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.core.review.ports import ArtifactStore, ReviewStore

WHERE = (
    "what is backed up: the state folder, or what $ENABLEMENT_DATABASE_URL and, with $ENABLEMENT_ARTIFACT_STORE=s3, "
    "$ENABLEMENT_S3_BUCKET, _ENDPOINT, _REGION, _PREFIX and _KEYS name"
)


def add_backup_commands(verbs: argparse._SubParsersAction[argparse.ArgumentParser], exits: str) -> None:
    """Every verb of `enablement backup`."""
    making = verbs.add_parser("create", help="everything the service keeps, while it runs", epilog=f"{WHERE}; {exits}")
    making.add_argument("folder", type=Path, metavar="FOLDER", help="a folder that is not there yet")
    making.set_defaults(run=_create)
    checking = verbs.add_parser("verify", help="whether a backup is whole, every byte of it", epilog=exits)
    checking.add_argument("folder", type=Path, metavar="FOLDER", help="a backup")
    checking.set_defaults(run=_verify)
    back = verbs.add_parser("restore", help="bring a backup back", epilog=f"{WHERE}; {exits}")
    back.add_argument("folder", type=Path, metavar="FOLDER", help="a backup, which is verified first")
    back.add_argument("--damaged", action="store_true", help="bring back what is whole of a damaged one")
    back.add_argument("--replace", action="store_true", help="move the state that is there aside")
    back.set_defaults(run=_restore)
    for command in (making, back):
        command.add_argument(
            "--state",
            type=Path,
            default=None,
            help="folder of all state (default: $ENABLEMENT_STATE or .enablement-state)",
        )


def _create(args: argparse.Namespace) -> int:
    from enablement_ext.adapters.database.copies import copy_out  # noqa: PLC0415 - SQLAlchemy: a third of a second

    state, url = _state(args.state), _database_url(_state(args.state))
    if url.startswith("sqlite") and not (state / DATABASE).is_file():
        raise CliError(f"there is no {DATABASE} in {state}; say where the state is with --state")
    with _artifacts(state) as artifacts:
        source = Source(
            copy_database=lambda file: copy_out(url, file),
            artifacts=artifacts,
            copy_repositories=lambda target: copy_repositories(state / REPOSITORIES, target),
            tell=_tell,
        )
        target = Target(_database, _files)
        record = create(args.folder.expanduser().absolute(), source, target, __version__, datetime.now(UTC))
    for name in record.damaged:
        print(f"enablement: {name} is damaged where it is kept, and is not in the backup", file=sys.stderr)
    print(
        f"{args.folder}: {record.submissions:,} submissions, {record.artifacts:,} files ({record.artifact_bytes / 1e6:,.1f} MB), "
        f"{record.repositories:,} repositories; head {record.head}"
    )
    return int(Exit.NO if record.damaged else Exit.OK)


def _verify(args: argparse.Namespace) -> int:
    return _told(args.folder, _checked(args.folder))


def _restore(args: argparse.Namespace) -> int:
    from enablement_ext.adapters.database.copies import copy_in  # noqa: PLC0415 - as above

    folder, state = args.folder.expanduser().absolute(), _state(args.state)
    found = _checked(folder)
    if found.problems and not args.damaged:
        return _told(args.folder, found)
    url = _database_url(state)
    if url.startswith("sqlite") and _kind() == "directory":
        machine = OneMachine(state, lambda old, new: copy_in(old, f"sqlite:///{new}"), copy_repositories, in_use)
        aside = machine.restore(folder, datetime.now(UTC), replace=args.replace)
        print(
            f"{state} is what it was at {found.record.made_at}" + (f"; what was there is in {aside}" if aside else "")
        )
        return int(Exit.OK)
    if args.replace:
        raise CliError("--replace is for a state folder; restore into an empty database", Exit.USAGE)
    with _artifacts(state) as artifacts:
        restore_to_cluster(folder, _upgraded, artifacts, lambda file: copy_in(file, url))
    copy_repositories(folder / REPOSITORIES, state / REPOSITORIES)
    print(f"the database is what it was at {found.record.made_at}")
    return int(Exit.OK)


def _checked(folder: Path) -> Found:
    from enablement_ext.adapters.database.copies import sound  # noqa: PLC0415 - as above
    from enablement_ext.adapters.database.upgrade import upgrade  # noqa: PLC0415 - as above

    checks = Checks(_database, lambda file: upgrade(f"sqlite:///{file}"), sound, damaged_repositories)
    return check(folder.expanduser().absolute(), checks)


def _told(folder: Path, found: Found) -> int:
    if found.problems:
        print(f"{folder} is DAMAGED:", *(f"  {problem}" for problem in found.problems), sep="\n")
        return int(Exit.NO)
    record = found.record
    print(
        f"{folder} is whole: {record.submissions:,} submissions, {record.artifacts:,} files, {record.repositories:,} repositories, "
        f"made {record.made_at}; head {record.head}"
    )
    return int(Exit.OK)


def _database(file: Path) -> ReviewStore:
    from enablement_ext.adapters.database.store import DatabaseReviewStore  # noqa: PLC0415 - as above

    return DatabaseReviewStore(f"sqlite:///{file}")


def _upgraded(file: Path) -> ReviewStore:
    from enablement_ext.adapters.database.upgrade import upgrade  # noqa: PLC0415 - as above

    upgrade(f"sqlite:///{file}")
    return _database(file)


def _files(folder: Path) -> AbstractContextManager[ArtifactStore]:
    return closing(DirectoryArtifactStore(folder))


def _artifacts(state: Path) -> AbstractContextManager[ArtifactStore]:
    if _kind() == "directory":
        return _files(state / ARTIFACTS)
    from enablement_ext.adapters.artifacts_s3 import S3ArtifactStore, place_named_in  # noqa: PLC0415 - an extra

    return closing(S3ArtifactStore(place_named_in(os.environ)))


def _kind() -> str:
    return os.environ.get("ENABLEMENT_ARTIFACT_STORE") or "directory"


def _state(given: Path | None) -> Path:
    return (given or Path(os.environ.get("ENABLEMENT_STATE") or ".enablement-state")).expanduser().absolute()


def _database_url(state: Path) -> str:
    return os.environ.get("ENABLEMENT_DATABASE_URL") or f"sqlite:///{state / DATABASE}"


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{what:<60}", end="", file=sys.stderr, flush=True)
