"""The main job where the surroundings are special: TLS between everything, clocks that differ, homes that nothing can be written to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.deploy.main_job import main_job
from tests.servers.hub_session import HubSession
from tests.servers.own_hub import HubSetup, own_hub
from tests.servers.up import free_port

pytestmark = pytest.mark.slow

RISKS = ("one-account", "plain-http")  # a browser is left out here, and TLS in front of the hub with it
DAY = timedelta(days=1)


def addresses(port: int) -> str:
    """The configuration of a hub at this port, with the decision page at a port of its own."""
    pages = free_port()
    return (
        f'c.JupyterHub.bind_url = "http://127.0.0.1:{port}/"\n'
        f'c.Enablement.decision_url = c.Enablement.decision_listen = "http://127.0.0.1:{pages}"\n'
    )


def test_with_tls_between_hub_proxy_servers_and_service(tmp_path: Path) -> None:
    port = free_port()
    certificates = f'c.JupyterHub.internal_certs_location = "{tmp_path / "internal-ssl"}"\n'
    own = addresses(port) + "c.JupyterHub.internal_ssl = True\n" + certificates
    with own_hub(tmp_path / "state", HubSetup(own, RISKS, proxy_api="https")) as hub:
        assert main_job(hub, f"http://127.0.0.1:{port}")["state"] == "approved"


@pytest.mark.parametrize("skew", [DAY, -DAY], ids=["ahead", "behind"])
def test_with_a_hub_whose_clock_is_a_day_off(tmp_path: Path, skew: timedelta) -> None:
    port = free_port()
    seconds = int(skew.total_seconds())
    before = ["faketime", "-f", f"{seconds:+d}s"]
    environ = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    with own_hub(tmp_path / "state", HubSetup(addresses(port), RISKS, before=before, environ=environ)) as hub:
        url = f"http://127.0.0.1:{port}"
        item = main_job(hub, url)
        assert item["state"] == "approved"
        petra = HubSession(url, "petra")
        petra.log_in(hub.passwords["petra"])
        created = petra.user()["created"]
    off = datetime.fromisoformat(created) - datetime.now(UTC)
    assert abs(off - skew) < DAY / 2, "the hub's clock is the one that is off"
