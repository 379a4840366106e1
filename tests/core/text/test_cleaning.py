"""Texts of people: what is cleaned, and what nobody would see."""

from __future__ import annotations

import unicodedata

import pytest

from enablement_ext.core.errors import BadAnswers
from enablement_ext.core.text.cleaning import clean, is_visible
from enablement_ext.core.text.direction_marks import INVISIBLE
from enablement_ext.core.text.fields import Fields


@pytest.mark.parametrize(
    "title",
    [
        "",
        " ",
        "\u200b",
        "\u200d\u200d",
        "\u2060\ufeff",
        "\u3164",
        "\u115f\u1160",
        "\u00ad",
        "\u2800\u2800",
        "\u0301",
        "\ufe0f",
        "\u202e\n",
        "\u180e",
    ],
)
def test_a_title_that_nobody_sees_is_refused_with_a_sentence(title: str) -> None:
    assert not is_visible(title)
    with pytest.raises(BadAnswers) as refused:
        Fields({"title": title}, BadAnswers).text("title", 200, least=1, one_line=True)
    assert refused.value.message in ("“title” is empty.", "“title” has no character that can be seen.")


@pytest.mark.parametrize("title", ["a", "é", "漢", "→", "❤\ufe0f", "\u200bx", "한", "👩\u200d💻", "=1", "."])
def test_other_titles_are_taken(title: str) -> None:
    assert is_visible(title)
    assert Fields({"title": title}, BadAnswers).text("title", 200, least=1, one_line=True)


def test_items_that_nobody_sees_are_no_items() -> None:
    assert Fields({"items": ["a", "\u200b", "\u3164"]}, BadAnswers).texts("items", 5, 10) == ("a",)


@pytest.mark.parametrize("mark", sorted(INVISIBLE), ids=ascii)
def test_cleaning_twice_changes_nothing(mark: str) -> None:
    cleaned = clean(f"e{mark}\u0301 a{mark}")
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
