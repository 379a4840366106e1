"""Settings of notifications: when a turn takes long, the mail server, and webhooks. Secrets come from files, never from a setting's value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from traitlets import Dict, Enum, Float, Int, List, TraitError, Unicode, validate
from traitlets.config import Configurable

from enablement_ext.core.access.clients import Network, parse_networks
from enablement_ext.core.review.notifications.letters import Sender, address
from enablement_ext.core.review.notifications.mail_server import MailSecurity, MailServer
from enablement_ext.core.review.notifications.preferences import Preferences
from enablement_ext.core.review.notifications.rules import NotificationRules
from enablement_ext.core.review.notifications.webhooks import Webhook, WebhookFormat
from enablement_ext.core.review.notifications.working_hours import time_zone

_PORTS = {MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465, MailSecurity.NONE: 25}
_HOOK = {"url", "url_file", "format", "tracks", "secret_file"}
_SHORTEST_SECRET = 16


class NotificationSettings(Configurable):
    """When people are told that it is their turn. They are where `MailSettings.host` or `WebhookSettings.hooks` is set."""

    public_url = Unicode(
        "",
        help="The hub's origin as people open it, https://HOST[:PORT]: what links in messages begin with. Needed with mail and with webhooks.",
    ).tag(config=True)
    norm_hours = Float(
        16.0,
        min=0.1,
        help="How many working hours a turn usually takes. Whose turn it is, is reminded after one, two and three times as many, and then no more; "
        "from the second time on, the reviewers of the track are told as well.",
    ).tag(config=True)
    quiet_seconds = Float(
        120.0,
        min=0.0,
        max=3600.0,
        help="How long a mail waits for more to happen to the same submission, in seconds.",
    ).tag(config=True)
    time_zone = Unicode(
        "UTC", help="The time zone of tracks, and of people who never chose one, e.g. Europe/Berlin."
    ).tag(config=True)
    opens = Int(9, min=0, max=22, help="The hour at which their working day begins.").tag(config=True)
    closes = Int(17, min=1, max=23, help="The hour at which it ends.").tag(config=True)
    holidays = List(Unicode(), help="Days on which nobody is reminded, as 2026-12-25.").tag(config=True)

    @validate("public_url")
    def _checked_url(self, proposal: Any) -> Any:
        given = proposal["value"].rstrip("/")
        parts = urlsplit(given)
        if given and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query):
            raise TraitError(f"NotificationSettings.public_url is https://HOST[:PORT] without a path, not {given}")
        return given

    @validate("time_zone")
    def _checked_zone(self, proposal: Any) -> Any:
        try:
            time_zone(proposal["value"])
        except ValueError as problem:
            raise TraitError(f"NotificationSettings.time_zone: {problem}") from None
        return proposal["value"]

    @validate("holidays")
    def _checked_holidays(self, proposal: Any) -> Any:
        for day in proposal["value"]:
            try:
                date.fromisoformat(day)
            except ValueError:
                raise TraitError(f"NotificationSettings.holidays: write {day!r} as 2026-12-25") from None
        return proposal["value"]

    def rules(self, tracks: frozenset[str], prefix: str) -> NotificationRules | None:
        """How people are told, None where there is nothing to tell them by. Raises `TraitError` where something is missing."""
        mail, webhooks = MailSettings(parent=self.parent), WebhookSettings(parent=self.parent).webhooks(tracks)
        if not mail.host and not webhooks:
            return None
        if not self.public_url:
            raise TraitError("NotificationSettings.public_url: say where people open the hub; messages link there")
        if self.opens >= self.closes:
            raise TraitError("NotificationSettings.closes: the working day ends after it begins")
        usual = Preferences(zone=self.time_zone, opens=time(self.opens), closes=time(self.closes))
        links = f"{self.public_url}{prefix}"
        return NotificationRules(
            norm=timedelta(hours=self.norm_hours),
            quiet=timedelta(seconds=self.quiet_seconds),
            usual=usual,
            holidays=frozenset(date.fromisoformat(day) for day in self.holidays),
            address=mail.address if mail.host else "",
            sender=Sender(mail.domain, f"{links}notifications"),
            links=f"{links}s/",
            webhooks=webhooks,
        )


class MailSettings(Configurable):
    """The mail server."""

    host = Unicode("", help="The host of the mail server (SMTP). Empty: no mail is sent.").tag(config=True)
    port = Int(0, min=0, max=65535, help="Its port. Default: 587 with starttls, 465 with tls, else 25.").tag(
        config=True
    )
    security = Enum(
        ["starttls", "tls", "none"],
        "starttls",
        help="How the connection is encrypted, with a certificate that is verified: `starttls`, `tls` from the first byte, or `none`. "
        "It never falls back to an unencrypted one.",
    ).tag(config=True, weakens="with none, titles and comments go to the mail server in clear text")
    ca_file = Unicode(
        "", help="A file with the certificates of the mail server's authority, where it is not a public one."
    ).tag(config=True)
    user = Unicode("", help="The account on the mail server. Empty: none is used.").tag(config=True)
    password_file = Unicode("", help="The file with that account's password; read for each mail.").tag(config=True)
    sender = Unicode("", help="The address that mail comes from, e.g. enablement@example.org.").tag(config=True)
    address = Unicode(
        "",
        help="The mail address of a person, with {name} for the name of their hub account: {name}@example.org, or {name} where names are addresses. "
        "Whose name makes no plain address gets no mail.",
    ).tag(config=True)

    def server(self) -> MailServer | None:
        """The mail server, None where there is none. Raises `TraitError` where something is missing."""
        if not self.host:
            return None
        if address(self.sender, "") is None:
            raise TraitError(f"MailSettings.sender is a mail address as enablement@example.org, not {self.sender!r}")
        if "{name}" not in self.address or (self.address != "{name}" and address(self.address, "dana") is None):
            raise TraitError("MailSettings.address is a template with {name}, as {name}@example.org")
        if self.user and (self.security == "none" or not self.password_file):
            raise TraitError("MailSettings.user: needs `password_file`, and `security` starttls or tls")
        security = MailSecurity(self.security)
        port = self.port or _PORTS[security]
        return MailServer(self.host, port, security, self.sender, self.user, self.password_file, self.ca_file)

    @property
    def domain(self) -> str:
        """That of message identifiers."""
        return str(self.sender).rpartition("@")[2] or "localhost"


class WebhookSettings(Configurable):
    """Webhooks that are told when a submission waits for a track. Only these addresses are ever posted to."""

    hooks = Dict(
        help="""For each webhook its name, and: `url` or `url_file` (the file with the address, where that is a secret), `format` (slack, mattermost,
        teams or json), `tracks` (a list; all where it is left out), `secret_file` (the file with what the bodies are signed with, at least 16 bytes).
        {"room": {"url_file": "/run/secrets/slack", "format": "slack", "tracks": ["technical"]}}
        """,
    ).tag(config=True)
    private_networks = List(
        Unicode(),
        help="Networks beside the public internet in which webhooks may be (10.1.0.0/16, 127.0.0.1), also with http. A name that means any other "
        "private address is refused, whenever it begins to.",
    ).tag(config=True, weakens="what answers there can be posted to by whoever rules the names of your webhooks")
    ca_file = Unicode(
        "", help="A file with the certificates of the receivers' authority, where it is not a public one."
    ).tag(config=True)

    @validate("private_networks")
    def _checked_networks(self, proposal: Any) -> Any:
        try:
            parse_networks(proposal["value"])
        except ValueError as problem:
            raise TraitError(f"WebhookSettings.private_networks: {problem}") from None
        return proposal["value"]

    def networks(self) -> tuple[Network, ...]:
        """Those beside the public internet."""
        return parse_networks(self.private_networks)

    def webhooks(self, tracks: frozenset[str]) -> tuple[Webhook, ...]:
        """All of them. Raises `TraitError`."""
        return tuple(self._webhook(str(name), hook, tracks) for name, hook in self.hooks.items())

    def _webhook(self, name: str, hook: object, tracks: frozenset[str]) -> Webhook:
        where = f"WebhookSettings.hooks[{name!r}]"
        if not isinstance(hook, Mapping) or set(hook) - _HOOK or ("url" in hook) == ("url_file" in hook):
            raise TraitError(f"{where} has `url` or `url_file`, `format`, and may have `tracks` and `secret_file`")
        url = str(hook["url"]) if "url" in hook else _content(where, str(hook["url_file"]))
        if hook.get("format") not in WebhookFormat._value2member_map_:
            raise TraitError(f"{where}: `format` is one of {', '.join(WebhookFormat)}")
        wanted = frozenset(map(str, hook.get("tracks", ())))
        if not wanted <= tracks:
            raise TraitError(f"{where}: there is no track {', '.join(sorted(wanted - tracks))}")
        secret = _content(where, str(hook["secret_file"])).encode() if "secret_file" in hook else b""
        if "secret_file" in hook and len(secret) < _SHORTEST_SECRET:
            raise TraitError(f"{where}: what is in `secret_file` has at least {_SHORTEST_SECRET} bytes")
        self._require_address(where, url)
        return Webhook(name, url, WebhookFormat(hook["format"]), wanted, secret)

    def _require_address(self, where: str, url: str) -> None:
        """Says nothing of the address itself, which may be a secret."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise TraitError(f"{where}: its address cannot be read") from None
        schemes = ("https", "http") if self.private_networks else ("https",)
        sound = url.isascii() and url.isprintable() and " " not in url and port != 0
        if not sound or parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc:
            raise TraitError(
                f"{where}: its address begins with https:// and has no password (http:// with private_networks)"
            )


def _content(where: str, file: str) -> str:
    """Raises `TraitError` where the file cannot be read; what is in it is never told."""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise TraitError(f"{where}: this file cannot be read: {file}") from None
