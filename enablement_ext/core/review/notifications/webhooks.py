"""What is posted to chat rooms and programs, and how a receiver knows that it came from here.

The signature is that of Standard Webhooks: `v1,` and the Base64 of HMAC-SHA256 over "id.timestamp.body".
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enablement_ext.core.review.notifications.letters import headline
from enablement_ext.core.review.notifications.models import Occasion


class WebhookFormat(StrEnum):
    """Whose form the body has."""

    SLACK = "slack"
    MATTERMOST = "mattermost"
    TEAMS = "teams"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Webhook:
    """One that is configured. `tracks` are those of whose turns it hears, all where it is empty; without a `secret` nothing is signed."""

    name: str
    url: str
    format: WebhookFormat
    tracks: frozenset[str] = frozenset()
    secret: bytes = b""


@dataclass(frozen=True, slots=True)
class Post:
    """What is told: that a submission waits for a track."""

    key: str
    occasion: Occasion
    submission: int
    title: str
    track: str
    link: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Posting:
    """A request to a webhook, ready to be sent."""

    url: str
    body: bytes
    headers: Mapping[str, str]


def posting(webhook: Webhook, post: Post, now: datetime) -> Posting:
    """The request that tells it."""
    body = json.dumps(_body(webhook.format, post), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Enablement", "webhook-id": post.key}
    headers["webhook-timestamp"] = str(int(now.timestamp()))
    if webhook.secret:
        headers["webhook-signature"] = signature(
            webhook.secret, headers["webhook-id"], headers["webhook-timestamp"], body
        )
    return Posting(webhook.url, body, headers)


def signature(secret: bytes, identifier: str, timestamp: str, body: bytes) -> str:
    """What a receiver computes again."""
    signed = f"{identifier}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def _body(form: WebhookFormat, post: Post) -> dict[str, object]:
    title = headline(post.submission, post.title)
    waits = "still waits" if post.occasion is Occasion.REMINDER else "waits"
    if form is WebhookFormat.SLACK:
        return {"text": f"<{post.link}|{_slack(title)}> {waits} for the {post.track} review."}
    if form is WebhookFormat.MATTERMOST:
        return {"text": f"[{_markdown(title)}]({post.link}) {waits} for the {post.track} review."}
    if form is WebhookFormat.TEAMS:
        return _teams(title, f"It {waits} for the {post.track} review.", post.link)
    return {
        "kind": post.occasion.value,
        "submission": post.submission,
        "title": post.title,
        "track": post.track,
        "url": post.link,
        "at": post.at.isoformat(),
    }


def _teams(title: str, text: str, link: str) -> dict[str, object]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "TextBlock", "text": _markdown(title), "weight": "Bolder", "wrap": True},
            {"type": "TextBlock", "text": text, "wrap": True},
        ],
        "actions": [{"type": "Action.OpenUrl", "title": "Open", "url": link}],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _slack(text: str) -> str:
    """Slack's three characters; a title mentions nobody and links nowhere."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "¦")


def _markdown(text: str) -> str:
    """A backslash before what Markdown reads, and a space without width after @, so that a title mentions nobody."""
    return "".join(f"\\{mark}" if mark in "\\`*_[]()<>|~" else mark for mark in text).replace("@", "@\u200b")
