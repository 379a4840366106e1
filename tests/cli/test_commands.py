"""The `enablement` command: exit codes, one line for a mistake, the event log verified, the database brought up to date."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.cli.app import main
from enablement_ext.cli.audit import parsed_anchor
from enablement_ext.cli.errors import CliError
from enablement_ext.core.review.ports import NewEvent

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    """A state folder whose log holds three events."""
    monkeypatch.delenv("ENABLEMENT_DATABASE_URL", raising=False)
    assert main(["db", "upgrade", "--state", str(tmp_path)]) == 0
    store = DatabaseReviewStore(f"sqlite:///{tmp_path / 'enablement.sqlite'}")
    for kind in ("first", "second", "third"):
        with store.write() as transaction:
            transaction.append_event(NewEvent(AT, "dana", kind))
    store.close()
    capsys.readouterr()
    return tmp_path


def verified(state: Path, capsys: Capture, *more: str) -> tuple[int, str]:
    code = main(["audit", "verify", "--state", str(state), *more])
    return code, capsys.readouterr().out


def test_upgrading_twice_changes_nothing(state: Path, capsys: Capture) -> None:
    assert main(["db", "upgrade", "--state", str(state)]) == 0
    assert capsys.readouterr().out == "the tables are of this version\n"


def test_an_intact_log_is_zero_and_names_its_head(state: Path, capsys: Capture) -> None:
    code, said = verified(state, capsys)
    assert code == 0
    assert said.startswith("intact: 3 events; head 3:")
    code, said = verified(state, capsys, "--json")
    found = json.loads(said)
    assert (code, found["intact"], found["events"], found["problems"]) == (0, True, 3, [])
    assert verified(state, capsys, "--anchor", found["head"])[0] == 0


def test_an_export_can_be_checked_by_any_program(state: Path, capsys: Capture) -> None:
    assert main(["audit", "export", "--state", str(state)]) == 0
    written, said = capsys.readouterr()
    events = [json.loads(line) for line in written.splitlines()]
    assert [(event["seq"], event["kind"]) for event in events] == [(1, "first"), (2, "second"), (3, "third")]
    previous = ""
    for event in events:
        told = event.pop("hash")
        assert event["previous"] == previous
        text = json.dumps(event, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert told == previous
    assert said.startswith("intact: 3 events; head 3:")
    assert main(["audit", "export", "--after", "2", "--state", str(state)]) == 0
    assert json.loads(capsys.readouterr().out)["seq"] == 3


def test_an_export_for_spreadsheets_holds_no_formula(state: Path, capsys: Capture) -> None:
    store = DatabaseReviewStore(f"sqlite:///{state / 'enablement.sqlite'}")
    with store.write() as transaction:
        transaction.append_event(NewEvent(AT, "=HYPERLINK(1)", "fourth", data=(("reason", 'a, "b"'),)))
    store.close()
    assert main(["audit", "export", "--csv", "--state", str(state)]) == 0
    head, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert head[:4] == ["seq", "at", "actor", "kind"]
    assert (len(rows), rows[3][2], json.loads(rows[3][6])) == (4, "'=HYPERLINK(1)", {"reason": 'a, "b"'})


def test_an_export_of_an_edited_log_says_so(state: Path, capsys: Capture) -> None:
    edit(state, "UPDATE events SET actor = 'olga' WHERE seq = 2")
    assert main(["audit", "export", "--state", str(state)]) == 1
    written, said = capsys.readouterr()
    assert len(written.splitlines()) == 3
    assert said.startswith("BROKEN at event 2")


def edit(state: Path, statement: str) -> None:
    """What somebody with the file in hands can do: the tables' own guards do not stop them."""
    connection = sqlite3.connect(state / "enablement.sqlite")
    guards = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in guards:
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE events SET actor = 'remy' WHERE seq = 2", 2),
        ("DELETE FROM events WHERE seq = 2", 2),
        ("DELETE FROM events WHERE seq = 3", 3),
    ],
)
def test_an_edited_or_deleted_event_is_one(state: Path, capsys: Capture, statement: str, place: int) -> None:
    edit(state, statement)
    code, said = verified(state, capsys)
    assert code == 1
    assert said.startswith(f"BROKEN at event {place};")


def test_a_log_that_is_not_the_anchored_one_is_one(state: Path, capsys: Capture) -> None:
    code, said = verified(state, capsys, "--anchor", "2:" + "0" * 64)
    assert code == 1
    assert "not the one that was anchored" in said


@pytest.mark.parametrize(
    "text", ["", "x", "1", "1:", "1:abc", "-1:" + "0" * 64, "²:" + "0" * 64, "9" * 5000 + ":" + "0" * 64]
)
def test_an_anchor_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CliError, match="no anchor"):
        parsed_anchor(text)


def test_a_state_folder_that_is_not_there_is_three(tmp_path: Path, capsys: Capture) -> None:
    code = main(["audit", "verify", "--state", str(tmp_path / "nothing")])
    assert code == 3
    assert capsys.readouterr().err.startswith("enablement: there is no state folder")


def test_a_database_that_is_not_there_is_three_and_is_not_made(tmp_path: Path, capsys: Capture) -> None:
    code = main(["audit", "verify", "--state", str(tmp_path)])
    assert code == 3
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "enablement.sqlite").exists()


@pytest.mark.parametrize("arguments", [["nothing"], ["up", "--bogus"], ["audit"], ["audit", "verify", "--bogus"], []])
def test_wrong_usage_is_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
