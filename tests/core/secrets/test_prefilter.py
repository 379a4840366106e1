"""With the engine and without it, the same is found: on planted secrets in every spelling, and on texts put together at random."""

from __future__ import annotations

import json
import random

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from enablement_ext.adapters.re2_prefilter import Re2Prefilter
from enablement_ext.core.notebook.extraction import ExtractedText
from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.core.secrets.rules import RULES
from enablement_ext.core.secrets.scan import find_secrets, secrets_in_notebook
from enablement_ext.core.secrets.shapes import SHAPES
from tests.core.notebook.factories import Json, code, display, markdown, stored, stream
from tests.core.secrets.planted import PLANTED

_ENGINE = Re2Prefilter()
_PREFILTERS = pytest.mark.parametrize("prefilter", [_ENGINE, LiteralPrefilter()], ids=["re2", "literals"])

# Pieces of secrets and of what stands around them: put together, they come close to each rule and sometimes fulfil it.
_PIECES = st.sampled_from(
    [
        *(piece for _, text in PLANTED.values() for piece in (text, text[: len(text) // 2], text[len(text) // 2 :])),
        *(anchor for rule in RULES for anchor in rule.anchors),
        *("to\u212aen", "TOKEN", "Pa\u017f\u017fword", "İ", "é", "\u2028", "\x85", "\x1c", "\x0b", "\xa0", "\ud83d"),
        *(
            " ",
            "  ",
            "\n",
            "\r",
            "\t",
            '"',
            "'",
            "`",
            "]",
            "[",
            "=",
            "==",
            ":",
            ": ",
            " = ",
            ":=",
            "=>",
            "\\",
            "\\n",
            "\\\\",
            "rb",
            "is",
        ),
        *(
            "\x1b[31m",
            "\x1b",
            "[0m",
            "\u200b",
            "\u00ad",
            "\x08",
            "&quot;",
            "&#39;",
            "&#x3d;",
            "&amp;",
            "&lt;",
            "<b>",
            "</b>",
            "<",
            ">",
            "<wbr>",
        ),
        *(
            "hunter2",
            "abc123def456",
            "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA",
            "://",
            "@h",
            ":p4ss@host",
            "a.b",
            "x" * 40,
            "0" * 5,
        ),
    ]
)
_TEXTS = st.lists(_PIECES, max_size=14).map("".join).filter(lambda text: text.isprintable() or "\ud83d" not in text)
_VALUES = st.recursive(
    _TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3), max_leaves=5
)


def _cells(text: str, other: str, value: object) -> list[Json]:
    """Both texts wherever a notebook can hold a text."""
    return [
        code(
            text,
            stream(text),
            stream(other),
            stream(text, "stderr"),
            display({"text/html": other, "text/plain": [text, other]}),
        ),
        markdown(other, attachments={"a.txt": {"text/plain": text}}),
        code("x", display({"application/json": value, "image/svg+xml": text, "application/x-other": other})),
        code(
            "x", {"output_type": "error", "ename": "E", "evalue": other, "traceback": [text, other, *text.split("\n")]}
        ),
        code("x", metadata={"tags": [text[:190]], "enablement": {"note": other[:190], "token": text[:190]}}),
    ]


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(_TEXTS, _TEXTS, _VALUES)
def test_the_same_is_found_in_notebooks(text: str, other: str, value: object) -> None:
    texts = [piece.encode("utf-8", "replace").decode() for piece in (text, other)]
    data = stored(*_cells(texts[0], texts[1], json.loads(json.dumps(value).replace("\\ud83d", "?"))))
    assert secrets_in_notebook(data, _ENGINE) == secrets_in_notebook(data)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(_TEXTS, st.booleans()), max_size=4))
def test_the_same_is_found_in_texts(texts: list[tuple[str, bool]]) -> None:
    parts = [ExtractedText(f"text {number}", text, markup) for number, (text, markup) in enumerate(texts)]
    assert find_secrets(parts, _ENGINE) == find_secrets(parts)


@pytest.mark.parametrize("name", PLANTED)
def test_a_shape_is_found_wherever_its_rule_is(name: str) -> None:
    """Each secret at every place of a notebook, as it is spelled there, is worth reading to the engine."""
    rule, text = PLANTED[name]
    key, _, value = text.partition("=")
    for cell in (
        *_cells(text, "x", [text]),
        *_cells("x", text, {text: 1}),
        *_cells("x", "y", {key.strip(): [1, value.strip()]}),
    ):
        data = stored(cell)
        assert secrets_in_notebook(data, _ENGINE) == secrets_in_notebook(data)
    assert rule in [finding.rule for finding in secrets_in_notebook(stored(code(text)), _ENGINE)]


def test_there_is_a_shape_for_every_rule() -> None:
    assert SHAPES.rules == len(RULES)
    for name, (rule, text) in PLANTED.items():
        positions = {position for position, one in enumerate(RULES) if one.name == rule}
        assert positions & _ENGINE.shapes(text.encode()), name


@_PREFILTERS
def test_a_clean_text_asks_for_no_rule(prefilter: Prefilter) -> None:
    found = prefilter.shapes("import pandas as pd\n# Größe: 3 → 4".encode())
    assert not found & set(range(SHAPES.rules))


def test_clean_notebooks_are_not_read_with_the_engine() -> None:
    chance = random.Random(5)
    cells = [
        code(f"print({chance.random()}) if a < b else None", stream(f"{chance.random()} & more\n")) for _ in range(50)
    ]
    assert _ENGINE.shapes(stored(*cells, markdown("A tokenizer for passwords: none here."))) == frozenset()


def test_half_characters_hide_nothing() -> None:
    text = f"\ud83d {PLANTED['aws'][1]} \udc00"
    for prefilter in (_ENGINE, LiteralPrefilter()):
        assert [finding.rule for finding in find_secrets([ExtractedText("x", text)], prefilter)] == ["aws-access-key"]


def test_an_engine_that_gives_up_hides_nothing() -> None:
    """RE2 answers nothing when it cannot search (here: before it is compiled); that must not read as: nothing is there."""
    helpless = Re2Prefilter()
    helpless._set = re2.Set.SearchSet()
    assert helpless.shapes(PLANTED["aws"][1].encode()) == frozenset(range(len(SHAPES.patterns)))
