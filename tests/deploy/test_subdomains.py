"""The main job on a hub with subdomains and TLS of its own: nothing else is set, and decisions are on."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.person import RECOVERY
from tests.deploy.conftest import Sitting
from tests.deploy.main_job import fill_in_and_send
from tests.deploy.reverse_proxies import HUB, certificate
from tests.servers.own_hub import HubSetup, own_hub
from tests.servers.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_the_main_job(tmp_path: Path, sit: Sitting) -> None:
    certificate(tmp_path)
    port = free_port()
    own = (
        f'c.JupyterHub.bind_url = "https://127.0.0.1:{port}/"\n'
        f'c.JupyterHub.subdomain_host = "https://{HUB}:{port}"\n'
        f'c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = "{tmp_path / "hub.pem"}", "{tmp_path / "hub.key"}"\n'
    )
    url = f"https://{HUB}:{port}"
    with own_hub(tmp_path / "state", HubSetup(own)) as hub:
        dana = sit("dana", hub, url)
        assert dana.page.url.startswith(f"https://dana.{HUB}:{port}/")
        dana.open_notebook("churn/churn.ipynb")
        number = fill_in_and_send(dana)
        remy = sit("remy", hub, url)
        remy.show_panel()
        remy.open_submission(number)
        remy.decide("approve", "", "decided-at-a-subdomain")
        remy.expect_state(number, "approved")
        dana.show_panel()
        expect(dana.row(number)).to_contain_text("Approved", timeout=RECOVERY)
