"""Texts of people are cleaned once; everything else is taken strictly or refused."""

from __future__ import annotations

import unicodedata

import pytest

from enablement_ext.core.errors import BadAnswers, BadRequest
from enablement_ext.core.submission.document import submission_document
from enablement_ext.core.text.cleaning import clean
from enablement_ext.core.text.direction_marks import DIRECTION_MARKS
from enablement_ext.core.text.fields import Fields
from enablement_ext.web.headers import attachment_headers
from enablement_ext.web.logs import line, redact
from enablement_ext.web.messages import parse_object
from enablement_ext.web.validation import idempotency_key


@pytest.mark.parametrize(
    ("text", "one_line", "many"),
    [
        ("plain", "plain", "plain"),
        ("  a  b ", "a  b", "a  b"),
        ("a\r\nb", "a b", "a\nb"),
        ("e\u0301", "é", "é"),
        ("a\u202eb\ufeff", "ab", "ab"),
        ("\x00\x1b[31mred", "[31mred", "[31mred"),
        ("é\tb", "é b", "é\tb"),
    ],
)
def test_texts_are_cleaned(text: str, one_line: str, many: str) -> None:
    assert clean(text, one_line=True) == one_line
    assert clean(text) == many


def test_every_direction_mark_is_known_and_taken_out() -> None:
    """What Unicode calls an explicit formatting character, the three implicit marks, and the byte order mark."""
    classes = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    explicit = {chr(code) for code in range(0x110000) if unicodedata.bidirectional(chr(code)) in classes}
    assert {*explicit, "\u061c", "\u200e", "\u200f", "\ufeff"} == DIRECTION_MARKS
    assert {clean(f"a{mark}b") for mark in DIRECTION_MARKS} == {"ab"}


@pytest.mark.parametrize(
    "body", [b"", b"1", b"[1]", b'{"a":1,"a":1}', b'{"a":Infinity}', b'{"a":0.1}', b'{"a":"\\udc00"}', b"{" * 9999]
)
def test_a_body_is_one_sound_object(body: bytes) -> None:
    with pytest.raises(BadRequest):
        parse_object(body)


@pytest.mark.parametrize("key", ["", "1234567", "a" * 129, "12345678\n", "ä" * 8])
def test_an_idempotency_key_has_a_shape(key: str) -> None:
    with pytest.raises(BadRequest):
        idempotency_key({"idempotency-key": key})


@pytest.mark.parametrize(
    "sending",
    [
        {},
        {"answers": {"title": "t"}},
        {"answers": {"title": "t"}, "notebook": {"path": "a", "sha256": "x"}},
        {"answers": {"title": "t"}, "notebook": {"path": "", "sha256": "0" * 64}},
        {"answers": {"title": "t"}, "notebook": {"path": "a", "sha256": "0" * 64}, "files": [1]},
        {
            "answers": {"title": "t"},
            "notebook": {"path": "a", "sha256": "0" * 64},
            "files": [{"path": "x", "role": "notebook"}],
        },
        {"answers": {"title": "t"}, "notebook": {"path": "a", "sha256": "0" * 64}, "git": {"commit": "x"}},
        {"answers": {"title": "t"}, "notebook": {"path": "a", "sha256": "0" * 64}, "stamp": "1"},
    ],
)
def test_a_sending_names_what_is_wrong(sending: dict[str, object]) -> None:
    with pytest.raises(BadAnswers) as caught:
        submission_document(sending)
    assert caught.value.facts["field"]


def test_a_list_has_no_repetitions() -> None:
    assert Fields({"r": ["b", "a", "b", " "]}, BadRequest).texts("r", 5, 9) == ("b", "a")


@pytest.mark.parametrize("name", ['a".txt', "a\r\nSet-Cookie: x", "../../ü.csv", "", "a;b=c", "💾"])
def test_a_download_has_an_inert_name(name: str) -> None:
    value = attachment_headers(name)["Content-Disposition"]
    assert value.isascii()
    assert value.isprintable()
    assert value.count('"') == 2
    assert "/" not in value.split("filename*")[0]


def test_a_log_line_is_one_line_and_cut() -> None:
    text = line("x", name="a\r\nb" + "c" * 5000)
    assert "\n" not in text
    assert len(text) < 1200


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: token SECRET1234",
        "password=SECRET1234",
        "postgresql://u:SECRET1234@h/d",
        '{"api_key": "SECRET1234"}',
        "Bearer SECRET1234",
        "?ticket=SECRET1234&x=1",
        "SECRET1234" * 5,
    ],
)
def test_credentials_are_redacted(text: str) -> None:
    assert "SECRET1234" not in redact(text)


def test_a_hash_is_not_a_credential() -> None:
    assert redact("content id " + "0a" * 32).endswith("0a" * 32)
