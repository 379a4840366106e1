"""The recipes of CONTRIBUTING, and the pages that need a checkout and nothing that runs."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.docs.blocks import ROOT
from tests.docs.conftest import Checkout, locked
from tests.docs.reader import reading

pytestmark = pytest.mark.slow


def test_contributing(checkout: Checkout) -> None:
    values = {
        "<slug>": "tables",
        "<range>": "tabulate>=0.9,<1",
        "<version>": "",
        "<number>": "9999",
        "<title>": "a-decision",
    }
    folder = checkout.folder
    with reading("CONTRIBUTING.md", folder, values, checkout.environ) as reader:
        reader.run("make install")
        reader.run("make reference")
        changed = subprocess.run(
            ["git", "status", "--short"], cwd=folder, capture_output=True, text=True, check=True
        ).stdout
        assert changed == "", "the pages of the reference were stale"
        explained = reader.run("mkdir -p team/team_checks-1.dist-info")
        assert "team.no-title: warn. The first cell has no heading." in explained
        reader.run("enablement image new <slug> --package '<range>'")
        version = locked(reader.run("enablement image lock <slug>"))
        reader.run("enablement image test <slug> --record", {"<version>": version})
        record = tomllib.loads((folder / "images/tables/releases" / version / "release.toml").read_text())
        assert record["status"] == "recommended"
        assert "(`tables`)" in (folder / "docs/reference/images.md").read_text()
        reader.run("cp docs/adr/template.md docs/adr/<number>-<title>.md")


def test_pages_that_need_nothing_but_the_command(tmp_path: Path) -> None:
    environ = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
    with reading("docs/how-to/vulnerabilities.md", tmp_path, {}, environ) as reader:
        assert '"bomFormat": "CycloneDX"' in reader.run("enablement image sbom datascience")
    with reading("docs/how-to/check-notebooks.md", tmp_path, {}, environ) as reader:
        assert "secrets.found: block." in reader.run("enablement policy explain")
    with reading("docs/how-to/rerun.md", tmp_path) as reader:
        assert "network: " in reader.run("enablement rerun --self-test")


def test_add_to_your_hub(tmp_path: Path) -> None:
    """In the checkout itself: `make wheel` writes into its dist/ and nowhere else."""
    venv = tmp_path / "hub"
    subprocess.run([sys.executable, "-m", "uv", "--quiet", "venv", "--seed", str(venv)], check=True)
    with reading("docs/how-to/add-to-your-hub.md", ROOT, {"<hub-environment>": str(venv)}) as reader:
        reader.run("make wheel")
    code = "from traitlets.config import Config; from enablement_ext.hub import configure; c = Config(); configure(c); print(c.JupyterHub.spawner_class)"
    environ = {"PATH": f"{venv / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path), "ENABLEMENT_STATE": str(tmp_path)}
    done = subprocess.run(
        [str(venv / "bin" / "python"), "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=environ,
    )
    assert done.returncode == 0, done.stderr


def test_company_network(checkout: Checkout) -> None:
    environ = {"PIP_INDEX_URL": "https://packages.localhost/simple/"}
    with reading("docs/how-to/company-network.md", checkout.folder, environ=environ) as reader:
        printed = reader.run("python3 - <<'END'")
    assert "UV_DEFAULT_INDEX=https://packages.localhost/simple/" in printed


def test_images_of_a_cluster(checkout: Checkout) -> None:
    values = {"<registry>": "registry.localhost:5000"}
    with reading("docs/how-to/cluster/images.md", checkout.folder, values, checkout.environ) as reader:
        reader.run(reader.page.blocks[0].name)
    written = yaml.safe_load((checkout.folder / "images.yaml").read_text())
    assert "2026.11.0" in written["images"]["minimal"]["releases"]


def test_install_on_a_cluster(checkout: Checkout) -> None:
    values = {"<registry>": "registry.localhost:5000"}
    with reading("docs/how-to/cluster/install.md", checkout.folder, values, checkout.environ) as reader:
        reader.run(next(block.name for block in reader.page.blocks if "export helm" in block.name))
        printed = reader.run("enablement helm hub-values")
    assert "registry.localhost:5000" in (checkout.folder / "images.yaml").read_text()
    assert "apiToken" in printed or "services:" in printed
    assert "c.JupyterHub" in printed or "c.Enablement" in printed
