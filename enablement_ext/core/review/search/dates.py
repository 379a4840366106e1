"""Days as facts that are looked up: a span of days is few terms, of whole years, whole months and single days, in UTC."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from enablement_ext.core.review.search.terms import facet

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)  # a day outside of it counts as the nearest inside

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")
_DAY = timedelta(days=1)


def day_facets(day: date) -> tuple[str, str, str]:
    """What is indexed of a day."""
    within = _within(day)
    return _year(within), _month(within), _one(within)


def span_of(text: str) -> tuple[date, date] | None:
    """The first and the last day of `2026`, `2026-11` or `2026-11-05`; None where it is no date."""
    found = _DATE.match(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    return first, date(first.year, month or 12, monthrange(first.year, month or 12)[1])


def span_facets(first: date, last: date) -> tuple[str, ...]:
    """The fewest facts of which a day has one exactly where it is in the span (both ends included); none for an empty span."""
    return tuple(_covering(_within(first), _within(last))) if first <= last else ()


def _covering(day: date, last: date) -> Iterator[str]:
    while day <= last:
        year_end = date(day.year, 12, 31)
        month_end = date(day.year, day.month, monthrange(day.year, day.month)[1])
        if (day.month, day.day) == (1, 1) and year_end <= last:
            yield _year(day)
            day = year_end
        elif day.day == 1 and month_end <= last:
            yield _month(day)
            day = month_end
        else:
            yield _one(day)
        day += _DAY


def _within(day: date) -> date:
    return min(max(day, FIRST), LAST)


def _year(day: date) -> str:
    return facet("year", f"{day:%Y}")


def _month(day: date) -> str:
    return facet("month", f"{day:%Y-%m}")


def _one(day: date) -> str:
    return facet("day", f"{day:%Y-%m-%d}")
