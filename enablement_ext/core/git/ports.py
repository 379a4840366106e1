"""What the author's side of Git needs, as a Protocol: the workshop in their home. The forge's side is in `forge_ports`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enablement_ext.core.git.forges.names import hosted_name
from enablement_ext.core.git.repository_names import RepositoryId
from enablement_ext.core.git.setup.config_files import GitIdentity
from enablement_ext.core.git.setup.plan import FolderFacts


@dataclass(frozen=True, slots=True)
class WorkingCopyOwner:
    """For whom the workshop works: the person, and the address of the service's own forge (ending in `/git`).

    `forge`: what every clone address begins with, ending in a slash, where a forge elsewhere keeps repositories; else "".
    """

    person: GitIdentity
    base: str
    forge: str = ""

    def url(self, repository: RepositoryId) -> str:
        """What is cloned."""
        if self.forge:
            return f"{self.forge}{hosted_name(repository)}.git"
        return self.base.removesuffix("git") + repository.path

    def keeps(self, url: str) -> bool:
        """Whether an address is one of the forge's."""
        return url.startswith(self.forge or f"{self.base}/")


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A folder with versions. `changed`: files to be kept that differ; `unpushed`: versions that the server is not known to have."""

    standing: str
    branch: str = ""
    changed: tuple[str, ...] = ()
    unpushed: int = 0
    commit: str = ""


class WorkingCopy(Protocol):
    """The author's side of Git, for one owner. Folders are paths relative to the home. All of it blocks, and everything may be repeated."""

    @property
    def owner(self) -> WorkingCopyOwner:
        """For whom."""
        ...

    def facts(self, folder: str) -> FolderFacts:
        """What is there. Writes nothing, runs nothing that the folder names."""
        ...

    def configure(self) -> None:
        """The managed configuration and the one line in `~/.gitconfig`. Raises `NoSpace`, `GitFailed`."""
        ...

    def prepare(self, folder: str, url: str) -> None:
        """The repository with its remote, after `configure`. Raises `GitFailed`."""
        ...

    def catch_up(self, folder: str) -> bool:
        """Take over versions the forge has of a folder that has none; files that are here stay as they are. Raises `GitFailed`."""
        ...

    def commit(self, folder: str, paths: Sequence[str], message: str) -> str:
        """Keep a version of these files and return its id; the present one where nothing differs. Raises `GitFailed`."""
        ...

    def push(self, folder: str) -> None:
        """Copy the versions to the forge. Raises `GitFailed`, `ForgeAway`."""
        ...

    def published(self, folder: str) -> tuple[str, str]:
        """The commit here, and the one the forge says it has ("" for none). Raises `GitFailed`, `ForgeAway`."""
        ...

    def status(self, folder: str) -> FolderStatus:
        """How the folder stands; without asking the forge."""
        ...

    def undo(self, folder: str) -> None:
        """Take everything back that was set up. Raises `SetupRefused` where versions would be lost, `GitFailed`, `ForgeAway`."""
        ...
