"""Migrations: the same tables as the metadata says, safe when many start at once, resumable when killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from enablement_ext.adapters.database.engine import WRITING, Limits, open_engine
from enablement_ext.adapters.database.schema import REVISION, metadata
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.triggers import statements
from enablement_ext.adapters.database.upgrade import MIGRATIONS, upgrade
from enablement_ext.core.errors import StoreUnavailable
from enablement_ext.core.review.models import HandedOver, Stage
from tests.adapters.factories import POSTGRESQL, sent

# Kills itself before the n-th statement that it would send to the database.
KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from enablement_ext.adapters.database.upgrade import upgrade
left = int(sys.argv[2])
@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
upgrade(sys.argv[1])
"""
UPGRADE = "import sys; from enablement_ext.adapters.database.upgrade import upgrade; upgrade(sys.argv[1])"

CATALOG = {
    "sqlite": ("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic%' ORDER BY name",),
    "postgresql": (
        (
            "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2"
        ),
        (
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), condeferred FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'alembic%' ORDER BY 1, 2"
        ),
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE 'alembic%' ORDER BY 1",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
    ),
}


@pytest.fixture(params=["sqlite", POSTGRESQL])
def empty_urls(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Two databases with nothing in them."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        return [server.create(), server.create()]
    return [f"sqlite:///{tmp_path / name}" for name in ("one.sqlite", "two.sqlite")]


def catalog(engine: Engine) -> list[tuple[object, ...]]:
    """Everything the database knows of its tables, comparable."""
    with engine.connect() as connection:
        rows = [tuple(row) for query in CATALOG[engine.dialect.name] for row in connection.execute(text(query))]
    return [tuple(" ".join(cell.split()) if isinstance(cell, str) else cell for cell in row) for row in rows]


def _not_the_index(name: str | None, kind: str, _parents: object) -> bool:
    """The index of terms is each engine's own: what makes it is compared as SQL."""
    return kind != "table" or not str(name).startswith("search_index")


def test_migrated_tables_are_the_metadatas(empty_urls: list[str]) -> None:
    upgrade(empty_urls[0])
    if empty_urls[1].startswith("sqlite"):
        Path(empty_urls[1].removeprefix("sqlite:///")).touch()
    migrated, made = (open_engine(url, Limits()) for url in empty_urls)
    with made.begin() as connection:
        metadata.create_all(connection)
        for statement in statements(made.dialect.name):
            connection.exec_driver_sql(statement)
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _not_the_index})
        assert compare_metadata(context, metadata) == []
    strip = str.maketrans("", "", " ()")
    found, wanted = ([str(row).translate(strip) for row in catalog(engine)] for engine in (migrated, made))
    assert found == wanted
    assert len(found) > 35
    migrated.dispose()
    made.dispose()


def test_the_newest_migration_is_the_one_ready_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_an_upgrade_again_changes_nothing(empty_urls: list[str]) -> None:
    upgrade(empty_urls[0])
    store = DatabaseReviewStore(empty_urls[0])
    submission = sent(store)
    upgrade(empty_urls[0])
    with store.read() as reader:
        assert reader.submission(1) == submission
    store.close()


def stamped(url: str, revision: str) -> Engine:
    """A database with the tables of an older version."""
    upgrade(url)  # makes the file; its tables are thrown away
    engine = open_engine(url, Limits())
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        if engine.dialect.name == "sqlite":
            tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            for name in [name for name in tables if not name.startswith("sqlite_")]:
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")  # those of the index go with it
        else:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine


OLD_SUBMISSION = (
    "INSERT INTO submissions (number, author, title, state, stage, handed_over, notebook_path, image_slug, image_release,"
    " image_digest, image_python, latest, content_id, created_at, updated_at, updated_seq, stamp, open_threads, waiting_seq,"
    " search_text) VALUES (:number, 'dana', 't', 'submitted', :stage, :handed_over, 'a.ipynb', 'i', 'r', 'd', '3.11', 1, 'c',"
    " 0, 0, :seq, 1, 0, :seq, 't')"
)
OLD_VERSION = (
    "INSERT INTO versions (submission, number, content_id, notebook, files, image_slug, image_release, image_digest,"
    " image_python, answers, changes, sent_at, sent_by) VALUES (:number, 1, 'c', :notebook, '[]', 'i', 'r', 'd', '3.11',"
    " :answers, '[]', 0, 'dana')"
)


