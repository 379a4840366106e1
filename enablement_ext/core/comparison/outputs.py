"""Two lists of outputs, and two outputs: the first step that says "the same" decides; where none does, the last one says how they differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from enablement_ext.core.comparison.json_values import same_data, same_json
from enablement_ext.core.comparison.markup import without_alignment
from enablement_ext.core.comparison.models import (
    Comparison,
    ComparisonStep,
    Difference,
    DifferenceKind,
    Output,
    Tolerance,
    Window,
)
from enablement_ext.core.comparison.numbers import first_difference, same_numbers
from enablement_ext.core.comparison.pictures import FORMS, compare_pictures
from enablement_ext.core.comparison.ports import PictureComparer, TableReader
from enablement_ext.core.comparison.sets import same_sets
from enablement_ext.core.comparison.tables import compare_tables
from enablement_ext.core.comparison.text import SecondRun, without_changing_times, without_noise

MOST_CHARACTERS = 1_000_000  # of all that differs in a cell; what is beyond is not compared in detail: a cell takes two seconds at most
_WHOLE = -1  # the place of a stream, which a cell may write in any number of pieces

Place = tuple[int, str]
Finding = tuple[DifferenceKind, dict[str, Any]]
Decision = tuple[ComparisonStep, Finding | None]


@dataclass(frozen=True, slots=True)
class Comparer:
    """The libraries and how far numbers may be apart. Without a library, what it would have looked at differs unless it is equal as text."""

    tables: TableReader | None = None
    pictures: PictureComparer | None = None
    tolerance: Tolerance = field(default_factory=Tolerance)


@dataclass(frozen=True, slots=True)
class RunAgain:
    """The outputs of a second run of what is compared as the other side, and when the two ran."""

    outputs: Sequence[Output]
    first: Window | None = None
    second: Window | None = None


def compare_outputs(
    one: Sequence[Output], other: Sequence[Output], how: Comparer | None = None, again: RunAgain | None = None
) -> Comparison:
    """Whether they show the same. `again` shows which times in the other side change by themselves."""
    ours, theirs = _forms(one), _forms(other)
    repeated = _forms(again.outputs) if again else {}
    step, differences = ComparisonStep.BYTES, list(_unpaired(ours, theirs))
    left = MOST_CHARACTERS
    for place in sorted(ours.keys() & theirs.keys()):
        if ours[place] == theirs[place] and same_json(ours[place], theirs[place]):
            continue
        left -= 0 if place[1] in FORMS else max(_size(ours[place]), _size(theirs[place]))
        if left < 0:
            differences.append(_too_large(place, ours[place], theirs[place]))
            continue
        text = repeated.get(place) if again else None
        second = SecondRun(text, again.first, again.second) if again and isinstance(text, str) else None
        decided, found = _compare_form(place[1], ours[place], theirs[place], _Context(how or Comparer(), second))
        step = max(step, decided)
        if found is not None:
            differences.append(Difference(found[0], place[0], place[1], found[1]))
    return Comparison(step, tuple(sorted(differences, key=lambda each: (each.where, each.form))))


@dataclass(frozen=True, slots=True)
class _Context:
    how: Comparer
    again: SecondRun | None


def _compare_form(form: str, one: object, other: object, context: _Context) -> Decision:
    if not (isinstance(one, str) and isinstance(other, str)):
        return _compare_data(form, one, other, context.how.tolerance)
    if form in FORMS:
        return _compare_picture(form, one, other, context.how.pictures)
    if form == "text/html":
        return _compare_html(without_alignment(one), without_alignment(other), context)
    return _compare_text(form, one, other, context)


def _compare_text(form: str, one: str, other: str, context: _Context) -> Decision:
    ours, theirs = without_noise(one), without_noise(other)
    if ours != theirs and context.again:
        repeated = SecondRun(without_noise(context.again.text), context.again.first, context.again.second)
        ours, theirs = without_changing_times(ours, theirs, repeated)
    tolerance = context.how.tolerance
    if ours == theirs:
        return ComparisonStep.TEXT, None
    if same_numbers(ours, theirs, tolerance):
        return ComparisonStep.NUMBERS, None
    if same_sets(ours, theirs):
        return ComparisonStep.SETS, None
    if form == "error":
        return ComparisonStep.NUMBERS, (DifferenceKind.ERROR, {"old": _headline(ours), "new": _headline(theirs)})
    pair = first_difference(ours, theirs, tolerance)
    if pair is not None:
        return ComparisonStep.NUMBERS, (DifferenceKind.NUMBER, {"old": pair[0], "new": pair[1]})
    return ComparisonStep.NUMBERS, (DifferenceKind.TEXT, _first_lines(ours, theirs))


def _compare_html(one: str, other: str, context: _Context) -> Decision:
    decided = _compare_text("text/html", one, other, context)
    reader = context.how.tables
    if decided[1] is None or reader is None:
        return decided
    ours, theirs = reader.tables(one), reader.tables(other)
    if not ours or not theirs:
        return decided
    return ComparisonStep.TABLE, compare_tables(ours, theirs, context.how.tolerance)


def _compare_picture(form: str, one: str, other: str, comparer: PictureComparer | None) -> Decision:
    if comparer is None:
        return ComparisonStep.BYTES, (DifferenceKind.PICTURE, {"not_looked_at": True})
    return ComparisonStep.PICTURE, compare_pictures(form, one, other, comparer)


def _compare_data(form: str, one: object, other: object, tolerance: Tolerance) -> Decision:
    if same_json(one, other):
        return ComparisonStep.JSON, None
    return ComparisonStep.DATA, None if same_data(form, one, other, tolerance) else (DifferenceKind.DATA, {})


def _unpaired(ours: Mapping[Place, object], theirs: Mapping[Place, object]) -> Iterator[Difference]:
    """What only one side has; an output that is there with other forms is of another kind."""
    shown = ({place[0] for place in ours}, {place[0] for place in theirs})
    for side, places in enumerate((ours.keys() - theirs.keys(), theirs.keys() - ours.keys())):
        for where, form in places:
            alone = (DifferenceKind.MISSING, DifferenceKind.ADDED)[side]
            in_both = where != _WHOLE and where in shown[1 - side]
            yield Difference(DifferenceKind.KIND if in_both else alone, where, form, {"side": ("old", "new")[side]})


def _forms(outputs: Iterable[Output]) -> dict[Place, object]:
    """What can be compared: the streams, each as a whole, and every form of every other output by the output's number among those."""
    found: dict[Place, object] = {}
    streams: dict[str, list[str]] = {}
    number = 0
    for output in outputs:
        kind = output.get("output_type")
        if kind == "stream":
            streams.setdefault(str(output.get("name", "stdout")), []).append(_text(output.get("text", "")))
            continue
        if kind == "error":
            found[number, "error"] = _error(output)
        for mime, value in _bundle(output).items():
            found[number, mime] = value if mime.endswith("+json") or mime == "application/json" else _text(value)
        if kind in ("execute_result", "display_data") and not _bundle(output):
            found[number, "text/plain"] = ""
        number += 1
    whole = {name: "".join(parts) for name, parts in streams.items()}
    return found | {(_WHOLE, name): text for name, text in whole.items() if text}


