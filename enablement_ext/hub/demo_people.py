"""The demo's people: who may log in, read from `people.json` in the state folder.

For one machine and a first look. Everybody's server runs under the one account that started the hub, so the people's
servers are not protected from each other; a team brings its own authenticator and spawner instead of `people(c)`.
"""

from __future__ import annotations

import hmac
import json
import os
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from traitlets import Unicode, default
from traitlets.config import Config

from enablement_ext.hub.hub_configuration import configured


def read_people(path: Path) -> list[dict[str, Any]]:
    """The people of a people.json. Raises SystemExit with one line when the file is missing or is not one."""
    try:
        found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["people"]
    except (OSError, ValueError, KeyError) as error:
        raise SystemExit(f"{path} cannot be read ({error}); `enablement up` writes it") from error
    return found


class PeopleAuthenticator(Authenticator):
    """Name and password as people.json has them, compared in constant time."""

    people_file = Unicode(help="Path of people.json. Default: in $ENABLEMENT_STATE, else in .enablement-state.").tag(
        config=True
    )

    @default("people_file")
    def _default_people_file(self) -> str:
        return str(_people_file())

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """The name, if the password is right. An unknown name costs the same time as a wrong password."""
        del handler
        passwords = {person["name"]: person["password"] for person in read_people(Path(self.people_file))}
        name, given = data.get("username", ""), data.get("password", "")
        expected = passwords.get(name, "")
        right = hmac.compare_digest(expected.encode(), given.encode())
        return name if right and expected else None


def people(c: Config) -> None:
    """Sets up the demo: its authenticator, who is in which group, and a home for everybody in the state folder."""
    path = _people_file()
    everybody = read_people(path)
    c.JupyterHub.authenticator_class = PeopleAuthenticator
    c.Authenticator.allowed_users = {person["name"] for person in everybody}
    c.Authenticator.admin_users = {person["name"] for person in everybody if person.get("admin")}
    groups: dict[str, dict[str, Any]] = {}
    for person in everybody:
        for group in person["groups"]:
            groups.setdefault(group, {"users": []})["users"].append(person["name"])
    c.JupyterHub.load_groups = configured(c, "JupyterHub", "load_groups", {}) | groups
    c.JupyterHub.spawner_class = "jupyterhub.spawner.SimpleLocalProcessSpawner"
    c.SimpleLocalProcessSpawner.home_dir_template = str(path.parent / "home" / "{username}")
    if os.geteuid() == 0:
        # The demo's servers run under the account that started it; a server refuses to run as root unless told.
        c.Spawner.args = [*configured(c, "Spawner", "args", []), "--allow-root"]


def _people_file() -> Path:
    return Path(os.environ.get("ENABLEMENT_STATE") or ".enablement-state").absolute() / "people.json"
