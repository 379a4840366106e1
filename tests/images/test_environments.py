"""Releases as environments: atomic, one at a time, offline with a warm cache, sealed, with this Enablement in them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from enablement_ext.adapters.environments import InstalledPackage, UvEnvironments
from enablement_ext.adapters.local_paths import PACKAGE
from enablement_ext.adapters.memory.environments import MemoryEnvironments
from enablement_ext.core.errors import BadCatalog, EnvironmentUnavailable, NoSpace
from enablement_ext.core.images.catalog import digest_of, parse_lock
from enablement_ext.core.images.ports import Environments
from tests.images.small_releases import small_release
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package that a test may change."""
    copy = tmp_path / "source" / "enablement_ext"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def environments(tmp_path: Path, package: Path, said: list[str]) -> Iterator[UvEnvironments]:
    root = tmp_path / "environments"
    yield UvEnvironments(root, InstalledPackage(package, "0.1.0"), report=said.append)
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o700)


@pytest.fixture(params=["uv", "memory"])
def either(request: pytest.FixtureRequest) -> Environments:
    """Every implementation of the port."""
    if request.param == "memory":
        return MemoryEnvironments(f"{sys.version_info.major}.{sys.version_info.minor}")
    made: Environments = request.getfixturevalue("environments")
    return made


def test_the_port_keeps_its_promises(either: Environments) -> None:
    release = small_release()
    assert either.ready(release) is None
    made = either.realise(release)
    assert (made.image, made.release, made.digest) == (release.image, release.version, release.digest)
    assert made.python in release.python
    assert either.ready(release) == either.realise(release) == made
    changed = replace(release, version="2026.11.9")
    assert either.ready(changed) is None, "another release is another environment"
    assert either.realise(changed).bin != made.bin
    with pytest.raises(EnvironmentUnavailable, match=r"for Python 2\.7"):
        either.realise(replace(release, python=("2.7",)))


def asked(binaries: str, code: str) -> str:
    environ = {"PATH": os.defpath}
    return subprocess.run(
        [f"{binaries}/python", "-c", code], capture_output=True, text=True, check=True, env=environ, cwd="/"
    ).stdout.strip()


def test_a_release_is_made_once_and_found_again(environments: UvEnvironments, said: list[str]) -> None:
    release = small_release()
    assert environments.ready(release) is None
    made = environments.realise(release)
    assert (made.image, made.release, made.digest) == (release.image, release.version, release.digest)
    assert made.python == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert asked(made.bin, "import six; print(six.__version__)") in release.lock
    said.clear()
    assert environments.ready(release) == environments.realise(release) == made
    assert said == []


@pytest.mark.timing
def test_a_release_that_was_made_is_found_at_once(environments: UvEnvironments) -> None:
    made = environments.realise(small_release())
    began = time.monotonic()
    assert environments.ready(small_release()) == made
    assert time.monotonic() - began < 1.0


def test_this_enablement_is_in_it_with_its_lab_parts(environments: UvEnvironments) -> None:
    made = environments.realise(small_release())
    prefix = Path(made.bin).parent
    where = asked(made.bin, "import enablement_ext; print(enablement_ext.__file__)")
    assert where.startswith(str(prefix)), "not the checkout's"
    assert asked(made.bin, "import importlib.metadata as m; print(m.version('enablement'))") == "0.1.0"
    config = prefix / "etc" / "jupyter" / "jupyter_server_config.d" / "enablement.json"
    assert json.loads(config.read_text())["ServerApp"]["jpserver_extensions"] == {"enablement_ext.lab": True}
    assert (prefix / "share" / "jupyter" / "labextensions" / "enablement-labextension").is_dir()
    settings = json.loads((prefix / "share" / "jupyter" / "lab" / "settings" / "overrides.json").read_text())
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_everything_in_it_is_byte_compiled(environments: UvEnvironments) -> None:
    prefix = Path(environments.realise(small_release()).bin).parent
    assert list(prefix.glob("lib/*/site-packages/__pycache__/six*.pyc"))
    assert list(prefix.glob("enablement/current/site/enablement_ext/lab/__pycache__/*.pyc"))


def test_it_is_sealed(environments: UvEnvironments) -> None:
    made = environments.realise(small_release())
    site = next(Path(made.bin).parent.glob("lib/*/site-packages"))
    assert site.stat().st_mode & 0o222 == 0
    assert Path(made.bin).stat().st_mode & 0o222 == 0


