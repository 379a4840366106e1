"""The working copy in memory: names of files, and commits without contents. It ships, and passes the contract tests of `WorkingCopy`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from enablement_ext.core.errors import ForgeAway, SetupRefused
from enablement_ext.core.git.ports import FolderStatus, WorkingCopyOwner
from enablement_ext.core.git.repository_names import RepositoryId, Space, repository_name
from enablement_ext.core.git.setup.plan import FolderFacts, FolderState
from enablement_ext.core.git.shape import RepositoryFacts


@dataclass(slots=True)
class _Folder:
    facts: FolderFacts
    commits: list[str] = field(default_factory=list)
    changed: tuple[str, ...] = ()
    place: RepositoryId | None = None


@dataclass(slots=True)
class MemoryWorkingCopy:
    """A `WorkingCopy`. `away`: the forge does not answer; `forge`: the newest commit it has, by address."""

    owner: WorkingCopyOwner
    away: bool = False
    forge: dict[str, str] = field(default_factory=dict)
    configured: bool = False
    _folders: dict[str, _Folder] = field(default_factory=dict)

    def put(self, folder: str, *files: str) -> None:
        """From now on this folder has these files, all of them new or changed."""
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = _Folder(FolderFacts(folder))
        known.facts, known.changed = replace(known.facts, kept=files, changed=True), files

    def place(self, folder: str) -> RepositoryId | None:
        """As it was prepared or cloned."""
        found = self._folders.get(folder)
        return found.place if found else None

    def free_name(self, folder: str, group: str = "") -> str:
        """Counted up until no other folder has it."""
        wanted = repository_name(folder.rpartition("/")[2] if group else folder)
        space, owner = (Space.GROUP, group) if group else (Space.USER, self.owner.person.name)
        taken = {each.place for name, each in self._folders.items() if name != folder}
        names = (wanted, *(f"{wanted[:55]}-{number}" for number in range(2, 1000)))
        return next(name for name in names if RepositoryId(space, owner, name) not in taken)

    def copies(self) -> Mapping[str, str]:
        """Every folder that has a place."""
        return {each.place.path: name for name, each in self._folders.items() if each.place is not None}

    def is_free(self, folder: str) -> bool:
        """Whether none was put in."""
        return folder not in self._folders

    def clone(self, folder: str, repository: RepositoryId) -> None:
        """A folder without files that has the remote's commit. Raises `SetupRefused`, `ForgeAway`."""
        if folder in self._folders:
            raise SetupRefused
        if self.away:
            raise ForgeAway
        self.put(folder)
        self.prepare(folder, repository)
        self.adopt_history(folder)

    def inspect(self, folder: str) -> FolderFacts:
        """From what was put in."""
        found = self._folders.get(folder)
        if found is None:
            return FolderFacts(folder, exists=False)
        return replace(
            found.facts, configured=self.configured, has_commits=bool(found.commits), changed=bool(found.changed)
        )

    def repository(self, folder: str) -> RepositoryFacts:
        """As it was put in."""
        found = self._folders.get(folder)
        return found.facts.repository if found else RepositoryFacts()

    def release_locks(self, folder: str, asked: bool = False) -> None:
        """Where a person asked for it, whoever holds them."""
        found = self._folders.get(folder)
        if found is not None and asked:
            found.facts = replace(found.facts, repository=replace(found.facts.repository, lock=""))

    def configure(self) -> None:
        """Sets a flag."""
        self.configured = True

    def prepare(self, folder: str, repository: RepositoryId) -> None:
        """Sets state and remote."""
        found, url = self._at(folder), self.owner.url(repository)
        found.place = repository
        found.facts = replace(
            found.facts, state=FolderState.OURS, repository=RepositoryFacts(origin=url, connected=True)
        )

    def adopt_history(self, folder: str) -> bool:
        """Appends the remote's commit."""
        found, theirs = self._at(folder), self._remote_head(folder)
        if found.commits or not theirs:
            return False
        found.commits.append(theirs)
        return True

    def commit(self, folder: str, paths: Sequence[str], message: str) -> str:
        """The id is a digest of parent, message and paths."""
        found = self._at(folder)
        if found.changed or not found.commits:
            text = "\0".join([*found.commits[-1:], message, *paths])
            found.commits.append(sha256(text.encode()).hexdigest())
            found.changed = tuple(path for path in found.changed if path not in paths)
        return found.commits[-1]

    def push(self, folder: str) -> None:
        """Sets the remote's commit. Raises `ForgeAway`."""
        self._remote_head(folder)
        self.forge[self._at(folder).facts.repository.origin] = self._at(folder).commits[-1]

    def heads(self, folder: str) -> tuple[str, str]:
        """Raises `ForgeAway`."""
        return (self._at(folder).commits or [""])[-1], self._remote_head(folder)

    def status(self, folder: str) -> FolderStatus:
        """Counts the commits that the remote does not have."""
        found = self._folders.get(folder)
        if found is None or found.facts.state is FolderState.NONE:
            return FolderStatus("none")
        theirs = self.forge.get(found.facts.repository.origin, "")
        unpushed = len(found.commits) - (found.commits.index(theirs) + 1 if theirs in found.commits else 0)
        return FolderStatus("ours", "main", found.changed, unpushed=unpushed, commit=(found.commits or [""])[-1])

    def undo(self, folder: str) -> str:
        """Raises `SetupRefused` where commits would be lost."""
        found = self._at(folder)
        if len(found.commits) > 1 and found.commits[-1] != self._remote_head(folder):
            raise SetupRefused
        found.facts, found.commits = replace(found.facts, state=FolderState.NONE, repository=RepositoryFacts()), []
        found.changed, found.place = found.facts.kept, None
        self.configured = any(other.facts.state is not FolderState.NONE for other in self._folders.values())
        return ""

    def _remote_head(self, folder: str) -> str:
        if self.away:
            raise ForgeAway
        return self.forge.get(self._at(folder).facts.repository.origin, "")

    def _at(self, folder: str) -> _Folder:
        found = self._folders.get(folder)
        if found is None:
            raise SetupRefused("This folder is not there, or not in your home.")
        return found