def test_answers_that_may_be_defaults_are_not_recorded_after_the_upgrade_and_others_stay(empty_urls: list[str]) -> None:
    engine = stamped(empty_urls[0], "0004")
    stored = {"title": "t", "problem": "", "value": "", "expected": "", "data_used": "", "reviewers": []}
    chosen = [("exploration", "prototype", []), ("production", "production_ready", ["tested"])]
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        for number, (stage, handed_over, checklist) in enumerate(chosen, start=1):
            columns = {"number": number, "seq": 100 + number, "stage": stage, "handed_over": handed_over}
            connection.execute(text(OLD_SUBMISSION), columns)
            answers = {**stored, "stage": stage, "handed_over": handed_over, "checklist": checklist}
            notebook = {"path": "a.ipynb", "sha256": "h", "size": 1, "role": "notebook"}
            values = {"number": number, "answers": json.dumps(answers), "notebook": json.dumps(notebook)}
            connection.execute(text(OLD_VERSION), values)
    upgrade(empty_urls[0])
    engine.dispose()
    store = DatabaseReviewStore(empty_urls[0])
    store.ready()
    with store.read() as reader:
        rows = [reader.submission(number) for number in (1, 2)]
        versions = [reader.version(number, 1) for number in (1, 2)]
    assert [(row.stage, row.handed_over) for row in rows if row] == [
        (None, None),
        (Stage.PRODUCTION, HandedOver.PRODUCTION_READY),
    ]
    found = [version.answers for version in versions if version]
    assert [(each.stage, each.handed_over, each.checklist, each.recorded) for each in found] == [
        (None, None, None, False),
        (Stage.PRODUCTION, HandedOver.PRODUCTION_READY, ("tested",), False),
    ]
    assert sent(store).number == 3
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize("statements_before", [0, 1, 2, 3, 5, 9, 20, 30])
def test_a_killed_upgrade_is_simply_run_again(empty_urls: list[str], statements_before: int) -> None:
    url = empty_urls[0]
    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(statements_before)], check=False)
    assert killed.returncode == -signal.SIGKILL
    store = DatabaseReviewStore(url)
    with pytest.raises(StoreUnavailable):
        store.ready()
    upgrade(url)
    store.ready()
    sent(store)
    store.close()


@pytest.mark.slow
def test_many_that_start_at_once_upgrade_once(empty_urls: list[str]) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, empty_urls[0]], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    failures = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], failures
    store = DatabaseReviewStore(empty_urls[0])
    store.ready()
    store.close()


def test_a_database_without_tables_or_of_another_version_is_not_ready(empty_urls: list[str]) -> None:
    store = DatabaseReviewStore(empty_urls[0])
    with pytest.raises(StoreUnavailable):
        store.ready()
    upgrade(empty_urls[0])
    store.ready()
    engine = open_engine(empty_urls[0], Limits())
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(StoreUnavailable, match="enablement db upgrade"):
        store.ready()
    store.close()
    engine.dispose()


def test_a_missing_file_is_not_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "enablement.sqlite"
    store = DatabaseReviewStore(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable):
        store.ready()
    assert not path.exists()


def test_a_new_file_is_nobody_elses_to_read(tmp_path: Path) -> None:
    path = tmp_path / "enablement.sqlite"
    upgrade(f"sqlite:///{path}")
    store = DatabaseReviewStore(f"sqlite:///{path}")
    sent(store)
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 3
    store.close()


def test_a_folder_that_is_missing_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        upgrade(f"sqlite:///{tmp_path / 'nothing' / 'enablement.sqlite'}")


BLOCK = "36 35 98:0 / {at} rw,noatime shared:1 - {kind} {what} rw"


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "lustre"]
)
def test_a_sqlite_file_on_a_network_file_system_is_refused_with_a_sentence(tmp_path: Path, kind: str) -> None:
    state = tmp_path / "state folder"
    state.mkdir()
    mounts = tmp_path / "mountinfo"
    lines = [BLOCK.format(at="/", kind="ext4", what="/dev/sda1")]
    lines += [BLOCK.format(at=str(state).replace(" ", "\\040"), kind=kind, what="server:/export")]
    mounts.write_text("\n".join(lines) + "\n")
    url = f"sqlite:///{state / 'enablement.sqlite'}"
    with pytest.raises(StoreUnavailable, match=rf"network file system \({kind}, at .*block volume"):
        upgrade(url, mounts=mounts)
    assert not list(state.iterdir()), "nothing was made there"
    lines += [BLOCK.format(at=str(state).replace(" ", "\\040"), kind="xfs", what="/dev/sdb")]  # mounted over it
    mounts.write_text("\n".join(lines) + "\n")
    upgrade(url, mounts=mounts)


