"""The catalog as a folder: images/<slug>/image.toml and images/<slug>/releases/<version>/{release.toml,requirements.lock}.

In a cluster the folder is a mounted ConfigMap with one file, catalog.json, which the chart made; it is read the same and never written.

Releases are append-only: a lock is written once, a record is replaced as a whole (written beside and renamed).

`WatchedCatalog` is the folder for a process that goes on running: a change is seen at the next use, by the files' stamps, so that it
works on a disk, on a network file system and on a mounted ConfigMap, whose files change by a swapped symbolic link.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog, Image, Release, parse_catalog, parse_image, parse_release
from enablement_ext.core.images.deploy import chart_catalog
from enablement_ext.core.images.inheritance import merged
from enablement_ext.core.images.plain_records import read_plain
from enablement_ext.core.images.ports import CatalogSnapshot
from enablement_ext.core.images.releases import render_record

CATALOG = "catalog.toml"
SCHEMA = "image.schema.json"
INTENT = "image.toml"
RECORD = "release.toml"
LOCK = "requirements.lock"
LOOK_AGAIN = 1.0  # seconds; a watched folder is not looked at more often

ReadRelease = Callable[[str, Path], Release]
Stamp = tuple[int, int, int]  # inode, size, time of the last change in nanoseconds


def read_catalog(folder: Path, read_release: ReadRelease | None = None) -> Catalog:
    """Every image in the folder that has a release, by slug. Raises BadCatalog with the file and what is wrong with it."""
    read_release = read_release or _read_release
    if not folder.is_dir():
        raise BadCatalog(f"there is no image catalog at {folder}")
    if _deployed(folder):
        return chart_catalog.parse_deployed(_text(folder / chart_catalog.FILE))
    intents = {path.parent.name: _load(path) for path in sorted(folder.glob(f"*/{INTENT}"))}
    released = [slug for slug in intents if _released(folder / slug)]
    default = _default(folder)
    if default in intents and default not in released:
        default = ""  # it will be the default once it has a release
    return parse_catalog((_read_image(folder / slug, intents, read_release) for slug in released), default)


class WatchedCatalog:
    """Implements the port `CatalogSource` over such a folder: read again when a file's stamp changed, at most once in `look_again` seconds.

    Only what changed is parsed again. What is not valid is not used: the last valid catalog stays, and `problem` says why.
    Raises BadCatalog when the folder is not valid to begin with. `report` gets each new problem, and when it is over, once.
    """

    def __init__(
        self, folder: Path, report: Callable[[str], object] = lambda _: None, look_again: float = LOOK_AGAIN
    ) -> None:
        self._folder = folder
        self._report = report
        self._look_again = look_again
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[tuple[Stamp | None, ...], Release]] = {}
        self._looked = time.monotonic()
        self._stamps = _stamps(folder)
        self._now = CatalogSnapshot(read_catalog(folder, self._release), "")

    def now(self) -> CatalogSnapshot:
        with self._lock:
            if time.monotonic() - self._looked >= self._look_again:
                stamps = _stamps(self._folder)  # before reading: what changes meanwhile is seen next time
                if stamps != self._stamps:
                    self._stamps = stamps
                    self._read()
                self._looked = time.monotonic()
            return self._now

    def _read(self) -> None:
        before = self._now
        try:
            self._now = CatalogSnapshot(read_catalog(self._folder, self._release), "")
        except BadCatalog as error:
            self._now = CatalogSnapshot(before.catalog, error.message)
        for path in [path for path in self._kept if path not in self._stamps]:
            del self._kept[path]
        if self._now.problem and self._now.problem != before.problem:
            self._report(f"The image catalog is not valid; the last valid one stays in use. {self._now.problem}")
        elif not self._now.problem:
            self._report(f"The image catalog was read again from {self._folder}.")

    def _release(self, slug: str, folder: Path) -> Release:
        record = f"{folder}/{RECORD}"
        stamps = (self._stamps.get(record), self._stamps.get(f"{folder}/{LOCK}"))
        known = self._kept.get(record)
        if known is not None and known[0] == stamps:
            return known[1]
        release = _read_release(slug, folder)
        self._kept[record] = (stamps, release)
        return release


def copy_catalog(source: Path, target: Path) -> None:
    """Start a catalog in the folder `target` with the images and releases of `source`: all of them, or the folder is not there.

    Copies that `source` keeps elsewhere (`[rendered]`) stay with it. Raises BadCatalog where something is there already, or it cannot be written.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        known = "is a catalog already" if (target / CATALOG).exists() else "is there already and is no catalog"
        raise BadCatalog(f"{target} {known}; name another folder")
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    images = [path.parent for path in sorted(source.glob(f"*/{INTENT}"))]
    files = [*(source / name for name in (SCHEMA,)), *(path for image in images for path in image.rglob("*"))]
    default = _default(source)
    try:
        for path in files:
            if path.is_file():
                copy = beside / path.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)  # without its mode: an installed package may be read-only
        (beside / CATALOG).write_text(
            f'# Which image a server gets for which nothing was chosen.\ndefault = "{default}"\n'
        )
        beside.rename(target)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise BadCatalog(f"{target} cannot be written: {error.strerror or error}") from error


