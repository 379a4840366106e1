"""Where mail goes, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MailSecurity(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes. The password is read from its file for each mail, so that a new one counts at once. `ca_file`: "" for public authorities."""

    host: str
    port: int
    security: MailSecurity
    sender: str  # the address
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
