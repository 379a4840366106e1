"""The demo's authenticator and its people.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from traitlets.config import Config

from enablement_ext.cli.demo_people import settled_homes, settled_people
from enablement_ext.cli.errors import CliError
from enablement_ext.hub import PeopleAuthenticator, people

DEMO = Path(__file__).parents[2] / "demo"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENABLEMENT_STATE", str(tmp_path))
    monkeypatch.delenv("ENABLEMENT_SUPERVISOR_PID", raising=False)
    return tmp_path


def test_people_json_is_closed_and_keeps_its_passwords(state: Path) -> None:
    first = settled_people(state, "http://127.0.0.1:8000")
    second = settled_people(state, "http://127.0.0.1:8123")
    assert [person.name for person in first] == ["dana", "remy", "petra"]
    assert first == second
    path = state / "people.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["url"] == "http://127.0.0.1:8123"
    assert len({person.password for person in first}) == 3


def test_a_broken_people_json_is_one_clear_line(state: Path) -> None:
    (state / "people.json").write_text("{")
    with pytest.raises(CliError, match=r"people\.json"):
        settled_people(state, "http://127.0.0.1:8000")


async def test_only_the_right_password_gets_in(state: Path) -> None:
    dana = settled_people(state, "")[0]
    authenticator = PeopleAuthenticator()
    attempts = [
        ("dana", dana.password),
        ("dana", ""),
        ("dana", dana.password + "x"),
        ("nobody", ""),
        ("nobody", dana.password),
        ("", ""),
    ]
    answers = [await authenticator.authenticate(None, {"username": name, "password": word}) for name, word in attempts]
    assert answers == ["dana", None, None, None, None, None]


def test_the_demo_puts_people_into_groups_and_makes_one_admin(state: Path) -> None:
    settled_people(state, "")
    c = Config()
    people(c)
    assert c.Authenticator.admin_users == {"petra"}
    assert c.Authenticator.allowed_users == {"dana", "remy", "petra"}
    assert c.JupyterHub.load_groups == {
        "enablement-authors": {"users": ["dana"]},
        "enablement-reviewers": {"users": ["remy"]},
        "enablement-platform": {"users": ["petra"]},
        "churn-team": {"users": ["dana", "remy"]},
    }


def test_a_hub_without_people_json_says_what_writes_it(state: Path) -> None:
    assert not (state / "people.json").exists()
    with pytest.raises(SystemExit, match="enablement up"):
        people(Config())


def test_the_authors_home_holds_the_demo_and_what_was_changed_there_stays(state: Path) -> None:
    everybody = settled_people(state, "")
    settled_homes(state, everybody, DEMO)
    notebook = state / "home" / "dana" / "churn" / "churn.ipynb"
    assert notebook.is_file()
    assert not (state / "home" / "remy" / "churn").exists()
    notebook.write_text("mine now")
    settled_homes(state, everybody, DEMO)
    assert notebook.read_text() == "mine now"


def test_the_demo_notebook_is_real() -> None:
    notebook = json.loads((DEMO / "churn" / "churn.ipynb").read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids) > 12
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1)), "run once, from top to bottom"
    outputs = [output for cell in code for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 2
    assert "from features import" in "".join("".join(cell["source"]) for cell in code)
