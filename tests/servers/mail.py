"""A mail server that keeps what it is given, and refuses what it is told to."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from tests.servers.ports import free_port

PASSWORD = "a password of the tests"


@dataclass
class MailReceiver:
    """What arrived: the envelope's recipients, and the messages. `answers` are given to the next messages instead of taking them."""

    port: int
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refuse_recipients: str = ""
    users: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, session: Session, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        if self.refuse_recipients:
            return self.refuse_recipients
        envelope.rcpt_tos.append(address)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((list(envelope.rcpt_tos), message))
        return "250 taken"

    def authenticated(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        """Whether the password is the right one."""
        assert isinstance(data, LoginPassword)
        right = data.password.decode() == PASSWORD
        if right:
            self.users.append(data.login.decode())
        return AuthResult(success=right, handled=False, message=None if right else f"535 no {PASSWORD}")


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[MailReceiver]:
    """A mail server on a free port; with `tls` it takes nothing before STARTTLS, and nothing without the password."""
    receiver = MailReceiver(free_port())
    more: dict[str, Any] = {}
    if tls is not None:
        more = {
            "tls_context": tls,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": receiver.authenticated,
        }
    controller = Controller(receiver, hostname="127.0.0.1", port=receiver.port, ready_timeout=60, **more)
    controller.start()
    try:
        yield receiver
    finally:
        controller.stop()
