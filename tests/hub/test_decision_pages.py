"""Where the decision page is: what `configure(c)` makes of the hub's configuration, and when decisions are off."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jupyterhub.app import JupyterHub
from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner, Spawner
from kubespawner import KubeSpawner
from traitlets.config import Config

from enablement_ext.hub import configure
from enablement_ext.hub.decision_pages import servers_of
from enablement_ext.hub.sizes import BadSetting


def wired(tmp_path: Path, **settings: object) -> tuple[Config, str, dict[str, str]]:
    """A hub with these settings (`Enablement__name` or `JupyterHub__name`): its configuration, what it says, the service's environment."""
    c = Config()
    c.Enablement.state = str(tmp_path / "state")
    c.JupyterHub.spawner_class = LocalProcessSpawner
    for name, value in settings.items():
        section, _, key = name.partition("__")
        c[section][key] = value
    said: list[str] = []
    log = JupyterHub.instance().log
    keep, log.info = log.info, lambda text, *values: said.append(text % values)
    try:
        configure(c)
    finally:
        log.info = keep
    (service,) = c.JupyterHub.services
    return c, "\n".join(said), {**service.get("environment", {}), "redirect": service.get("oauth_redirect_uri", "")}


HUB, SECOND = "https://hub.example.org", {"Enablement__decision_listen": "http://127.0.0.1:8301"}


def test_without_an_origin_of_their_own_decisions_are_off_and_the_log_says_what_to_set(tmp_path: Path) -> None:
    _, said, told = wired(tmp_path, JupyterHub__bind_url=HUB)
    assert "decisions: OFF. Lab pages have the same address" in said
    assert "c.Enablement.decision_url" in said
    assert (told["redirect"], "ENABLEMENT_DECISION_URL" in told) == ("", False)


@pytest.mark.parametrize("url", ["https://decide.example.org", "https://hub.example.org:8443"])
def test_a_second_host_or_port_is_told_to_hub_service_and_servers(tmp_path: Path, url: str) -> None:
    c, said, told = wired(tmp_path, JupyterHub__bind_url=f"{HUB}/team/", Enablement__decision_url=url, **SECOND)
    assert told["redirect"] == f"{url}/team/services/enablement/oauth_callback"
    assert (told["ENABLEMENT_DECISION_URL"], told["ENABLEMENT_HUB_URL"]) == (url, HUB)
    assert told["ENABLEMENT_DECISION_LISTEN"] == "http://127.0.0.1:8301"
    assert c.JupyterHub.spawner_class.wiring.pages_origin == url
    if os.geteuid() == 0:  # for anybody else this spawner starts everything under one account
        assert f"decisions: on, at {url}/team/services/enablement/" in said
        assert told["ENABLEMENT_SERVERS"] == "same-host"


def test_on_plain_http_decisions_are_off_unless_the_risk_is_accepted_by_name(tmp_path: Path) -> None:
    plain = {"JupyterHub__bind_url": "http://hub.example.org", "Enablement__decision_url": "http://decide.example.org"}
    _, said, told = wired(tmp_path, **plain, **SECOND)
    assert "decisions: OFF." in said
    assert "https" in said
    assert "ENABLEMENT_ACCEPTED_RISKS" not in told
    _, said, told = wired(tmp_path, **plain, **SECOND, Enablement__accepted_risks=["plain-http", "one-account"])
    assert "decisions: on" in said
    assert "accepted risks: plain-http" in said
    assert told["ENABLEMENT_ACCEPTED_RISKS"] == "one-account,plain-http"


@pytest.mark.parametrize(
    ("spawner", "place"),
    [(SimpleLocalProcessSpawner, "same-account"), (KubeSpawner, "elsewhere"), (Spawner, "same-host")],
)
def test_the_spawner_says_where_servers_run(spawner: type[Spawner], place: str) -> None:
    assert servers_of(spawner).value == place


def test_under_subdomains_the_service_has_its_own_host(tmp_path: Path) -> None:
    c, _, told = wired(tmp_path, JupyterHub__subdomain_host="https://hub.example.org:444")
    assert told["ENABLEMENT_DECISION_URL"] == "https://enablement--service.hub.example.org:444"
    assert told["ENABLEMENT_HUB_URL"] == "https://hub.example.org:444"
    assert "ENABLEMENT_DECISION_LISTEN" not in told
    assert c.JupyterHub.spawner_class.wiring.pages_origin == "https://enablement--service.hub.example.org:444"


BAD: dict[str, tuple[dict[str, object], str]] = {
    "listens nowhere": ({"Enablement__decision_url": "https://decide.example.org"}, "decision_listen"),
    "a path": ({"Enablement__decision_url": "https://decide.example.org/x", **SECOND}, "without a path"),
    "the hub is unknown": (
        {"Enablement__decision_url": "https://decide.example.org", "JupyterHub__bind_url": "http://:8000", **SECOND},
        "hub_url",
    ),
    "no such risk": ({"Enablement__accepted_risks": ["everything"]}, "shared-origin, plain-http, one-account"),
    "may be a person's host": (
        {"JupyterHub__subdomain_host": HUB, "Enablement__decision_url": "https://decide.hub.example.org", **SECOND},
        "may be a person's",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_setting_that_cannot_be_is_refused_with_what_to_write(tmp_path: Path, name: str) -> None:
    settings, words = BAD[name]
    with pytest.raises(BadSetting, match=words):
        wired(tmp_path, **{"JupyterHub__bind_url": HUB, **settings})


def test_an_external_service_gets_its_redirect_address_too(tmp_path: Path) -> None:
    external = {"Enablement__service_url": "http://enablement:8080", "Enablement__hub_url": HUB}
    _, said, told = wired(tmp_path, **external, Enablement__decision_url="https://decide.example.org")
    assert told["redirect"] == "https://decide.example.org/services/enablement/oauth_callback"
    assert "decide.example.org" in said or os.geteuid() != 0
