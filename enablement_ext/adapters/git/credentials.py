"""Credentials for the bundled forge's repositories: signed values that are stored nowhere. Revoked ones are listed until they would have expired anyway."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from enablement_ext.core.access.signed_values import ValueSigner
from enablement_ext.core.errors import Forbidden, NotSignedIn, StoreUnavailable
from enablement_ext.core.git.forges.ports import AccessGrant, Credential, GitAccess

USERNAME = "enablement"
_PURPOSE = "git-key"
_LONGEST_SECONDS = 24 * 3600.0  # no credential lasts longer


@dataclass(frozen=True, slots=True)
class SignedCredentials:
    """`revoked` is the folder with a file for each revoked grant, named by a digest of its id."""

    revoked: Path
    signer: ValueSigner = field(default_factory=lambda: ValueSigner(secrets.token_bytes(32)), repr=False)

    def mint(self, grant: AccessGrant) -> Credential:
        """Who, which repository and whether to write, signed until the grant ends."""
        value = {"id": grant.id, "who": grant.who, "path": grant.repository.path, "write": grant.write}
        return Credential(USERNAME, self.signer.sign(_PURPOSE, value, grant.until), grant.until)

    def admit(self, wish: GitAccess) -> str:
        """Whose credential this is. Raises `NotSignedIn`, `Forbidden`."""
        value: Mapping[str, object] | None = self.signer.open(_PURPOSE, wish.password, wish.now)
        if (
            value is None
            or value.get("path") != wish.repository.path
            or self._revocation(str(value.get("id"))).exists()
        ):
            raise NotSignedIn("This key is none for this repository, or has ended.")
        if wish.write and value.get("write") is not True:
            raise Forbidden("This key is for reading.")
        return str(value.get("who"))

    def revoke(self, grant: AccessGrant) -> None:
        """Idempotent; also deletes entries that nothing depends on any more. Raises `StoreUnavailable`."""
        try:
            self.revoked.mkdir(mode=0o700, parents=True, exist_ok=True)
            for old in self.revoked.iterdir():
                with suppress(FileNotFoundError):
                    if time.time() - old.stat().st_mtime > _LONGEST_SECONDS:
                        old.unlink()
            self._revocation(grant.id).touch()
        except OSError as problem:
            raise StoreUnavailable(facts={"reason": type(problem).__name__}) from None

    def _revocation(self, grant: str) -> Path:
        return self.revoked / sha256(grant.encode()).hexdigest()
