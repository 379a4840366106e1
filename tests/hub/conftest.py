"""What the hub's tests share: the demo on the JupyterHub of this environment and on the oldest one that is supported."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.hub_session import HubSession
from tests.servers.oldest_hub import programs
from tests.servers.up import DemoHub, How, running_up

# The kube client reads this when it is imported: before the tests of this folder are.
os.environ["KUBECONFIG"] = str(Path(__file__).parent / "kubeconfig.yaml")

# Real accounts are made by root. Elsewhere those tests cannot be had, and the header of the run says so.
collect_ignore = [] if os.geteuid() == 0 else ["test_real_accounts.py"]


def pytest_report_header() -> list[str]:
    """One line when something here cannot run."""
    return (
        ["tests/hub/test_real_accounts.py is left out: it makes accounts, which needs root"] if collect_ignore else []
    )


@pytest.fixture(scope="session")
def oldest_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    """`enablement up` on the oldest JupyterHub."""
    command = (str(programs() / "enablement"),)
    with running_up(tmp_path_factory.mktemp("oldest") / "state", How(command=command)) as hub:
        yield hub


@pytest.fixture(params=["newest", "oldest"])
def hub(request: pytest.FixtureRequest) -> DemoHub:
    """The demo, on both."""
    fixture = "demo_hub" if request.param == "newest" else "oldest_hub"
    found: DemoHub = request.getfixturevalue(fixture)
    return found


@pytest.fixture
def session_of(hub: DemoHub) -> Callable[[str], HubSession]:
    """Logs a person in. Servers go on running from test to test: most tests only want one."""

    def log_in(name: str) -> HubSession:
        session = HubSession(hub.url, name)
        session.log_in(hub.password(name))
        return session

    return log_in
