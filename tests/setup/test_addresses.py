"""`enablement up` at an address of IPv6."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import requests

from enablement_ext.adapters.local_paths import cache_folder, shipped
from tests.polling import PATIENCE
from tests.servers.hub_session import HubSession
from tests.servers.ports import free_port
from tests.servers.up import How, running_up

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def ipv6() -> None:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6, not even for itself")


@pytest.mark.parametrize("options", [("--address", "::1"), ("--address", "::", "--yes")])
def test_an_address_of_ipv6_is_served_and_shown_in_brackets(tmp_path: Path, options: tuple[str, ...]) -> None:
    pages = free_port()
    more = ("--decision-port", str(pages), "--cache", str(cache_folder()), "--catalog", str(shipped("images")))
    with running_up(tmp_path / "state", How(options=(*options, *more))) as hub:
        assert hub.url.startswith("http://[::1]:")
        assert f"Reviewers decide at http://[::1]:{pages}" in hub.said()
        assert f"Enablement is at {hub.url}" in hub.said()
        assert "does not answer" not in hub.said()
        assert requests.get(f"{hub.url}/services/enablement/healthz", timeout=PATIENCE).status_code == 200
        if "--yes" in options:
            return
        dana = HubSession(hub.url, "dana")
        dana.log_in(hub.password("dana"))
        dana.spawn({"enablement-size": "small"})
        assert dana.run("print(6 * 7)").strip() == "42"