@pytest.mark.parametrize(
    "kind", ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs", "fuse.fuse-overlayfs", "fuseblk", "nfsd"]
)
def test_every_other_file_system_is_taken(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    lines = [
        BLOCK.format(at="/", kind=kind, what="/dev/sda1"),
        BLOCK.format(at=f"{tmp_path}-beside", kind="nfs4", what="s:/x"),
    ]
    mounts.write_text("\n".join(lines))
    upgrade(f"sqlite:///{tmp_path / 'enablement.sqlite'}", mounts=mounts)


def test_without_a_list_of_mounts_nothing_is_refused(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'enablement.sqlite'}", mounts=tmp_path / "none")


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "no url", ""])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(StoreUnavailable):
        DatabaseReviewStore(url)
    with pytest.raises(StoreUnavailable):
        upgrade(url)


# A migration that landed is never edited: a database that ran it would be stamped as something that it is not. A new one gets a line here.
FROZEN = {
    "0001_first_tables.py": "31ec1366e1dd873b9a2f3e151c2c60ec61562fd325ef2b79999c96f680518153",
    "0001_postgresql.sql": "a5b1acf2eef19e5f2b1b64e9ddb0b166387d90220fc395164ae7c35bf1e6609c",
    "0001_sqlite.sql": "c87f58c413413a90f2ad60062bd56d1681ae0c30f83044a31bd039f2809c8664",
    "0002_leases.py": "9c153ee1ea357298243701762a969a9a5c8a017d3f24d9eeb7d398609cf05d2a",
    "0003_postgresql.sql": "ff59493fb6d7fc0af6dfdead03048a2f51aaeb9be5fb4e975cf4f9ca2e4d818f",
    "0003_small_files.py": "1c9068b49c746d44bcb4960bca9322a2af4061f9e54cf7f606f98fbc24096fc0",
    "0003_sqlite.sql": "79b5976c04886d94bd6a9e3ec3814aef7019c3a662887cb9418cbdf18cbe660e",
    "0004_package_requests.py": "c058242808c60a51b348c0b7f210c8e219a98318505739e51558befa4d5aa840",
    "0005_people.py": "35a5411510c55f1c3f47d7afe09d472cc066b10442c48f85ef2753b2dcbdebf7",
    "0006_instance.py": "535ed4bc695f86395f2f41eb4ceab0bd5ec179d674960529f09d4b1ad98707c4",
    "0007_unanswered.py": "56275bb4fbf826651bae51e3ffea4d2ae15a5fa64f9710819f7562f4e3a12832",
    "0008_confirmations.py": "911557385f46e2e46b079145a66de6d01c9b648f0f7a90dfb2ccbbab154f0fd7",
    "0009_repository_access.py": "0199dade0b2e05485c639f8cb9be86e9d9b06b21b8cb80e9580e80686d34e13a",
    "0010_seen.py": "832b06c16e3576355231c48634e4e143bc9115ff1bf9c1ed0da269b7fe17e085",
    "0011_version_checks.py": "f078c85a4c094e068690e2daeb907216aa0b6e4eee071ed9829c623194d4bab5",
    "0012_drafts.py": "262ef92683a0d494803e7ad6eb4fb9ec9f54ced8312049fea13c348116c64b30",
    "0013_due_runs.py": "744cd4f68ebec7f818ae1d79c2c4d50544567afef74ea84b9113e75158aa86f7",
    "0014_notifications.py": "979ffa8830e921ef31ce887d0c43f1296789f55c5971083c420821194323e63e",
    "0015_search.py": "c88559d0b29e8ac36bb56c5a138ce91dfc07dd8c3fb49601f1466df4b8e8f47e",
    "0016_suggestions.py": "1140609fc7067532519a103998bc855ebee44337c649885268ef4bbc72d679aa",
    "0017_checks_made.py": "b732bf5a1dc78e9fb8de324d68f6f5a2d9ca7a25cb49d9d418e492f54f281ac8",
    "0018_trials.py": "7f8d925b1ff818ab714e18d55d48fcf4f59803f5798f93b70df3dc83aa294932",
}


def test_migrations_that_landed_are_as_they_were() -> None:
    files = [path for path in (MIGRATIONS / "versions").iterdir() if path.suffix in {".py", ".sql"}]
    assert {path.name: sha256(path.read_bytes()).hexdigest() for path in files} == FROZEN
