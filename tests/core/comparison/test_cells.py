"""Verdicts on cells that were run again: each that there is, each kind of difference, tags, and that nothing is called the same that is not."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enablement_ext.core.comparison import (
    CellRun,
    ComparedCell,
    ComparisonStep,
    DifferenceKind,
    Ending,
    RunVerdict,
    compare_cell,
    compare_outputs,
    sentence,
)
from enablement_ext.core.comparison.models import Output, Window
from enablement_ext.core.comparison.outputs import MOST_CHARACTERS, Comparer
from enablement_ext.core.comparison.ports import PictureDifference

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(**forms: Any) -> dict[str, Any]:
    names = {"plain": "text/plain", "html": "text/html", "png": "image/png", "plotly": "application/vnd.plotly.v1+json"}
    return {"output_type": "display_data", "metadata": {}, "data": {names[key]: value for key, value in forms.items()}}


def error(name: str, message: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": [f"at {id(name)}"]}


def ran(*outputs: Output, ending: Ending = Ending.FINISHED, minute: int = 0, **more: Any) -> CellRun:
    start = NOON + timedelta(minutes=minute)
    return CellRun(ending, outputs, Window(start, start + timedelta(seconds=9)), **more)


def cell(*outputs: Output, source: str = "f()", **more: Any) -> ComparedCell:
    return ComparedCell("code", source, outputs, **more)


ONE, TWO = stream("accuracy 0.91\n"), stream("accuracy 0.87\n")


@pytest.mark.parametrize(
    ("compared", "runs", "verdict"),
    [
        (cell(ONE), [ran(ONE)], RunVerdict.IDENTICAL),
        (cell(ONE), [ran(TWO)], RunVerdict.DIFFERS),
        (cell(ONE), [ran(TWO), ran(TWO)], RunVerdict.NOT_AS_SENT),
        (cell(ONE), [ran(TWO), ran(stream("accuracy 0.89\n"))], RunVerdict.DIFFERS_EACH_TIME),
        (cell(ONE), [ran(error("KeyError", "'x'"), ending=Ending.FAILED)], RunVerdict.ERROR),
        (cell(ONE), [ran(ending=Ending.DIED, reason="out-of-memory")], RunVerdict.ERROR),
        (cell(ONE), [ran(ONE, ending=Ending.TRUNCATED)], RunVerdict.TRUNCATED),
        (cell(ONE), [], RunVerdict.NOT_RUN),
        (cell(ONE), [ran(ending=Ending.NOT_RUN, reason="an earlier cell failed")], RunVerdict.NOT_RUN),
        (
            cell(ONE),
            [ran(error("FileNotFoundError", "customers.csv"), ending=Ending.FAILED, needs=("customers.csv",))],
            RunVerdict.NEEDS_RESOURCE,
        ),
        (cell(executed=False), [ran(ONE)], RunVerdict.NOT_COMPARED),
        (cell(executed=False), [ran()], RunVerdict.IDENTICAL),
        (cell(executed=True), [ran(ONE)], RunVerdict.DIFFERS),
        (cell(ONE, tags=frozenset({"nbval-ignore-output"})), [ran(TWO)], RunVerdict.NOT_COMPARED),
        (cell(ONE, tags=frozenset({"skip-execution"})), [ran(ending=Ending.NOT_RUN)], RunVerdict.NOT_RUN),
        (cell(source=" \n"), [ran()], RunVerdict.IDENTICAL),
        (cell(ONE, source=" \n"), [ran()], RunVerdict.DIFFERS),
        (ComparedCell("markdown", "# a"), [], RunVerdict.IDENTICAL),
    ],
)
def test_every_verdict(compared: ComparedCell, runs: Sequence[CellRun], verdict: RunVerdict) -> None:
    found = compare_cell(compared, runs)
    assert found.verdict is verdict
    text = sentence(found)
    assert text.endswith(".")
    assert "{" not in text


def test_an_expected_error_is_compared_like_any_output() -> None:
    tagged = cell(error("ValueError", "no"), tags=frozenset({"raises-exception"}))
    again = compare_cell(tagged, [ran(error("ValueError", "no"), ending=Ending.FAILED)])
    assert again.verdict is RunVerdict.IDENTICAL
    other = compare_cell(tagged, [ran(error("ValueError", "yes"), ending=Ending.FAILED)])
    assert (other.verdict, other.differences[0].kind) == (RunVerdict.DIFFERS, DifferenceKind.ERROR)
    assert compare_cell(tagged, [ran(stream("fine"))]).verdict is RunVerdict.DIFFERS


def test_an_error_that_was_sent_says_so() -> None:
    sent = cell(error("KeyError", "'x'"))
    found = compare_cell(sent, [ran(error("KeyError", "'x'"), ending=Ending.FAILED)])
    assert (found.verdict, found.facts["as_sent"]) == (RunVerdict.ERROR, True)
    assert sentence(found) == "It failed with KeyError, as it did when it was sent: 'x'."


def test_a_time_of_the_clock_is_none_of_the_result() -> None:
    sent = cell(stream("trained 2026-11-20 09:00:00, loss 0.25"))
    first = ran(stream("trained 2026-12-01 12:00:01, loss 0.25"))
    second = ran(stream("trained 2026-12-01 12:01:02, loss 0.25"), minute=1)
    assert compare_cell(sent, [first]).verdict is RunVerdict.DIFFERS, "one run cannot tell"
    assert compare_cell(sent, [first, second]).verdict is RunVerdict.EQUIVALENT
    other = cell(stream("trained 2026-11-20 09:00:00, loss 0.26"))
    assert compare_cell(other, [first, second]).verdict is RunVerdict.DIFFERS_EACH_TIME


@pytest.mark.parametrize(
    ("one", "other", "step"),
    [
        ([ONE], [ONE], ComparisonStep.BYTES),
        ([stream("a\n"), stream("b\n")], [stream("a\nb\n")], ComparisonStep.BYTES),
        ([stream("a\n"), stream("w", "stderr")], [stream("w", "stderr"), stream("a\n")], ComparisonStep.BYTES),
        ([shown(plain="<A at 0x7f00aa00>")], [shown(plain="<A at 0x7f00bb00>")], ComparisonStep.TEXT),
        ([shown(plain="0.1234567")], [shown(plain="0.12345671")], ComparisonStep.NUMBERS),
        ([shown(plain="{'a', 'b'}")], [shown(plain="{'b', 'a'}")], ComparisonStep.SETS),
        (
            [shown(plotly={"data": [{"uid": "a", "y": [0.5]}]})],
            [shown(plotly={"data": [{"uid": "b", "y": [0.5]}]})],
            ComparisonStep.DATA,
        ),
        ([shown(plain=["a\n", "b"])], [shown(plain="a\nb")], ComparisonStep.BYTES),
    ],
)
def test_the_first_step_that_says_the_same_decides(
    one: list[Output], other: list[Output], step: ComparisonStep
) -> None:
    found = compare_outputs(one, other)
    assert (found.step, found.differences) == (step, ())


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        ([ONE], [TWO], [DifferenceKind.NUMBER]),
        ([ONE], [stream("f1 0.91\n")], [DifferenceKind.TEXT]),
        ([ONE], [], [DifferenceKind.MISSING]),
        ([], [ONE], [DifferenceKind.ADDED]),
        ([ONE], [ONE, stream("warning", "stderr")], [DifferenceKind.ADDED]),
        ([shown(plain="a")], [shown(plain="a", html="<b>a</b>")], [DifferenceKind.KIND]),
        ([shown(plain="a")], [shown(plain="a"), shown(plain="b")], [DifferenceKind.ADDED]),
        ([shown(plain="<Figure>", png="AAAA")], [shown(plain="<Figure>", png="AAAB")], [DifferenceKind.PICTURE]),
        ([shown(plotly={"y": [1]})], [shown(plotly={"y": [2]})], [DifferenceKind.DATA]),
        ([stream("x" * MOST_CHARACTERS + "a")], [stream("x" * MOST_CHARACTERS + "b")], [DifferenceKind.TOO_LARGE]),
        ([error("A", "x")], [error("B", "x")], [DifferenceKind.ERROR]),
        ([shown(plain="")], [], [DifferenceKind.MISSING]),
        ([shown()], [], [DifferenceKind.MISSING]),
    ],
)
def test_every_difference_is_named(one: list[Output], other: list[Output], kinds: list[DifferenceKind]) -> None:
    assert [each.kind for each in compare_outputs(one, other).differences] == kinds
    assert not compare_outputs(other, one).same


class Pixels:
    """Compares pictures by a table of what each pair is."""

    def __init__(self, found: PictureDifference | None) -> None:
        self.found = found

    def compare(self, mime: str, one: bytes, other: bytes) -> PictureDifference | None:
        assert (mime, one == other) == ("image/png", False)
        return self.found


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (PictureDifference(((8, 8), (8, 8)), 0, 0, 0.0), None),
        (PictureDifference(((8, 8), (8, 8)), 1, 0, 0.0), DifferenceKind.PICTURE),
        (PictureDifference(((8, 8), (9, 8)), 0, 0, 0.0), DifferenceKind.PICTURE_SIZE),
        (None, DifferenceKind.PICTURE),
    ],
)
def test_pictures_are_the_same_by_their_pixels(found: PictureDifference | None, kind: DifferenceKind | None) -> None:
    one, other = (base64.b64encode(each).decode() for each in (b"one", b"other"))
    compared = compare_outputs([shown(png=one)], [shown(png=other)], Comparer(pictures=Pixels(found)))
    assert [each.kind for each in compared.differences] == ([kind] if kind else [])
    assert compared.step is ComparisonStep.PICTURE


LINES = st.sampled_from(
    ["a", "0.5", "0.50000001", "7", "{'x', 'y'}", "{'y', 'x'}", "0x7f00aa00", "0x7f00aa01", "2026-11-30", ""]
)
OUTPUTS = st.lists(
    st.builds(stream, LINES, st.sampled_from(["stdout", "stderr"])) | st.builds(lambda text: shown(plain=text), LINES),
    max_size=4,
)


@given(OUTPUTS, OUTPUTS)
def test_the_comparison_is_reflexive_and_symmetric(one: list[Output], other: list[Output]) -> None:
    assert compare_outputs(one, one).same
    assert compare_outputs(one, other).same == compare_outputs(other, one).same


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(0, 7), st.integers(0, 9))
def test_a_changed_digit_is_never_called_the_same(digits: list[int], at: int, digit: int) -> None:
    changed = list(digits)
    changed[at % len(digits)] = digit
    one, other = (f"total {''.join(map(str, each))} items" for each in (digits, changed))
    assert compare_outputs([stream(one)], [stream(other)]).same == (digits == changed)
