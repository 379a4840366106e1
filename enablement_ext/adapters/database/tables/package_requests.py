"""Requests for packages, in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import microseconds, moment
from enablement_ext.core.errors import NotFound, StaleStamp
from enablement_ext.core.images.release_diff import PackageChange, PackageChangeKind
from enablement_ext.core.images.releases import ReleaseClass
from enablement_ext.core.images.requests.package_requests import (
    NewPackageRequest,
    PackageRequest,
    RequestPage,
    RequestState,
    Solved,
    SolverAnswer,
)
from enablement_ext.core.review.event_log import canonical_data

COUNTED = 1000
_LARGEST = 2**63 - 1
_TABLE = schema.package_requests
_OPEN = _TABLE.c.state == RequestState.REQUESTED.value


class DatabaseRequestReader:
    """A `PackageRequestReader` over a connection."""

    _connection: Connection

    def package_request(self, number: int) -> PackageRequest:
        """Raises `NotFound`."""
        if not 0 < number <= _LARGEST:
            raise NotFound
        row = self._connection.execute(select(_TABLE).where(_TABLE.c.number == number)).first()
        if row is None:
            raise NotFound
        return _from(row)

    def package_requests(self, author: str | None, below: int | None, limit: int) -> RequestPage:
        """One page, newest first."""
        asked = select(_TABLE).order_by(_TABLE.c.number.desc()).limit(limit + 1)
        if author is not None:
            asked = asked.where(_TABLE.c.author == author)
        if below is not None:
            asked = asked.where(_TABLE.c.number < min(below, _LARGEST))
        requests = [_from(row) for row in self._connection.execute(asked)]
        items = tuple(requests[:limit])
        return RequestPage(items, items[-1].number if len(requests) > limit else None)

    def open_package_requests(self, author: str | None = None) -> int:
        """How many are unanswered."""
        within = select(_TABLE.c.number).where(_OPEN)
        if author is not None:
            within = within.where(_TABLE.c.author == author)
        counted = select(func.count()).select_from(within.limit(COUNTED).subquery())
        return self._connection.execute(counted).scalar_one()

    def unsolved_package_requests(self, limit: int) -> Sequence[PackageRequest]:
        """Unanswered ones that wait for the solver, oldest first."""
        asked = select(_TABLE).where(_OPEN, _TABLE.c.solved == Solved.WAITING.value)
        return tuple(_from(row) for row in self._connection.execute(asked.order_by(_TABLE.c.number).limit(limit)))


class DatabaseRequestWriter(DatabaseRequestReader):
    """A `PackageRequestWriter` over a connection."""

    def add_package_request(self, new: NewPackageRequest) -> PackageRequest:
        """Append with the next number: nothing is deleted and writers take turns, so it is given once."""
        newest = self._connection.execute(select(func.max(_TABLE.c.number))).scalar() or 0
        added = PackageRequest(
            number=newest + 1,
            author=new.author,
            package=new.package,
            wanted=new.wanted,
            why=new.why,
            image=new.image,
            release=new.release,
            python=new.python,
            at=new.at,
        )
        fixed = {
            "number": added.number,
            "author": added.author,
            "package": added.package,
            "wanted": added.wanted,
            "why": added.why,
            "image": added.image,
            "release": added.release,
            "python": added.python,
            "asked_at": microseconds(added.at),
        }
        self._connection.execute(insert(_TABLE).values(**fixed, **_moving(added)))
        return added

    def replace_package_request(self, expected_stamp: int, request: PackageRequest) -> PackageRequest:
        """Compare and swap. Raises `StaleStamp`, `NotFound`."""
        following = replace(request, stamp=expected_stamp + 1)
        swapped = self._connection.execute(
            update(_TABLE)
            .where(_TABLE.c.number == request.number, _TABLE.c.stamp == expected_stamp)
            .values(_moving(following))
        )
        if swapped.rowcount != 1:
            raise StaleStamp(facts={"stamp": self.package_request(request.number).stamp})
        return self.package_request(request.number)


def _moving(request: PackageRequest) -> dict[str, Any]:
    """The columns that change; the others are written once."""
    return {
        "state": request.state.value,
        "stamp": request.stamp,
        "answer": request.answer,
        "answered_by": request.answered_by,
        "answered_at": None if request.answered_at is None else microseconds(request.answered_at),
        "solved": request.solver.solved.value,
        "solver": _solver_text(request.solver),
    }


def _solver_text(answer: SolverAnswer) -> str:
    return canonical_data(
        {
            "detail": answer.detail,
            "against": answer.against,
            "kind": None if answer.kind is None else answer.kind.value,
            "bytes": answer.bytes,
            "changes": [[one.name, one.old, one.new, one.kind.value, one.direct] for one in answer.changes],
        }
    )


def _solver(solved: str, text: str) -> SolverAnswer:
    told = json.loads(text)
    changes = (
        PackageChange(name, old, new, PackageChangeKind(kind), direct)
        for name, old, new, kind, direct in told["changes"]
    )
    kind = None if told["kind"] is None else ReleaseClass(told["kind"])
    return SolverAnswer(Solved(solved), told["detail"], told["against"], kind, tuple(changes), told["bytes"])


def _from(row: Any) -> PackageRequest:
    return PackageRequest(
        number=row.number,
        author=row.author,
        package=row.package,
        wanted=row.wanted,
        why=row.why,
        image=row.image,
        release=row.release,
        python=row.python,
        at=moment(row.asked_at),
        state=RequestState(row.state),
        stamp=row.stamp,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=None if row.answered_at is None else moment(row.answered_at),
        solver=_solver(row.solved, row.solver),
    )
