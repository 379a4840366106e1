"""Set-up in a company's network, with the real tools: a private authority, a private index and registry, a proxy that must be used."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from enablement_ext.adapters.environments import InstalledPackage, UvEnvironments
from enablement_ext.adapters.uv_solver import UvSolver
from enablement_ext.cli.errors import CliError
from enablement_ext.cli.node import find_node
from enablement_ext.cli.reverse_proxy import proxy_command
from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.ports import LockRequest
from enablement_ext.core.network.tool_settings import SYSTEM_BUNDLES
from tests.images.small_releases import small_release
from tests.servers.up import ROOT
from tests.setup.package_server import (
    HIDDEN_NAME,
    PackageServer,
    proxying,
    repacked_wheel,
    serving_packages,
    small_tarball,
    small_wheel,
)

pytestmark = pytest.mark.slow
BIN = Path(sys.executable).parent
TOOLS = ("pip", "uv", "npm", "jlpm")
UNTRUSTED = (
    "could not reach localhost: its certificate comes from an authority that is not trusted here; set SSL_CERT_FILE"
)
# What a person or a machine may have set already. Impatient: the failures are meant.
BARE = {
    "PATH": os.pathsep.join((str(BIN), os.environ["PATH"])),
    "PIP_RETRIES": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "UV_HTTP_RETRIES": "0",
    "YARN_HTTP_RETRY": "0",
    "npm_config_fetch_retries": "0",
}


@dataclass(frozen=True, slots=True)
class Account:
    """An account of its own, with nothing in its caches, in which the tools run as steps of the Makefile."""

    home: Path

    def run(
        self, tool: str, environ: Mapping[str, str], before: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Fetches one small package with this tool, through the command that the Makefile uses; `before` stands in front of it."""
        log = self.home / f"{tool}.log"
        step = [sys.executable, "-m", "enablement_ext.cli.fetch", "make: a step", str(log), tool, "--"]
        return subprocess.run(
            [*before, *step, *self._command(tool)],
            env=BARE | {"HOME": str(self.home)} | dict(environ),
            cwd=self._project(),
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )

    def _command(self, tool: str) -> list[str]:
        target = ["--target", str(self.home / "installed"), "tinypy"]
        return {
            "pip": [sys.executable, "-m", "pip", "install", "-vv", *target],
            "uv": [sys.executable, "-m", "uv", "pip", "install", *target],
            "npm": ["npm", "install", "--no-audit", "--no-fund"],
            "jlpm": ["jlpm", "install"],
        }[tool]

    def _project(self) -> Path:
        project = self.home / "project"
        project.mkdir(exist_ok=True)
        package = {
            "name": "small",
            "private": True,
            "packageManager": "yarn@3.5.0",
            "dependencies": {"tinyjs": "1.0.0"},
        }
        (project / "package.json").write_text(json.dumps(package))
        (project / "yarn.lock").touch()
        (project / ".yarnrc.yml").write_text("enableTelemetry: false\nnodeLinker: node-modules\n")
        return project

    def has_it(self) -> bool:
        """Whether the small package of either kind is there."""
        places = (self.home / "installed" / "tinypy.py", self.home / "project" / "node_modules" / "tinyjs" / "index.js")
        return any(place.is_file() for place in places)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackageServer]:
    with serving_packages(tmp_path_factory.mktemp("authority")) as server:
        server.add_wheel(*small_wheel("tinypy"))
        server.tarballs["tinyjs"] = small_tarball("tinyjs")
        yield server


@pytest.fixture
def account(tmp_path: Path) -> Account:
    (tmp_path / "home").mkdir()
    return Account(tmp_path / "home")


def private(packages: PackageServer, host: str = "localhost") -> dict[str, str]:
    """A private index and registry, each set once and in the variable of one tool only."""
    return {"PIP_INDEX_URL": packages.index(host), "npm_config_registry": packages.registry(host)}


@pytest.mark.parametrize("tool", TOOLS)
def test_with_the_authority_in_one_variable_each_tool_fetches(
    tool: str, packages: PackageServer, account: Account
) -> None:
    done = account.run(tool, private(packages) | {"SSL_CERT_FILE": str(packages.authority)})
    assert (done.returncode, done.stderr) == (0, "")
    assert account.has_it()


