"""Image releases as virtual environments of this machine, made by uv from their hash lock.

What is promised:

- Content-keyed: a release, its digest and the base Python name one folder; another lock is another folder.
- Atomic: built beside and renamed when complete. Killed at any moment, what was there before stays usable.
- One at a time: a file lock per environment, so two callers make one.
- Offline first: with a warm uv cache nothing is asked from the network.
- Read-only: files are hardlinks into uv's cache, so an edit in one environment would damage its sisters.
- Enablement itself is put in afterwards, from an editable checkout or an installed wheel alike, and refreshed when it
  changed: one symbolic link is swapped, so that a server that starts meanwhile sees the old or the new, never half, and
  one that runs keeps the modules it began with.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from enablement_ext.adapters.environments.package import (
    BUNDLE,
    InstalledPackage,
    put_extensions,
    put_lab_settings,
    put_modules,
)
from enablement_ext.adapters.environments.pythons import Interpreter, asked
from enablement_ext.adapters.environments.uv_command import run_uv
from enablement_ext.core.errors import EnvironmentUnavailable, NoSpace
from enablement_ext.core.images.catalog import Release
from enablement_ext.core.images.ports import ReleaseEnvironment

LAYOUT = 3  # of what is put beside the packages; another number makes environments anew
NEEDED_BYTES = 2_000_000_000
RECORD = "enablement/release.json"
_UV_SETTINGS = {
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_NO_PROGRESS": "1",
    "UV_LINK_MODE": "hardlink",
    "UV_NO_CONFIG": "1",
}
_PATH_LINE = (
    "import os, sys; sys.path.append(os.path.realpath(os.path.join(sys.prefix, 'enablement', 'current', 'site')))\n"
)


def silent(_: str) -> None:
    """A report that nobody reads."""


class UvEnvironments:
    """Implements the port `Environments` in the folder `root`."""

    def __init__(
        self,
        root: Path,
        package: InstalledPackage,
        python: str = "",
        report: Callable[[str], None] = silent,
        needed_bytes: int = NEEDED_BYTES,
    ) -> None:
        """`python` is the base interpreter, "" for the one this process runs on. `report` gets lines about long work.

        With less than `needed_bytes` free nothing is begun.
        """
        self._root = root
        self._package = package
        self._python = python
        self._report = report
        self._needed = needed_bytes

    def ready(self, release: Release) -> ReleaseEnvironment | None:
        """See the port."""
        venv = self._folder(release, self._interpreter(release))
        if not _complete(venv) or _current(venv) != self._package.key():
            return None
        return _described(venv)

    def realise(self, release: Release) -> ReleaseEnvironment:
        """See the port."""
        interpreter = self._interpreter(release)
        venv = self._folder(release, interpreter)
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with _locked(self._root / f".{venv.name}.lock"):
                if not _complete(venv):
                    self._build(release, interpreter, venv)
                self._put_enablement(venv)
        except OSError as error:
            raise _translated(error, self._root) from error
        return _described(venv)

    def _interpreter(self, release: Release) -> Interpreter:
        if self._python:
            candidates = [self._python]
        else:
            base = getattr(sys, "_base_executable", None) or sys.executable
            candidates = [base, *(f"python{version}" for version in reversed(release.python))]
        for candidate in candidates:
            found = asked(candidate)
            if found is not None and found.version in release.python:
                return found
        wanted = ", ".join(release.python)
        raise EnvironmentUnavailable(
            f"{release.image} {release.version} is for Python {wanted}; none of these was found: {', '.join(candidates)}"
        )

    def _folder(self, release: Release, interpreter: Interpreter) -> Path:
        base = hashlib.sha256(f"{os.path.realpath(interpreter.path)}\n{LAYOUT}".encode()).hexdigest()[:8]
        digest = release.digest.removeprefix("sha256:")[:12]
        return self._root / f"{release.image}-{release.version}-py{interpreter.version}-{digest}-{base}"

    def _build(self, release: Release, interpreter: Interpreter, venv: Path) -> None:
        free = shutil.disk_usage(self._root).free
        if free < self._needed:
            raise NoSpace(
                f"{self._root} has {free // 10**6} MB free; an environment needs up to {self._needed // 10**6} MB"
            )
        for left_over in self._root.glob(f".building-{venv.name}-*"):
            _remove(left_over)
        building = self._root / f".building-{venv.name}-{os.getpid()}"
        self._report(f"making {release.image} {release.version}: {len(release.packages)} packages (once)")
        self._uv("venv", "--relocatable", "--python", interpreter.path, str(building))
        lock = building / "requirements.lock"
        lock.write_text(release.lock, encoding="utf-8")
        self._sync(building, lock)
        _prepare_slot(building, interpreter)
        described = ReleaseEnvironment(release.image, release.version, release.digest, interpreter.version, bin="")
        (building / RECORD).write_text(json.dumps(asdict(described)), encoding="utf-8")
        _signer(building)
        if venv.exists():
            _remove(venv)
        building.rename(venv)

    def _sync(self, venv: Path, lock: Path) -> None:
        command = (
            "pip",
            "sync",
            "--require-hashes",
            "--compile-bytecode",
            "--python",
            str(venv / "bin" / "python"),
            str(lock),
        )
        try:
            self._uv(*command, "--offline")
        except EnvironmentUnavailable:
            self._report("fetching packages that are not in uv's cache yet")
            self._uv(*command)

    def _uv(self, *arguments: str) -> None:
        run_uv(arguments, _UV_SETTINGS, f"make the environment in {self._root}", self._root / "uv.log")

    def _put_enablement(self, venv: Path) -> None:
        key = self._package.key()
        if _current(venv) == key:
            return
        slot = venv / "enablement"
        folder = slot / key
        if not folder.is_dir():
            self._report(f"putting this Enablement into {venv.name}")
            building = slot / f".{key}-{os.getpid()}"
            shutil.rmtree(building, ignore_errors=True)
            put_modules(self._package, building / "site")
            put_extensions(self._package, building / "server.json", building / "labextension", self._report)
            _compile(venv, building)
            building.rename(folder)
        link = slot / f".current-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(key)
        link.replace(slot / "current")


def _prepare_slot(venv: Path, interpreter: Interpreter) -> None:
    """The fixed places through which an environment sees the Enablement that `enablement/current` names."""
    (venv / "enablement").mkdir()
    site = venv / "lib" / f"python{interpreter.version}" / "site-packages"
    # Resolved once a process: one that runs goes on with the modules it began with when another Enablement is put in.
    (site / "enablement.pth").write_text(_PATH_LINE, encoding="utf-8")
    bundles = venv / "share" / "jupyter" / "labextensions"
    bundles.mkdir(parents=True, exist_ok=True)
    (bundles / BUNDLE).symlink_to("../../../enablement/current/labextension")
    config = venv / "etc" / "jupyter" / "jupyter_server_config.d"
    config.mkdir(parents=True, exist_ok=True)
    (config / "enablement.json").symlink_to("../../../enablement/current/server.json")
    put_lab_settings(venv)


def _compile(venv: Path, folder: Path) -> None:
    # The paths in the .pyc files are corrected when they are imported, so compiling before the rename is sound.
    subprocess.run(
        [str(venv / "bin" / "python"), "-m", "compileall", "-q", str(folder / "site")], check=False, capture_output=True
    )


def _complete(venv: Path) -> bool:
    return (venv / RECORD).is_file() and os.access(venv / "bin" / "python", os.X_OK)


def _current(venv: Path) -> str | None:
    link = venv / "enablement" / "current"
    return str(link.readlink()) if link.is_symlink() else None


def _described(venv: Path) -> ReleaseEnvironment:
    record = json.loads((venv / RECORD).read_text(encoding="utf-8"))
    return ReleaseEnvironment(**(record | {"bin": str(venv / "bin")}))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _signer(venv: Path) -> None:
    """Folders of the environment lose their write permission; the slot for Enablement keeps it."""
    for folder, _, _ in os.walk(venv):
        if Path(folder) not in {venv, venv / "enablement"}:
            Path(folder).chmod(0o555)


def _remove(venv: Path) -> None:
    for folder, _, _ in os.walk(venv):
        Path(folder).chmod(stat.S_IRWXU)
    shutil.rmtree(venv)


def _translated(error: OSError, root: Path) -> Exception:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoSpace(f"no space left while making an environment in {root}")
    return EnvironmentUnavailable(f"environments cannot be made in {root}: {error.strerror}")
