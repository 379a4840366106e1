"""The service as a process with and without an address for its pages: what it listens on, what it says at start, what it refuses."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from traitlets import TraitError

from enablement_ext.core.access.decision_origin import Risk, ServersPlace
from enablement_ext.service.settings.decisions import DecisionSettings
from tests.polling import PATIENCE, until
from tests.servers.ports import free_port
from tests.service.fixtures import PREFIX
from tests.service.test_process import start

HUB, DECIDE = "https://hub.example.org", "https://decide.example.org"


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A service that answers; its port."""
    port = free_port()
    process = start(folder, port, "http://127.0.0.1:9/hub/api", **environment)
    try:
        until(lambda: status(port, "/healthz") == 200, within=PATIENCE, what="the service answers", process=process)
        yield port, process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def status(port: int, path: str) -> int:
    """What is answered to somebody who opens this; 0 where nobody listens."""
    headers = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{PREFIX}{path}", headers=headers)
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code
    except OSError:
        return 0


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Redirects are answers."""

    def redirect_request(self, *_: object) -> None:
        """None is followed."""


@pytest.mark.slow
def test_two_listeners_of_one_process(tmp_path: Path) -> None:
    pages = free_port()
    told = {
        "ENABLEMENT_DECISION_URL": DECIDE,
        "ENABLEMENT_DECISION_LISTEN": f"http://127.0.0.1:{pages}",
        "ENABLEMENT_HUB_URL": HUB.replace("https", "http"),
        "ENABLEMENT_ACCEPTED_RISKS": "plain-http",
    }
    with running(tmp_path, **told) as (port, process):
        assert [status(each, "/decide/1") for each in (port, pages)] == [403, 302]
        assert [status(each, "/api/v1/whoami") for each in (port, pages)] == [401, 403]
    assert process.stdout is not None
    line = next(json.loads(line) for line in process.stdout if "decisions_on" in line)
    assert (line["url"], line["accepted_risks"]) == (f"{DECIDE}{PREFIX}/", "plain-http")


@pytest.mark.slow
def test_without_an_address_the_start_says_what_to_set(tmp_path: Path) -> None:
    with running(tmp_path) as (port, process):
        assert status(port, "/decide/1") == 403
    assert process.stdout is not None
    said = process.stdout.read()
    assert "decisions_off" in said
    assert "c.Enablement.decision_url" in said


def test_settings_come_from_what_the_hub_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DECISION_URL", DECIDE), ("HUB_URL", HUB), ("SERVERS", "same-account")):
        monkeypatch.setenv(f"ENABLEMENT_{name}", value)
    monkeypatch.setenv("ENABLEMENT_ACCEPTED_RISKS", "plain-http,one-account")
    settings = DecisionSettings()
    assert settings.place() == (ServersPlace.SAME_ACCOUNT, frozenset({Risk.PLAIN_HTTP, Risk.ONE_ACCOUNT}))
    urls = settings.urls(f"{PREFIX}/", "/", "service-enablement")
    assert (urls.pages, urls.hub) == (f"{DECIDE}{PREFIX}/", f"{HUB}/hub/")
    assert urls.redirect_uri == f"{DECIDE}{PREFIX}/oauth_callback"


def test_without_being_told_servers_may_run_on_the_same_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENABLEMENT_SERVERS", raising=False)
    assert DecisionSettings().place() == (ServersPlace.SAME_HOST, frozenset())


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no hub": ({"url": DECIDE}, "DecisionSettings.hub_url"),
    "listens for nothing": ({"listen": "http://127.0.0.1:1"}, "DecisionSettings.url"),
    "the hub's own": ({"url": HUB, "hub_url": HUB, "listen": "http://127.0.0.1:1"}, "another host name or port"),
    "a path": ({"url": f"{DECIDE}/x"}, "without a path"),
    "no certificate": (
        {"url": DECIDE, "hub_url": HUB, "listen": "https://127.0.0.1:1"},
        "DecisionSettings.certificate",
    ),
    "no such risk": ({"accepted_risks": ["everything"]}, "accepted_risks"),
    "no such place": ({"servers": "moon"}, "servers"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_said_by_its_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTERHUB_HOST", raising=False)
    given, words = WRONG[name]
    with pytest.raises(TraitError, match=words):
        opened(given)


def opened(given: dict[str, Any]) -> None:
    """All that the service asks of its settings at start."""
    settings = DecisionSettings(**given)
    settings.urls(f"{PREFIX}/", "/", "x")
    settings.address()
