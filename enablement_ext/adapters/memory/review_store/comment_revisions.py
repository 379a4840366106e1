"""The history of comments, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.errors import CommentChanged, NotFound
from enablement_ext.core.review.discussion.revisions import CommentText, as_it_reads
from enablement_ext.core.review.models import Comment, Thread


class MemoryCommentReader:
    """A `CommentReader` over a state."""

    _state: MemoryState

    def thread_of_comment(self, comment: int) -> int:
        """Raises `NotFound`."""
        return self._found(comment)[0].id

    def comment_texts(self, comment: int) -> Sequence[CommentText]:
        """Raises `NotFound`."""
        stored = self._found(comment)[1]
        return self._state.comment_texts.get(comment, (CommentText(0, stored.text, stored.at),))

    def _found(self, comment: int) -> tuple[Thread, Comment]:
        for thread in self._state.threads.values():
            for each in thread.comments:
                if each.id == comment:
                    return thread, each
        raise NotFound


class MemoryCommentWriter(MemoryCommentReader):
    """A `CommentWriter` over a state."""

    def revise_comment(self, comment: int, text: CommentText, event: int) -> None:  # noqa: ARG002 - the port's
        """The thread has the newest text. Raises `NotFound`, `CommentChanged`."""
        thread, stored = self._found(comment)
        before = self.comment_texts(comment)
        if before[-1].deleted or text.revision != before[-1].revision + 1:
            raise CommentChanged
        self._state.comment_texts[comment] = (*before, text)
        comments = tuple(as_it_reads(each, text) if each is stored else each for each in thread.comments)
        self._state.threads[thread.id] = replace(thread, comments=comments)
