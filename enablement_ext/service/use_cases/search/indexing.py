"""Indexing what is stored and not indexed yet: what was there before there was an index, and large notebooks a moment after they were sent.

A few at a time, each few in a transaction of their own: whoever is killed loses the few at hand, which still wait then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from enablement_ext.core.errors import ArtifactDamaged, BadNotebook, NotFound, StoreUnavailable, TooLarge, Unavailable
from enablement_ext.core.review.models import Version
from enablement_ext.core.review.search.documents import Passage, SearchContent, version_content
from enablement_ext.service.use_cases.review_context import ReviewContext

log = logging.getLogger("enablement.review")

AT_ONCE = 20
_MOST_FILE_BYTES = 8 * 1024 * 1024  # larger files are data: only their names are indexed


def index_some(context: ReviewContext, below: int | None, given_up: Callable[[int], bool]) -> int | None:
    """Index some of what waits, with numbers below this one; the number to go on from, None where nothing is left.

    Where a notebook cannot be looked at now it goes on waiting, unless `given_up` says that it was tried often enough: then all else of it is
    indexed. Raises `StoreUnavailable`, `NoSpace`.
    """
    with context.store.read() as reader:
        waiting = reader.unindexed(AT_ONCE, below)
    made = [content for number in waiting if (content := _content(context, number, given_up)) is not None]
    if made:
        with context.store.write() as transaction:
            for number, found in made:
                transaction.index_content(number, found)
    return waiting[-1] if waiting else None


def _content(context: ReviewContext, number: int, given_up: Callable[[int], bool]) -> tuple[int, SearchContent] | None:
    with context.store.read() as reader:
        try:
            version = reader.version(number, reader.submission(number).latest)
        except NotFound:
            return None
    try:
        passages = _passages(context, version)
    except StoreUnavailable:
        raise
    except Unavailable:
        if not given_up(number):
            return None
        passages = []
    return number, version_content(version, passages, _files(context, version))


def _passages(context: ReviewContext, version: Version) -> Sequence[Passage]:
    stored = _bytes(context, version.notebook.sha256)
    try:
        return () if stored is None else context.passages(stored)
    except (BadNotebook, TooLarge) as error:
        log.warning("nothing of the cells of submission %d is indexed: %s", version.submission, error.code)
        return ()


def _files(context: ReviewContext, version: Version) -> dict[str, bytes]:
    found = ((entry.sha256, _bytes(context, entry.sha256)) for entry in version.files if entry.size <= _MOST_FILE_BYTES)
    return {sha256: content for sha256, content in found if content is not None}


def _bytes(context: ReviewContext, sha256: str) -> bytes | None:
    """None where they are lost."""
    try:
        return context.artifacts.get(sha256)
    except ArtifactDamaged:
        return None
