"""Databases of earlier versions, with data that those versions wrote, brought to this one: nothing lost, nothing changed, killed half way too."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, insert, select

from enablement_ext.adapters.database.engine import WRITING, Limits, open_engine
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import MIGRATIONS, upgrade
from enablement_ext.core.errors import StoreUnavailable
from enablement_ext.core.review.event_log import verify
from tests.adapters.factories import POSTGRESQL, sent
from tests.adapters.test_migrations import KILLED
from tests.servers.postgres import Cluster

KEPT = sorted((Path(__file__).parent / "released").glob("*.json"))
FIRST_KEPT = "0004"

Rows = dict[str, list[dict[str, Any]]]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def test_a_database_of_every_version_before_this_one_is_kept() -> None:
    """A migration lands together with a database of the version before it: `python -m tests.adapters.released.keep`, run on that."""
    script = ScriptDirectory.from_config(_config())
    earlier = [one.revision for one in script.walk_revisions() if one.revision not in script.get_heads()]
    assert {path.stem for path in KEPT} >= {revision for revision in earlier if revision >= FIRST_KEPT}


@pytest.fixture(params=KEPT, ids=lambda path: path.stem)
def kept(request: pytest.FixtureRequest) -> tuple[str, Rows]:
    """A revision, and the rows that its version wrote."""
    rows: Rows = json.loads(request.param.read_text(encoding="utf-8"), object_hook=_bytes)
    return request.param.stem, rows


def _bytes(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value


@pytest.fixture(params=["sqlite", POSTGRESQL])
def old_url(request: pytest.FixtureRequest, tmp_path: Path, kept: tuple[str, Rows]) -> str:
    """A database as that version left it."""
    if request.param == "postgresql":
        server: Cluster = request.getfixturevalue("postgres")
        url = server.create()
    else:
        (tmp_path / "enablement.sqlite").touch()
        url = f"sqlite:///{tmp_path / 'enablement.sqlite'}"
    engine = open_engine(url, Limits())
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, kept[0])
        _fill(connection, kept[1])
    engine.dispose()
    return url


def _fill(connection: Connection, rows: Rows) -> None:
    tables = MetaData()
    tables.reflect(connection)
    in_order = sorted(rows, key=[table.name for table in tables.sorted_tables].index)
    for name in in_order:
        if name == "chain_head":
            connection.execute(tables.tables[name].update().values(**rows[name][0]))
        elif rows[name]:
            connection.execute(
                tables.tables[name].delete() if name == "instance" else select(1)
            )  # a migration made one
            connection.execute(insert(tables.tables[name]), rows[name])


def found(url: str, wanted: Rows) -> Rows:
    """The same columns of the same tables now."""
    engine = open_engine(url, Limits())
    tables = MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        read: Rows = {}
        for name, rows in wanted.items():
            columns = [tables.tables[name].c[column] for column in (rows[0] if rows else ())]
            read[name] = [dict(row) for row in connection.execute(select(*columns)).mappings()] if columns else []
    engine.dispose()
    return read


def assert_same(url: str, wanted: Rows, *, upgraded: bool = True) -> None:
    now = found(url, wanted)
    for name, rows in wanted.items():
        expected = map(_as_now, rows) if upgraded else rows
        assert sorted(map(repr, now[name])) == sorted(map(repr, expected)), name


def _as_now(row: dict[str, Any]) -> dict[str, Any]:
    """What 0007 takes back: an answer that may be a default that nobody chose."""
    defaults = {"stage": "exploration", "handed_over": "prototype"}
    return {key: None if defaults.get(key) == value else value for key, value in row.items()}


def assert_works(url: str, rows: Rows) -> None:
    """It is read, its log holds, and it goes on: what is new comes after what was there."""
    store = DatabaseReviewStore(url)
    store.ready()
    with store.read() as reader:
        assert verify(reader.events_after(0, 1000), reader.chain_head()).intact
        for row in rows["submissions"]:
            submission = reader.submission(row["number"])
            assert submission.title == row["title"]
            assert len(reader.versions(row["number"])) == row["latest"]
        for row in rows["small_files"]:
            assert reader.small_file(row["sha256"]) == row["content"]
    assert sent(store, content="new").number == 1 + max(row["number"] for row in rows["submissions"])
    store.close()


def test_it_is_upgraded_and_nothing_is_lost(old_url: str, kept: tuple[str, Rows]) -> None:
    store = DatabaseReviewStore(old_url)
    with pytest.raises(StoreUnavailable, match="enablement db upgrade"):
        store.ready()
    store.close()
    upgrade(old_url)
    assert_same(old_url, kept[1])
    assert_works(old_url, kept[1])


@pytest.mark.slow
@pytest.mark.parametrize("statements_before", [0, 2, 4, 5, 6])
def test_killed_half_way_it_is_simply_run_again(old_url: str, kept: tuple[str, Rows], statements_before: int) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, old_url, str(statements_before)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert_same(old_url, kept[1], upgraded=False)
    upgrade(old_url)
    assert_same(old_url, kept[1])
    assert_works(old_url, kept[1])
