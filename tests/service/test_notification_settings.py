"""Settings of notifications: what they make, and what they refuse, without telling a secret."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from traitlets import TraitError
from traitlets.config import Config

from enablement_ext.core.review.notifications.mail_server import MailSecurity
from enablement_ext.service.app import ReviewService
from enablement_ext.service.settings.notifications import MailSettings

MAIL = {"host": "smtp.example.org", "sender": "enablement@example.org", "address": "{name}@example.org"}
HUB = {"public_url": "https://hub.example.org/"}
SECRET = "https://chat.example.org/" + "s3cret" * 4


def service(notifications: object = None, mail: object = None, webhooks: object = None) -> ReviewService:
    made = {"NotificationSettings": notifications, "MailSettings": mail, "WebhookSettings": webhooks}
    return ReviewService(config=Config({name: value for name, value in made.items() if value}))


def start(made: ReviewService) -> None:
    """All that a start reads of these settings."""
    made._options(b"k" * 32)
    MailSettings(parent=made).server()


def test_nothing_is_told_where_nothing_is_set() -> None:
    assert service()._options(b"k" * 32).notifications is None


def test_mail_and_webhooks_become_rules(tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"{SECRET}\n")
    (tmp_path / "key").write_text("k" * 16)
    hook = {"url_file": str(tmp_path / "url"), "format": "slack", "tracks": ["technical"]}
    hooks = {"room": {**hook, "secret_file": str(tmp_path / "key")}}
    rules = service({**HUB, "norm_hours": 4.0}, MAIL, {"hooks": hooks})._options(b"k" * 32).notifications
    assert rules is not None
    assert (rules.norm, rules.address, rules.sender.domain) == (timedelta(hours=4), MAIL["address"], "example.org")
    assert rules.links == "https://hub.example.org/services/enablement/s/"
    assert [(each.url, each.secret, each.tracks) for each in rules.webhooks] == [
        (SECRET, b"k" * 16, frozenset({"technical"}))
    ]


@pytest.mark.parametrize(
    ("notifications", "mail", "webhooks", "named"),
    [
        ({}, MAIL, {}, "public_url"),
        ({"public_url": "hub.example.org"}, MAIL, {}, "public_url"),
        (HUB, {**MAIL, "sender": "me"}, {}, "sender"),
        (HUB, {**MAIL, "address": "all@example.org"}, {}, "address"),
        (HUB, {**MAIL, "address": "{name}@a b"}, {}, "address"),
        (HUB, {**MAIL, "user": "robot"}, {}, "password_file"),
        (HUB, {**MAIL, "user": "robot", "password_file": "x", "security": "none"}, {}, "security"),
        ({**HUB, "time_zone": "Mars"}, MAIL, {}, "time_zone"),
        ({**HUB, "holidays": ["25.12."]}, MAIL, {}, "holidays"),
        ({**HUB, "opens": 17}, MAIL, {}, "closes"),
        (HUB, {}, {"hooks": {"room": {"format": "slack"}}}, "url"),
        (HUB, {}, {"hooks": {"room": {"url": SECRET, "format": "irc"}}}, "format"),
        (HUB, {}, {"hooks": {"room": {"url": SECRET, "format": "slack", "tracks": ["none"]}}}, "track"),
        (HUB, {}, {"hooks": {"room": {"url": SECRET.replace("https", "http"), "format": "slack"}}}, "https"),
        (HUB, {}, {"hooks": {"room": {"url": SECRET.replace("//", "//a:b@"), "format": "slack"}}}, "password"),
        (HUB, {}, {"hooks": {"room": {"url": SECRET, "format": "json", "secret_file": "/nowhere"}}}, "read"),
        (HUB, {}, {"hooks": {}, "private_networks": ["everywhere"]}, "private_networks"),
    ],
)
def test_a_mistake_is_named_at_start(
    notifications: dict[str, object], mail: dict[str, object], webhooks: dict[str, object], named: str
) -> None:
    with pytest.raises(TraitError) as refused:
        start(service(notifications, mail, webhooks))
    assert named in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_ports_are_those_of_the_protection() -> None:
    for security, port in (("starttls", 587), ("tls", 465), ("none", 25)):
        server = MailSettings(config=Config({"MailSettings": {**MAIL, "security": security}})).server()
        assert server is not None
        assert (server.port, server.security) == (port, MailSecurity(security))
