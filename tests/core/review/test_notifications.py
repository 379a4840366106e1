"""Whom an event tells what, and what a mail and a webhook say of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enablement_ext.core.review.models import Attention, Claim, Event, Submission
from enablement_ext.core.review.notifications import models
from enablement_ext.core.review.notifications.derivation import derived
from enablement_ext.core.review.notifications.letters import (
    Chapter,
    Letter,
    Sender,
    Told,
    address,
    digest,
    headline,
    letter,
)
from enablement_ext.core.review.notifications.models import (
    MOST_FAILURES,
    Occasion,
    OutboxEntry,
    OutboxState,
    Undeliverable,
)
from enablement_ext.core.review.notifications.preferences import Preferences, as_document, from_document
from enablement_ext.core.review.notifications.webhooks import Post, Webhook, WebhookFormat, posting
from tests.core.review.factories import NOW, submission

NORM = timedelta(hours=16)
TRACK = "track:technical"
SENDER = Sender("example.org", "https://hub.example.org/services/enablement/notifications")


def with_turns(*who: str, seq: int = 5, claim: str = "") -> Submission:
    held = Claim(claim, NOW, NOW) if claim else None
    return replace(submission(), claim=held, attention=tuple(Attention(name, NOW, seq) for name in who))


def told(before: Submission | None, after: Submission, kind: str, actor: str) -> set[str]:
    event = Event(7, NOW, actor, kind, after.number, 1)
    return {f"{entry.occasion.value} {entry.who}" for entry in derived(before, after, event, NORM)}


@pytest.mark.parametrize(
    ("before", "after", "kind", "actor", "expected"),
    [
        (None, (TRACK, "user:olga"), "sent", "dana", {"turn " + TRACK, "turn user:olga", "reminder " + TRACK, "reminder user:olga"}),
        ((TRACK,), ("user:remy",), "claimed", "remy", {"reminder user:remy"}),  # nobody is told of what they did
        (("user:remy",), ("user:remy", "user:dana"), "review_published", "remy", {"turn user:dana", "reminder user:dana"}),
        (("user:remy", "user:dana"), ("user:remy", "user:dana"), "review_published", "remy", {"turn user:dana"}),  # more to look at
        (("user:remy", "user:dana"), ("user:remy",), "commented", "dana", {"turn user:remy"}),
        ((TRACK, "user:dana"), (TRACK,), "commented", "dana", set()),  # a whole track is not told of each remark
        (("user:remy",), (), "approved", "remy", {"news user:dana"}),
        (("user:remy",), ("user:dana",), "changes_requested", "remy", {"turn user:dana", "reminder user:dana"}),
        (("user:remy", "user:olga"), (), "withdrawn", "dana", {"news user:remy", "news user:olga"}),
        (("user:remy",), ("user:remy",), "resolved", "dana", set()),
        (("user:remy",), (TRACK,), "claim_lapsed", "enablement", {"turn " + TRACK, "reminder " + TRACK}),
        (("user:dana",), ("user:dana",), "comment_edited", "remy", set()),
    ],
)  # fmt: skip
def test_an_event_tells(
    before: tuple[str, ...] | None, after: tuple[str, ...], kind: str, actor: str, expected: set[str]
) -> None:
    was = None if before is None else with_turns(*before, seq=3)
    assert told(was, with_turns(*after, seq=7), kind, actor) == expected


def test_whoever_picked_it_up_hears_of_it_even_where_they_have_no_turn() -> None:
    assert told(with_turns("user:dana", claim="remy"), with_turns(), "withdrawn", "dana") == {"news user:remy"}


def chapter(title: str = "Forecast", *quotes: str) -> Chapter:
    return Chapter(12, title, "https://hub.example.org/s/12", [Told(7, Occasion.TURN, "remy wrote a comment:", quotes)])


@pytest.mark.parametrize(
    ("template", "name", "expected"),
    [
        ("{name}@example.org", "dana", "dana@example.org"),
        ("{name}", "dana.k+x@mail.example.org", "dana.k+x@mail.example.org"),
        ("{name}@example.org", "dana@evil.example", None),
        ("{name}@example.org", "dana,olga", None),
        ("{name}@example.org", "dana\r\nBcc: all", None),
        ("{name}@example.org", "dana\n", None),
        ("{name}@example.org", '"dana b"', None),
        ("{name}@example.org", "dana (x)", None),
        ("{name}@example.org", "<dana>", None),
        ("{name}@example.org", "däna", None),
        ("{name}@example.org", "", None),
        ("{name}@example.org", ".dana", None),
        ("{name}@example.org", "a..b", None),
        ("{name}@example.org", "a" * 65, None),
        ("{name}", "dana", None),
        ("{name}", "dana@[127.0.0.1]", None),
        ("{name}", "@other.example:dana@example.org", None),
    ],
)
def test_a_name_makes_one_plain_address_or_none(template: str, name: str, expected: str | None) -> None:
    assert address(template, name) == expected


@pytest.mark.parametrize(
    "title",
    [
        "a\r\nBcc: all@example.org",
        "a\nX: y",
        "a\rb",
        "a\u2028b",
        "a\x85b",
        "a\x0bb\x0cc",
        "a\u202eb",
        "a\x00b",
        "\r\n\r\n<body>",
    ],
)
def test_a_title_stays_on_its_line(title: str) -> None:
    made = letter(SENDER, "dana@example.org", chapter(title))
    assert made.subject.isprintable()
    assert len(made.subject.splitlines()) == 1
    assert "\u202e" not in made.subject


def test_a_mail_says_what_was_written_as_text_and_no_more_than_that() -> None:
    made = letter(SENDER, "dana@example.org", chapter("T" * 500, "Why?\n--\nFrom: boss", "x" * 5000, *["more"] * 30))
    assert made.subject == f"#12 {'T' * 119}…"
    lines = made.text.split("\n")
    assert {"> Why?", "> --", "> From: boss", "12 more comments are in the lab."} <= set(lines)
    assert sum(line.count("x") for line in lines if line.startswith("> x")) < 2000
    assert max(map(len, lines)) < 998  # of SMTP
    assert "You get this because it is your turn." in made.text
    assert SENDER.settings in made.text
    assert headline(3, " \n ") == "#3 without a title"


def test_mails_of_a_submission_are_one_thread_and_each_has_its_own_identifier() -> None:
    def made(to: str, seq: int) -> Letter:
        return letter(SENDER, to, replace(chapter(), told=[Told(seq, Occasion.TURN, "x")]))

    assert made("dana@example.org", 7) == made("dana@example.org", 7)
    assert len({made(to, seq).message_id for to in ("dana@x.org", "olga@x.org") for seq in (7, 8)}) == 4
    assert {made(to, seq).thread for to in ("a@x.org", "b@x.org") for seq in (7, 8)} == {"<submission-12@example.org>"}
    summary = digest(SENDER, "dana@example.org", [chapter(), replace(chapter("Churn"), submission=13)])
    assert (summary.subject, summary.thread) == ("What happened to 2 submissions", "")
    assert "#12 Forecast" in summary.text
    assert "#13 Churn" in summary.text


POST = Post("7:turn:0:webhook:room:technical", Occasion.TURN, 12, "<!here> @all *x* | [y](http://z)", "technical", "https://hub/s/12", NOW)  # fmt: skip


@pytest.mark.parametrize("form", list(WebhookFormat))
def test_a_title_is_text_in_every_room(form: WebhookFormat) -> None:
    made = posting(Webhook("room", "https://chat.example.org/x", form), POST, NOW)
    body: Any = json.loads(made.body)
    said = body["attachments"][0]["content"]["body"][0]["text"] if form is WebhookFormat.TEAMS else body.get("text", "")
    assert "<!here>" not in said
    if form in (WebhookFormat.MATTERMOST, WebhookFormat.TEAMS):
        assert "[y](" not in said
        assert "@all" not in said
    if form is WebhookFormat.JSON:
        assert (body["submission"], body["title"], body["track"], body["kind"]) == (12, POST.title, "technical", "turn")
    assert "webhook-signature" not in made.headers


def test_a_signature_is_what_a_receiver_computes() -> None:
    secret = b"s" * 32
    made = posting(Webhook("room", "https://chat.example.org/x", WebhookFormat.JSON, secret=secret), POST, NOW)
    signed = f"{POST.key}.{int(NOW.timestamp())}.".encode() + made.body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert made.headers["webhook-signature"] == f"v1,{expected}"


def test_it_is_tried_for_half_a_day_and_then_waits_for_somebody() -> None:
    entry = models.queued(derived(None, with_turns(TRACK), Event(7, NOW, "dana", "sent", 1, 1), NORM)[0], 1)
    pauses, failures = [], Undeliverable("away")
    while entry.state is not OutboxState.DEAD:
        entry = models.failed(models.taken(entry, NOW), NOW, failures, 0.0)
        pauses.append(entry.due_at - NOW)
    assert entry.failures == MOST_FAILURES
    assert timedelta(hours=11) < sum(pauses[:-1], timedelta()) < timedelta(hours=13)
    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    late = models.failed(replace(entry, failures=0), NOW, failures, 1.0)
    assert late.due_at - NOW == timedelta(seconds=45)
    assert models.failed(late, NOW, Undeliverable("no", final=True), 0.0).state is OutboxState.DEAD
    again: OutboxEntry = models.retried(entry, NOW)
    assert (again.state, again.failures, again.due_at) == (OutboxState.QUEUED, 0, NOW)


GOOD = as_document(Preferences())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mail", {"turn": "now"}),
        ("mail", {"turn": "now", "news": "now", "reminder": "hourly"}),
        ("zone", "Mars/Olympus"),
        ("opens", "17:00"),
        ("opens", "9 o'clock"),
        ("closes", "25:00"),
        ("days", []),
        ("days", [7]),
        ("digest_hour", 24),
        ("digest_hour", None),
        ("digest_hour", True),
        ("away", ["2026-12-24", "2026-12-23"]),
        ("away", ["2026-12-24", "2028-12-23"]),
        ("away", ["2026-12-24"]),
        ("away", ["24.12.", "2026-12-24"]),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(field: str, value: object) -> None:
    assert from_document(GOOD) == Preferences()
    assert from_document({**GOOD, "away": ["2026-12-24", "2026-12-24"]}).away is not None
    with pytest.raises(ValueError, match=r"[a-z].*"):
        from_document({**GOOD, field: value})
