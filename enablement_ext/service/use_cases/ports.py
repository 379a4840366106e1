"""What use cases need of the service process, as Protocols; `caches` and `runtime` implement them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from enablement_ext.core.git.forges.ports import Credential
from enablement_ext.core.review.models import FileEntry
from enablement_ext.core.submission.document import SubmissionDocument


class CredentialStore(Protocol):
    """Credentials that were minted a moment ago, by person, repository path and whether they may write. Safe from any thread."""

    def get(self, key: tuple[str, str, bool], now: datetime) -> Credential | None:
        """One that is still good for a while, None where there is none."""
        ...

    def put(self, key: tuple[str, str, bool], credential: Credential) -> None:
        """Remember it."""
        ...

    def drop(self, who: str, path: str) -> None:
        """Forget a person's credentials for a repository."""
        ...


class Limiter(Protocol):
    """A rate limit for each person. Safe from any thread."""

    def acquire(self, name: str, now: datetime) -> None:
        """Count one. Raises `TooManyRequests`."""
        ...


class ArrivedBundle(Protocol):
    """What checks need of a bundle beside its notebook."""

    @property
    def document(self) -> SubmissionDocument:
        """What the author wrote."""
        ...

    @property
    def files(self) -> Sequence[FileEntry]:
        """The files beside it."""
        ...


class ValidatedArrival(ArrivedBundle, Protocol):
    """The same of a bundle that was validated."""

    @property
    def taken_out(self) -> tuple[Mapping[str, object], ...]:
        """What the output policy did not keep."""
        ...
