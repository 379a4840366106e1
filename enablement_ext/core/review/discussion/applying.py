"""Applying suggestions to the notebook as its author has it now: what fits, what is in it already, and what a person has to look at.

Cells are found as differences find them (`core.review.differences.alignment`): by what they hold. Where two cells hold the same and nothing
says which one was meant, nothing is changed. The plan changes sources alone; outputs, ids and the order of cells stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from enablement_ext.core.notebook.stored import StoredNotebook
from enablement_ext.core.review.differences.alignment import PlainCell, are_alike, corresponding
from enablement_ext.core.review.discussion.merging import holds, merged
from enablement_ext.core.review.discussion.suggestions import Suggestion


class ApplicationOutcome(StrEnum):
    """What applying one suggestion does."""

    FITS = "fits"  # the cell reads as it did when it was suggested
    MERGED = "merged"  # the cell reads otherwise, elsewhere than the suggestion changes it
    ALREADY_IN = "already_in"
    CONFLICT = "conflict"  # both changed the same place: nothing is written
    GONE = "gone"  # there is no such cell any more, or it is of another type
    AMBIGUOUS = "ambiguous"  # several cells hold this, and nothing says which one was meant


CHANGES = frozenset({ApplicationOutcome.FITS, ApplicationOutcome.MERGED})


@dataclass(frozen=True, slots=True)
class PlacedSuggestion:
    """A suggestion of a thread on a cell of a version."""

    thread: int
    cell: str
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Application:
    """What becomes of one; `cell` is the place of its cell now, `mine` what that says before this one is applied, `result` after it."""

    thread: int
    outcome: ApplicationOutcome
    cell: int | None = None
    mine: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class ApplicationPlan:
    """What becomes of each, in the order they were given, and {place of a cell: its new source}."""

    applications: tuple[Application, ...]
    sources: Mapping[int, str]


def plan_applications(
    suggested: Sequence[tuple[Sequence[PlainCell], PlacedSuggestion]], now: Sequence[PlainCell]
) -> ApplicationPlan:
    """Apply one after another to `now`; each comes with the cells of the version that it was made on."""
    sources = {index: cell.source for index, cell in enumerate(now)}
    before = dict(sources)
    places: dict[int, dict[str, _Place]] = {}
    found: list[Application] = []
    for cells, placed in suggested:
        known = places.get(id(cells))
        if known is None:
            known = places[id(cells)] = _places(cells, now)
        found.append(_applied(placed, known, sources))
    return ApplicationPlan(
        tuple(found), {index: source for index, source in sources.items() if source != before[index]}
    )


def holding(asked: Sequence[tuple[str, Suggestion]], old: bytes, new: bytes) -> list[bool]:
    """Which of these suggestions, each on a cell of the canonical notebook `old`, the canonical notebook `new` holds."""
    cells, now = plain_cells(old), plain_cells(new)
    index = {cell.id: at for at, cell in enumerate(cells)}
    partners = {pair.old: pair.new for pair in corresponding(cells, now)}
    contents = [Counter((cell.cell_type, cell.source) for cell in side) for side in (cells, now)]
    found: list[bool] = []
    for cell, suggestion in asked:
        at = index.get(cell)
        partner = None if at is None else partners.get(at)
        if partner is not None and holds(suggestion.replaces, suggestion.source, now[partner].source):
            found.append(True)
        else:  # written anew from end to end under another id, it is found by what it says alone
            content = ("" if at is None else cells[at].cell_type, suggestion.source)
            found.append(partner is None and contents[1][content] > contents[0][content])
    return found


def plain_cells(notebook: bytes) -> list[PlainCell]:
    """The cells of a canonical notebook without what else they have."""
    return [PlainCell(cell.id, cell.cell_type, cell.source) for cell in StoredNotebook(notebook).cells]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cell is now, None for nowhere. `rivals`: other places that might as well be it, where its id does not say which.

    `alike`: those of them that hold the like. `others`: cells of its type that were no cell then.
    """

    at: int | None
    rivals: tuple[int, ...] = ()
    alike: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


def _places(cells: Sequence[PlainCell], now: Sequence[PlainCell]) -> dict[str, _Place]:
    """{id then: place now}."""
    pairs = corresponding(cells, now)
    taken = {pair.new for pair in pairs}
    known = {(cell.cell_type, cell.source) for cell in cells}
    fresh = [at for at, cell in enumerate(now) if (cell.cell_type, cell.source) not in known]
    others = {kind: tuple(at for at in fresh if now[at].cell_type == kind) for kind in {old.cell_type for old in cells}}
    found = {old.id: _Place(None, (), (), others[old.cell_type]) for old in cells}
    for pair in pairs:
        old, other = cells[pair.old], now[pair.new]
        rivals = alike = tuple[int, ...]()
        if old.id != other.id:
            rivals = tuple(_rivals(old, pair.new, now, taken, known))
            alike = tuple(at for at in rivals if are_alike(old, now[at]))
            twins = sum(1 for cell in cells if (cell.cell_type, cell.source) == (old.cell_type, old.source))
            rivals = rivals or ((pair.new,) if twins > 1 else ())
        found[old.id] = _Place(pair.new, rivals, alike, others[old.cell_type])
    return found


def _rivals(
    old: PlainCell, chosen: int, now: Sequence[PlainCell], taken: set[int], known: set[tuple[str, str]]
) -> Iterator[int]:
    """Cells that hold the same, have the id and are no other cell of then, or are new and alike: somebody may have copied one and edited it."""
    for index, cell in enumerate(now):
        has_id = cell.id == old.id and (cell.cell_type, cell.source) not in known
        is_twin = (cell.cell_type, cell.source) == (now[chosen].cell_type, now[chosen].source)
        if index != chosen and (has_id or is_twin or (index not in taken and are_alike(old, cell))):
            yield index


def _applied(placed: PlacedSuggestion, places: Mapping[str, _Place], sources: dict[int, str]) -> Application:
    thread, suggestion = placed.thread, placed.suggestion
    place = places.get(placed.cell, _Place(None))
    held = _held_at(suggestion, place, sources)
    if held is not None:
        return Application(thread, ApplicationOutcome.ALREADY_IN, held, sources[held])
    if place.at is None:
        return Application(thread, ApplicationOutcome.GONE)
    if place.rivals:
        return Application(thread, ApplicationOutcome.AMBIGUOUS)
    mine = sources[place.at]
    result = merged(suggestion.replaces, mine, suggestion.source)
    if result is None:
        return Application(thread, ApplicationOutcome.CONFLICT, place.at, mine)
    sources[place.at] = result
    outcome = ApplicationOutcome.FITS if mine == suggestion.replaces else ApplicationOutcome.MERGED
    return Application(thread, outcome, place.at, mine, result)


def _held_at(suggestion: Suggestion, place: _Place, sources: Mapping[int, str]) -> int | None:
    """Where it is in already: in its cell or one that is like it, or word for word in another one."""
    for at in (place.at, *place.alike):
        if at is not None and holds(suggestion.replaces, suggestion.source, sources[at]):
            return at
    telling = suggestion.source.strip() != ""
    return next((at for at in place.others if telling and sources[at] == suggestion.source), None)
