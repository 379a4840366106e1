"""History in memory: a work tree as a dictionary, commits as whole trees. It ships, and passes the contract tests of `VersionHistory`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from enablement_ext.core.errors import BadRequest, ForgeAway, SetupRefused
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.merge.backup_names import backup_name
from enablement_ext.core.git.ports import Backup, ChangedFile, FetchResult, FileVersion, MergeResult, UncommittedChanges
from enablement_ext.core.git.setup.file_selection import CandidateFile, select_files

Tree = dict[str, bytes]
_FIRST_COMMIT = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Commit:
    id: str
    parents: tuple[str, ...]
    tree: Tree
    message: str
    number: int


@dataclass(slots=True)
class MemoryVersionHistory:
    """One repository, whatever the folder is called. `files` is the work tree; `our_commit` is `HEAD`, `their_commit` the forge's `main`."""

    files: Tree = field(default_factory=dict)
    our_commit: str = ""
    their_commit: str = ""
    away: bool = False
    filtered: bool = False
    _known: dict[str, _Commit] = field(default_factory=dict)

    def commit(self, tree: Tree, message: str, *parents: str) -> str:
        """Make a commit; its id is a digest of tree, message and parents."""
        text = repr((sorted(tree.items()), message, parents))
        name = sha256(text.encode()).hexdigest()[:40]
        self._known[name] = _Commit(name, parents, dict(tree), message, len(self._known))
        return name

    def changes(self, folder: str) -> UncommittedChanges:
        """By comparing bytes."""
        del folder
        tree = self._tree(self.our_commit)
        kept, held = select_files(
            CandidateFile(path, len(data)) for path, data in sorted(self.files.items()) if tree.get(path) != data
        )
        gone = [ChangedFile(path, "deleted") for path in sorted(tree) if path not in self.files]
        found = [ChangedFile(path, "changed" if path in tree else "new") for path in kept]
        return UncommittedChanges((*found, *gone), held)

    def history(self, folder: str, path: str, most: int) -> Sequence[FileVersion]:
        """Along first parents."""
        del folder
        found, at, pushed = list[FileVersion](), self.our_commit, self._ancestors(self.their_commit)
        while at:
            known = self._known[at]
            before = known.parents[0] if known.parents else ""
            if self._tree(before).get(path) != known.tree.get(path):
                when = _FIRST_COMMIT + timedelta(minutes=known.number)
                found.append(FileVersion(at, when, "author", known.message, at in pushed))
            at = before
        return found[:most]

    def read(self, folder: str, commit: str, path: str) -> bytes | None:
        """Raises `BadRequest` for an id that nothing has."""
        del folder
        if commit not in self._known:
            raise BadRequest("This is no version.", facts={"field": "commit"})
        return self._known[commit].tree.get(path)

    def read_working_file(self, folder: str, path: str) -> bytes | None:
        """Raises `SetupRefused` for a path outside of the folder, as on disk."""
        del folder
        return self.files.get(_checked(path))

    def write_working_file(self, folder: str, path: str, data: bytes, commit: str = "") -> None:
        """Raises `SetupRefused` for a path outside of the folder, as on disk."""
        del folder, commit
        self.files[_checked(path)] = data

    def back_up(self, folder: str, path: str, at: datetime) -> Backup:
        """Raises `SetupRefused` for a path outside of the folder, as on disk."""
        del folder
        if _checked(path) not in self.files:
            raise SetupRefused("This file is not there any more.")
        name = backup_name(path, at, lambda taken: taken in self.files)
        self.files[name] = self.files[path]
        return Backup(path, name)

    def fetch(self, folder: str) -> FetchResult:
        """Compares with the common ancestor of the highest number. Raises `ForgeAway`."""
        del folder
        if self.away:
            raise ForgeAway
        if not self.our_commit:
            raise SetupRefused("There is no version here yet. Save one first.")
        if not self.their_commit:
            return FetchResult(self.our_commit, "", self.our_commit)
        common = self._ancestors(self.our_commit) & self._ancestors(self.their_commit)
        base = max(common, key=lambda name: self._known[name].number, default="")
        return FetchResult(
            self.our_commit,
            self.their_commit,
            base,
            self._changed(base, self.our_commit),
            self._changed(base, self.their_commit),
        )

    def merge(
        self, folder: str, fetched: FetchResult, resolutions: Mapping[str, bytes | None], at: datetime
    ) -> MergeResult:
        """In one step."""
        if self.our_commit != fetched.our_commit:
            raise SetupRefused("There is a newer version here by now. Look again.")
        if not fetched.their_files and fetched.base == fetched.their_commit:
            return MergeResult(self.our_commit)
        theirs, before, tree = (
            self._tree(fetched.their_commit),
            self._tree(self.our_commit),
            dict(self._tree(self.our_commit)),
        )
        if missing := [path for path in fetched.conflicts if path not in resolutions]:
            raise SetupRefused(f"There are new changes on the other side: {missing[0]}. Look again.")
        wanted = {
            path: resolutions[path] if path in fetched.conflicts else theirs.get(path) for path in fetched.their_files
        }
        backups, written = list[Backup](), list[str]()
        for path, data in wanted.items():
            if self.files.get(path) not in (None, before.get(path), data):
                backups.append(self.back_up(folder, path, at))
            if self.files.get(path) != data:
                written.append(path)
            for place in (self.files, tree):
                if data is None:
                    place.pop(path, None)
                else:
                    place[path] = data
        ahead = fetched.base == fetched.our_commit
        self.our_commit = (
            fetched.their_commit if ahead else self.commit(tree, "both", fetched.our_commit, fetched.their_commit)
        )
        return MergeResult(self.our_commit, tuple(written), tuple(backups))

    def notebooks_with_outputs(self, folder: str) -> Sequence[str]:
        """By applying the clean filter."""
        del folder
        tree = {} if self.filtered else self._tree(self.our_commit)
        return [path for path, data in sorted(tree.items()) if path.endswith(".ipynb") and cleaned(data) != data]

    def refresh_index(self, folder: str, changed: Set[str]) -> int:
        """Nothing: there is no index."""
        del folder, changed
        return 0

    def strip_outputs(self, folder: str) -> str:
        """Cleaned in the commit alone."""
        tree = self._tree(self.our_commit)
        if any(tree.get(path) != self.files.get(path) for path in tree if path.endswith(".ipynb")):
            raise SetupRefused("There are changes that are not saved yet. Save a version first.")
        found = self.notebooks_with_outputs(folder)
        self.filtered = True
        self.our_commit = self.commit(
            {**tree, **{path: cleaned(tree[path]) for path in found}}, "clean", self.our_commit
        )
        return self.our_commit

    def _tree(self, commit: str) -> Tree:
        return self._known[commit].tree if commit else {}

    def _changed(self, old: str, new: str) -> tuple[str, ...]:
        before, after = self._tree(old), self._tree(new)
        return tuple(path for path in sorted({*before, *after}) if before.get(path) != after.get(path))

    def _ancestors(self, commit: str) -> set[str]:
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
