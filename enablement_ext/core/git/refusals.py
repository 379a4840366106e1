"""Why a server did not take or give versions, out of what Git printed: in the server's own words, and with what to do."""

from __future__ import annotations

import re

from enablement_ext.core.errors import ForgeAhead, ForgeAway, GitFailed, PushRefused
from enablement_ext.core.text.addresses import text_without_credentials

_HELPER = "enablement: "
_REJECTED = re.compile(r"^ ! \[remote rejected\] .*\((.*)\)$", re.MULTILINE)
_BUSY = ("lock", "failed to update ref", "old value", "reference already exists")
_PROGRESS = (
    "Resolving deltas",
    "Compressing objects",
    "Counting objects",
    "Enumerating objects",
    "Total ",
    "Processed ",
)
_TOO_MUCH = ("HTTP 413", "error: 413", "maxInputSize", "exceeds maximum")
_NOT_LET_IN = ("Authentication failed", "could not read Username", "quit")
_KEPT = "Your version is kept here."
_ON_A_BRANCH = "In the Git panel make a branch of your own and save again: it goes to the server under that name."
_WORDS = 400


def is_busy(printed: str) -> bool:
    """Whether the server is still at work on another push, which ends in a moment."""
    return any(word in reason for reason in _REJECTED.findall(printed) for word in _BUSY) and "unpack" not in printed


def refusal_of(printed: str) -> GitFailed | None:
    """The error, None where it is none of the server's. `printed`: by Git and its credential helper, to standard error."""
    if "non-fast-forward" in printed or "(fetch first)" in printed:
        return ForgeAhead()
    if any(mark in printed for mark in _TOO_MUCH):
        return GitFailed("This is more than the server takes. Leave large files out.")
    rejected = _REJECTED.search(printed)
    if rejected:
        return _rejected(server_words(printed) or _plain(rejected[1]), rejected[1])
    return _not_let_in(printed)


def _not_let_in(printed: str) -> ForgeAway | None:
    if "error: 403" in printed:
        told = server_words(printed)
        says = f" The server says: “{told}”." if told else ""
        return PushRefused(f"You may read this repository, and not write it.{says} {_KEPT} Ask whom it belongs to.")
    if "error: 429" in printed:
        return ForgeAway("The server was asked too often. Nothing was lost; wait a minute, then try again.")
    no_key = _line_of_helper(printed)
    if no_key:
        return ForgeAway(f"The server gave no key. {no_key}")
    if any(mark in printed for mark in _NOT_LET_IN):
        return ForgeAway(
            "The server did not let you in. Nothing was lost; press Repair, or start your own server again."
        )
    return None


def server_words(printed: str) -> str:
    """What the server said, on one line; "" for nothing."""
    lines = (line.removeprefix("remote:").strip() for line in printed.splitlines() if line.startswith("remote:"))
    return _plain(" ".join(line for line in lines if line and not line.startswith(_PROGRESS)))


def _rejected(words: str, reason: str) -> PushRefused:
    every = f"{words} {reason}".lower()
    protected = "protected" in every or "not allowed to push" in every or "rule violations" in every
    what_to_do = _ON_A_BRANCH if protected else "Change what it asks for, and save again."
    return PushRefused(f"The server did not take the version. It says: “{words.rstrip('.')}”. {_KEPT} {what_to_do}")


def _line_of_helper(printed: str) -> str:
    found = next((line for line in printed.splitlines() if line.startswith(_HELPER)), "")
    return _plain(found.removeprefix(_HELPER))


def _plain(text: str) -> str:
    return text_without_credentials("".join(mark for mark in text if mark.isprintable()))[:_WORDS].strip()
