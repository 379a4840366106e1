"""The packages on the path of this server's kernels, read from their records."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from enablement_ext.core.images.drift import PackageFolder, PackageLocation
from enablement_ext.core.images.python.import_names import names_of_files, shortest_names
from enablement_ext.core.images.python.names import canonical_name

_ASK = "import json, sys; print(json.dumps(sys.path))"
_SECONDS = 20

Seen = tuple[tuple[str, int], ...]  # a folder and when something was last added or removed in it


@dataclass(slots=True)
class PythonPackages:
    """Implements the port `InstalledPackages` for `python`, run as a kernel is: with this process's environment.

    Python itself is asked for its path once; after that a folder is read again only when its time of change is another.
    """

    home: str
    python: str = sys.executable
    _path: list[str] | None = None
    _folders: dict[str, tuple[int, PackageFolder]] = field(default_factory=dict)
    _imports: tuple[Seen, Mapping[str, Collection[str]]] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def folders(self) -> Sequence[PackageFolder]:
        with self._lock:
            return [self._folder(path, changed) for path, changed in self._now()]

    def imports(self) -> Mapping[str, Collection[str]]:
        with self._lock:
            seen = self._now()
            if self._imports is None or self._imports[0] != seen:
                self._imports = (seen, _imports([path for path, _ in seen]))
            return self._imports[1]

    def _now(self) -> Seen:
        if self._path is None:
            self._path = _path_of(self.python)
        found = []
        for path in self._path:
            try:
                found.append((path, Path(path).stat().st_mtime_ns))
            except OSError:
                continue  # a folder on PYTHONPATH that is not there (yet)
        return tuple(found)

    def _folder(self, path: str, changed: int) -> PackageFolder:
        known = self._folders.get(path)
        if known is None or known[0] != changed:
            known = (changed, PackageFolder(path, self._place(path), _packages(path)))
            self._folders[path] = known
        return known[1]

    def _place(self, path: str) -> PackageLocation:
        """An environment that lies in a home is the image all the same: it is where this Python was started from."""
        where = Path(path)
        if where.is_relative_to(_prefix(self.python)):
            return PackageLocation.IMAGE
        return PackageLocation.HOME if where.is_relative_to(self.home) else PackageLocation.PATH


def _prefix(python: str) -> Path:
    return Path(sys.prefix) if python == sys.executable else Path(python).parent.parent


def _path_of(python: str) -> list[str]:
    """The path of a fresh Python, without the current folder: kernels do not have it either."""
    done = subprocess.run(
        [python, "-P", "-c", _ASK], capture_output=True, text=True, timeout=_SECONDS, check=False, cwd="/"
    )
    try:
        return [entry for entry in json.loads(done.stdout) if entry and Path(entry).is_absolute()]
    except ValueError:
        return list(sys.path)


def _packages(path: str) -> dict[str, str]:
    """A record that is broken or half removed names nothing."""
    found: dict[str, str] = {}
    for distribution in importlib.metadata.distributions(path=[path]):
        name, version = distribution.metadata["Name"], distribution.metadata["Version"]
        if isinstance(name, str) and isinstance(version, str):
            found.setdefault(canonical_name(name), version)
    return found


def _imports(path: list[str]) -> dict[str, set[str]]:
    """As `importlib.metadata.packages_distributions`, which knows only this process's own path and only first parts of names."""
    found: dict[str, set[str]] = {}
    for distribution in importlib.metadata.distributions(path=path):
        name = distribution.metadata["Name"]
        if isinstance(name, str):
            found.setdefault(canonical_name(name), set()).update(_modules(distribution))
    return shortest_names(found)


def _modules(distribution: importlib.metadata.Distribution) -> set[str]:
    """By the files it installs; where it has no list of them (an egg), by the names it tells."""
    named = names_of_files(file.as_posix() for file in distribution.files or ())
    return named if distribution.files else set((distribution.read_text("top_level.txt") or "").split())
