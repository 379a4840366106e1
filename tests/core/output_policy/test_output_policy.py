"""What is kept of outputs, and that what is not is in no byte of the result."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enablement_ext.core.notebook import canonicalise
from enablement_ext.core.output_policy.applying import apply_rules
from enablement_ext.core.output_policy.rules import OutputRules, mistakes_in, rules_from

STREAM = {"output_type": "stream", "name": "stdout", "text": "first line\nsecond line\n"}
RICH = {
    "output_type": "execute_result",
    "execution_count": 1,
    "data": {"text/html": "<b>rich</b>", "text/plain": "plain", "image/png": "aGVsbG8=", "application/json": [1, 2]},
    "metadata": {"image/png": {"width": 3}},
}
ERROR = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": ["Traceback", "KeyError: 'x'"]}


def notebook(*outputs: dict[str, Any]) -> bytes:
    code = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "execution_count": 1,
        "source": "x",
        "outputs": list(outputs),
    }
    text = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "# Title"}
    made = {"cells": [text, code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return canonicalise(json.dumps(made).encode()).data


def outputs_of(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(data)["cells"][1]["outputs"]
    return found


@pytest.mark.parametrize(
    ("rules", "taken"),
    [
        (OutputRules(), []),
        (OutputRules(keep=False), ["stream", "application/json", "image/png", "text/html", "text/plain", "error"]),
        (OutputRules(strip=("image/*",)), ["image/png"]),
        (OutputRules(strip=("stream", "error")), ["stream", "error"]),
        (OutputRules(largest=7), ["image/png", "text/html"]),
        (OutputRules(truncate=12), ["stream", "error"]),
    ],
)
def test_what_is_taken_out_is_listed_and_gone(rules: OutputRules, taken: list[str]) -> None:
    before = notebook(STREAM, RICH, ERROR)
    after, found = apply_rules(before, rules)
    assert [each.mime for each in found] == taken
    assert (after == before) is (not taken)
    assert canonicalise(after).data == after
    assert apply_rules(after, rules) == (after, ())
    for mime, gone in (("text/html", b"<b>rich"), ("image/png", b"aGVsbG8="), ("stream", b"second line")):
        assert (gone in after) is (mime not in taken)
    assert b"# Title" in after


def test_an_output_goes_with_its_last_value_and_a_text_is_cut_at_a_line_end() -> None:
    after, found = apply_rules(notebook(STREAM, RICH), OutputRules(strip=("text/*", "image/*", "*/json"), truncate=15))
    (left,) = outputs_of(after)
    assert left["text"] == ["first line\n"]
    assert [(each.cell, each.output, each.kept) for each in found] == [(2, 1, 11)] + [(2, 2, 0)] * 4


@given(st.lists(st.text(max_size=30), max_size=4), st.integers(0, 20))
def test_it_is_idempotent_and_never_longer(texts: list[str], most: int) -> None:
    before = notebook(*({**STREAM, "text": text} for text in texts), *({**ERROR, "evalue": text} for text in texts))
    after, _ = apply_rules(before, OutputRules(truncate=most))
    assert apply_rules(after, OutputRules(truncate=most)) == (after, ())
    for output in outputs_of(after):
        assert len("".join(output.get("text", ""))) <= most
        assert len(output.get("evalue", "")) <= most


def test_two_rules_keep_what_both_keep_and_travel_as_json() -> None:
    one, other = (
        OutputRules(strip=("a/b",), largest=5),
        OutputRules(keep=False, strip=("a/b", "c/*"), largest=9, truncate=1),
    )
    both = one.and_those(other)
    assert both == OutputRules(keep=False, strip=("a/b", "c/*"), largest=5, truncate=1)
    assert rules_from(both.as_json()) == both
    assert one.and_those(OutputRules()) == one


@pytest.mark.parametrize(
    "value",
    [
        3,
        {"kep": True},
        {"keep": 1},
        {"largest": -1},
        {"largest": True},
        {"strip": "text/html"},
        {"strip": ["html"]},
        {"strip": ["*/****"]},
    ],
)
def test_mistakes_are_named(value: object) -> None:
    assert list(mistakes_in(value, "outputs."))
    with pytest.raises(ValueError, match=r"there is no such key|must be|is no mime type"):
        rules_from(value)
