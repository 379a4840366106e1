"""Image releases as virtual environments of this machine, made by uv from their hash lock.

Guarantees:

- Content-keyed: a release, its digest, the base Python and this Enablement's own files name one folder; another lock, or another
  Enablement (a second checkout, an upgrade), is another folder. Nothing is ever changed in one that is there.
- Atomic: built beside and renamed when complete. Killed at any moment, what was there before stays usable.
- One at a time: a file lock per environment, so two callers make one.
- Offline first: with a warm uv cache nothing is asked from the network.
- Read-only: files are hardlinks into uv's cache, so an edit in one environment would damage its sisters.
- Cheap: for another Enablement an environment of the same release is copied with hard links; only Enablement itself is new.
  (docs/adr/0035-an-environment-for-each-enablement.md)
- Not for ever: when one is made, those of its family that were not asked for during a day and that no process uses are removed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from enablement_ext.adapters.environments.package import (
    BUNDLE,
    LAB_SETTINGS_FILE,
    InstalledPackage,
    install_extensions,
    install_lab_settings,
    install_modules,
)
from enablement_ext.adapters.environments.pythons import Interpreter, probe_interpreter
from enablement_ext.adapters.environments.retirement import RECORD, family_of, give_out, locked, remove, remove_idle
from enablement_ext.adapters.environments.uv_command import run_uv
from enablement_ext.core.errors import EnvironmentUnavailable, NoSpace
from enablement_ext.core.images.catalog import Release
from enablement_ext.core.images.ports import ReleaseEnvironment

LAYOUT = 4  # of what is put beside the packages; another number makes environments anew
NEEDED_BYTES = 2_000_000_000
_UV_SETTINGS = {
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_NO_PROGRESS": "1",
    "UV_LINK_MODE": "hardlink",
    "UV_NO_CONFIG": "1",
}
_PATH_LINE = "../../../enablement/site\n"  # from site-packages


def no_report(_: str) -> None:
    """The report of callers that show no progress."""


class UvEnvironments:
    """Implements the port `Environments` in the folder `root`."""

    def __init__(
        self,
        root: Path,
        package: InstalledPackage,
        python: str = "",
        report: Callable[[str], None] = no_report,
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
        venv = self._folder(release, self._interpreter(release))
        if not _complete(venv):
            return None
        try:
            with locked(self._root, family_of(venv)):
                if not _complete(venv):
                    return None
                give_out(venv)
        except PermissionError:
            pass  # another account's folder: it alone removes what is in there
        return _described(venv)

    def realise(self, release: Release) -> ReleaseEnvironment:
        return self.make(release, starting=True)

    def make(self, release: Release, *, starting: bool = False) -> ReleaseEnvironment:
        """As `realise`; without `starting` no server is expected to start from it."""
        interpreter = self._interpreter(release)
        venv = self._folder(release, interpreter)
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with locked(self._root, family_of(venv)):
                if not _complete(venv):
                    self._build(release, interpreter, venv)
                    self._remove_idle(venv)
                if starting:
                    give_out(venv)
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
            found = probe_interpreter(candidate)
            if found is not None and found.version in release.python:
                return found
        wanted = ", ".join(release.python)
        raise EnvironmentUnavailable(
            f"{release.image} {release.version} is for Python {wanted}; none of these was found: {', '.join(candidates)}"
        )

    def _folder(self, release: Release, interpreter: Interpreter) -> Path:
        base = hashlib.sha256(f"{os.path.realpath(interpreter.path)}\n{LAYOUT}".encode()).hexdigest()[:8]
        digest = release.digest.removeprefix("sha256:")[:12]
        family = f"{release.image}-{release.version}-py{interpreter.version}-{digest}-{base}"
        return self._root / f"{family}-{self._package.key()}"

    def _build(self, release: Release, interpreter: Interpreter, venv: Path) -> None:
        self._check_space()
        for left_over in self._root.glob(f".building-{venv.name}-*"):
            remove(left_over)
        building = self._root / f".building-{venv.name}-{os.getpid()}"
        if not self._copy_sister(venv, building):
            self._install_packages(release, interpreter, building)
        described = ReleaseEnvironment(release.image, release.version, release.digest, interpreter.version, bin="")
        self._install_enablement(building)
        (building / RECORD).write_text(json.dumps(asdict(described)), encoding="utf-8")
        _make_read_only(building)
        if venv.exists():
            remove(venv)
        building.rename(venv)

    def _check_space(self) -> None:
        free = shutil.disk_usage(self._root).free
        if free < self._needed:
            raise NoSpace(
                f"{self._root} has {free // 10**6} MB free; an environment needs up to {self._needed // 10**6} MB"
            )

    def _copy_sister(self, venv: Path, building: Path) -> bool:
        """The packages of an environment that is there for another Enablement, as hard links. False where there is none to be had."""
        for sister in self._sisters(venv):
            try:
                shutil.copytree(
                    sister, building, symlinks=True, copy_function=os.link, ignore=_without_enablement(sister)
                )
            except OSError:  # shutil.Error too: on another disk, too many links, or another account's files
                remove(building)
                continue
            return True
        return False

    def _sisters(self, venv: Path) -> list[Path]:
        family = sorted(self._root.glob(f"{family_of(venv)}-*"))
        return [sister for sister in family if sister != venv and _complete(sister)]

    def _remove_idle(self, venv: Path) -> None:
        for gone in remove_idle(self._sisters(venv), self._root):
            self._report(f"removed {gone.name}, which nobody used any more")

    def _install_packages(self, release: Release, interpreter: Interpreter, building: Path) -> None:
        self._report(f"making {release.image} {release.version}: {len(release.packages)} packages (once)")
        self._uv("venv", "--relocatable", "--python", interpreter.path, str(building))
        lock = building / "requirements.lock"
        lock.write_text(release.lock, encoding="utf-8")
        self._sync(building, lock)
        _prepare_slot(building, interpreter)

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

    def _install_enablement(self, building: Path) -> None:
        self._report("putting this Enablement into it")
        slot = building / "enablement"
        slot.mkdir()
        install_modules(self._package, slot / "site")
        install_extensions(self._package, slot / "server.json", slot / "labextension", self._report)
        install_lab_settings(slot / "overrides.json")
        _compile(building)


def _prepare_slot(venv: Path, interpreter: Interpreter) -> None:
    """The fixed places through which an environment sees the Enablement in its folder `enablement`: the same for each of them."""
    site = venv / "lib" / f"python{interpreter.version}" / "site-packages"
    (site / "enablement.pth").write_text(_PATH_LINE, encoding="utf-8")
    _link(venv / "share" / "jupyter" / "labextensions" / BUNDLE, "../../../enablement/labextension")
    _link(venv / "etc" / "jupyter" / "jupyter_server_config.d" / "enablement.json", "../../../enablement/server.json")
    _link(venv / LAB_SETTINGS_FILE, "../../../../enablement/overrides.json")


def _link(place: Path, target: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


def _without_enablement(venv: Path) -> Callable[[str, list[str]], set[str]]:
    return lambda folder, _: {"enablement"} if folder == str(venv) else set()


def _compile(venv: Path) -> None:
    # The paths in the .pyc files are corrected when they are imported, so compiling before the rename is sound.
    subprocess.run(
        [str(venv / "bin" / "python"), "-m", "compileall", "-q", str(venv / "enablement" / "site")],
        check=False,
        capture_output=True,
    )


def _complete(venv: Path) -> bool:
    return (venv / RECORD).is_file() and os.access(venv / "bin" / "python", os.X_OK)


def _described(venv: Path) -> ReleaseEnvironment:
    record = json.loads((venv / RECORD).read_text(encoding="utf-8"))
    return ReleaseEnvironment(**(record | {"bin": str(venv / "bin")}))


def _make_read_only(venv: Path) -> None:
    """Folders of the environment lose their write permission; the one in which it is noted that it was given out keeps it."""
    for folder, _, _ in os.walk(venv):
        if Path(folder) not in {venv, venv / "enablement"}:
            Path(folder).chmod(0o555)


def _translated(error: OSError, root: Path) -> Exception:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoSpace(f"no space left while making an environment in {root}")
    return EnvironmentUnavailable(f"environments cannot be made in {root}: {error.strerror}")