def _bundle(output: Output) -> Mapping[str, Any]:
    data = output.get("data")
    return data if isinstance(data, Mapping) else {}


def _text(value: object) -> str:
    return (
        "".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else json.dumps(value)
    )


def _error(output: Output) -> str:
    """The exception's name and message. The traceback names files of the machine and line numbers of libraries."""
    return f"{output.get('ename', '')}: {output.get('evalue', '')}"


def _headline(text: str) -> str:
    return text.split("\n", 1)[0][:300]


def _first_lines(one: str, other: str) -> dict[str, Any]:
    """The first line that differs, of each side."""
    ours, theirs = one.split("\n"), other.split("\n")
    at = next(
        (index for index, (mine, yours) in enumerate(zip(ours, theirs, strict=False)) if mine != yours),
        min(len(ours), len(theirs)),
    )
    return {"line": at + 1, "old": "".join(ours[at : at + 1])[:300], "new": "".join(theirs[at : at + 1])[:300]}


def _size(value: object) -> int:
    return len(value) if isinstance(value, str) else len(json.dumps(value))


def _too_large(place: Place, one: object, other: object) -> Difference:
    facts = {"sizes": [_size(one), _size(other)], "hashes": [_hash(one), _hash(other)]}
    return Difference(DifferenceKind.TOO_LARGE, place[0], place[1], facts)


def _hash(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
