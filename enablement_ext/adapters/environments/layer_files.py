"""The files of container layers, made on this machine by uv, so that the same lock gives the same bytes.

Every layer is installed by itself into an empty prefix: its bytes depend on its packages and the Python alone. Bytecode is
compiled with unchecked hashes (no times in it), in one process and in order. Times, modes and owners are settled.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from enablement_ext.adapters.environments.pythons import Interpreter
from enablement_ext.adapters.environments.uv_command import run_uv
from enablement_ext.core.images.oci.containerfile import HOME
from enablement_ext.core.images.python.locks import Package, render_lock
from enablement_ext.core.images.python.names import canonical_name

EPOCH = 1_767_225_600  # 2026-01-01: the time of every file; some tools refuse 1970
_ENVIRON = {
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_NO_PROGRESS": "1",
    "UV_LINK_MODE": "copy",
    "UV_NO_CONFIG": "1",
    "SOURCE_DATE_EPOCH": str(EPOCH),
    "PYTHONHASHSEED": "0",
}


def stage_packages(packages: Sequence[Package], interpreter: Interpreter, target: Path) -> None:
    """Installs exactly these packages, laid out for the image's prefix, into the new folder `target`."""
    with tempfile.TemporaryDirectory(prefix="enablement-layer-") as folder:
        venv, lock = Path(folder, "venv"), Path(folder, "requirements.lock")
        lock.write_text(render_lock(packages), encoding="utf-8")
        _uv("venv", "--relocatable", "--python", interpreter.path, str(venv))
        before = {path.relative_to(venv) for path in _files(venv)}
        _uv(
            "pip", "install", "--no-deps", "--require-hashes", "--python", str(venv / "bin" / "python"), "-r", str(lock)
        )
        for path in sorted(set(_files(venv)) - {venv / known for known in before}):
            destination = target / path.relative_to(venv)
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, destination)
    site = target / "lib" / f"python{interpreter.version}" / "site-packages"
    if site.is_dir():
        compile_tree(site, interpreter)
    settle(target)


def stage_skeleton(python: str, target: Path) -> None:
    """The prefix itself: a virtual environment over the base's Python."""
    (target / "bin").mkdir(parents=True)
    (target / "lib" / f"python{python}" / "site-packages").mkdir(parents=True)
    for name in ("python", "python3", f"python{python}"):
        (target / "bin" / name).symlink_to(f"/usr/bin/python{python}")
    text = f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {python}\nrelocatable = true\n"
    (target / "pyvenv.cfg").write_text(text, encoding="utf-8")
    settle(target)


def compile_tree(site: Path, interpreter: Interpreter) -> None:
    """Bytecode for every module below `site`, as if it lay in the image."""
    lies_in = f"{HOME}/lib/python{interpreter.version}/site-packages"
    command = [interpreter.path, "-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(site), "-p", lies_in, str(site)]
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    # Some packages ship templates and tests that are no valid Python: those stay without bytecode.
    subprocess.run(command, env=environ | _ENVIRON, capture_output=True, check=False)


def removals(stages: Sequence[Path], names: Sequence[str], python: str) -> tuple[str, ...]:
    """What to remove so that packages of earlier layers are gone: files, and folders that held nothing else. Relative, sorted."""
    wanted, gone = set(names), set()
    for stage in stages:
        site = stage / "lib" / f"python{python}" / "site-packages"
        for info in site.glob("*.dist-info"):
            if canonical_name(info.name.removesuffix(".dist-info").rsplit("-", 1)[0]) in wanted:
                gone |= set(_recorded(stage, site, info))
    kept = {path.relative_to(stage) for stage in stages for path in _files(stage)} - gone
    needed = {folder for path in kept for folder in path.parents}
    # An empty .dist-info would still count as an installed package.
    emptied = {folder for path in gone for folder in path.parents} - needed
    top = {folder for folder in emptied if folder.parent not in emptied}
    loose = {path for path in gone if path.parent not in emptied}
    return tuple(sorted(str(path) for path in top | loose))


def settle(folder: Path) -> None:
    """One time, plain modes: what umask and clock left behind must not tell two builds apart."""
    for path in [*_files(folder), *(Path(inner) for inner, _, _ in os.walk(folder))]:
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
        os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)


def _recorded(stage: Path, site: Path, info: Path) -> Iterator[Path]:
    """The files of one installed package, bytecode included."""
    with (info / "RECORD").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            path = Path(os.path.normpath(site / row[0]))
            for one in (path, *path.parent.glob(f"__pycache__/{path.stem}.*.pyc")):
                if one.is_file() and one.is_relative_to(stage):
                    yield one.relative_to(stage)


def _files(folder: Path) -> list[Path]:
    found = []
    for inner, folders, names in os.walk(folder):
        links = [name for name in folders if Path(inner, name).is_symlink()]
        found += [Path(inner, name) for name in (*names, *links)]
    return sorted(found)


def _uv(*arguments: str) -> None:
    run_uv(arguments, _ENVIRON, "make a layer")
