"""Set-up in a company's network, with the real tools: a private authority, a private index and registry, a proxy that must be used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
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
from tests.setup.account import BARE, Account, complaints, make_venv, small_checkout
from tests.setup.package_server import (
    HIDDEN_NAME,
    PackageServer,
    proxying,
    serving_packages,
)
from tests.setup.small_packages import small_tarball, small_wheel

pytestmark = pytest.mark.slow
TOOLS = ("pip", "uv", "npm", "jlpm")
UNTRUSTED = (
    "could not reach localhost: its certificate comes from an authority that is not trusted here; set SSL_CERT_FILE"
)


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


def test_make_venv_in_a_companys_network(packages: PackageServer, account: Account, tmp_path: Path) -> None:
    checkout = small_checkout(tmp_path / "checkout", packages)
    index = {"PIP_INDEX_URL": packages.index()}
    refused = make_venv(checkout, BARE | index | {"HOME": str(account.home)})
    assert refused.returncode != 0
    said = complaints(refused)
    assert len(said) == 1
    assert said[0].startswith(f"make: installing uv: pip {UNTRUSTED}")
    trusted = {"HOME": str(account.home), "SSL_CERT_FILE": str(packages.authority)}
    done = make_venv(checkout, BARE | index | trusted)
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
