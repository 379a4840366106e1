"""Ports of access to repositories: whom an owner has let in, and which submissions came out of a repository.

Who a repository belongs to is not stored: its name says it. A person's belongs to that person's identifier, a group's to whoever is in the group of
that name now, as the hub says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from enablement_ext.core.git.repository_names import RepositoryId


class Access(StrEnum):
    """What somebody may do with a repository."""

    NONE = "none"
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whom the owner has let in. `who` is the person's identifier."""

    repository: RepositoryId
    who: str
    write: bool
    given_by: str
    at: datetime

    @property
    def access(self) -> Access:
        """What they may do."""
        return Access.WRITE if self.write else Access.READ


class AccessReader(Protocol):
    """Who was let in."""

    def members(self, path: str) -> Sequence[Member]:
        """Those of the repository with this path, by identifier."""
        ...

    def memberships(self, who: str) -> Sequence[Member]:
        """The repositories that a person was let into, by path."""
        ...

    def submissions_from(self, path: str, limit: int) -> Sequence[int]:
        """Numbers of the submissions that were sent from this repository, the newest first."""
        ...

    def repositories_in_review(self, limit: int) -> Sequence[str]:
        """Paths of repositories from which something was sent that waits for reviewers, the newest submission's first, each once."""
        ...


class AccessWriter(AccessReader, Protocol):
    """Letting people in, and what was sent."""

    def put_member(self, member: Member) -> None:
        """Let somebody in, or change what they may do."""
        ...

    def remove_member(self, path: str, who: str) -> None:
        """Let somebody in no longer; idempotent."""
        ...

    def keep_origin(self, path: str, submission: int) -> None:
        """A version of the submission was sent from this repository, by somebody who may read it; idempotent."""
        ...
