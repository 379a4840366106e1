"""Who uses releases, without a hub or a service to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from enablement_ext.core.errors import NotSignedIn
from enablement_ext.core.images.ports import ServerInUse, SubmissionInUse


class MemoryImageUsage:
    """Implements the port `ImageUsage` over servers and submissions that are said. `signed_in`: whether the asking token is known."""

    def __init__(
        self,
        servers: Iterable[ServerInUse] = (),
        submissions: Iterable[SubmissionInUse] = (),
        *,
        signed_in: bool = True,
    ) -> None:
        self._servers = tuple(servers)
        self._submissions = tuple(submissions)
        self._signed_in = signed_in

    def servers(self) -> Sequence[ServerInUse]:
        """Those that were said."""
        self._require_token()
        return sorted(self._servers, key=lambda server: (server.user, server.server))

    def submissions(self) -> Sequence[SubmissionInUse]:
        """Those that were said."""
        self._require_token()
        return sorted(self._submissions, key=lambda submission: submission.number)

    def _require_token(self) -> None:
        if not self._signed_in:
            raise NotSignedIn("a token is needed")
