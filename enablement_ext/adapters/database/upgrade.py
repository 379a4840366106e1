"""Bringing a database to this version's tables."""

from __future__ import annotations

import errno
import re
from pathlib import Path

from sqlalchemy import URL, Connection

from enablement_ext.adapters.database.engine import WRITING, Limits, open_engine, parse
from enablement_ext.adapters.database.error_translation import translated
from enablement_ext.adapters.database.identity import refuse_newer
from enablement_ext.core.errors import NoSpace, StoreUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
MOUNTS = Path("/proc/self/mountinfo")
# SQLite's locks and its shared memory need one kernel. As Linux names the types of file systems; `fuse.` stands before those of programs.
_NETWORK = frozenset(
    "nfs nfs4 cifs smb3 smbfs 9p afs ceph lustre gpfs beegfs glusterfs orangefs pvfs2 gfs2 ocfs2 sshfs rclone s3fs gcsfuse goofys"
    " mountpoint-s3 blobfuse blobfuse2 juicefs cephfs weed seaweedfs davfs".split()
)
_LOCK = 7_305_991  # PostgreSQL advisory lock of whoever migrates; any number that nobody else uses
_PATIENT = Limits(lock=300.0, statement=0.0, idle=0.0, silence=0.0, connections=1)  # a big table may take a while


def upgrade(url: str, limits: Limits = _PATIENT, mounts: Path = MOUNTS) -> None:
    """Make or change the tables, in one transaction: all of it or nothing, so that a killed upgrade is simply run again.

    Several processes may start at once: they wait for the first, then find nothing to do. A SQLite file is made when missing.
    `mounts`: what is mounted where. Raises `StoreUnavailable`, also for a SQLite file on a network file system, or `NoSpace`.
    """
    _refuse_network(parse(url), mounts)
    _make_file(parse(url))
    engine = open_engine(url, limits)
    try:
        with translated():
            if engine.dialect.name == "sqlite":
                with engine.connect() as connection:
                    _write_ahead(connection)
            with engine.execution_options(**{WRITING: True}).begin() as connection:
                if engine.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                _run(connection)
    finally:
        engine.dispose()


def network_file_system(folder: Path, mounts: str) -> str:
    """The type of the network file system that the folder is on, by a text like /proc/self/mountinfo; "" where it is on none."""
    found, kind = "", ""
    for line in mounts.splitlines():
        about, _, system = line.partition(" - ")
        fields = about.split(" ")
        point = _unescaped(fields[4]) if len(fields) > 4 else ""
        # What was mounted later lies over what was mounted at the same place before.
        if point and len(point) >= len(found) and folder.is_relative_to(point):
            found, kind = point, system.split(" ")[0]
    return kind if kind.removeprefix("fuse.") in _NETWORK else ""


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), text)


def _refuse_network(url: URL, mounts: Path) -> None:
    if url.get_backend_name() != "sqlite" or url.database is None:
        return
    try:
        text = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return  # another system than Linux: nobody says what is mounted
    folder = Path(url.database).absolute().parent.resolve()
    if kind := network_file_system(folder, text):
        raise StoreUnavailable(
            f"The queue's SQLite file would be on a network file system ({kind}, at {folder}), where it can be damaged. Put the state "
            "folder on a local disk or a block volume, or keep the queue in PostgreSQL."
        )


def sqlite_file(url: str) -> str:
    """The path in a SQLite URL. Raises `StoreUnavailable` where it names none."""
    return parse(url).database or ""


def _make_file(url: URL) -> None:
    """An empty SQLite file that only this account reads; SQLite gives its companions the same permissions."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return
    try:
        Path(url.database).touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise (NoSpace() if error.errno == errno.ENOSPC else StoreUnavailable()) from error


def _write_ahead(connection: Connection) -> None:
    """Readers and the writer do not wait for each other. The mode stays in the file; it cannot change inside a transaction."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
    finally:
        cursor.close()


def _run(connection: Connection) -> None:
    """Alembic on this connection. Imported here: it takes a third of a second that no start of the service should pay."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None:
        refuse_newer(found)
    command.upgrade(config, "head")
