"""Versions in memory: files as bytes, versions as whole trees. It ships, and passes the contract tests of `Versions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from enablement_ext.core.errors import BadRequest, ForgeAway, SetupRefused
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.merge.backup_names import copy_name
from enablement_ext.core.git.setup.file_selection import FoundFile, choose
from enablement_ext.core.git.version_ports import Aside, ChangedFile, Changes, Joined, Meeting, Version

Tree = dict[str, bytes]
_BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Commit:
    id: str
    parents: tuple[str, ...]
    tree: Tree
    message: str
    number: int


@dataclass(slots=True)
class MemoryVersions:
    """One folder's versions, whatever the folder is called. `files` lie there; `there` is the forge's newest commit."""

    files: Tree = field(default_factory=dict)
    here: str = ""
    there: str = ""
    away: bool = False
    filtered: bool = False
    _known: dict[str, _Commit] = field(default_factory=dict)

    def commit(self, tree: Tree, message: str, *parents: str) -> str:
        """Make a version; its id is made of what is in it."""
        text = repr((sorted(tree.items()), message, parents))
        name = sha256(text.encode()).hexdigest()[:40]
        self._known[name] = _Commit(name, parents, dict(tree), message, len(self._known))
        return name

    def changes(self, folder: str) -> Changes:
        """By comparing bytes."""
        del folder
        tree = self._tree(self.here)
        kept, held = choose(
            FoundFile(path, len(data)) for path, data in sorted(self.files.items()) if tree.get(path) != data
        )
        gone = [ChangedFile(path, "deleted") for path in sorted(tree) if path not in self.files]
        found = [ChangedFile(path, "changed" if path in tree else "new") for path in kept]
        return Changes((*found, *gone), held)

    def history(self, folder: str, path: str, most: int) -> Sequence[Version]:
        """Along first parents."""
        del folder
        found, at, pushed = list[Version](), self.here, self._above(self.there)
        while at:
            known = self._known[at]
            before = known.parents[0] if known.parents else ""
            if self._tree(before).get(path) != known.tree.get(path):
                when = _BEGAN + timedelta(minutes=known.number)
                found.append(Version(at, when, "author", known.message, at in pushed))
            at = before
        return found[:most]

    def read(self, folder: str, commit: str, path: str) -> bytes | None:
        """Raises `BadRequest` for an id that nothing has."""
        del folder
        if commit not in self._known:
            raise BadRequest("This is no version.", facts={"field": "commit"})
        return self._known[commit].tree.get(path)

    def present(self, folder: str, path: str) -> bytes | None:
        """The file."""
        del folder
        return self.files.get(_checked(path))

    def put(self, folder: str, path: str, data: bytes) -> None:
        """Replaced."""
        del folder
        self.files[_checked(path)] = data

    def keep_aside(self, folder: str, path: str, at: datetime) -> Aside:
        """A copy."""
        del folder
        if _checked(path) not in self.files:
            raise SetupRefused("This file is not there any more.")
        name = copy_name(path, at, lambda taken: taken in self.files)
        self.files[name] = self.files[path]
        return Aside(path, name)

    def meet(self, folder: str) -> Meeting:
        """Raises `ForgeAway`."""
        del folder
        if self.away:
            raise ForgeAway
        if not self.here:
            raise SetupRefused("There is no version here yet. Save one first.")
        if not self.there:
            return Meeting(self.here, "", self.here)
        common = self._above(self.here) & self._above(self.there)
        base = max(common, key=lambda name: self._known[name].number, default="")
        return Meeting(self.here, self.there, base, self._changed(base, self.here), self._changed(base, self.there))

    def join(self, folder: str, meeting: Meeting, settled: Mapping[str, bytes | None], at: datetime) -> Joined:
        """All at once."""
        if self.here != meeting.here:
            raise SetupRefused("There is a newer version here by now. Look again.")
        if not meeting.theirs and meeting.base == meeting.there:
            return Joined(self.here)
        theirs, before, tree = self._tree(meeting.there), self._tree(self.here), dict(self._tree(self.here))
        if missing := [path for path in meeting.contested if path not in settled]:
            raise SetupRefused(f"There are new changes on the other side: {missing[0]}. Look again.")
        wanted = {path: settled[path] if path in meeting.contested else theirs.get(path) for path in meeting.theirs}
        aside, written = list[Aside](), list[str]()
        for path, data in wanted.items():
            if self.files.get(path) not in (None, before.get(path), data):
                aside.append(self.keep_aside(folder, path, at))
            if self.files.get(path) != data:
                written.append(path)
            for place in (self.files, tree):
                if data is None:
                    place.pop(path, None)
                else:
                    place[path] = data
        ahead = meeting.base == meeting.here
        self.here = meeting.there if ahead else self.commit(tree, "both", meeting.here, meeting.there)
        return Joined(self.here, tuple(written), tuple(aside))

    def with_results(self, folder: str) -> Sequence[str]:
        """By cleaning."""
        del folder
        tree = {} if self.filtered else self._tree(self.here)
        return [path for path, data in sorted(tree.items()) if path.endswith(".ipynb") and cleaned(data) != data]

    def settle_rerun(self, folder: str, changed: Set[str]) -> int:
        """Nobody else looks here, so nobody needs to be told."""
        del folder, changed
        return 0

    def keep_results_out(self, folder: str) -> str:
        """Cleaned in the version alone."""
        tree = self._tree(self.here)
        if any(tree.get(path) != self.files.get(path) for path in tree if path.endswith(".ipynb")):
            raise SetupRefused("There are changes that are not saved yet. Save a version first.")
        found = self.with_results(folder)
        self.filtered = True
        self.here = self.commit({**tree, **{path: cleaned(tree[path]) for path in found}}, "clean", self.here)
        return self.here

    def _tree(self, commit: str) -> Tree:
        return self._known[commit].tree if commit else {}

    def _changed(self, old: str, new: str) -> tuple[str, ...]:
        before, after = self._tree(old), self._tree(new)
        return tuple(path for path in sorted({*before, *after}) if before.get(path) != after.get(path))

    def _above(self, commit: str) -> set[str]:
        found, waiting = set[str](), [commit] if commit else []
        while waiting:
            at = waiting.pop()
            if at not in found:
                found.add(at)
                waiting += self._known[at].parents
        return found


def _checked(path: str) -> str:
    parts = path.split("/")
    if not path or ".." in parts or path.startswith("/") or any(part.lower() == ".git" for part in parts):
        raise SetupRefused("This is no file of the folder.")
    return path
