"""What the service takes at most, asked before a large bundle is sent.

A refusal that comes while the body is still on its way may be lost between here and the service. So a bundle that would be judged before it is read
is announced by a question with the same token: a token that is not accepted, and what is too large, come out before the first byte leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from enablement_ext.core.errors import NotFound, ServiceAway, TooLarge
from enablement_ext.lab.service_client import ServiceClient, ServiceRequest
from enablement_ext.lab.service_responses import ServiceRefused, document_of

_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class SendLimits:
    """In bytes: the whole request, the notebook, any one file, all files; and how many files, with the notebook."""

    body_bytes: int
    notebook_bytes: int
    files: int
    file_bytes: int
    files_bytes: int

    def require(self, body: int, notebook: int, others: Sequence[int]) -> None:
        """Return where a bundle of these sizes is taken. Raises `TooLarge` with the limit."""
        for size, limit in (
            (notebook, self.notebook_bytes),
            (max([notebook, *others]), self.file_bytes),
            (notebook + sum(others), self.files_bytes),
            (body, self.body_bytes),
        ):
            if size > limit:
                raise TooLarge(f"Together this is larger than {limit} bytes.", facts={"bytes": size, "limit": limit})
        if len(others) >= self.files:
            raise TooLarge(f"More than {self.files} files cannot be sent at once.", facts={"limit": self.files})


async def send_limits(service: ServiceClient) -> SendLimits | None:
    """The service's limits, None where it is of a version that does not tell them. Raises `ServiceAway`, `ServiceRefused`."""
    answer = await service.open(ServiceRequest("GET", "/api/v1/send-limits", {"Accept": "application/json"}))
    try:
        members = document_of(answer.status, await answer.read(_ANSWER_BYTES))
    except ServiceRefused as refused:
        if refused.problem.code == NotFound.code:
            return None
        raise
    finally:
        answer.close()
    found = [members.get(field.name) for field in fields(SendLimits)]
    numbers = [number for number in found if type(number) is int]
    if len(numbers) != len(found):
        raise ServiceAway("The review service answers with something else than expected.")
    return SendLimits(*numbers)
