"""Submissions, principals and claims for tests of the rules of review."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from enablement_ext.core.review.models import (
    Answers,
    Attention,
    Claim,
    FileEntry,
    FileRole,
    HandedOver,
    ImageRef,
    Principal,
    Stage,
    State,
    Submission,
    Version,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
IMAGE = ImageRef("datascience", "2026.11.0", "sha256:" + "0" * 64, "3.11")


def principal(name: str, *scopes: str, groups: frozenset[str] = frozenset()) -> Principal:
    """Somebody with these scopes."""
    return Principal(name, groups, frozenset(scopes))


def claim(by: str, *, lasts: timedelta = HOUR) -> Claim:
    """A claim that was made an hour ago and lasts until `NOW + lasts`."""
    return Claim(by, NOW - HOUR, NOW + lasts)


def submission(
    number: int = 1,
    *,
    author: str = "dana",
    state: State = State.SUBMITTED,
    held: Claim | None = None,
    waits_on: dict[str, int] | None = None,
    title: str = "Churn",
) -> Submission:
    """A submission; `waits_on` maps who has the turn to the event since when."""
    turns = tuple(Attention(who, NOW, seq) for who, seq in (waits_on or {}).items())
    return Submission(
        number=number,
        author=author,
        title=title,
        state=state,
        stage=Stage.EXPLORATION,
        handed_over=HandedOver.PROTOTYPE,
        notebook_path="a.ipynb",
        image=IMAGE,
        latest=1,
        content_id="c",
        created_at=NOW,
        updated_at=NOW,
        updated_seq=100 + number,
        claim=held,
        attention=turns,
    )


def version(number: int = 1) -> Version:
    """A version, by dana."""
    notebook = FileEntry("a.ipynb", "0" * 64, 1, FileRole.NOTEBOOK)
    return Version(1, number, f"c{number}", notebook, (), IMAGE, Answers("Churn"), None, (), NOW, "dana")
