"""What is found: the same for the same query, over every store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from enablement_ext.core.errors import NotFound, TooManySearches
from enablement_ext.core.review.discussion.revisions import CommentText
from enablement_ext.core.review.models import (
    Anchor,
    Answers,
    FileEntry,
    FileRole,
    Stage,
    State,
    Submission,
    Verdict,
)
from enablement_ext.core.review.ports import NewDecision, NewVersion, ReviewStore
from enablement_ext.core.review.search.conditions import Asker, conditions
from enablement_ext.core.review.search.documents import Passage, PassageKind, version_content
from enablement_ext.core.review.search.language import parse
from enablement_ext.core.review.search.ports import SearchQuestion
from enablement_ext.core.review.search.saved import MOST_SAVED, SavedSearch
from tests.adapters.factories import NOW, change, claimed, event, new_submission, new_version, sha

CODE = PassageKind.CODE
MARKDOWN = PassageKind.MARKDOWN


def store_one(
    store: ReviewStore,
    title: str,
    cells: Sequence[tuple[PassageKind, str]] = (),
    author: str = "dana",
    files: Mapping[str, bytes] | None = None,
    **about: object,
) -> Submission:
    """A submission with its first version, indexed in the same transaction."""
    entries = tuple(FileEntry(path, sha(path), len(data), FileRole.OTHER) for path, data in (files or {}).items())
    answers = Answers(title=title, **{k: about.pop(k) for k in ("problem", "data_used") if k in about})  # type: ignore[arg-type]
    with store.write() as transaction:
        number = transaction.next_number()
        appended = transaction.append_event(event(submission=number))
        submission = replace(new_submission(number, appended.seq, author, title), **about)  # type: ignore[arg-type]
        version = replace(
            new_version(title, author),
            notebook=FileEntry("work/analysis.ipynb", sha(title), 1, FileRole.NOTEBOOK),
            answers=answers,
            files=entries,
            sent_at=submission.created_at,
        )
        transaction.add_submission(replace(submission, content_id=version.content_id))
        stored = transaction.add_version(number, version)
        passages = [Passage(kind, str(place), text) for place, (kind, text) in enumerate(cells, start=1)]
        content = version_content(stored, passages, {sha(path): data for path, data in (files or {}).items()})
        assert transaction.index_content(number, content)
        return submission


def found(
    store: ReviewStore, query: str, viewer: str = "remy", author: str | None = None, limit: int = 50
) -> list[int]:
    """Everything that is found, page by page."""
    parsed = parse(query)
    assert parsed.problems == ()
    wanted = conditions(parsed.parts, Asker(viewer, author), lambda name: {"rosa-account": "rosa"}.get(name, name))
    numbers: list[int] = []
    question = SearchQuestion(wanted, author, limit=limit)
    with store.read() as reader:
        while True:
            page = reader.find(question)
            numbers += [each.submission.number for each in page.items]
            if page.next_before is None:
                return numbers
            question = replace(question, before=page.next_before)


def library(store: ReviewStore) -> None:
    """Six submissions: #1 to #6."""
    store_one(
        store,
        "Churn model",
        [(CODE, "import pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier\ndf = pd.read_csv('x')")],
        files={"work/customers.csv": b"region;turnover\nnorth;3\n", "logo.png": b"\x89PNG\x00\x00secretword"},
        problem="Customers leave us",
    )
    store_one(store, "Umsätze im Café", [(MARKDOWN, "# Straße und 機械学習"), (CODE, "readCsv(); import numpy")])
    store_one(store, "Forecast", [(CODE, "import pandas")], author="olga", stage=Stage.PRODUCTION)
    submission = store_one(store, "Churn again", [(MARKDOWN, "the model of the churn")], author="olga")
    claimed(store, submission)
    store_one(
        store, "=HYPERLINK", [(CODE, "x = 1\ncsv = read()")], created_at=datetime(2025, 3, 31, 23, 59, tzinfo=UTC)
    )
    store_one(store, "Withdrawn forecast of churn")
    withdrawn = new_submission(6, 0)
    with store.read() as reader:
        withdrawn = reader.submission(6)
    change(store, withdrawn, state=State.WITHDRAWN, whos=())


