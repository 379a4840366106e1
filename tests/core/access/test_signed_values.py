"""A signed value comes back as it was, for its purpose and in its time; anything else comes back as nothing."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from enablement_ext.core.access.groups import AUTHORS, GROUP_SCOPES, PLATFORM, REVIEWERS, SERVER_SCOPES
from enablement_ext.core.access.signed_values import ValueSigner

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=10)
SIGNER = ValueSigner(b"k" * 32)
VALUE: dict[str, object] = {"who": "dänä", "number": 7, "nested": {"a": [1, None]}}
SIGNED = SIGNER.sign("decision", VALUE, UNTIL)


def test_it_comes_back_as_it_was() -> None:
    assert SIGNER.open("decision", SIGNED, NOW) == VALUE
    assert ValueSigner(b"k" * 32).open("decision", SIGNED, NOW) == VALUE  # another replica with the same key


def test_the_text_is_safe_in_a_cookie_and_a_form() -> None:
    assert set(SIGNED) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@pytest.mark.parametrize("length", range(9))
def test_values_of_every_length_come_back(length: int) -> None:
    value: dict[str, object] = {"v": "x" * length}
    assert SIGNER.open("p", SIGNER.sign("p", value, UNTIL), NOW) == value


@pytest.mark.parametrize(
    ("at", "good"),
    [(NOW, True), (UNTIL - timedelta(seconds=1), True), (UNTIL, False), (UNTIL + timedelta(days=1), False)],
)
def test_it_is_good_until_its_time(at: datetime, good: bool) -> None:
    assert (SIGNER.open("decision", SIGNED, at) is not None) is good


def test_another_purpose_or_key_opens_nothing() -> None:
    assert SIGNER.open("session", SIGNED, NOW) is None
    assert SIGNER.open("", SIGNED, NOW) is None
    assert ValueSigner(b"j" * 32).open("decision", SIGNED, NOW) is None


def test_purpose_and_value_cannot_be_shifted_into_each_other() -> None:
    body, _, mac = SIGNED.partition(".")
    assert SIGNER.open("decision" + "\0" + body[:4], f"{body[4:]}.{mac}", NOW) is None


@pytest.mark.parametrize("at", range(0, len(SIGNED), 7))
def test_a_changed_character_is_a_forgery(at: int) -> None:
    other = "A" if SIGNED[at] != "A" else "B"
    assert SIGNER.open("decision", SIGNED[:at] + other + SIGNED[at + 1 :], NOW) is None


@pytest.mark.parametrize(
    "text", ["", ".", "a", "a.b", SIGNED[:-1], SIGNED + "0", SIGNED + ".x", "é.ü", SIGNED.rpartition(".")[0]]
)
def test_text_of_another_shape_is_nothing(text: str) -> None:
    assert SIGNER.open("decision", text, NOW) is None


def test_a_forged_body_is_not_believed() -> None:
    body = base64.urlsafe_b64encode(json.dumps({"until": 2**40, "value": {"who": "admin"}}).encode()).rstrip(b"=")
    assert SIGNER.open("decision", f"{body.decode()}.{SIGNED.partition('.')[2]}", NOW) is None


def test_more_than_a_cookie_holds_is_not_even_hashed() -> None:
    long = SIGNER.sign("decision", {"v": "x" * 9000}, UNTIL)
    assert SIGNER.open("decision", long, NOW) is None


@pytest.mark.parametrize("length", [0, 1, 31])
def test_a_short_key_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ValueSigner(b"k" * length)


def test_what_each_group_may_do() -> None:
    assert GROUP_SCOPES == {
        AUTHORS: ("submit", "read"),
        REVIEWERS: ("submit", "read", "review", "decide"),
        PLATFORM: ("read", "admin"),
    }
    assert SERVER_SCOPES == ("submit", "read", "review")  # a notebook must never be able to decide
