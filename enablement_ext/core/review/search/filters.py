"""The filters of the query language: their names, what they mean, and which values they take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from enablement_ext.core.review.models import Stage, State, Verdict
from enablement_ext.core.review.search.dates import FIRST, LAST, span_facets, span_of

ME = "@me"  # the value that is whoever asks

_SPAN = re.compile(r"(<=|>=|<|>)?(.*)\Z", re.DOTALL)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """`meaning` says what is found, `values` are those it takes (none: any)."""

    meaning: str
    example: str
    values: tuple[str, ...] = ()


FILTERS: Mapping[str, SearchFilter] = {
    "author": SearchFilter("who sent it", "author:dana or author:@me"),
    "image": SearchFilter("the image it was made in, with or without the release", "image:datascience"),
    "package": SearchFilter("a package that its code imports, by the name it is imported by", "package:sklearn"),
    "state": SearchFilter(
        "where it stands",
        "state:in_review",
        tuple(state.value for state in State if state is not State.WITHDRAWN),
    ),
    "stage": SearchFilter(
        "the project stage its author named", "stage:production", tuple(each.value for each in Stage)
    ),
    "track": SearchFilter("a track that it waits on, or that decided on it", "track:technical"),
    "verdict": SearchFilter("a decision that counts now", "verdict:approve", tuple(each.value for each in Verdict)),
    "reviewer": SearchFilter("who claimed it, was asked by name, or decided on it", "reviewer:@me"),
    "sent": SearchFilter("the day on which its newest version was sent, in UTC", "sent:>=2026-11-01"),
}
PEOPLE = frozenset({"author", "reviewer"})  # filters whose value is a person


def value_problem(name: str, value: str) -> str:
    """What is wrong with a value, as a sentence; "" where nothing is."""
    if name == "sent":
        return (
            ""
            if sent_span(value)
            else "A date is like 2026, 2026-11 or 2026-11-05: sent:>=2026-11-01, sent:2026-10..2026-11."
        )
    known = FILTERS[name].values
    if known and listed_value(value) not in known:
        return f"{name}: is one of {', '.join(known)}."
    return ""


def listed_value(value: str) -> str:
    """A value of a closed list, however it is written: `In-Review` is `in_review`."""
    return value.lower().replace("-", "_").replace(" ", "_")


def sent_span(value: str) -> tuple[date, date] | None:
    """The first and the last day that `>=2026-11`, `2026-10..2026-11` or a date means; None where it means none."""
    if ".." in value:
        begin, _, end = value.partition("..")
        spans = span_of(begin), span_of(end)
        return None if spans[0] is None or spans[1] is None else (spans[0][0], spans[1][1])
    found = _SPAN.match(value)
    span = span_of(found[2]) if found else None
    if span is None or found is None:
        return None
    first, last = span
    return {
        None: (first, last),
        ">=": (first, LAST),
        ">": (min(last, LAST) + _DAY, LAST),
        "<=": (FIRST, last),
        "<": (FIRST, max(first, FIRST) - _DAY),
    }[found[1]]


def sent_facets(value: str) -> tuple[str, ...]:
    """The facts of which one must hold."""
    span = sent_span(value)
    return span_facets(*span) if span else ()