QUERIES: list[tuple[str, list[int]]] = [
    ("", [5, 4, 3, 2, 1]),
    ("churn", [4, 1]),
    ("CHURN model", [4, 1]),
    ('"churn model"', [1]),
    ('"model of the churn"', [4]),
    ("churn -again", [1]),
    ("-churn", [5, 3, 2]),
    ("pandas", [3, 1]),
    ("pand*", [3, 1]),
    ("read_csv", [2, 1]),
    ("readCSV", [2, 1]),
    ("csv", [5, 2, 1]),
    ("sklearn.ensemble", [1]),
    ("RandomForest", [1]),
    ("randomforestclassifier", [1]),
    ("random_for*", [1]),
    ("umsatze cafe", [2]),
    ("STRASSE", [2]),
    ("機械", [2]),
    ("械機", []),
    ("turnover", [1]),
    ("customers.csv", [1]),
    ("secretword", []),
    ("leave", [1]),
    ("olga", [4, 3]),
    ("author:olga", [4, 3]),
    ("author:OLGA churn", [4]),
    ("author:@me", []),
    ("-author:olga -sent:2025", [2, 1]),
    ("package:sklearn", [1]),
    ("package:pandas -package:sklearn", [3]),
    ("package:pd", []),
    ("image:datascience", [5, 4, 3, 2, 1]),
    ("image:datascience/2026.11.0 forecast", [3]),
    ("image:data", []),
    ("state:in-review", [4]),
    ("state:submitted churn", [1]),
    ("stage:production", [3]),
    ("track:technical", [5, 3, 2, 1]),
    ("reviewer:@me", [4]),
    ("reviewer:remy", [4]),
    ("sent:2025", [5]),
    ("sent:<2025-04", [5]),
    ("sent:<=2025-03-31", [5]),
    ("sent:<2025-03-31", []),
    ("sent:>=2026-11-24", [4, 3, 2, 1]),
    ("sent:>2026-11-24", []),
    ("sent:2025-01..2026-11 churn", [4, 1]),
    ("sent:2026-11..2025-01", []),
    ("#3", [3]),
    ("-#3 pandas", [1]),
    ("hyperlink", [5]),
    ("read csv near", []),
    ("every", []),
    ("state", []),
]


def test_the_same_is_found_everywhere(store: ReviewStore) -> None:
    library(store)
    assert {query: found(store, query, limit=2) for query, _ in QUERIES} == dict(QUERIES)


def test_who_reviews_nothing_finds_only_what_they_sent(store: ReviewStore) -> None:
    library(store)
    for query, expected in QUERIES:
        own = [number for number in expected if number in {3, 4}]
        if "@me" not in query:
            assert found(store, query, viewer="olga", author="olga", limit=1) == own, query
    assert found(store, "author:@me", viewer="olga") == [4, 3]


def test_facts_follow_in_the_transaction_that_changes_them(store: ReviewStore) -> None:
    submission = store_one(store, "Churn")
    held = claimed(store, submission, by="rosa")
    assert found(store, "reviewer:rosa-account state:in_review") == [1]
    with store.write() as transaction:
        decision = transaction.add_decision(
            NewDecision(1, 1, sha("Churn"), "technical", Verdict.APPROVE, "rita", "", NOW)
        )
        transaction.append_event(event("approved", 1))
    assert found(store, "verdict:approve track:technical reviewer:rita") == [1]
    with store.write() as transaction:
        transaction.fell_decisions([decision.id], "code")
        transaction.append_event(event("approval_fell", 1))
    assert found(store, "verdict:approve") == []
    change(store, held, state=State.WITHDRAWN, claim=None, whos=())
    assert found(store, "churn") == found(store, "#1") == []
    with store.read() as reader:
        assert reader.index_progress().waiting == 0


def test_what_is_rolled_back_is_not_found(store: ReviewStore) -> None:
    submission = store_one(store, "Churn")
    with pytest.raises(NotFound), store.write() as transaction:  # noqa: PT012 - what is written before is the point
        transaction.append_event(event("changed", 1))
        transaction.replace_submission(1, replace(submission, state=State.REJECTED))
        transaction.thread(99)
    assert found(store, "state:rejected") == []
    assert found(store, "state:submitted") == [1]


