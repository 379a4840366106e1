"""`enablement people …`: what is printed, what is refused, and that the hub is asked where it can be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.cli.app import main
from enablement_ext.core.access.people import Person
from enablement_ext.core.review.event_log import verify
from tests.adapters.factories import NOW, sent

Capture = pytest.CaptureFixture[str]
ADA, BOB = (Person(name, name, NOW, True, NOW, NOW) for name in ("ada", "bob"))


@contextmanager
def opened(state: Path) -> Iterator[DatabaseReviewStore]:
    store = DatabaseReviewStore(f"sqlite:///{state / 'enablement.sqlite'}")
    yield store
    store.close()


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    """A state folder with two people; one of them sent something."""
    for name in ("ENABLEMENT_DATABASE_URL", "JUPYTERHUB_API_URL", "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_USER"):
        monkeypatch.delenv(name, raising=False)
    assert main(["people", "list", "--state", str(tmp_path)]) == 3, "no tables yet"
    assert main(["db", "upgrade", "--state", str(tmp_path)]) == 0
    with opened(tmp_path) as store:
        sent(store, "ada")
        with store.write() as transaction:
            for person in (ADA, replace(BOB, created=None)):
                transaction.put_person(person)
    capsys.readouterr()
    return tmp_path


def run(state: Path, capsys: Capture, *words: str) -> tuple[int, str]:
    code = main(["people", *words, "--state", str(state)])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def test_everybody_is_listed(state: Path, capsys: Capture) -> None:
    code, said = run(state, capsys, "list")
    assert (code, said.splitlines()) == (
        0,
        ["ada: account ada, seen 2026-11-24 12:00 UTC", "bob: account bob, not seen yet"],
    )
    found = json.loads(run(state, capsys, "list", "--json")[1])
    assert [(each["person"], each["account"], each["heir"]) for each in found] == [
        ("ada", "ada", None),
        ("bob", "bob", None),
    ]


def test_work_is_handed_over_once_somebody_says_that_the_account_is_gone(state: Path, capsys: Capture) -> None:
    code, said = run(state, capsys, "hand-over", "ada", "--to", "bob")
    assert (code, "--account-is-gone" in said) == (2, True)
    code, said = run(state, capsys, "hand-over", "ada", "--to", "bob", "--reason", "left", "--account-is-gone")
    assert (code, said) == (0, "bob is the author of 1 submissions that ada sent, and has their repositories\n")
    assert run(state, capsys, "list")[1].splitlines()[0] == "ada: work handed over to bob"
    with opened(state) as store, store.read() as reader:
        assert reader.submission(1).author == "bob"
        events = reader.events_after(0, 9)
        assert dict(events[1].data) == {"person": "ada", "heir": "bob", "reason": "left", "checked": "said"}
        assert verify(events, reader.chain_head(), ()).intact
    code, said = run(state, capsys, "hand-over", "bob", "--to", "nobody", "--account-is-gone")
    assert (code, "nobody is nobody who was here yet" in said) == (1, True)


class _Hub(BaseHTTPRequestHandler):
    """Knows ada's account as it was made; bob's was made anew."""

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        made = {"ada": NOW.isoformat(), "bob": "2030-01-01T00:00:00Z"}.get(name)
        body = json.dumps({"name": name, "created": made}).encode()
        self.send_response(200 if made else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def hub(state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The state folder, where the hub can be asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("JUPYTERHUB_API_URL", f"http://127.0.0.1:{server.server_port}/hub/api")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "of-the-service")
    yield state
    server.shutdown()


def test_the_hub_is_asked_whether_the_account_is_gone(
    hub: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = hub
    code, said = run(state, capsys, "hand-over", "ada", "--to", "bob", "--account-is-gone")
    assert (code, "ada has an account in the hub" in said) == (1, True)
    with opened(state) as store, store.write() as transaction:
        transaction.put_person(BOB)
    assert run(state, capsys, "hand-over", "bob", "--to", "ada")[0] == 0, "the account of that name is another one"
    monkeypatch.setenv("JUPYTERHUB_USER", "petra")
    code, said = run(state, capsys, "hand-over", "ada", "--to", "bob")
    assert (code, "cannot be asked from here" in said) == (2, True), "a server's own token sees nobody else"


def test_everybody_is_adopted_and_a_name_released(state: Path, capsys: Capture) -> None:
    assert run(state, capsys, "adopt") == (
        0,
        "2 people will be known again by the names of their accounts, within a minute\n",
    )
    assert "ada: account ada, not seen yet" in run(state, capsys, "list")[1]
    assert run(state, capsys, "release", "ada")[0] == 0
    assert "ada: no account; was called ada" in run(state, capsys, "list")[1]
    assert run(state, capsys, "release", "ada")[0] == 1