class CatalogFolder:
    """Implements the port `CatalogStore` over such a folder. With `read_only` everything that writes is refused."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self._folder = folder
        self._read_only = read_only

    def read(self) -> Catalog:
        return read_catalog(self._folder)

    def intents(self) -> Mapping[str, str]:
        if not self._folder.is_dir():
            raise BadCatalog(f"there is no image catalog at {self._folder}")
        return {path.parent.name: _text(path) for path in sorted(self._folder.glob(f"*/{INTENT}"))}

    def add_image(self, slug: str, intent: str) -> str:
        self._writable()
        path = self._folder / slug / INTENT
        if path.exists():
            raise BadCatalog(f"{path} exists; choose another slug, or edit that file")
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, intent)
        return str(path)

    def add_release(self, release: Release) -> str:
        self._writable()
        folder = self._release_folder(release)
        if (folder / RECORD).exists():
            raise BadCatalog(f"{folder} exists; releases are append-only")
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / LOCK, release.lock)
        _replace(folder / RECORD, render_record(release))  # last: without it there is no release
        return str(folder)

    def replace_record(self, release: Release) -> str:
        self._writable()
        path = self._release_folder(release) / RECORD
        _replace(path, render_record(release))
        return str(path)

    def published(self, revision: str) -> Catalog | None:
        """The history is git's, where the folder is in a checkout. Or a folder with the catalog that was deployed before."""
        if _deployed(Path(revision)):
            return read_catalog(Path(revision))
        if not self._folder.is_dir() or revision.startswith("-"):
            return None
        with tempfile.TemporaryDirectory(prefix="enablement-catalog-") as folder:
            archive = Path(folder, "catalog.tar")
            git = ["git", "-C", str(self._folder), "archive", "--format=tar", f"--output={archive}", revision, "."]
            if shutil.which("git") is None or subprocess.run(git, capture_output=True, check=False).returncode != 0:
                return None
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
            return read_catalog(Path(folder)) if any(Path(folder).glob(f"*/releases/*/{RECORD}")) else None

    def copies(self) -> Mapping[str, str]:
        """`[rendered]` in catalog.toml, paths from the folder above; a catalog that lies elsewhere has none."""
        path = self._folder / CATALOG
        named = _load(path).get("rendered", {}) if path.exists() else {}
        if not isinstance(named, dict):
            raise BadCatalog(f"{path}: [rendered] names one file per kind of export")
        paths = {kind: self._folder.parent / str(name) for kind, name in named.items()}
        return {kind: os.path.relpath(path) for kind, path in paths.items() if path.parent.is_dir()}

    def _writable(self) -> None:
        if self._read_only:
            raise BadCatalog(
                f"{self._folder} comes with Enablement and is not written to; copy it with `enablement image init`"
            )
        if _deployed(self._folder):
            raise BadCatalog(
                f"{self._folder} is what the chart deployed; change `images` in the chart's values and run helm upgrade"
            )

    def _release_folder(self, release: Release) -> Path:
        return self._folder / release.image / "releases" / release.version


def _deployed(folder: Path) -> bool:
    return (folder / chart_catalog.FILE).is_file()


def _read_image(folder: Path, intents: Mapping[str, Mapping[str, object]], read_release: ReadRelease) -> Image:
    releases = [read_release(folder.name, path) for path in _released(folder)]
    try:
        image = parse_image(merged(folder.name, intents), releases)
    except BadCatalog as error:
        raise BadCatalog(f"{folder / INTENT}: {error.message}") from error
    if image.slug != folder.name:
        raise BadCatalog(f"{folder}: the folder is named {folder.name}, the image {image.slug}")
    return image


def _released(image: Path) -> list[Path]:
    """The folders of its releases, in order."""
    return [Path(each) for each in sorted(_folders(f"{image}/releases")) if os.path.isfile(f"{each}/{RECORD}")]  # noqa: PTH113


def _read_release(slug: str, folder: Path) -> Release:
    name = str(folder)  # paths are texts, for the reason that `_stamps` gives
    text = _text(f"{name}/{RECORD}")
    record = read_plain(text)
    return parse_release(
        slug, folder.name, _parsed(f"{name}/{RECORD}", text) if record is None else record, _text(f"{name}/{LOCK}")
    )


def _default(folder: Path) -> str:
    path = folder / CATALOG
    return str(_load(path).get("default", "")) if path.exists() else ""


def _load(path: Path) -> dict[str, object]:
    return _parsed(path, _text(path))


def _parsed(path: Path | str, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadCatalog(f"{path}: {error}") from error


def _text(path: Path | str) -> str:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above; a buffer would be filled once
            text = file.readall().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCatalog(f"{path} cannot be read: {error}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _replace(path: Path, text: str) -> None:
    try:
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise BadCatalog(f"{path} cannot be written: {error.strerror or error}") from error


def _stamps(folder: Path) -> dict[str, Stamp | None]:
    """The stamp of every file that makes up the catalog. Links are followed: it is the files behind them that count.

    Paths are texts here: there are thousands, and making objects of them takes three times as long as asking for the stamps.
    """
    return {path: _stamp(path) for path in _files(str(folder))}


def _files(folder: str) -> Iterator[str]:
    yield f"{folder}/catalog.toml"
    yield f"{folder}/{chart_catalog.FILE}"
    for image in _folders(folder):
        yield f"{image}/{INTENT}"
        for release in _folders(f"{image}/releases"):
            yield f"{release}/{RECORD}"
            yield f"{release}/{LOCK}"


def _folders(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
    except OSError:
        return []  # reading the catalog says what is wrong with it


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - as above
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
