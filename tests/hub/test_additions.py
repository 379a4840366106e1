"""`configure(c)` composes with what a hub has: nothing that is there is replaced, and what was added is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jupyterhub.app import JupyterHub
from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner
from traitlets.config import Config

from enablement_ext.adapters.catalog_folder import copy_catalog
from enablement_ext.adapters.local_paths import shipped
from enablement_ext.core.access.groups import AUTHORS, GROUP_SCOPES, REVIEWERS
from enablement_ext.hub import configure
from enablement_ext.hub.hub_configuration import (
    ServiceWiring,
    add_groups,
    add_home_line,
    add_named_servers,
    add_roles,
    add_scopes,
    add_service,
)

ACCESS = "access:services!service=enablement"


def role(c: Config, name: str) -> dict[str, Any]:
    found = [entry for entry in c.JupyterHub.load_roles if entry["name"] == name]
    assert len(found) == 1, f"JupyterHub refuses a role that stands twice: {name}"
    result: dict[str, Any] = found[0]
    return result


def test_scopes_of_the_hub_stay() -> None:
    c = Config()
    c.JupyterHub.custom_scopes = {"custom:team:x": {"description": "ours"}}
    list(add_scopes(c))
    assert c.JupyterHub.custom_scopes["custom:team:x"] == {"description": "ours"}
    assert "custom:enablement:decide" in c.JupyterHub.custom_scopes


def test_the_home_page_says_what_is_new_unless_the_hub_says_something_itself() -> None:
    c = Config()
    c.JupyterHub.template_vars = {"logo": "x"}
    assert "links" in "".join(add_home_line(c))
    variables = c.JupyterHub.template_vars
    assert variables["logo"] == "x"
    for address in ("user-redirect/lab?enablement-panel=queue", "spawn"):
        assert f'href="{address}"' in variables["announcement_home"]


@pytest.mark.parametrize("name", ["announcement", "announcement_home"])
def test_an_announcement_of_the_hub_stays_alone(name: str) -> None:
    c = Config()
    c.JupyterHub.template_vars = {name: "Maintenance on Friday"}
    assert f"{name} (yours) stays" in "".join(add_home_line(c))
    assert c.JupyterHub.template_vars == {name: "Maintenance on Friday"}


def test_roles_of_the_hub_stay_and_ours_stand_beside_them() -> None:
    c = Config()
    theirs = {"name": "team", "scopes": ["read:users"], "users": ["lee"]}
    c.JupyterHub.load_roles = [theirs]
    list(add_roles(c))
    assert role(c, "team") == theirs
    for group, names in GROUP_SCOPES.items():
        assert role(c, group)["scopes"] == [*(f"custom:enablement:{name}" for name in names), ACCESS]
        assert role(c, group)["groups"] == [group]


def test_the_server_role_keeps_its_scopes_and_cannot_decide() -> None:
    c = Config()
    list(add_roles(c))
    scopes = role(c, "server")["scopes"]
    assert {"users:activity!user", "access:servers!server"} <= set(scopes)
    assert "custom:enablement:review" in scopes
    assert not {"custom:enablement:decide", "custom:enablement:admin"} & set(scopes)


def test_a_server_role_of_the_hub_is_widened_not_replaced() -> None:
    c = Config()
    c.JupyterHub.load_roles = [
        {"name": "server", "description": "ours", "scopes": ["users:activity!user", "list:users"]}
    ]
    said = "\n".join(add_roles(c))
    assert role(c, "server")["description"] == "ours"
    assert role(c, "server")["scopes"][:2] == ["users:activity!user", "list:users"]
    assert "custom:enablement:submit" in role(c, "server")["scopes"]
    assert "access:servers!server" not in role(c, "server")["scopes"], "what the hub took away stays away"
    assert "role server (yours, kept)" in said


def test_roles_appended_lazily_are_seen() -> None:
    c = Config()
    c.JupyterHub.load_roles.append({"name": "team", "scopes": ["self"]})
    c.JupyterHub.services.append({"name": "theirs", "url": "http://127.0.0.1:9"})
    list(add_roles(c))
    list(add_service(c, ServiceWiring("http://127.0.0.1:1")))
    assert role(c, "team")["scopes"] == ["self"]
    assert [service["name"] for service in c.JupyterHub.services] == ["theirs", "enablement"]


def test_a_token_scope_list_of_the_spawner_gets_ours() -> None:
    c = Config()
    c.KubeSpawner.server_token_scopes = ["users:activity!user"]
    said = "\n".join(add_roles(c))
    assert c.KubeSpawner.server_token_scopes[0] == "users:activity!user"
    assert "custom:enablement:read" in c.KubeSpawner.server_token_scopes
    assert "KubeSpawner.server_token_scopes (yours, kept)" in said


def test_an_authenticator_that_manages_roles_or_groups_goes_on_doing_so() -> None:
    c = Config()
    c.GenericOAuthenticator.manage_roles = True
    c.GenericOAuthenticator.manage_groups = True
    said = "\n".join([*add_roles(c), *add_groups(c)])
    # JupyterHub refuses to start when groups or assignments are also configured
    assert "load_groups" not in c.JupyterHub
    assert all("groups" not in entry for entry in c.JupyterHub.load_roles)
    assert "your authenticator manages roles" in said
    assert "your authenticator manages them" in said


def test_groups_of_the_hub_keep_their_people() -> None:
    c = Config()
    c.JupyterHub.load_groups = {"team": {"users": ["lee"]}, AUTHORS: {"users": ["lee"]}}
    said = "\n".join(add_groups(c))
    assert c.JupyterHub.load_groups["team"] == {"users": ["lee"]}
    assert c.JupyterHub.load_groups[AUTHORS] == {"users": ["lee"]}
    assert c.JupyterHub.load_groups[REVIEWERS] == {}
    assert f"left as they are: {AUTHORS}" in said


def test_services_of_the_hub_stay_and_an_entry_of_our_name_keeps_its_keys() -> None:
    c = Config()
    c.JupyterHub.services = [
        {"name": "theirs", "url": "http://127.0.0.1:9"},
        {"name": "enablement", "url": "http://enablement:8080", "api_token": "from-a-secret"},
    ]
    list(add_service(c, ServiceWiring("http://127.0.0.1:1", api_token="other")))
    theirs, ours = c.JupyterHub.services
    assert theirs == {"name": "theirs", "url": "http://127.0.0.1:9"}
    assert (ours["url"], ours["api_token"]) == ("http://enablement:8080", "from-a-secret")
    assert "custom:enablement:decide" in ours["oauth_client_allowed_scopes"]


@pytest.mark.parametrize(("set_to", "expected"), [(None, True), (True, True), (False, False)])
def test_named_servers_are_the_hubs_decision(set_to: bool | None, expected: bool) -> None:
    c = Config()
    if set_to is not None:
        c.JupyterHub.allow_named_servers = set_to
    list(add_named_servers(c))
    assert c.JupyterHub.allow_named_servers is expected


def configured_hub(tmp_path: Path, **spawner: object) -> tuple[Config, str]:
    """The configuration after one call, and what was said."""
    c = Config()
    c.Enablement.state = str(tmp_path / "state")
    c.JupyterHub.spawner_class = spawner.pop("spawner_class", "simple")
    for key, value in spawner.items():
        c.Spawner[key] = value
    said: list[str] = []
    log = JupyterHub.instance().log
    keep = log.info
    log.info = lambda text, *more: said.append(text % more)
    try:
        configure(c)
    finally:
        log.info = keep
    return c, "\n".join(said)


def test_the_hub_takes_the_teams_own_catalog_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same rule as the commands: what is named, else ./images, else the shipped one."""
    monkeypatch.delenv("ENABLEMENT_CATALOG", raising=False)
    monkeypatch.chdir(tmp_path)
    assert f"catalog: {shipped('images')} (it comes with Enablement" in configured_hub(tmp_path)[1]
    copy_catalog(shipped("images"), tmp_path / "images")
    c, said = configured_hub(tmp_path)
    assert f"catalog: {tmp_path}/images (your own)" in said
    (ours,) = [each for each in c.JupyterHub.services if each["name"] == "enablement"]
    assert ours["environment"]["ENABLEMENT_CATALOG"] == f"{tmp_path}/images"
    monkeypatch.setenv("ENABLEMENT_CATALOG", str(tmp_path / "images"))
    assert "(named by $ENABLEMENT_CATALOG)" in configured_hub(tmp_path)[1]


