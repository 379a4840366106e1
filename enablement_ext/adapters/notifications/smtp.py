"""Mail by SMTP, with the standard library: one connection for each mail, encrypted and verified unless an administrator says otherwise.

What the server answers decides: 4xx, no answer and a broken connection are tried again, 5xx to the recipient or the message is final. That
we cannot sign in is not the mail's fault, and is tried again.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from enablement_ext.core.review.notifications.letters import Letter
from enablement_ext.core.review.notifications.mail_server import MailSecurity, MailServer
from enablement_ext.core.review.notifications.models import Undeliverable
from enablement_ext.core.text.cleaning import clean

_STEP_SECONDS = 20.0  # without a word from the server
_WHOLE_SECONDS = 60.0  # of one mail, however slowly a server speaks
_PROBLEM = 200  # characters of what a server said


class SmtpMailer:
    """A `Mailer` over SMTP."""

    def __init__(self, server: MailServer, now: Callable[[], datetime]) -> None:
        self._server = server
        self._now = now

    def send(self, letter: Letter) -> None:
        """Raises `Undeliverable`."""
        try:
            message = message_of(letter, self._server.sender, self._now())
        except ValueError as problem:
            raise Undeliverable(
                f"no mail can be made of it: {clean(str(problem), one_line=True)}", final=True
            ) from None
        try:
            self._deliver(letter.to, message)
        except smtplib.SMTPAuthenticationError as refused:
            raise Undeliverable(f"the mail server does not accept the user or password ({refused.smtp_code})") from None
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()), (0, b""))
            raise _answer("recipient", code, said) from None
        except smtplib.SMTPSenderRefused as refused:
            raise _answer("sender", refused.smtp_code, refused.smtp_error, final=False) from None
        except smtplib.SMTPDataError as refused:
            raise _answer("message", refused.smtp_code, refused.smtp_error) from None
        except ssl.SSLCertVerificationError as wrong:
            raise Undeliverable(f"the mail server's certificate is not accepted: {wrong.verify_message}") from None
        except (OSError, smtplib.SMTPException) as broken:
            raise Undeliverable(f"the mail server cannot be used: {type(broken).__name__}") from None

    def _deliver(self, to: str, message: EmailMessage) -> None:
        server = self._server
        connection = self._connected()
        limit = threading.Timer(_WHOLE_SECONDS, _break_off, (connection,))
        limit.daemon = True
        limit.start()
        try:
            if server.security is MailSecurity.STARTTLS:
                connection.starttls(context=self._tls())  # raises where the server offers none: nothing was sent yet
            if server.user:
                connection.login(server.user, Path(server.password_file).read_text(encoding="utf-8").strip())
            connection.send_message(message, server.sender, [to])
            _quit(connection)
        finally:
            limit.cancel()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security is MailSecurity.TLS:
            return smtplib.SMTP_SSL(server.host, server.port, timeout=_STEP_SECONDS, context=self._tls())
        return smtplib.SMTP(server.host, server.port, timeout=_STEP_SECONDS)

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.ca_file or None)


def message_of(letter: Letter, sender: str, at: datetime) -> EmailMessage:
    """The message, of text alone. Raises `ValueError` where something in its head would not be one line of it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Enablement", addr_spec=sender)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter.message_id
    if letter.thread:
        message["In-Reply-To"] = letter.thread
        message["References"] = letter.thread
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, cte="base64" if not letter.text.isascii() else None)
    return message


def _answer(what: str, code: int, said: bytes | str, *, final: bool = True) -> Undeliverable:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    told = clean(words, one_line=True)[:_PROBLEM]
    return Undeliverable(f"the mail server refused the {what}: {code} {told}", final=final and 500 <= code < 600)


def _quit(connection: smtplib.SMTP) -> None:
    """The mail is the server's by now, whatever becomes of the goodbye."""
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        return


def _break_off(connection: smtplib.SMTP) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
