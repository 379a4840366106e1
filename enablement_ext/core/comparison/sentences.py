"""A verdict as one plain English sentence, for the command line and pages that have no other words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from enablement_ext.core.comparison.models import CellVerdict, ComparisonStep, Difference, DifferenceKind, RunVerdict

_HOW = {
    ComparisonStep.TEXT: "but for times, addresses or progress bars",
    ComparisonStep.NUMBERS: "numbers are equal within the tolerance",
    ComparisonStep.SETS: "a set shows its members in another order",
    ComparisonStep.TABLE: "the tables hold the same",
    ComparisonStep.PICTURE: "the pictures have the same pixels",
    ComparisonStep.DATA: "the plots show the same data",
}
# With the difference's facts and its `form`.
_DIFFERS = {
    DifferenceKind.NUMBER: "{old} became {new}",
    DifferenceKind.TEXT: "line {line} of {form} is another",
    DifferenceKind.TABLE: "a table holds something else",
    DifferenceKind.ORDER: "a table is in another order",
    DifferenceKind.PICTURE_SIZE: "a picture has another size",
    DifferenceKind.PICTURE: "a picture is another",
    DifferenceKind.DATA: "the data of a plot or value are others",
    DifferenceKind.ERROR: "{old} became {new}",
    DifferenceKind.TOO_LARGE: "an output is too large to compare in detail, and is another",
    DifferenceKind.MISSING: "{form} is missing",
    DifferenceKind.ADDED: "{form} is new",
    DifferenceKind.KIND: "an output has other forms ({form})",
}
_REASONS = {"sent-without-results": ", because it was sent without results"}


def sentence(verdict: CellVerdict) -> str:
    """One sentence, with what differs first where something does."""
    return _SENTENCES[verdict.verdict](verdict)


def _error(verdict: CellVerdict) -> str:
    error = verdict.facts.get("error")
    if error is None:
        return f"The kernel died{_because(verdict.facts)}."
    also = ", as it did when it was sent" if verdict.facts["as_sent"] else ""
    message = f": {error['message']}" if error["message"] else ""
    return f"It failed with {error['name'] or 'an error'}{also}{message}."


def _because(facts: Mapping[str, Any]) -> str:
    if facts.get("tag"):
        return f", as its tag {facts['tag']} says"
    reason = facts.get("reason")
    return _REASONS.get(reason, f" ({reason})") if reason else ""


def _first(verdict: CellVerdict) -> str:
    return f": {_difference(verdict.differences[0])}" if verdict.differences else ""


def _difference(difference: Difference) -> str:
    return _DIFFERS[difference.kind].format_map({**difference.facts, "form": difference.form})


_SENTENCES: Mapping[RunVerdict, Callable[[CellVerdict], str]] = {
    RunVerdict.IDENTICAL: lambda _: "It came out exactly as it was sent.",
    RunVerdict.EQUIVALENT: lambda verdict: f"It came out the same: {_HOW[verdict.step]}.",
    RunVerdict.DIFFERS: lambda verdict: f"It came out differently{_first(verdict)}.",
    RunVerdict.NOT_AS_SENT: lambda verdict: f"It came out the same twice, but not as it was sent{_first(verdict)}.",
    RunVerdict.DIFFERS_EACH_TIME: lambda _: "It comes out differently each time.",
    RunVerdict.ERROR: _error,
    RunVerdict.TRUNCATED: lambda _: "Output was lost on the way, so nothing can be said.",
    RunVerdict.NOT_RUN: lambda verdict: f"It was not run{_because(verdict.facts)}.",
    RunVerdict.NEEDS_RESOURCE: lambda verdict: f"It needs what was not there: {', '.join(verdict.facts['needs'])}.",
    RunVerdict.NOT_COMPARED: lambda verdict: f"It ran; its output was not compared{_because(verdict.facts)}.",
}