def test_comments_are_found_as_they_read_now(store: ReviewStore) -> None:
    store_one(store, "Churn")
    with store.write() as transaction:
        thread = transaction.add_thread(1, 1, Anchor())
        comment = transaction.add_comment(thread, "remy", "why so many outliers?", NOW)
        transaction.append_event(event("commented", 1))
    assert found(store, '"many outliers"') == [1]
    with store.write() as transaction:
        seq = transaction.append_event(event("comment_edited", 1)).seq
        transaction.revise_comment(comment.id, CommentText(1, "why these leverage points?", NOW), seq)
    assert (found(store, "outliers"), found(store, "leverage")) == ([], [1])
    with store.write() as transaction:
        seq = transaction.append_event(event("comment_deleted", 1)).seq
        transaction.revise_comment(comment.id, CommentText(2, "", NOW, deleted=True), seq)
    assert found(store, "leverage") == []


def test_a_version_that_is_not_indexed_yet_is_counted_and_the_one_before_is_found(store: ReviewStore) -> None:
    submission = store_one(store, "Churn", [(CODE, "import old")])
    store_one(store, "Other")
    second: NewVersion = replace(
        new_version("two"), answers=Answers(title="Better churn"), sent_at=NOW + timedelta(days=9)
    )
    with store.write() as transaction:
        stored = transaction.add_version(1, second)
        seq = transaction.append_event(event("version_sent", 1)).seq
        after = replace(submission, latest=2, content_id=second.content_id, updated_seq=seq, state=State.APPROVED)
        transaction.replace_submission(1, after)
    with store.read() as reader:
        progress = reader.index_progress()
        assert (progress.waiting, progress.total) == (1, 2)
        assert (reader.unindexed(5), reader.unindexed(5, below=1)) == ((1,), ())
    assert found(store, "old state:approved sent:2026-12") == [1], "facts are those of now"
    with store.write() as transaction:
        assert not transaction.index_content(1, version_content(replace(stored, number=1), [], {}))
        assert transaction.index_content(1, version_content(stored, [Passage(CODE, "1", "import new")], {}))
    assert (found(store, "old"), found(store, "new better")) == ([], [1])
    with store.read() as reader:
        assert reader.index_progress().waiting == 0
        assert reader.unindexed(5) == ()


def test_what_is_beyond_the_places_of_a_text_is_found_as_words(store: ReviewStore) -> None:
    words = " ".join(f"w{number}" for number in range(13_000))
    store_one(store, "Long", [(CODE, words + " far away " + "often more " * 400 + "often twice")])
    assert found(store, "w1 w12999 far away often twice") == [1]
    assert found(store, '"w1 w2"') == [1]
    assert found(store, '"far away"') == []
    store_one(store, "Same", [(CODE, "often more " * 400 + "often twice")])
    assert (found(store, '"often more"'), found(store, '"often twice"')) == ([2], [])


def test_texts_come_with_what_is_found(store: ReviewStore) -> None:
    store_one(store, "Churn", [(CODE, "a\0b = '<b>'")])
    with store.read() as reader:
        wanted = conditions(parse("churn").parts, Asker("remy", None), str)
        [item] = reader.find(SearchQuestion(wanted, None)).items
        assert Passage(CODE, "1", "a\0b = '<b>'") in item.texts
        [item] = reader.find(SearchQuestion(wanted, None, texts=False)).items
        assert item.texts == ()


def test_searches_are_kept_by_name_for_one_person(store: ReviewStore) -> None:
    with store.write() as transaction:
        for number in range(MOST_SAVED):
            transaction.save_search("remy", SavedSearch(f"name {number:02}", "churn"))
        with pytest.raises(TooManySearches):
            transaction.save_search("remy", SavedSearch("one more", ""))
        transaction.save_search("remy", SavedSearch("name 07", "author:@me"))
        transaction.save_search("rosa", SavedSearch("name 07", ""))
        transaction.forget_search("remy", "name 00")
        transaction.forget_search("remy", "not there")
    with store.read() as reader:
        kept = reader.saved_searches("remy")
        assert [each.name for each in kept] == [f"name {number:02}" for number in range(1, MOST_SAVED)]
        assert kept[6] == SavedSearch("name 07", "author:@me")
        assert reader.saved_searches("rosa") == (SavedSearch("name 07", ""),)
