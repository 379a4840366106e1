"""What the hub's tests share: the demo on the JupyterHub of this environment and on the oldest one that is supported."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.hub_session import HubSession
from tests.servers.up import ROOT, DemoHub, How, running_up

# The kube client reads this when it is imported: before the tests of this folder are.
os.environ["KUBECONFIG"] = str(Path(__file__).parent / "kubeconfig.yaml")

OLDEST = "5.5.1"
# Real accounts are made by root. Elsewhere those tests cannot be had, and the header of the run says so.
collect_ignore = [] if os.geteuid() == 0 else ["test_real_accounts.py"]


def pytest_report_header() -> list[str]:
    """One line when something here cannot run."""
    return (
        ["tests/hub/test_real_accounts.py is left out: it makes accounts, which needs root"] if collect_ignore else []
    )


def oldest_hub_environment() -> Path:
    """The bin folder of an environment with the oldest JupyterHub and this checkout, made once per pyproject.toml."""
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()[:12]
    venv = ROOT / ".cache" / f"hub-{OLDEST}-{wanted}"
    if not (venv / "complete").exists():
        uv = [sys.executable, "-m", "uv", "--quiet"]
        subprocess.run([*uv, "venv", "--clear", "--python", sys.executable, str(venv)], check=True)
        install = ["pip", "install", "--compile-bytecode", "--python", str(venv / "bin" / "python")]
        subprocess.run([*uv, *install, "--editable", f"{ROOT}[cli]", f"jupyterhub=={OLDEST}"], check=True)
        (venv / "complete").write_text("")
    return venv / "bin"


@pytest.fixture(scope="session")
def oldest_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    """`enablement up` on the oldest JupyterHub."""
    command = (str(oldest_hub_environment() / "enablement"),)
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
