"""What reading of JSON fields needs from its caller, as a Protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class FieldError(Protocol):
    """Makes the error for a member that is not as the contract says, such as the class `BadRequest`."""

    def __call__(self, message: str, *, facts: Mapping[str, object]) -> Exception:
        """The error to raise; the fact `field` names the member."""
        ...
