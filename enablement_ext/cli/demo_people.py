"""The demo's people: who they are, their generated passwords in people.json, and what lies ready in their homes."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from enablement_ext.cli.errors import CliError
from enablement_ext.core.access.groups import AUTHORS, PLATFORM, REVIEWERS

TEAM = "churn-team"  # a group without permissions, whose members share repositories


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One demo person, as a line of people.json."""

    name: str
    password: str
    role: str
    groups: tuple[str, ...]
    admin: bool = False


def settled_people(state: Path, url: str, decisions: str = "", *, more: bool = False) -> list[DemoPerson]:
    """The people of this state folder, with the passwords they have; made up the first time. Writes people.json, mode 0600.

    It also says where the hub is and where people decide. `more`: a second author and a second reviewer as well.
    """
    path = state / "people.json"
    people = _read(path) if path.exists() else _invented()
    known = {person.name for person in people}
    people += [person for person in (_invented_more() if more else ()) if person.name not in known]
    document = {"url": url, "decisions": decisions, "people": [asdict(person) for person in people]}
    building = path.with_name(".people.json.new")
    building.unlink(missing_ok=True)
    with os.fdopen(os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)
        file.write("\n")
    building.replace(path)
    return people


def settled_homes(state: Path, people: list[DemoPerson], demo: Path) -> None:
    """A home for everybody; the authors' homes hold the demo notebook, unless they did something with that folder already."""
    for person in people:
        home = state / "home" / person.name
        home.mkdir(parents=True, exist_ok=True)
        for source in sorted(demo.iterdir()) if AUTHORS in person.groups else ():
            if source.is_dir() and not (home / source.name).exists():
                shutil.copytree(
                    source, home / source.name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
                )


def _invented() -> list[DemoPerson]:
    return [
        DemoPerson("dana", _password(), "data scientist", (AUTHORS, TEAM)),
        DemoPerson("remy", _password(), "reviewer", (REVIEWERS, TEAM)),
        DemoPerson("petra", _password(), "platform engineer", (PLATFORM,), admin=True),
    ]


def _invented_more() -> list[DemoPerson]:
    return [
        DemoPerson("olga", _password(), "data scientist", (AUTHORS,)),
        DemoPerson("rita", _password(), "reviewer", (REVIEWERS,)),
    ]


def _password() -> str:
    return secrets.token_urlsafe(12)


def _read(path: Path) -> list[DemoPerson]:
    try:
        people = json.loads(path.read_text(encoding="utf-8"))["people"]
        return [DemoPerson(**(person | {"groups": tuple(person["groups"])})) for person in people]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CliError(f"{path} is not a people.json ({error}); remove it and new passwords are made") from error
