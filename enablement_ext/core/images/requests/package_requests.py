"""Asking for a package that an image does not have: who asks, what the solver says of it, what platform engineers answer.

    requested ──▶ accepted | declined   (a platform engineer, with a reason)
        └───────▶ withdrawn             (who asked)

The solver's answer is worked out beside that and always comes to an end: possible, impossible, or unknown with why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from enablement_ext.core.errors import BadRequest, IllegalAction
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.versions import specifiers
from enablement_ext.core.images.release_diff import PackageChange
from enablement_ext.core.images.releases import ReleaseClass

MOST_WHY = 4000  # characters
MOST_OPEN = 50  # requests of one person that nobody has answered yet
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_EXTRAS = 200


class RequestState(StrEnum):
    """Where a request stands."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Solved(StrEnum):
    """What the solver says."""

    WAITING = "waiting"  # it has not been asked yet
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"  # it could not be worked out; `detail` says why


@dataclass(frozen=True, slots=True)
class SolverAnswer:
    """What would happen to the image's next release. `bytes` are what would be downloaded for what is new or moves, None where not known."""

    solved: Solved = Solved.WAITING
    detail: str = ""
    against: str = ""  # the release it was measured from
    kind: ReleaseClass | None = None  # the smallest class of release in which it is possible
    changes: tuple[PackageChange, ...] = ()
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class NewPackageRequest:
    """A request before it has a number. `wanted` is a range such as ">=2,<3", "" for any version."""

    author: str
    package: str
    wanted: str
    why: str
    image: str
    release: str
    python: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PackageRequest:
    """A request. `stamp` grows with every change; `answer` is the reason of whoever accepted or declined."""

    number: int
    author: str
    package: str
    wanted: str
    why: str
    image: str
    release: str
    python: str
    at: datetime
    state: RequestState = RequestState.REQUESTED
    stamp: int = 1
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = None
    solver: SolverAnswer = field(default_factory=SolverAnswer)


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Requests, newest first, and the number to go on below; None at the end."""

    items: tuple[PackageRequest, ...]
    next_below: int | None


def checked_package(package: str, wanted: str) -> tuple[str, str]:
    """The normalised name and the range. Raises `BadRequest` with the field."""
    bare, clause = package.strip(), wanted.strip()
    if not _NAME.fullmatch(bare):
        raise BadRequest("This is not the name of a package, such as polars.", facts={"field": "package"})
    if len(clause) > _EXTRAS:
        raise BadRequest("The range is too long.", facts={"field": "wanted"})
    try:
        if clause:
            specifiers(clause)
    except ValueError:
        raise BadRequest(
            "This is not a range of versions, such as >=2,<3 or ==2.1.0.", facts={"field": "wanted"}
        ) from None
    return canonical_name(bare), clause.replace(" ", "")


def require_open(request: PackageRequest) -> None:
    """Raises `IllegalAction` where it was answered or taken back already."""
    if request.state is not RequestState.REQUESTED:
        raise IllegalAction(f"This request is {request.state.value} already.", facts={"state": request.state.value})
