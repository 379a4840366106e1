"""Which files a notebook needs beside itself: local modules, transitively, and data. Static analysis: nothing is executed.

Paths are relative to the author's home (the root of the lab's file browser), POSIX. A notebook runs in its own folder, so
that is where its relative paths and imports start.
"""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from enablement_ext.core.notebook.code_references import (
    ImportUse,
    PathKind,
    PathUse,
    Uses,
    uses_of_cells,
    uses_of_module,
)
from enablement_ext.core.review.models import FileRole
from enablement_ext.core.submission.ports import FileListing

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(//|[^\\/]*@)|data:")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_MODULES = 300  # local modules that are followed; a whole checkout on sys.path is not a notebook's neighbour
_WILD = re.compile(r"[*?\[]")
_FILES_BELOW = 2000  # that are looked at in one folder
_FILES_OFFERED = 200  # of those
_NOT_FILES = ("/dev/", "/proc/", "/sys/")


class UseCode(StrEnum):
    """How a file is used. Facts say where: `cell`, a number, or `file`, a name."""

    IMPORTED = "imported"  # facts: module, with its leading dots
    READ = "read"  # facts: by, a function
    RUN = "run"
    NAMED = "named"  # a text that may be its path
    WRITTEN = "written"  # by the notebook itself; no facts


class MissingCode(StrEnum):
    """Why a path will not be there for others. Facts as of `UseCode`."""

    ABSOLUTE = "absolute"
    OUTSIDE = "outside"  # of the home
    GONE = "gone"  # read, and not there


@dataclass(frozen=True, slots=True)
class Use:
    """How the code uses a file, first of all. `facts` are JSON values."""

    code: UseCode
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NeededFile:
    """A file to offer; `sure` is false where it is only mentioned."""

    path: str
    size: int
    role: FileRole
    use: Use
    sure: bool


@dataclass(frozen=True, slots=True)
class MissingFile:
    """A path that will not be there for others, as it stands in the code."""

    path: str
    code: MissingCode
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What was found; files in the order of their first use."""

    files: tuple[NeededFile, ...]
    missing: tuple[MissingFile, ...]


def find_dependencies(notebook: str, code_cells: Iterable[tuple[int, str]], listing: FileListing) -> Dependencies:
    """Files that the numbered code cells of the notebook at this path use. Never raises on any source."""
    finder = _Finder(posixpath.dirname(notebook), notebook, listing)
    finder.follow(uses_of_cells(code_cells))
    return Dependencies(tuple(finder.files.values()), tuple(finder.missing.values()))


@dataclass(slots=True)
class _Finder:
    folder: str
    notebook: str
    listing: FileListing
    bases: list[str] = field(default_factory=list)
    files: dict[str, NeededFile] = field(default_factory=dict)
    missing: dict[str, MissingFile] = field(default_factory=dict)
    followed: set[tuple[object, ...]] = field(default_factory=set)
    waiting: deque[tuple[ImportUse, str | None]] = field(
        default_factory=deque
    )  # an import and the folder of its module

    def follow(self, uses: Uses) -> None:
        """Take in what cells use and what the modules found so use in turn."""
        written = {self._resolved(use.path) for use in uses.paths if use.kind is PathKind.WRITTEN}
        searched = (self._resolved(use.path) for use in uses.paths if use.kind is PathKind.SEARCHED)
        self.bases = list(dict.fromkeys([self.folder, *(base for base in searched if base is not None)]))
        self.waiting.extend((use, None) for use in uses.imports)
        self._work_off()
        for path_use in sorted(uses.paths, key=lambda use: use.kind is PathKind.MENTIONED):
            self._path(path_use, written)
            self._work_off()

    def _work_off(self) -> None:
        while self.waiting:
            use, package = self.waiting.popleft()
            meant = (use.module, use.names, use.level, package)
            if meant not in self.followed:
                self.followed.add(meant)
                self._import(use, package)

    def _import(self, use: ImportUse, package: str | None) -> None:
        bases = self.bases
        if use.level:
            above = package
            for _ in range(use.level - 1):
                above = posixpath.dirname(above) if above else None
            bases = [] if above is None else [above]
        for base in bases:
            found = list(self._module_files(base, use))
            for path in found:
                module = f"{'.' * use.level}{use.module}"
                self._module(path, Use(UseCode.IMPORTED, {**_place(use.where), "module": module}))
            if found:
                return

    def _module_files(self, base: str, use: ImportUse) -> Iterator[str]:
        """The files Python would run for this import from this folder."""
        at = base
        for part in filter(None, use.module.split(".")):
            if self.listing.size(posixpath.join(at, part, "__init__.py")) is not None:
                at = posixpath.join(at, part)
                yield posixpath.join(at, "__init__.py")
            elif self.listing.size(posixpath.join(at, f"{part}.py")) is not None:
                yield posixpath.join(at, f"{part}.py")
                return
            elif self.listing.is_folder(posixpath.join(at, part)):
                at = posixpath.join(at, part)  # a namespace package
            else:
                return
        if at == base and not use.level:
            return
        for name in use.names:
            for path in (posixpath.join(at, f"{name}.py"), posixpath.join(at, name, "__init__.py")):
                if self.listing.size(path) is not None:
                    yield path

    def _module(self, path: str, use: Use) -> None:
        size = self.listing.size(path)
        if path in self.files or size is None or len(self.files) >= _MODULES:
            return
        self.files[path] = NeededFile(path, size, FileRole.MODULE, use, sure=True)
        source = self.listing.text(path)
        if source is None:
            return
        inner = uses_of_module(source, posixpath.basename(path))
        self.waiting.extend((imported, posixpath.dirname(path)) for imported in inner.imports)
        for path_use in inner.paths:
            if path_use.kind is PathKind.READ:
                self._path(path_use, set())

    def _path(self, use: PathUse, written: set[str | None]) -> None:
        if _URL.match(use.path) or use.path.startswith(_NOT_FILES) or "\0" in use.path or "\n" in use.path:
            return
        reads = use.kind in (PathKind.READ, PathKind.RUN)
        if use.path.startswith(("/", "~")) or _DRIVE.match(use.path):
            if reads:
                self._miss(use, MissingCode.ABSOLUTE)
            return
        path = self._resolved(use.path)
        if path is None:
            if reads:
                self._miss(use, MissingCode.OUTSIDE)
            return
        size = self.listing.size(path)
        if size is not None and use.kind is not PathKind.SEARCHED:
            self._offer(path, size, use, path in written)
        elif reads and path not in written:
            self._several(path, use)

    def _several(self, path: str, use: PathUse) -> None:
        """A folder or a pattern that is read: its files. Or nothing that is there."""
        wild = _WILD.search(path)
        folder = posixpath.dirname(path[: wild.start()]) if wild else path
        names = [name for name in self.listing.below(folder, _FILES_BELOW) if not wild or _matches(name, path)]
        for name in names[:_FILES_OFFERED]:
            size = self.listing.size(name)
            if size is not None:
                self._offer(name, size, use, written=False)
        if not names and not self.listing.is_folder(path) and (_names_a_file(use) or wild):
            self._miss(use, MissingCode.GONE)

    def _offer(self, path: str, size: int, use: PathUse, written: bool) -> None:
        if path in self.files or path == self.notebook:
            return
        role, place = FileRole.MODULE if path.endswith(".py") else FileRole.DATA, _place(use.where)
        if written:
            self.files[path] = NeededFile(path, size, role, Use(UseCode.WRITTEN), sure=False)
        elif use.kind is PathKind.MENTIONED:
            self.files[path] = NeededFile(path, size, role, Use(UseCode.NAMED, place), sure=False)
        elif use.kind is PathKind.RUN:
            self._module(path, Use(UseCode.RUN, place))
        else:
            found = Use(UseCode.READ, {**place, "by": use.by})
            self.files[path] = NeededFile(path, size, role, found, sure=True)

    def _miss(self, use: PathUse, code: MissingCode) -> None:
        self.missing.setdefault(use.path, MissingFile(use.path, code, _place(use.where)))

    def _resolved(self, path: str) -> str | None:
        """Relative to the author's home; None where it leaves it."""
        joined = posixpath.normpath(posixpath.join(self.folder, path.replace("\\", "/")))
        if joined.startswith(("/", "../")) or joined == "..":
            return None
        return "" if joined == "." else joined


def _place(where: int | str) -> dict[str, object]:
    return {"cell": where} if isinstance(where, int) else {"file": where}


def _matches(path: str, pattern: str) -> bool:
    """Whether `glob` would find it: a star stays in its folder, two stars do not."""
    if "**" in pattern:
        return fnmatchcase(path, pattern) or fnmatchcase(path, pattern.replace("**/", ""))
    return fnmatchcase(path, pattern) and path.count("/") == pattern.count("/")


def _names_a_file(use: PathUse) -> bool:
    """Whether a missing path was certainly meant as a file: `load("iris")` and `connect(":memory:")` were not."""
    return "." in posixpath.basename(use.path) or "/" in use.path or use.by == "open"
