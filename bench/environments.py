"""How fast a release becomes an environment, beside plain `pip install -r` and `uv pip sync`; and how fast a big catalog is read.

`python -m bench.environments [--image minimal] [--rounds 5] [--cold 1]`. Warm: every tool has its cache. Cold: every tool has an empty one.
All contenders install the same lock with bytecode, as an environment without it starts slowly for ever.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, Rounds, alternate
from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.adapters.environments import InstalledPackage, UvEnvironments
from enablement_ext.adapters.local_paths import PACKAGE
from enablement_ext.core.images.deploy.exports import References, documentation, profile_list
from enablement_ext.core.images.python.locks import held_for, render_lock
from enablement_ext.core.images.release_diff import changes_between
from enablement_ext.core.images.releases import Release

IMAGES = Path(__file__).resolve().parent.parent / "images"
OURS, SYNC, PIP = "enablement image build --venv", "uv pip sync", "pip install -r"
TARGET_SYNC, TARGET_PIP = 1.3, 0.3
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


class Installers:
    """The three ways to the same environment, with caches in a folder of their own."""

    def __init__(self, release: Release, place: Path) -> None:
        self._release = release
        self._place = place
        self._lock = place / "requirements.lock"
        self._lock.write_text(render_lock(held_for(release.packages, PYTHON)))
        self._count = 0

    def contenders(self, *, cold: bool) -> list[Contender]:
        """Fresh environments each time; with `cold` fresh caches too."""
        ways = ((OURS, self._ours), (SYNC, self._sync), (PIP, self._pip))
        return [Contender(name, self._timed(way, cold=cold)) for name, way in ways]

    def _timed(self, way: Callable[[Path], None], *, cold: bool) -> Callable[[int], float]:
        def once(_: int) -> float:
            self._count += 1
            folder = self._place / f"environment-{self._count}"
            with _caches(self._place / (f"cache-{self._count}" if cold else "cache")):
                began = time.perf_counter()
                way(folder)
                seconds = time.perf_counter() - began
            for inner, _folders, _names in os.walk(folder):
                Path(inner).chmod(0o700)
            shutil.rmtree(folder)
            return seconds

        return once

    def _ours(self, folder: Path) -> None:
        UvEnvironments(folder, InstalledPackage(PACKAGE, "0.1.0")).realise(self._release)

    def _sync(self, folder: Path) -> None:
        _run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", _base(), str(folder))
        python = str(folder / "bin" / "python")
        options = ("--quiet", "--require-hashes", "--compile-bytecode", "--python", python)
        _run(sys.executable, "-m", "uv", "pip", "sync", *options, str(self._lock))

    def _pip(self, folder: Path) -> None:
        _run(_base(), "-m", "venv", str(folder))
        options = ("--quiet", "--require-hashes", "--no-deps", "--disable-pip-version-check")
        _run(str(folder / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(self._lock))


@contextmanager
def _caches(folder: Path) -> Iterator[None]:
    before = dict(os.environ)
    os.environ |= {"UV_CACHE_DIR": str(folder / "uv"), "PIP_CACHE_DIR": str(folder / "pip"), "UV_LINK_MODE": "hardlink"}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _base() -> str:
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def _rows(kind: str, scores: Rounds) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [(kind, OURS, milliseconds(scores.median(OURS)), "", "")]
    for other, target in ((SYNC, TARGET_SYNC), (PIP, TARGET_PIP)):
        ratio = scores.ratio(OURS, other)
        rows.append((kind, other, milliseconds(scores.median(other)), ratio, at_most(ratio, target)))
    return rows


def big_catalog(folder: Path, images: int, releases: int) -> Path:
    """A catalog of that many images and releases, each with a real lock of a data science image."""
    source = IMAGES / "datascience"
    lock = source / "releases" / "2026.11.0" / "requirements.lock"
    record = (source / "releases" / "2026.11.0" / "release.toml").read_text()
    for image in range(images):
        home = folder / f"image-{image}"
        home.mkdir()
        intent = (source / "image.toml").read_text().replace('"datascience"', f'"image-{image}"')
        (home / "image.toml").write_text(intent.replace('extends = "minimal"\n', ""))
        for number in range(releases):
            place = home / "releases" / f"2026.11.{number}"
            place.mkdir(parents=True)
            (place / "requirements.lock").hardlink_to(_copied(lock, folder))
            status = "recommended" if number == releases - 1 else "supported"
            text = record.replace('"recommended"', f'"{status}"').replace('previous = "2026.9.0"\n', "")
            (place / "release.toml").write_text(text)
    return folder


def _copied(lock: Path, folder: Path) -> Path:
    copy = folder / "lock"
    if not copy.exists():
        shutil.copyfile(lock, copy)
    return copy


def _catalog_rows(rounds: int) -> list[tuple[object, ...]]:
    with tempfile.TemporaryDirectory() as place:
        folder = big_catalog(Path(place), 100, 20)
        catalog = read_catalog(folder)
        older, newer = catalog.images[0].releases[1], catalog.images[0].releases[0]
        steps: list[tuple[str, Callable[[], object]]] = [
            ("read 100 images x 20 releases", lambda: read_catalog(folder)),
            ("KubeSpawner profiles of all of it", lambda: profile_list(catalog, References())),
            ("documentation page of all of it", lambda: documentation(catalog)),
            ("difference of two releases", lambda: changes_between(older, newer)),
        ]
        scores = alternate([Contender(name, _clocked(step)) for name, step in steps], rounds)
        return [(name, milliseconds(scores.median(name))) for name, _ in steps]


def _clocked(step: Callable[[], object]) -> Callable[[int], float]:
    def once(_: int) -> float:
        began = time.perf_counter()
        step()
        return time.perf_counter() - began

    return once


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--image", default="minimal")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cold", type=int, default=1, help="rounds with empty caches; they fetch everything")
    args = parser.parse_args()
    image = read_catalog(IMAGES).image(args.image)
    if image is None:
        parser.error(f"there is no image {args.image}")
    report = Report("environments", "From a release to an environment", (__doc__ or "").split("\n\n")[0])
    with tempfile.TemporaryDirectory() as place:
        installers = Installers(image.recommended, Path(place))
        rows = _rows("warm", alternate(installers.contenders(cold=False), args.rounds))
        if args.cold:
            rows += _rows("cold", alternate(installers.contenders(cold=True), args.cold, warm_up=0))
    report.parts.append(
        Table(("caches", "way", "median", "ours is this much of it", "target"), rows, f"{args.image}, Python {PYTHON}")
    )
    report.parts.append(Table(("step", "median"), _catalog_rows(args.rounds), "A big catalog"))
    report.notes = [
        "Ours does more than the two others: it puts this Enablement in, seals the folders and is atomic.",
        "Cold rounds fetch from the package index of the machine, so they say something about its network too.",
    ]
    report.write()


if __name__ == "__main__":
    main()
