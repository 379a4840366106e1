"""Set-up from a folder, with no network at all: a namespace that has nothing but its own loopback."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from enablement_ext.cli.node import find_node
from enablement_ext.cli.reverse_proxy import PINNED, SCRIPT, proxy_command
from tests.setup.account import BARE, Account, complaints, make_venv, small_checkout
from tests.setup.package_server import PackageServer, serving_packages
from tests.setup.small_packages import small_tarball
from tests.setup.walk_without_network import can_isolate, isolated

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def namespace() -> None:
    if not can_isolate():
        pytest.skip("needs a network namespace of its own: root, unshare and ip")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackageServer]:
    with serving_packages(tmp_path_factory.mktemp("authority")) as server:
        server.tarballs["tinyjs"] = small_tarball("tinyjs")
        yield server


@pytest.fixture
def account(tmp_path: Path) -> Account:
    (tmp_path / "home").mkdir()
    return Account(tmp_path / "home")


def test_make_venv_from_a_folder_without_any_network(packages: PackageServer, account: Account, tmp_path: Path) -> None:
    checkout = small_checkout(tmp_path / "checkout", packages)
    folder, home = tmp_path / "folder", BARE | {"HOME": str(account.home)}
    (folder / "wheels").mkdir(parents=True)
    for name, content in packages.wheels.items():
        if not name.startswith("tinypy"):
            (folder / "wheels" / name).write_bytes(content)

    unfinished = make_venv(checkout, home, [f"OFFLINE={folder}"], isolated([]))
    assert complaints(unfinished) == [f"make: {folder} is no folder that `make bundle` has finished"]
    ask = "import json, offline_bundle; print(json.dumps(offline_bundle.described()))"
    asked = subprocess.run([sys.executable, "-c", ask], cwd=checkout / "tools", capture_output=True, check=True)
    described = json.loads(asked.stdout)
    (folder / "offline.json").write_text(json.dumps(described | {"python": "3.9"}))
    other = make_venv(checkout, home, [f"OFFLINE={folder}"], isolated([]))
    assert complaints(other) == [f"make: {folder} is for Python 3.9, and this is {described['python']}"]

    (folder / "offline.json").write_text(json.dumps(described))
    lacking = make_venv(checkout, home, [f"OFFLINE={folder}"], isolated([]))
    assert len(complaints(lacking)) == 1
    assert complaints(lacking)[0].startswith(f"make: Python packages: uv did not find everything it needs in {folder}")
    name = next(name for name in packages.wheels if name.startswith("tinypy"))
    (folder / "wheels" / name).write_bytes(packages.wheels[name])
    done = make_venv(checkout, home, [f"OFFLINE={folder}"], isolated([]))
    assert done.returncode == 0, done.stderr
    site = next((checkout / ".venv" / "lib").glob("python*/site-packages"))
    assert (site / "tinypy.py").is_file()


def test_javascript_packages_from_a_folder_without_any_network(packages: PackageServer, account: Account) -> None:
    folder = account.home / "folder"
    private = {"npm_config_registry": packages.registry(), "SSL_CERT_FILE": str(packages.authority)}
    carried = {"YARN_ENABLE_GLOBAL_CACHE": "false", "YARN_CACHE_FOLDER": str(folder / "yarn")}
    assert account.run("jlpm", private | carried).returncode == 0  # on the machine with a network
    shutil.rmtree(account.home / ".yarn")
    shutil.rmtree(account.home / "project" / "node_modules")
    # The other machine has no such registry in its settings: the folder names none.
    there = account.run("jlpm", {"ENABLEMENT_OFFLINE": str(folder)}, isolated([]))
    assert (there.returncode, there.stderr) == (0, "")
    assert account.has_it()
    for kept in (folder / "yarn").glob("tinyjs-*"):
        kept.unlink()
    shutil.rmtree(account.home / "project" / "node_modules")
    lacking = account.run("jlpm", {"ENABLEMENT_OFFLINE": str(folder)}, isolated([]))
    assert f"jlpm did not find everything it needs in {folder}" in lacking.stderr


def test_the_hubs_proxy_is_taken_from_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "proxy-" + hashlib.sha256((PINNED / "package-lock.json").read_bytes()).hexdigest()[:12]
    carried = tmp_path / "folder" / name / SCRIPT
    carried.parent.mkdir(parents=True)
    carried.write_text("// the proxy")
    monkeypatch.setenv("ENABLEMENT_OFFLINE", str(tmp_path / "folder"))
    node = find_node()
    assert proxy_command(node, tmp_path / "cache", print) == [str(node), str(tmp_path / "cache" / name / SCRIPT)]
    assert (tmp_path / "cache" / name / SCRIPT).read_text() == "// the proxy"