def test_a_changed_package_is_put_in_again_without_making_the_environment_again(
    environments: UvEnvironments, package: Path, said: list[str]
) -> None:
    release = small_release()
    made = environments.realise(release)
    (package / "core" / "brand_new.py").write_text("VALUE = 42\n")
    assert environments.ready(release) is None
    said.clear()
    assert environments.realise(release) == made
    assert asked(made.bin, "from enablement_ext.core.brand_new import VALUE; print(VALUE)") == "42"
    assert not [line for line in said if "making" in line]


def test_who_runs_keeps_the_enablement_it_began_with(environments: UvEnvironments, package: Path) -> None:
    release = small_release()
    (package / "core" / "later.py").write_text("VALUE = 'old'\n")
    made = environments.realise(release)
    code = "input(); from enablement_ext.core.later import VALUE; print(VALUE)"
    with subprocess.Popen(
        [f"{made.bin}/python", "-u", "-c", f"print('up'); {code}"],
        cwd=package.parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "up\n"
        (package / "core" / "later.py").write_text("VALUE = 'new'\n")
        environments.realise(release)
        said, _ = running.communicate("\n", timeout=30)
    assert said == "old\n"
    assert asked(made.bin, "from enablement_ext.core.later import VALUE; print(VALUE)") == "new"


def test_two_at_once_make_one(environments: UvEnvironments, said: list[str]) -> None:
    release = small_release()
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(environments.realise, [release, release])
    assert first == second
    assert len([line for line in said if "making" in line]) == 1


def test_killed_half_way_leaves_the_old_one_usable_and_the_next_try_works(
    tmp_path: Path, environments: UvEnvironments
) -> None:
    old = environments.realise(small_release())
    other = replace(small_release(), version="2026.11.9")
    root = tmp_path / "environments"
    code = (
        "import sys; sys.path.insert(0, sys.argv[3]);"
        "from pathlib import Path; from dataclasses import replace; from tests.images.small_releases import small_release;"
        "from enablement_ext.adapters.environments import InstalledPackage, UvEnvironments;"
        "UvEnvironments(Path(sys.argv[1]), InstalledPackage(Path(sys.argv[2]), '0.1.0')).realise(replace(small_release(), version='2026.11.9'))"
    )
    arguments = [str(root), str(PACKAGE), str(PACKAGE.parent)]
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], start_new_session=True)
    until(lambda: list(root.glob(".building-*")), within=PATIENCE, what="it has begun to build", process=process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert asked(old.bin, "import six; print(six.__name__)") == "six"
    made = environments.realise(other)
    assert asked(made.bin, "import packaging; print(packaging.__name__)") == "packaging"
    assert not list(root.glob(".building-*"))


def test_offline_with_a_warm_cache_works(
    environments: UvEnvironments, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environments.realise(small_release())
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    other = UvEnvironments(tmp_path / "other", InstalledPackage(PACKAGE, "0.1.0"))
    made = other.realise(small_release())
    assert asked(made.bin, "import six; print(six.__name__)") == "six"


def test_a_tampered_lock_is_refused_and_leaves_nothing(tmp_path: Path, environments: UvEnvironments) -> None:
    lock = re.sub(r"sha256:....", "sha256:0000", small_release().lock)
    tampered = replace(small_release(), lock=lock)
    with pytest.raises(BadCatalog, match="not the one that was published"):
        environments.realise(tampered)
    with pytest.raises(EnvironmentUnavailable, match=r"uv could not make the environment.*[Hh]ash"):
        environments.realise(replace(tampered, digest=digest_of(parse_lock(lock))))
    assert environments.ready(tampered) is None
    assert not [path for path in (tmp_path / "environments").iterdir() if not path.name.startswith(".")]


def test_no_space_is_one_clear_line(package: Path) -> None:
    # A file where the folder should be stands for every other reason that the folder cannot be made.
    installed = InstalledPackage(package, "0.1.0")
    with pytest.raises(EnvironmentUnavailable, match="cannot be made in"):
        UvEnvironments(package / "__init__.py", installed).realise(small_release())
    with pytest.raises(NoSpace, match="MB free"):
        UvEnvironments(package.parent / "environments", installed, needed_bytes=10**18).realise(small_release())
