"""The query language: words, "quoted words", `filter:value`, and a minus before what must not be. `parse` is the one parser; it never raises.

All parts must hold. A word is found wherever it stands in what is indexed; quoted words stand next to each other. `pand*` finds what begins so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from enablement_ext.core.review.search.filters import FILTERS, value_problem
from enablement_ext.core.review.search.terms import folded, terms
from enablement_ext.core.text.direction_marks import INVISIBLE

MOST_CHARACTERS = 500
MOST_PARTS = 20
LEAST_PREFIX = 3  # letters before a `*`

_PART = re.compile(r'(?P<minus>-?)(?:(?P<name>[A-Za-z]{1,30}):)?(?:"(?P<quoted>[^"]*)(?:"|\Z)|(?P<bare>[^\s"]*))')
_GAP = re.compile(r"\s+")
_NUMBER = re.compile(r"#([0-9]{1,18})\Z")
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_INVISIBLE = re.compile(f"[{''.join(sorted(INVISIBLE))}]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class QueryPart:
    """One thing that must hold, or with `negated` must not. `name` is "" for words of the text, "number" for `#12`, else a filter's.

    `quoted` words stand next to each other, and of a value it only says how it was written; `prefix`: the last word may go on.
    """

    text: str
    name: str = ""
    negated: bool = False
    quoted: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What was asked for. `problems` are sentences for whoever wrote it; with one, nothing is looked for."""

    parts: tuple[QueryPart, ...] = ()
    problems: tuple[str, ...] = ()


def parse(text: str) -> ParsedQuery:
    """The query in this text, whatever it holds."""
    if len(text) > MOST_CHARACTERS:
        return ParsedQuery(problems=(f"A search has at most {MOST_CHARACTERS} characters.",))
    parts, problems = list[QueryPart](), list[str]()
    for part in _parts(_INVISIBLE.sub("", _CONTROLS.sub(" ", text))):
        problem = _problem(part)
        if problem:
            problems.append(problem)
        elif part not in parts:
            parts.append(part)
    if len(parts) > MOST_PARTS:
        problems.append(f"A search has at most {MOST_PARTS} words and filters.")
    return ParsedQuery(tuple(parts), tuple(dict.fromkeys(problems)))


def written(parts: tuple[QueryPart, ...]) -> str:
    """The text that `parse` makes these parts of again."""
    return " ".join(_written(part) for part in parts)


def _written(part: QueryPart) -> str:
    name = "#" if part.name == "number" else f"{part.name}:" if part.name else ""
    text = f'"{part.text}"' if part.quoted else part.text + ("*" if part.prefix else "")
    return f"{'-' if part.negated else ''}{name}{text}"


def _parts(text: str) -> Iterator[QueryPart]:
    at = 0
    while at < len(text):
        gap = _GAP.match(text, at)
        if gap is not None:
            at = gap.end()
            continue
        found = _PART.match(text, at)
        if found is None or found.end() == at:  # unreachable: a part takes at least the character that no gap took
            at += 1
            continue
        at = found.end()
        yield _part(found)


def _part(found: re.Match[str]) -> QueryPart:
    negated, name = bool(found["minus"]), (found["name"] or "").lower()
    if found["quoted"] is not None:
        return QueryPart(_GAP.sub(" ", found["quoted"]).strip(), name, negated, quoted=True)
    bare = found["bare"]
    number = None if name else _NUMBER.match(bare)
    if number is not None:
        return QueryPart(str(int(number[1])), "number", negated)
    if name:
        return QueryPart(bare, name, negated)
    prefix = len(bare) > 1 and bare.endswith("*")
    return QueryPart((bare[:-1] if prefix else bare) or found[0], "", negated, prefix=prefix)


def _problem(part: QueryPart) -> str:
    if part.name:
        return "" if part.name == "number" else _filter_problem(part)
    return _word_problem(part)


def _word_problem(part: QueryPart) -> str:
    if not part.text:
        return "Write something between the quotes."
    if part.text in _OPERATORS and not part.quoted:
        return f"Leave out {part.text}: all words must be there, and a minus before a word says that it must not."
    if "*" in part.text and not part.quoted:
        return "A * stands at the end of a word only: pand* finds pandas."
    found = list(terms(part.text))
    if not found:
        return f"“{part.text[:40]}” has no letter and no digit to look for."
    if part.prefix and len(found[-1]) < LEAST_PREFIX:
        return f"Write at least {LEAST_PREFIX} letters before the *."
    return ""


def _filter_problem(part: QueryPart) -> str:
    if part.name not in FILTERS:
        known = ", ".join(f"{name}:" for name in FILTERS)
        return f"There is no filter {part.name}: here. Those that are known: {known}. To look for the text, put it in quotes."
    if not folded(part.text).strip():
        return f"Write what {part.name}: should be, without a space: {FILTERS[part.name].example}."
    if "*" in part.text:
        return f"A filter takes a whole value: {FILTERS[part.name].example}."
    return value_problem(part.name, part.text)
