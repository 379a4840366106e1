"""The real solver: hashes and no addresses, nothing newer than the cut-off date, old versions kept, a refusal in words."""

from __future__ import annotations

from datetime import date

import pytest

from enablement_ext.adapters.uv_solver import UvSolver
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.image_ports import LockQuestion
from enablement_ext.core.locks import parse_lock
from enablement_ext.core.versions import numbers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
OLD, NEW = date(2025, 1, 1), date(2026, 9, 1)


def versions(lock: str) -> dict[str, str]:
    return {package.name: package.version for package in parse_lock(lock)}


def test_a_lock_holds_hashes_and_no_addresses() -> None:
    lock = UvSolver().lock(LockQuestion(("requests>=2.30,<3",), (), "3.11", NEW))
    assert {"requests", "idna", "urllib3", "certifi"} <= versions(lock).keys()
    assert all(package.hashes for package in parse_lock(lock))
    assert "://" not in lock
    assert "index" not in lock


def test_the_cut_off_date_is_kept_and_bounds_hold() -> None:
    old = UvSolver().lock(LockQuestion(("packaging>=20",), (), "3.11", OLD))
    new = UvSolver().lock(LockQuestion(("packaging>=20",), (), "3.11", NEW))
    assert numbers(versions(old)["packaging"]) < numbers(versions(new)["packaging"])
    held = UvSolver().lock(LockQuestion(("packaging>=20",), ("packaging<24",), "3.11", NEW))
    assert numbers(versions(held)["packaging"]) < (24,)


def test_only_what_may_move_moves() -> None:
    wanted = ("packaging>=20", "idna>=3")
    before = UvSolver().lock(LockQuestion(wanted, (), "3.11", OLD))
    after = UvSolver().lock(LockQuestion(wanted, (), "3.11", NEW, preferred=before, upgrade=("packaging",)))
    assert versions(after)["idna"] == versions(before)["idna"]
    assert versions(after)["packaging"] != versions(before)["packaging"]


def test_no_solution_is_said_in_words_without_addresses() -> None:
    with pytest.raises(BadCatalog, match=r"there is no solution: .*packaging") as caught:
        UvSolver().lock(LockQuestion(("packaging>=24",), ("packaging<24",), "3.11", NEW))
    assert "://" not in caught.value.message