def test_one_call_says_in_one_list_what_was_added(tmp_path: Path) -> None:
    c, said = configured_hub(tmp_path)
    for part in (
        "custom scopes:",
        f"role {AUTHORS}:",
        "role server:",
        "groups:",
        "service enablement at http://127.0.0.1:",
        "spawner: Simple",
    ):
        assert part in said
    assert issubclass(c.JupyterHub.spawner_class, SimpleLocalProcessSpawner)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("named", ["jupyterhub.spawner.LocalProcessSpawner", LocalProcessSpawner, "localprocess"])
def test_the_spawner_may_be_named_in_every_way_jupyterhub_knows(tmp_path: Path, named: object) -> None:
    c, _ = configured_hub(tmp_path, spawner_class=named)
    assert issubclass(c.JupyterHub.spawner_class, LocalProcessSpawner)


def test_limits_of_the_hub_stay(tmp_path: Path) -> None:
    c, said = configured_hub(tmp_path, mem_limit="3G", start_timeout=77)
    assert c.Spawner.http_timeout == 120
    assert "Spawner.http_timeout: 120 s, because" in said
    assert c.Spawner.mem_limit == "3G"
    assert c.Spawner.start_timeout == 77
    assert c.JupyterHub.spawner_class.wiring.policy.sizes == ()
    assert "Spawner.mem_limit (yours) stay" in said


def test_the_managed_service_keeps_its_port_and_is_told_its_hub(tmp_path: Path) -> None:
    first, _ = configured_hub(tmp_path)
    second, _ = configured_hub(tmp_path)
    (service,) = first.JupyterHub.services
    assert service["url"] == second.JupyterHub.services[0]["url"]
    assert service["command"][1:] == ["-m", "enablement_ext.service.watchdog"]
    assert service["environment"]["ENABLEMENT_PARENT_PID"].isdigit()
    assert service["environment"]["ENABLEMENT_STATE"] == str(tmp_path / "state")


def test_an_external_service_is_not_started(tmp_path: Path) -> None:
    c = Config()
    c.Enablement.service_url = "http://enablement:8080"
    c.Enablement.service_token = "from-a-secret"
    c.Enablement.service_url_for_servers = "http://proxy-public"
    c.Enablement.state = str(tmp_path / "state")
    configure(c)
    (service,) = c.JupyterHub.services
    assert "command" not in service
    assert service["api_token"] == "from-a-secret"
    assert c.JupyterHub.spawner_class.wiring.service_url == "http://proxy-public"
