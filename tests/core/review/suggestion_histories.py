"""Histories of suggestions against a model that knows which cell is which: `python -m tests.core.review.suggestion_histories [COUNT SEED]`.

A notebook is made, edits of its cells are suggested, its author edits, moves, copies, retypes and deletes cells, and other programs give cells
wrong ids. Then suggestions are applied, twice. What is written must be what the model says, in the cell that the model means; where the model
has no answer (both changed the same words, the cell is gone) nothing may be written.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from enablement_ext.core.review.differences.alignment import PlainCell
from enablement_ext.core.review.discussion.applying import (
    CHANGES,
    ApplicationOutcome,
    PlacedSuggestion,
    plan_applications,
)
from enablement_ext.core.review.discussion.merging import holds
from enablement_ext.core.review.discussion.suggestions import Suggestion

WHOLE = 10_000
SEED = 20261201
_WORDS = ("df", "model", "load", "plot", "rows", "train", "test", "x", "y", "fit", "mean", "path")

Line = tuple[str, ...]  # words


@dataclass(frozen=True)
class Edits:
    """Changes to the lines of a cell: {line: {word: new}}, lines rewritten, lines deleted, lines that come after one (-1: at the top)."""

    words: dict[tuple[int, int], str] = field(default_factory=dict)
    lines: dict[int, Line | None] = field(default_factory=dict)
    after: dict[int, Line] = field(default_factory=dict)

    def with_edits(self, other: Edits) -> Edits | None:
        """Both; None where they say different things of one place."""
        for mine, yours in ((self.words, other.words), (self.lines, other.lines), (self.after, other.after)):
            if any(mine[key] != yours[key] for key in mine.keys() & yours.keys()):  # type: ignore[index]
                return None
        for one, two in ((self, other), (other, self)):
            if any(line in two.lines and one.words != two.words for line, _ in one.words):
                return None
        return Edits(self.words | other.words, self.lines | other.lines, self.after | other.after)

    def text(self, lines: Sequence[Line]) -> str:
        """The source with these changes."""
        found: list[Line] = [self.after[-1]] if -1 in self.after else []
        for number, line in enumerate(lines):
            words = tuple(self.words.get((number, at), word) for at, word in enumerate(line))
            kept = self.lines.get(number, words)
            found += [] if kept is None else [kept]
            found += [self.after[number]] if number in self.after else []
        return "\n".join(" ".join(line) for line in found)


@dataclass(frozen=True)
class ModelCell:
    """A cell as the model knows it: `origin` is its place in the base, None for a new one; `edits` None: written anew.

    `copy_of`: a copy, which takes the place of the cell once that is gone or goes under another name.
    """

    origin: int | None
    plain: PlainCell
    edits: Edits | None
    copy_of: int | None = None


class History:
    """One history. `outcomes` counts what applying did, `wrong` says what was not as the model has it."""

    def __init__(self, seed: int) -> None:
        """Everything follows from the seed."""
        self.random = random.Random(seed)
        self.fresh = 0
        self.outcomes: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.pending: list[tuple[PlacedSuggestion, Edits, int]] = []
        count = self.random.randint(1, 7)
        self.lines = [self._lines() for _ in range(count)]
        if count > 2 and self.random.random() < 0.2:  # two cells that hold the same
            self.lines[1] = self.lines[0]
        self.base = [PlainCell(f"c{at}", "code", Edits().text(lines)) for at, lines in enumerate(self.lines)]
        self.now = [ModelCell(at, cell, Edits()) for at, cell in enumerate(self.base)]

    def run(self) -> None:
        """Suggest, edit, apply, edit, apply again."""
        suggested = self.pending = [self._suggested(number) for number in range(1, self.random.randint(1, 4) + 1)]
        for _ in range(self.random.randint(0, 4)):
            self._act()
        for one in suggested if self.random.random() < 0.5 else [suggested]:
            self._apply(one if isinstance(one, list) else [one])
            if self.random.random() < 0.3:
                self._act()

    def _apply(self, suggested: list[tuple[PlacedSuggestion, Edits, int]]) -> None:
        before = [cell.plain for cell in self.now]
        plan = plan_applications([(self.base, placed) for placed, _, _ in suggested], before)
        for one, (_, edits, origin) in zip(plan.applications, suggested, strict=True):
            self.outcomes[one.outcome.value] += 1
            at = self._meant(origin, one.cell)
            self._judge(one.outcome, one.cell, one.result, edits, at)
        for at, source in plan.sources.items():
            cell = self.now[at]
            if source != cell.plain.source:
                self.wrong.append(f"cell {at} was to become {source!r}, the model has {cell.plain.source!r}")
        again = plan_applications(
            [(self.base, placed) for placed, _, _ in suggested], [each.plain for each in self.now]
        )
        for one, two, (placed, _, _) in zip(plan.applications, again.applications, suggested, strict=True):
            empties = (
                placed.suggestion.source.strip() == ""
            )  # such a cell can be any: then nothing is said, and nothing written
            done = (
                {ApplicationOutcome.ALREADY_IN}
                if one.outcome in CHANGES and not empties
                else set(ApplicationOutcome) - CHANGES
            )
            if (one.outcome in CHANGES or one.outcome is ApplicationOutcome.ALREADY_IN) and two.outcome not in done:
                self.wrong.append(f"{one.outcome}, and then {two.outcome}")

    def _meant(self, origin: int, chosen: int | None) -> int | None:
        """Where the cell is; of a cell and its copies, with nothing to tell them apart, the chosen one."""
        at = next((at for at, cell in enumerate(self.now) if cell.origin == origin), None)
        named = at is not None and self.now[at].plain.id == self.base[origin].id
        if not named and chosen is not None and self.now[chosen].copy_of == origin:
            return chosen
        return at

    def _judge(
        self, outcome: ApplicationOutcome, cell: int | None, result: str | None, edits: Edits, at: int | None
    ) -> None:
        """What was said of one; where it is to be written, the model is changed as well."""
        if outcome not in CHANGES and outcome is not ApplicationOutcome.ALREADY_IN:
            if at is not None and self._must_fit(self.now[at]) and outcome is not ApplicationOutcome.AMBIGUOUS:
                self.wrong.append(f"{outcome} of a cell that nobody changed")
            return
        if at is None or cell != at or self.now[at].plain.cell_type != "code":
            self.wrong.append(f"{outcome} at {cell}, the cell is at {at}")
            return
        there = self.now[at]
        if outcome is ApplicationOutcome.ALREADY_IN:
            if there.edits is not None and there.edits.with_edits(edits) != there.edits:
                self.wrong.append("said to be in, and is not")
            return
        together = None if there.edits is None else there.edits.with_edits(edits)
        if together is None or result is None:
            self.wrong.append(f"{outcome} where the model has no answer: {result!r}")
            return
        lines = self.lines[there.copy_of or 0 if there.origin is None else there.origin]
        truth = together.text(lines)
        if result != truth:
            self.wrong.append(f"{result!r} instead of {truth!r}")
        if not holds(Edits().text(lines), edits.text(lines), result):
            self.wrong.append("what was applied is not recognised")
        self.now[at] = replace(there, plain=replace(there.plain, source=truth), edits=together)

    def _must_fit(self, cell: ModelCell) -> bool:
        sides = [each.plain for each in self.now], self.base
        alone = all(sum(each.source == cell.plain.source for each in side) == 1 for side in sides)
        return alone and cell.edits == Edits() and cell.plain.cell_type == "code"

    def _suggested(self, thread: int) -> tuple[PlacedSuggestion, Edits, int]:
        origin = self.random.randrange(len(self.base))
        cell = self.base[origin]
        edits = self._edits(self.lines[origin])
        source = edits.text(self.lines[origin])
        return PlacedSuggestion(thread, cell.id, Suggestion(cell.source, source)), edits, origin

    def _act(self) -> None:
        """Something an author, a merge tool or another program does."""
        if not self.now:
            return
        at = self.random.randrange(len(self.now))
        cell = self.now[at]
        act = self.random.choice(
            ("edit", "edit", "edit", "move", "delete", "copy", "retype", "rewrite", "swap", "new-ids", "steal")
        )
        if act == "edit" and cell.edits is not None and cell.origin is not None:
            asked = [edits for _, edits, origin in self.pending if origin == cell.origin]  # written by hand
            by_hand = asked and self.random.random() < 0.2
            edits = cell.edits.with_edits(asked[0] if by_hand else self._edits(self.lines[cell.origin]))
            if edits is not None:
                source = edits.text(self.lines[cell.origin])
                self.now[at] = replace(cell, plain=replace(cell.plain, source=source), edits=edits)
        elif act == "move":
            self.now.insert(self.random.randrange(len(self.now)), self.now.pop(at))
        elif act == "delete":
            del self.now[at]
        elif act == "copy":
            self.now.insert(at + 1, self._copied(cell))
        elif act == "retype":
            self.now[at] = replace(cell, plain=replace(cell.plain, cell_type="markdown"))
        elif act == "rewrite":
            source = Edits().text(self._lines())
            self.now[at] = replace(cell, plain=replace(cell.plain, source=source), edits=None)
        else:
            self._lie(act, at)

    def _copied(self, cell: ModelCell) -> ModelCell:
        of = cell.copy_of if cell.origin is None else cell.origin
        return ModelCell(None, replace(cell.plain, id=self._word()), cell.edits, of)

    def _lie(self, act: str, at: int) -> None:
        if act == "new-ids":
            self.now = [replace(each, plain=replace(each.plain, id=self._word())) for each in self.now]
            return
        if act == "steal":  # a new cell under the id of another one, which has a new id then
            new = PlainCell(self.now[at].plain.id, "code", Edits().text(self._lines()))
            self._name(at, self._word())
            self.now.insert(self.random.randrange(len(self.now) + 1), ModelCell(None, new, None))
            return
        other = self.random.randrange(len(self.now))
        one, two = self.now[at].plain, self.now[other].plain
        origins = {self.now[at].origin, self.now[other].origin}
        if one.source != two.source and not (
            origins == {0, 1} and self.lines[0] is self.lines[1]
        ):  # which of two equal cells is which, nobody could say then
            self._name(at, two.id)
            self._name(other, one.id)

    def _name(self, at: int, name: str) -> None:
        self.now[at] = replace(self.now[at], plain=replace(self.now[at].plain, id=name))

    def _edits(self, lines: Sequence[Line]) -> Edits:
        edits = Edits()
        for _ in range(self.random.randint(1, 3)):
            number = self.random.randrange(len(lines))
            kind = self.random.choice(("word", "word", "line", "delete", "after"))
            if kind == "word":
                one = Edits(words={(number, self.random.randrange(len(lines[number]))): self._word()})
            elif kind == "after":
                one = Edits(after={self.random.randint(-1, len(lines) - 1): (*self._few(), self._word())})
            else:
                one = Edits(lines={number: None if kind == "delete" else (*self._few(), self._word())})
            edits = edits.with_edits(one) or edits
        return edits

    def _lines(self) -> list[Line]:
        return [(*self._few(), self._word(), *self._few()) for _ in range(self.random.randint(1, 8))]

    def _few(self) -> Line:
        return tuple(self.random.choice((*_WORDS, "=", "(", ")", "+")) for _ in range(self.random.randint(1, 5)))

    def _word(self) -> str:
        self.fresh += 1
        return f"w{self.fresh}"


def histories(count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """What applying did in so many histories, and what was wrong, each with the seed of its history."""
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    for number in range(seed, seed + count):
        history = History(number)
        history.run()
        outcomes += history.outcomes
        wrong += [f"seed {number}: {each}" for each in history.wrong]
    return outcomes, wrong


def main(arguments: Sequence[str]) -> int:
    """Run as many as it is told, say what was found, and 1 where something was wrong."""
    count, seed = (int(arguments[0]), int(arguments[1])) if arguments else (WHOLE, SEED)
    outcomes, wrong = histories(count, seed)
    print(f"{count} histories from seed {seed}: {len(wrong)} wrong applications; {dict(outcomes)}")
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
