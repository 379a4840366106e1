"""Releases as environments: atomic, one at a time, offline with a warm cache, sealed, with this Enablement in them."""

from __future__ import annotations

import errno
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
from enablement_ext.core.images.ports import Environments, ReleaseEnvironment
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
    assert list(prefix.glob("enablement/site/enablement_ext/lab/__pycache__/*.pyc"))


def test_it_is_sealed(environments: UvEnvironments) -> None:
    made = environments.realise(small_release())
    site = next(Path(made.bin).parent.glob("lib/*/site-packages"))
    assert site.stat().st_mode & 0o222 == 0
    assert Path(made.bin).stat().st_mode & 0o222 == 0


def test_another_enablement_is_another_environment_of_the_same_packages(
    environments: UvEnvironments, package: Path, said: list[str]
) -> None:
    release = small_release()
    first = environments.realise(release)
    (package / "core" / "brand_new.py").write_text("VALUE = 42\n")
    assert environments.ready(release) is None
    said.clear()
    second = environments.realise(release)
    assert (second.bin != first.bin, replace(second, bin=first.bin)) == (True, first)
    code = "import importlib.util as u; print(u.find_spec('enablement_ext.core.brand_new') is not None)"
    assert [asked(one.bin, code) for one in (first, second)] == ["False", "True"]
    assert not [line for line in said if "making" in line], "packages are not installed again"
    mine, theirs = (next(Path(one.bin).parent.glob("lib/*/site-packages/six.py")) for one in (first, second))
    assert mine.samefile(theirs), "files are shared"
    assert Path(theirs.parent).stat().st_mode & 0o222 == 0
    (package / "core" / "brand_new.py").unlink()
    assert environments.ready(release) == environments.realise(release) == first, "as before, and still there"


def test_two_checkouts_never_get_each_others_enablement(environments: UvEnvironments, tmp_path: Path) -> None:
    """Each starts servers in turn from one cache: what a server gets is its own checkout's, whoever made an environment last."""
    release = small_release()
    other = tmp_path / "other" / "enablement_ext"
    shutil.copytree(PACKAGE, other, ignore=shutil.ignore_patterns("__pycache__"))
    (other / "__init__.py").write_text('WHO = "other"\n')
    theirs = UvEnvironments(tmp_path / "environments", InstalledPackage(other, "0.1.0"))
    code = "import enablement_ext; print(getattr(enablement_ext, 'WHO', 'first'))"
    for _ in range(2):
        assert asked(environments.realise(release).bin, code) == "first"
        assert asked(theirs.realise(release).bin, code) == "other"
        given = environments.ready(release)
        assert given is not None
        assert asked(given.bin, code) == "first"


def test_what_lab_is_told_is_each_enablements_own(environments: UvEnvironments, package: Path) -> None:
    """Every file that Enablement puts in lies in its own folder: none is a hard link that another Enablement's environment shares."""
    release = small_release()
    first = Path(environments.realise(release).bin).parent
    (package / "core" / "more.py").write_text("")
    second = Path(environments.realise(release).bin).parent
    for place in ("share/jupyter/lab/settings/overrides.json", "etc/jupyter/jupyter_server_config.d/enablement.json"):
        assert (first / place).resolve() == first / "enablement" / (first / place).resolve().name
        assert not (first / place).samefile(second / place)
    assert {path.stat().st_nlink for path in (second / "enablement").rglob("*") if path.is_file()} == {1}


def aged(made: ReleaseEnvironment, *, days: float) -> Path:
    """As if it had been made and given out so long ago."""
    folder = Path(made.bin).parent
    then = time.time() - days * 86_400
    for path in (folder / "enablement").iterdir():
        os.utime(path, (then, then), follow_symlinks=False)
    return folder


def put_in_anew(environments: UvEnvironments, package: Path) -> ReleaseEnvironment:
    number = len(list((package / "core").glob("another_*.py")))
    (package / "core" / f"another_{number}.py").write_text("")
    return environments.realise(small_release())


def test_an_environment_of_another_enablement_goes_when_nobody_asked_for_it_during_a_day(
    environments: UvEnvironments, package: Path, said: list[str]
) -> None:
    old = aged(environments.realise(small_release()), days=1.1)
    today = aged(put_in_anew(environments, package), days=0.9)
    assert not old.exists()
    assert f"removed {old.name}, which nobody used any more" in said
    put_in_anew(environments, package)
    assert today.exists()


def test_who_asks_for_an_environment_keeps_it(environments: UvEnvironments, package: Path) -> None:
    old = aged(environments.realise(small_release()), days=30)
    assert environments.ready(small_release()) is not None, "a server is about to start from it"
    put_in_anew(environments, package)
    assert old.exists()


@pytest.mark.parametrize("started", ["its own python", "a program of its folder", "a child with its PATH"])
def test_the_environment_of_a_running_server_is_never_taken(
    environments: UvEnvironments, package: Path, started: str
) -> None:
    made = environments.realise(small_release())
    (package / "core" / "later.py").write_text("VALUE = 'new'\n")
    waits = "print('up', flush=True); input(); import six; print(six.__file__)"
    script = Path(made.bin).parent / "enablement" / "server"
    script.write_text(f"#!/bin/sh\necho up; read line; exec {made.bin}/python -c 'import six; print(six.__file__)'\n")
    script.chmod(0o755)
    command, environ = {
        "its own python": ([f"{made.bin}/python", "-c", waits], {}),
        "a program of its folder": ([str(script)], {}),
        "a child with its PATH": (["sh", "-c", f'python -c "{waits}"'], {"PATH": f"{made.bin}:{os.defpath}"}),
    }[started]
    with subprocess.Popen(
        command, env=os.environ | environ, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "up\n"
        folder = aged(made, days=30)
        put_in_anew(environments, package)
        assert folder.exists()
        said, _ = running.communicate("\n", timeout=120)
    assert said.startswith(str(folder)), "what it imports only now is there"
    aged(made, days=30)
    put_in_anew(environments, package)
    assert not folder.exists(), "nothing runs in it any more"


def test_where_files_cannot_be_shared_packages_are_installed(
    environments: UvEnvironments, package: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environments.realise(small_release())

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EMLINK, "Too many links")

    monkeypatch.setattr(os, "link", refused)
    said.clear()
    made = put_in_anew(environments, package)
    assert [line for line in said if "making" in line]
    assert asked(made.bin, "import six; print(six.__name__)") == "six"


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
