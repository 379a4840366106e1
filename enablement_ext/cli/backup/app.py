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
from enablement_ext.adapters.git.bundled.repository_copies import copy_repositories, damaged_repositories
from enablement_ext.cli.backup.create import BackupSource, BackupWriter, create_backup
from enablement_ext.cli.backup.folder import ARTIFACTS, DATABASE, REPOSITORIES
from enablement_ext.cli.backup.restore import StateFolder, restore_to_cluster
from enablement_ext.cli.backup.verify import VerifyResult, VerifyTools, verify_backup
from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.core.review.ports import ArtifactStore, ReviewStore

SOURCE_HELP = (
    "what is backed up: the state folder, or what $ENABLEMENT_DATABASE_URL and, with $ENABLEMENT_ARTIFACT_STORE=s3, "
    "$ENABLEMENT_S3_BUCKET, _ENDPOINT, _REGION, _PREFIX and _KEYS name"
)


def add_backup_commands(verbs: argparse._SubParsersAction[argparse.ArgumentParser], exits: str) -> None:
    """Every verb of `enablement backup`."""
    making = verbs.add_parser(
        "create", help="everything the service keeps, while it runs", epilog=f"{SOURCE_HELP}; {exits}"
    )
    making.add_argument("folder", type=Path, metavar="FOLDER", help="a folder that is not there yet")
    making.set_defaults(run=_create)
    checking = verbs.add_parser("verify", help="whether a backup is whole, every byte of it", epilog=exits)
    checking.add_argument("folder", type=Path, metavar="FOLDER", help="a backup")
    checking.set_defaults(run=_verify)
    back = verbs.add_parser("restore", help="bring a backup back", epilog=f"{SOURCE_HELP}; {exits}")
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
    from enablement_ext.adapters.database.copies import export_database  # noqa: PLC0415 - SQLAlchemy: a third of a second

    state, url = _state(args.state), _database_url(_state(args.state))
    if url.startswith("sqlite") and not (state / DATABASE).is_file():
        raise CliError(f"there is no {DATABASE} in {state}; say where the state is with --state")
    with _artifacts(state) as artifacts:
        source = BackupSource(
            copy_database=lambda file: export_database(url, file),
            artifacts=artifacts,
            copy_repositories=lambda target: copy_repositories(state / REPOSITORIES, target),
            progress=_progress,
        )
        writer = BackupWriter(_database, _files)
        record = create_backup(args.folder.expanduser().absolute(), source, writer, __version__, datetime.now(UTC))
    for name in record.damaged:
        print(f"enablement: {name} is damaged where it is kept, and is not in the backup", file=sys.stderr)
    print(
        f"{args.folder}: {record.submissions:,} submissions, {record.artifacts:,} files ({record.artifact_bytes / 1e6:,.1f} MB), "
        f"{record.repositories:,} repositories; head {record.head}"
    )
    return int(Exit.NO if record.damaged else Exit.OK)


def _verify(args: argparse.Namespace) -> int:
    return _report(args.folder, _verified(args.folder))


def _restore(args: argparse.Namespace) -> int:
    from enablement_ext.adapters.database.copies import import_database  # noqa: PLC0415 - as above

    folder, state = args.folder.expanduser().absolute(), _state(args.state)
    result = _verified(folder)
    if result.problems and not args.damaged:
        return _report(args.folder, result)
    url = _database_url(state)
    if url.startswith("sqlite") and _kind() == "directory":
        machine = StateFolder(
            state, lambda old, new: import_database(old, f"sqlite:///{new}"), copy_repositories, in_use
        )
        previous = machine.restore(folder, datetime.now(UTC), replace=args.replace)
        print(
            f"{state} is what it was at {result.record.made_at}"
            + (f"; what was there is in {previous}" if previous else "")
        )
        return int(Exit.OK)
    if args.replace:
        raise CliError("--replace is for a state folder; restore into an empty database", Exit.USAGE)
    with _artifacts(state) as artifacts:
        restore_to_cluster(folder, _upgraded, artifacts, lambda file: import_database(file, url))
    copy_repositories(folder / REPOSITORIES, state / REPOSITORIES)
    print(f"the database is what it was at {result.record.made_at}")
    return int(Exit.OK)


def _verified(folder: Path) -> VerifyResult:
    from enablement_ext.adapters.database.copies import integrity_problems  # noqa: PLC0415 - as above
    from enablement_ext.adapters.database.upgrade import upgrade  # noqa: PLC0415 - as above

    tools = VerifyTools(_database, lambda file: upgrade(f"sqlite:///{file}"), integrity_problems, damaged_repositories)
    return verify_backup(folder.expanduser().absolute(), tools)


def _report(folder: Path, result: VerifyResult) -> int:
    if result.problems:
        print(f"{folder} is DAMAGED:", *(f"  {problem}" for problem in result.problems), sep="\n")
        return int(Exit.NO)
    record = result.record
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


def _progress(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{what:<60}", end="", file=sys.stderr, flush=True)
