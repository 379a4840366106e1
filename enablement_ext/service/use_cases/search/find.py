"""What somebody finds, page by page. What they may not see is left out by the index, not afterwards."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from enablement_ext.core.errors import BadCursor, BadSearch
from enablement_ext.core.review.models import Principal, Submission
from enablement_ext.core.review.ports import ReviewReader
from enablement_ext.core.review.search.conditions import Asker, Condition, conditions
from enablement_ext.core.review.search.excerpts import Excerpt, excerpt
from enablement_ext.core.review.search.filters import FILTERS
from enablement_ext.core.review.search.language import QueryPart, parse
from enablement_ext.core.review.search.ports import IndexProgress, SearchQuestion
from enablement_ext.service.use_cases.review_context import ReviewContext

MOST_EXPORTED = 10_000  # submissions
_EXPORTED_AT_ONCE = 200
_MOST_DIGITS = 18
_PREFIX = "found."


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A submission, and where what was looked for stands in it; None where it is no text."""

    submission: Submission
    excerpt: Excerpt | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The newest submission first. `indexing`: how far that is, None where everything is indexed."""

    items: Sequence[SearchHit]
    next: str | None
    indexing: IndexProgress | None


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Which page of what is found by this text."""

    text: str
    cursor: str = ""
    limit: int = 50


def search(context: ReviewContext, principal: Principal, request: SearchRequest) -> SearchPage:
    """One page. Raises `BadSearch` (facts `problems`, `filters`), `BadCursor`, `SearchTooBroad`."""
    parts, before = understood(request.text), _before(request.cursor)
    asker = _asker(principal)
    with context.store.read() as reader:
        wanted = _conditions(reader, parts, asker)
        # Where only facts are asked for there is nothing to cut an excerpt out of.
        texts = any(not (part.name or part.negated) for part in parts)
        page = reader.find(SearchQuestion(wanted, asker.author, before, request.limit, texts))
        progress = reader.index_progress()
    items = [SearchHit(each.submission, excerpt(each.texts, wanted)) for each in page.items]
    following = None if page.next_before is None else _cursor(page.next_before)
    return SearchPage(items, following, progress if progress.waiting else None)


@dataclass(frozen=True, slots=True)
class ExportedPage:
    """Some of what was found; `cut` where there is more than is ever exported."""

    items: Sequence[Submission]
    cut: bool = False


def export(context: ReviewContext, principal: Principal, parts: Sequence[QueryPart]) -> Iterator[ExportedPage]:
    """All that is found, up to `MOST_EXPORTED`, a transaction for each page. Raises `SearchTooBroad`."""
    asker, before, left = _asker(principal), None, MOST_EXPORTED
    while True:
        with context.store.read() as reader:
            wanted = _conditions(reader, parts, asker)
            limit = min(left, _EXPORTED_AT_ONCE)
            page = reader.find(SearchQuestion(wanted, asker.author, before, limit, texts=False))
        left, before = left - len(page.items), page.next_before
        yield ExportedPage([each.submission for each in page.items], cut=before is not None and not left)
        if before is None or not left:
            return


def understood(text: str) -> tuple[QueryPart, ...]:
    """The parts of a query. Raises `BadSearch` with all that is wrong with it."""
    parsed = parse(text)
    if parsed.problems:
        raise BadSearch(" ".join(parsed.problems), facts={"problems": list(parsed.problems), "filters": list(FILTERS)})
    return parsed.parts


def _asker(principal: Principal) -> Asker:
    """As `permissions.may_see`."""
    everything = not principal.scopes.isdisjoint(("review", "admin"))
    return Asker(principal.name, None if everything else principal.name)


def _conditions(reader: ReviewReader, parts: Sequence[QueryPart], asker: Asker) -> tuple[Condition, ...]:
    def person(name: str) -> str:
        holder = reader.holder(name)
        return name if holder is None else holder.id

    return conditions(parts, asker, person)


def _cursor(before: int) -> str:
    return base64.urlsafe_b64encode(f"{_PREFIX}{before}".encode()).decode().rstrip("=")


def _before(cursor: str) -> int | None:
    if not cursor:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise BadCursor from None
    number = text.removeprefix(_PREFIX)
    if not text.startswith(_PREFIX) or not number.isdecimal() or len(number) > _MOST_DIGITS:
        raise BadCursor
    return int(number)
