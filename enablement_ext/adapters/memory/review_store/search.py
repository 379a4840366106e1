"""What can be found, in memory: every document is looked at for every question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.errors import NotFound, TooManySearches
from enablement_ext.core.review.models import State, Submission
from enablement_ext.core.review.ports import ReviewReader
from enablement_ext.core.review.search.conditions import meets
from enablement_ext.core.review.search.documents import SearchContent, standing, talk
from enablement_ext.core.review.search.ports import FoundPage, FoundSubmission, IndexProgress, SearchQuestion
from enablement_ext.core.review.search.saved import MOST_SAVED, SavedSearch


class MemorySearchReader:
    """A `SearchReader` over a state."""

    _state: MemoryState

    def index_progress(self) -> IndexProgress:
        """By looking at all."""
        waiting = len(self.unindexed(len(self._state.submissions)))
        return IndexProgress(waiting, len(self._state.submissions) if waiting else 0)

    def unindexed(self, limit: int, below: int | None = None) -> Sequence[int]:
        """Those without the content of their newest version."""
        waiting = [
            number
            for number, each in sorted(self._state.submissions.items(), reverse=True)
            if each.state is not State.WITHDRAWN and (below is None or number < below) and not self._indexed(each)
        ]
        return tuple(waiting[:limit])

    def saved_searches(self, person: str) -> Sequence[SavedSearch]:
        """By name."""
        own = {name: query for (by, name), query in self._state.saved_searches.items() if by == person}
        return tuple(SavedSearch(name, own[name]) for name in sorted(own))

    def _indexed(self, submission: Submission) -> bool:
        content = self._state.search_contents.get(submission.number)
        return content is not None and content.version == submission.latest


class MemorySearchWriter(MemorySearchReader):
    """A `SearchWriter` over a state."""

    def index_content(self, submission: int, content: SearchContent) -> bool:
        """Raises `NotFound`."""
        stored = self._state.submissions.get(submission)
        if stored is None:
            raise NotFound
        if stored.latest != content.version:
            return False
        self._state.search_contents[submission] = content
        return True

    def save_search(self, person: str, saved: SavedSearch) -> None:
        """Raises `TooManySearches`."""
        others = [each for each in self.saved_searches(person) if each.name != saved.name]
        if len(others) >= MOST_SAVED:
            raise TooManySearches(facts={"most": MOST_SAVED})
        self._state.saved_searches[person, saved.name] = saved.query

    def forget_search(self, person: str, name: str) -> None:
        """The entry goes."""
        self._state.saved_searches.pop((person, name), None)


def find(reader: ReviewReader, state: MemoryState, question: SearchQuestion) -> FoundPage:
    """The newest first."""
    found: list[FoundSubmission] = []
    for each in _found(reader, state, question):
        if len(found) == question.limit:
            return FoundPage(tuple(found), found[-1].submission.number)
        found.append(each)
    return FoundPage(tuple(found), None)


def _found(reader: ReviewReader, state: MemoryState, question: SearchQuestion) -> Iterator[FoundSubmission]:
    for number, submission in sorted(state.submissions.items(), reverse=True):
        content = state.search_contents.get(number)
        if content is None or submission.state is State.WITHDRAWN:
            continue
        if question.before is not None and number >= question.before:
            continue
        if question.author not in {None, submission.author}:
            continue
        said = talk(reader.threads(number))
        facts = standing(submission, reader.version(number, submission.latest), reader.decisions(number))
        if meets(question.conditions, (content.text.run, said.run), content.text.alone | said.alone | facts):
            yield FoundSubmission(submission, (*content.text.shown, *said.shown) if question.texts else ())
