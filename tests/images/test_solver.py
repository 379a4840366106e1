"""The real solver: hashes and no addresses, nothing newer than the cut-off date, old versions kept, a refusal in words."""

from __future__ import annotations

import threading
import time
from datetime import date

import pytest

from enablement_ext.adapters.memory.images import MemorySolver
from enablement_ext.adapters.uv_solver import UvSolver
from enablement_ext.core.errors import BadCatalog, EnvironmentUnavailable
from enablement_ext.core.images.ports import LockRequest
from enablement_ext.core.images.python.locks import parse_lock
from enablement_ext.core.images.python.versions import parse_version
from enablement_ext.core.images.requests.ports import PackageSolver

pytestmark = pytest.mark.slow
OLD, NEW = date(2025, 1, 1), date(2026, 9, 1)


def versions(lock: str) -> dict[str, str]:
    return {package.name: package.version for package in parse_lock(lock)}


def test_a_lock_holds_hashes_and_no_addresses() -> None:
    lock = UvSolver().lock(LockRequest(("requests>=2.30,<3",), (), "3.11", NEW))
    assert {"requests", "idna", "urllib3", "certifi"} <= versions(lock).keys()
    assert all(package.hashes for package in parse_lock(lock))
    assert "://" not in lock
    assert "index" not in lock


def test_the_cut_off_date_is_kept_and_bounds_hold() -> None:
    old = UvSolver().lock(LockRequest(("packaging>=20",), (), "3.11", OLD))
    new = UvSolver().lock(LockRequest(("packaging>=20",), (), "3.11", NEW))
    assert parse_version(versions(old)["packaging"]) < parse_version(versions(new)["packaging"])
    held = UvSolver().lock(LockRequest(("packaging>=20",), ("packaging<24",), "3.11", NEW))
    assert parse_version(versions(held)["packaging"]) < parse_version("24")


def test_only_what_may_move_moves() -> None:
    wanted = ("packaging>=20", "idna>=3")
    before = UvSolver().lock(LockRequest(wanted, (), "3.11", OLD))
    after = UvSolver().lock(LockRequest(wanted, (), "3.11", NEW, preferred=before, upgrade=("packaging",)))
    assert versions(after)["idna"] == versions(before)["idna"]
    assert versions(after)["packaging"] != versions(before)["packaging"]


def test_no_solution_is_said_in_words_without_addresses() -> None:
    with pytest.raises(BadCatalog, match=r"there is no solution: .*packaging") as caught:
        UvSolver().lock(LockRequest(("packaging>=24",), ("packaging<24",), "3.11", NEW))
    assert "://" not in caught.value.message


@pytest.fixture(params=["uv", "memory"])
def solver(request: pytest.FixtureRequest) -> PackageSolver:
    """Every implementation of the port `PackageSolver`, with an index that has `cowsay` 6.1."""
    if request.param == "uv":
        return UvSolver()
    return MemorySolver({"cowsay": {"6.1": date(2025, 1, 1)}}, {"cowsay==6.1": 25_560})


def test_sizes_are_those_of_the_index(solver: PackageSolver) -> None:
    assert solver.download_bytes(["cowsay==6.1"], "3.11") == 25_560
    assert solver.download_bytes([], "3.11") == 0
    assert solver.download_bytes(["cowsay==6.1", "no-such-package-of-anybody==1"], "3.11") is None


def test_a_solver_that_was_stopped_answers_nothing_more(solver: PackageSolver) -> None:
    solver.stop()
    with pytest.raises(EnvironmentUnavailable, match="stopped"):
        solver.lock(LockRequest(("cowsay>=6",), (), "3.11", NEW))


def test_what_is_being_worked_out_ends() -> None:
    solver = UvSolver()
    many = tuple(f"{name}>=0" for name in ("apache-airflow", "tensorflow", "torch", "jupyterlab", "boto3", "pandas"))
    threading.Timer(0.2, solver.stop).start()
    with pytest.raises(EnvironmentUnavailable, match="stopped"):
        solver.lock(LockRequest(many, (), "3.11", NEW))


@pytest.mark.timing
def test_what_is_being_worked_out_ends_at_once() -> None:
    began = time.monotonic()
    test_what_is_being_worked_out_ends()
    assert time.monotonic() - began < 5


def test_a_question_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(EnvironmentUnavailable, match="within 0 seconds"):
        UvSolver(longest=0.01).lock(LockRequest(("pandas>=2",), (), "3.11", NEW))
