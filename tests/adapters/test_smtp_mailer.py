"""Mail to a real mail server: encrypted, verified, signed in, refused, broken off."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from enablement_ext.adapters.notifications import SmtpMailer, smtp
from enablement_ext.core.review.notifications.letters import Letter
from enablement_ext.core.review.notifications.mail_server import MailSecurity, MailServer
from enablement_ext.core.review.notifications.models import Undeliverable
from tests.adapters.factories import NOW
from tests.servers.mail import PASSWORD, MailReceiver, receiving

LETTER = Letter(
    "dana@example.org", "#12 Größe", "> Why “ä”?\n.\nline", "<one@example.org>", "<submission-12@example.org>"
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    asked = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run(
        [*asked, "-addext", "subjectAltName=DNS:localhost", "-keyout", file, "-out", file.with_suffix(".crt")],
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


@pytest.fixture
def plain() -> Iterator[MailReceiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def secure(certificate: Path) -> Iterator[MailReceiver]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with receiving(tls) as receiver:
        yield receiver


def server(receiver: MailReceiver, security: MailSecurity = MailSecurity.NONE) -> MailServer:
    return MailServer("localhost", receiver.port, security, "enablement@example.org")


def mailer(to: MailServer) -> SmtpMailer:
    return SmtpMailer(to, lambda: NOW)


def refused(to: MailServer, letter: Letter = LETTER) -> Undeliverable:
    with pytest.raises(Undeliverable) as problem:
        mailer(to).send(letter)
    assert PASSWORD not in problem.value.problem
    return problem.value


def test_a_mail_arrives_as_it_was_written(plain: MailReceiver) -> None:
    mailer(server(plain)).send(LETTER)
    (recipients, message), *more = plain.mails
    assert (recipients, more) == (["dana@example.org"], [])
    assert (message["Subject"], message["Message-ID"]) == (LETTER.subject, LETTER.message_id)
    assert (message["References"], message["In-Reply-To"]) == (LETTER.thread, LETTER.thread)
    assert message["From"] == "Enablement <enablement@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == LETTER.text


@pytest.mark.parametrize(
    "letter",
    [
        replace(LETTER, subject="x\r\nBcc: all@example.org"),
        replace(LETTER, subject="x\nX-Y: z"),
        replace(LETTER, to="dana@example.org\r\nBcc: all@example.org"),
        replace(LETTER, to="dana@example.org, all@example.org"),
        replace(LETTER, message_id="<a@b>\r\nBcc: all@example.org"),
        replace(LETTER, thread="<a@b>\nBcc: all@example.org"),
    ],
)
def test_nothing_gets_into_the_head_of_a_mail_by_way_of_a_value(plain: MailReceiver, letter: Letter) -> None:
    assert refused(server(plain), letter).final
    assert not plain.mails


def test_the_connection_is_encrypted_and_signed_in(secure: MailReceiver, certificate: Path, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(f"{PASSWORD}\n")
    to = replace(
        server(secure, MailSecurity.STARTTLS), user="robot", password_file=str(password), ca_file=str(certificate)
    )
    mailer(to).send(LETTER)
    assert (len(secure.mails), secure.users, secure.encrypted) == (1, ["robot"], [True])
    password.write_text("another")
    assert "user or password (535)" in refused(to).problem
    assert "cannot be used" in refused(replace(to, password_file=str(tmp_path / "none"))).problem
    assert "certificate is not accepted" in refused(replace(to, ca_file="")).problem
    assert "certificate is not accepted" in refused(replace(to, host="127.0.0.1")).problem
    assert len(secure.mails) == 1


def test_without_encryption_nothing_is_sent_where_it_is_wanted(plain: MailReceiver) -> None:
    assert not refused(server(plain, MailSecurity.STARTTLS)).final
    assert not plain.mails


def test_what_the_server_says_decides_whether_it_is_tried_again(plain: MailReceiver) -> None:
    plain.answers = ["451 later", "554 spam \x1b[31m", "250 taken"]
    later, never = refused(server(plain)), refused(server(plain))
    assert (later.final, never.final) == (False, True)
    assert "554 spam" in never.problem
    assert never.problem.isprintable()
    plain.refuse_recipients = "550 5.1.1 nobody of that name"
    assert refused(server(plain)).problem == "the mail server refused the recipient: 550 5.1.1 nobody of that name"
    plain.refuse_recipients = "450 busy"
    assert not refused(server(plain)).final


def test_a_server_that_is_not_there_or_says_nothing_is_tried_again(
    plain: MailReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setattr(smtp, "_WHOLE_SECONDS", 0.3)
    to = replace(server(plain), host="127.0.0.1", port=silent.getsockname()[1])
    taking = threading.Thread(target=_drip, args=(silent,), daemon=True)
    taking.start()
    assert not refused(to).final
    silent.close()
    taking.join(60)
    assert not refused(to).final


def _drip(listening: socket.socket) -> None:
    """A word at a time, for ever: no wait for one of them is long."""
    connection, _ = listening.accept()
    more = threading.Event()
    with connection:
        connection.sendall(b"220 hello\r\n")
        while True:
            try:
                connection.sendall(b"250-x\r\n")
            except OSError:
                return
            more.wait(0.05)
