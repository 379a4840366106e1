"""The main job where the surroundings are special: TLS between everything, clocks that differ, homes that nothing can be written to."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.deploy.main_job import RISKS, addresses, main_job
from tests.servers.hub_session import HubSession
from tests.servers.own_hub import HubSetup, own_hub
from tests.servers.ports import free_port
from tests.servers.up import ROOT

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


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


@pytest.mark.skipif(os.geteuid() != 0, reason="a mount that nothing can be written to is made by root")
def test_with_a_home_that_nothing_can_be_written_to(tmp_path: Path) -> None:
    port = free_port()
    state = tmp_path / "state"
    settings = (ROOT / "docs/how-to/add-to-your-hub.md").read_text().split("<!-- read-only homes -->\n")[1]
    own = addresses(port) + settings.split("```python\n")[1].split("```")[0]
    (tmp_path / "elsewhere").mkdir()
    home = state / "home" / "dana"
    mount = f'mount --bind {home} {home} && mount -o remount,bind,ro {home} && exec "$@"'
    before = ["unshare", "--mount", "sh", "-c", mount, "sh"]
    setup = HubSetup(own.replace("/var/lib/jupyter", str(tmp_path / "elsewhere")), RISKS, before=before)
    with own_hub(state, setup) as hub:
        url = f"http://127.0.0.1:{port}"
        assert main_job(hub, url)["state"] == "approved"
        session = HubSession(url, "dana")
        session.log_in(hub.passwords["dana"])
        assert session.run("open('/proc/self/cwd/x', 'w')").startswith("OSError: [Errno 30]"), "it is read-only"