@pytest.mark.parametrize("tool", TOOLS)
def test_without_the_authority_one_line_says_so(tool: str, packages: PackageServer, account: Account) -> None:
    done = account.run(tool, private(packages))
    log = account.home / f"{tool}.log"
    assert done.returncode == 3
    assert done.stderr.startswith(f"make: a step: {tool} {UNTRUSTED}")
    assert done.stderr.endswith(f"(all of it: {log})\n")
    assert len(done.stderr.splitlines()) == 1
    assert re.search(r"UnknownIssuer|certificate", log.read_text()), "the tool's own words"
    assert not account.has_it()


@pytest.mark.parametrize("tool", TOOLS)
def test_through_a_proxy_that_must_be_used(tool: str, packages: PackageServer, account: Account) -> None:
    # The name resolves nowhere: only the proxy leads there.
    settings = private(packages, HIDDEN_NAME) | {"SSL_CERT_FILE": str(packages.authority)}
    without = account.run(tool, settings)
    assert without.returncode == 3
    assert f"{tool} could not reach {HIDDEN_NAME}: the name is not known here; set HTTPS_PROXY" in without.stderr
    with proxying(packages) as proxy:
        done = account.run(tool, settings | {"HTTPS_PROXY": proxy.url})
        assert (done.returncode, done.stderr) == (0, "")
        assert set(proxy.targets) == {f"{HIDDEN_NAME}:{packages.port}"}
    assert account.has_it()


@pytest.mark.parametrize("tool", ["uv", "jlpm"])
def test_what_no_proxy_names_is_reached_without_it(tool: str, packages: PackageServer, account: Account) -> None:
    settings = private(packages) | {"SSL_CERT_FILE": str(packages.authority), "NO_PROXY": "localhost"}
    done = account.run(tool, settings | {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"})
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("tool", TOOLS)
def test_with_the_authority_in_the_systems_store_nothing_needs_to_be_set(
    tool: str, packages: PackageServer, account: Account, tmp_path: Path
) -> None:
    store = next((path for path in SYSTEM_BUNDLES if Path(path).is_file()), None)
    if store is None or subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip(
            "needs a mount namespace of its own (root) and a system store of one file, to put an authority into it"
        )
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(Path(store).read_text() + packages.authority.read_text())
    # This test's processes see a store that holds the authority; nobody else does.
    script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
    before = ["unshare", "--mount", "sh", "-c", script, "sh", str(bundle), store]
    done = account.run(tool, private(packages), before)
    assert (done.returncode, done.stderr) == (0, "")
    assert account.has_it()


def test_settings_in_configuration_files_reach_the_other_tools(packages: PackageServer, account: Account) -> None:
    (account.home / ".config" / "pip").mkdir(parents=True)
    pip = f"[global]\nindex-url = {packages.index()}\ncert = {packages.authority}\n"
    (account.home / ".config" / "pip" / "pip.conf").write_text(pip)
    address = packages.registry().removeprefix("https:")
    (account.home / ".npmrc").write_text(f"registry={packages.registry()}\n{address}:_authToken=a-token\n")
    packages.token = "a-token"
    try:
        for tool in ("uv", "jlpm"):
            done = account.run(tool, {})
            assert (done.returncode, done.stderr) == (0, "")
        packages.token = "another"
        shutil.rmtree(account.home / ".yarn")
        shutil.rmtree(account.home / "project")
        refused = account.run("jlpm", {})
    finally:
        packages.token = ""
    assert "jlpm could not reach localhost: it wants another login" in refused.stderr


def test_a_file_of_certificates_that_is_not_there_is_named(packages: PackageServer, account: Account) -> None:
    for tool in ("pip", "uv", "jlpm"):
        done = account.run(tool, private(packages) | {"SSL_CERT_FILE": "/nonexistent/ca.pem"})
        assert done.returncode == 3
        assert f"{tool} cannot read the certificates in /nonexistent/ca.pem; correct SSL_CERT_FILE" in done.stderr


@pytest.fixture
def checkout(packages: PackageServer, tmp_path: Path) -> Path:
    """A copy of this checkout whose lock names uv, what builds an editable install, and one small package; the index has them."""
    copy = tmp_path / "checkout"
    ours = ("Makefile", "pyproject.toml", "README.md", "hatch_build.py", "enablement_ext", "tools")
    for name in ours:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "labextension"))
        else:
            copy.mkdir(exist_ok=True)
            shutil.copy(source, copy / name)
    needed = ("uv", "hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers")
    lines = [packages.add_wheel(*wheel) for wheel in (*map(repacked_wheel, needed), small_wheel("tinypy"))]
    (copy / "requirements.lock").write_text("\n".join(lines) + "\n")
    return copy


