"""Statements about findings: the author says of a place that it is not a secret, and why. Values only, for whoever stores and shows them."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 50  # statements about one content
# Guessed from words and from what stands around: they are wrong at times. A provider's own shape of token hardly ever is.
USUAL_RULES = ("password", "key", "bearer-token", "url-password", "azure-sas", "json-web-token")


@dataclass(frozen=True, slots=True)
class NotSecret:
    """What the author says of every match of `rule` in line `line` (1-based) of the part `where`."""

    where: str
    rule: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class NotSecrets:
    """Statements, and the content that they were made on."""

    content: str = ""
    statements: tuple[NotSecret, ...] = ()
