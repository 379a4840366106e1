"""The query language, terms, spans of days and excerpts: as values."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from enablement_ext.core.review.search.conditions import Asker, conditions
from enablement_ext.core.review.search.dates import day_facets, span_facets
from enablement_ext.core.review.search.documents import Passage, PassageKind
from enablement_ext.core.review.search.excerpts import excerpt
from enablement_ext.core.review.search.filters import sent_span
from enablement_ext.core.review.search.language import QueryPart, parse, written
from enablement_ext.core.review.search.terms import facet, terms, whole_words
from enablement_ext.core.text.spreadsheets import plain_cell


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()),
        (" \t\n", ()),
        ("Churn model", (QueryPart("Churn"), QueryPart("model"))),
        ("churn churn", (QueryPart("churn"),)),
        ('"two  words" x', (QueryPart("two words", quoted=True), QueryPart("x"))),
        ('a"b c', (QueryPart("a"), QueryPart("b c", quoted=True))),
        ("-a --b", (QueryPart("a", negated=True), QueryPart("-b", negated=True))),
        ('-"a b"', (QueryPart("a b", negated=True, quoted=True),)),
        ("pand*", (QueryPart("pand", prefix=True),)),
        ("#012 -#3 #x", (QueryPart("12", "number"), QueryPart("3", "number", negated=True), QueryPart("#x"))),
        ("AUTHOR:Dana", (QueryPart("Dana", "author"),)),
        ('author:"zoë o\'neil"', (QueryPart("zoë o'neil", "author", quoted=True),)),
        ("sent:2026-10..2026-11", (QueryPart("2026-10..2026-11", "sent"),)),
        ("a1:b x[0]:y", (QueryPart("a1:b"), QueryPart("x[0]:y"))),
        ("\u202echurn\u2069 a\0b", (QueryPart("churn"), QueryPart("a"), QueryPart("b"))),
    ],
)
def test_a_query_is_taken_apart(text: str, parts: tuple[QueryPart, ...]) -> None:
    parsed = parse(text)
    assert (parsed.parts, parsed.problems) == (parts, ())
    assert parse(written(parts)).parts == parts


def test_whatever_is_written_is_taken_apart_or_told_and_written_again_the_same() -> None:
    chance = random.Random(1)
    alphabet = 'ab -":#*1@\0\u202e\n_.>=é機\ud7ff\U0001f642'
    words = ["author:", "state:approved", "sent:", "colour:x", "AND", "sent:>=2026-02-30", *alphabet]
    for _ in range(400):
        text = "".join(chance.choices(words, k=chance.randint(0, 30)))
        parsed = parse(text)
        assert parse(written(parsed.parts)).parts == parsed.parts, text
        if not parsed.problems:
            assert conditions(parsed.parts, Asker("remy", "remy"), str)
        assert all(problem.endswith(".") or ":" in problem for problem in parsed.problems)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("read_csv readCSV read.csv", ["read", "csv"] * 3),
        ("HTTPServer2x", ["http", "server2x"]),
        ("Straße ＡＢ① naïve ПЁС", ["strasse", "ab1", "naive", "пес"]),
        ("機械learning", ["機", "械", "learning"]),
        ("_ -- ''", []),
        ("x" * 100, ["x" * 64]),
    ],
)
def test_terms_are_folded_letters_and_digits(text: str, found: list[str]) -> None:
    assert list(terms(text)) == found


def test_a_word_that_is_taken_apart_is_kept_whole_too_and_no_word_is_a_fact() -> None:
    assert list(whole_words("RandomForest plain UPPER read_csv")) == ["randomforest"]
    fact = facet("state", "approved")
    assert fact not in list(terms(fact))


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("2026", (date(2026, 1, 1), date(2026, 12, 31))),
        ("2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
        (">2026-11-05", (date(2026, 11, 6), date(2099, 12, 31))),
        ("<2026", (date(2000, 1, 1), date(2025, 12, 31))),
        ("9999-12-31", (date(9999, 12, 31), date(9999, 12, 31))),
        (">9999", (date(2100, 1, 1), date(2099, 12, 31))),
        ("<0001", (date(2000, 1, 1), date(1999, 12, 31))),
        ("2026-02-30", None),
        ("0000", None),
        ("=>2026", None),
        ("2026-1-1", None),
        ("2026..", None),
        ("٢٠٢٦", None),
    ],
)
def test_dates_are_spans_of_days(value: str, span: tuple[date, date] | None) -> None:
    assert sent_span(value) == span


def test_a_day_has_a_fact_of_a_span_exactly_where_it_is_in_it() -> None:
    chance = random.Random(2)
    start = date(2023, 1, 1)
    for _ in range(60):
        first, last, day = (start + timedelta(days=chance.randrange(1500)) for _ in range(3))
        facts = span_facets(first, last)
        assert len(facts) <= 90
        assert (not set(day_facets(day)).isdisjoint(facts)) is (first <= day <= last)


@pytest.mark.parametrize(
    ("query", "text", "pieces"),
    [
        ("csv", "x = read_csv(1)", ["x = read_", "[csv]", "(1)"]),
        ("read_csv", "readCsv()", ["", "[readCsv]", "()"]),
        ("pand*", "import\npandas", ["import ", "[pandas]", ""]),
        ("cat", "concat cat", ["concat ", "[cat]", ""]),
        ("b -a", "a b", ["a ", "[b]", ""]),
        ("İ x", "İİ x", ["İİ ", "[x]", ""]),
    ],
)
def test_an_excerpt_marks_what_was_looked_for(query: str, text: str, pieces: list[str]) -> None:
    wanted = conditions(parse(query).parts, Asker("remy", None), str)
    found = excerpt([Passage(PassageKind.CODE, "1", text)], wanted)
    assert found is not None
    assert [f"[{piece}]" if marked else piece for piece, marked in found.pieces] == pieces


def test_an_excerpt_is_short_and_there_is_none_of_facts() -> None:
    wanted = conditions(parse("needle").parts, Asker("remy", None), str)
    found = excerpt([Passage(PassageKind.FILE, "a.txt", "word " * 5_000 + "needle " * 5_000)], wanted)
    assert found is not None
    assert sum(len(piece) for piece, _ in found.pieces) < 200
    facts = conditions(parse("state:approved -needle").parts, Asker("remy", None), str)
    assert excerpt([Passage(PassageKind.FILE, "a.txt", "needle approved")], facts) is None


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r", "\n", "  =1", "＝1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert plain_cell(text) == f"'{text}"
    assert plain_cell(f"a{text}") == f"a{text}"