def make_venv(checkout: Path, home: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "venv", f"PYTHON={os.path.realpath(sys.executable)}"],
        cwd=checkout,
        env=BARE | {"HOME": str(home)} | dict(environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


def test_make_venv_in_a_companys_network(checkout: Path, packages: PackageServer, account: Account) -> None:
    index = {"PIP_INDEX_URL": packages.index()}
    refused = make_venv(checkout, account.home, index)
    assert refused.returncode != 0
    said = [line for line in refused.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(said) == 1
    assert said[0].startswith(f"make: installing uv: pip {UNTRUSTED}")
    done = make_venv(checkout, account.home, index | {"SSL_CERT_FILE": str(packages.authority)})
    assert done.returncode == 0, done.stderr
    site = next((checkout / ".venv" / "lib").glob("python*/site-packages"))
    assert (site / "tinypy.py").is_file()
    assert (site / "_enablement.pth").read_text().strip() == str(checkout)


@pytest.fixture
def set_up(packages: PackageServer, account: Account, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """This process has the private index, and no authority yet."""
    for name in [name for name in os.environ if "CERT" in name or "_CA_" in name or name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    for name, value in (BARE | private(packages) | {"HOME": str(account.home)}).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_the_solver_in_a_companys_network(set_up: pytest.MonkeyPatch, packages: PackageServer) -> None:
    question = LockRequest(("tinypy>=1",), (), "3.11", date(2026, 9, 1))
    with pytest.raises(EnvironmentUnavailable) as caught:
        UvSolver().lock(question)
    line, _, log = caught.value.message.partition(" (all of it: ")
    assert line.startswith(f"uv {UNTRUSTED}")
    assert "UnknownIssuer" in Path(log.rstrip(")")).read_text()
    Path(log.rstrip(")")).unlink()
    set_up.setenv("SSL_CERT_FILE", str(packages.authority))
    assert "tinypy==1.0" in UvSolver().lock(question)


def test_image_environments_in_a_companys_network(
    set_up: pytest.MonkeyPatch, packages: PackageServer, tmp_path: Path
) -> None:
    environments = UvEnvironments(
        tmp_path / "environments", InstalledPackage(ROOT / "enablement_ext", "0.1.0"), needed_bytes=0
    )
    with pytest.raises(EnvironmentUnavailable) as caught:
        environments.realise(small_release())
    log = tmp_path / "environments" / "uv.log"
    assert caught.value.message.startswith(f"uv {UNTRUSTED}")
    assert caught.value.message.endswith(f"(all of it: {log})")
    assert "UnknownIssuer" in log.read_text()
    set_up.setenv("SSL_CERT_FILE", str(packages.authority))
    with pytest.raises(EnvironmentUnavailable, match="uv could not make the environment"):
        environments.realise(small_release())  # trusted now, and asked: this index does not have that package
    assert any(path.startswith("simple/six") for path in packages.asked)


def test_the_hubs_proxy_in_a_companys_network(
    set_up: pytest.MonkeyPatch, packages: PackageServer, tmp_path: Path
) -> None:
    with pytest.raises(CliError) as caught:
        proxy_command(find_node(), tmp_path, print)
    assert str(caught.value).startswith(f"configurable-http-proxy could not be installed: npm {UNTRUSTED}")
    assert str(caught.value).endswith(f"(all of it: {tmp_path / 'npm.log'})")
