"""What use cases need of the service process, as Protocols; `caches` and `runtime` implement them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from enablement_ext.core.git.forges.ports import (
    Credential,
)


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
