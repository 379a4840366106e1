"""What a mail says: plain text of a submission's title and of comments, cleaned and cut, and nothing else of a notebook.

One thread for each submission: every mail refers to the same first message, which nobody ever sends, and has the same subject.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from enablement_ext.core.review.notifications.models import Occasion
from enablement_ext.core.text.cleaning import clean

_TITLE = 120  # characters
_QUOTE = 2000  # of one comment
_QUOTES = 20  # comments of one event
_WIDTH = 900  # of a line, in characters: longer ones are broken
# What a mail server takes as one address and nothing else, without comments, quotes, routes and lists.
_ADDRESS = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail. `thread` is the message that all mails of one thread refer to, "" where it stands for itself."""

    to: str
    subject: str
    text: str
    message_id: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What one entry tells: what happened, in words, and what was written with it."""

    number: int  # of the event
    occasion: Occasion
    what: str
    quotes: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """What is told of one submission. `link` opens it."""

    submission: int
    title: str
    link: str
    told: Sequence[Told]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the domain of message identifiers, and the address of the page on which a person chooses what comes."""

    domain: str
    settings: str


def address(template: str, name: str) -> str | None:
    """The address of the account with this name; None where that makes none."""
    made = template.replace("{name}", name)
    return made if _ADDRESS.fullmatch(made) and ".." not in made else None


def headline(submission: int, title: str) -> str:
    """A submission on one line."""
    return f"#{submission} {_cut(clean(title, one_line=True), _TITLE) or 'without a title'}"


def letter(sender: Sender, to: str, chapter: Chapter) -> Letter:
    """A mail about one submission."""
    text = "\n".join([*_lines(chapter), "", *_footer(sender, _why(chapter.told))])
    thread = f"<submission-{chapter.submission}@{sender.domain}>"
    return Letter(to, headline(chapter.submission, chapter.title), text, _id(sender, to, [chapter]), thread)


def digest(sender: Sender, to: str, chapters: Sequence[Chapter]) -> Letter:
    """A mail about several submissions."""
    lines: list[str] = []
    for chapter in chapters:
        title = headline(chapter.submission, chapter.title)
        lines += [title, "-" * min(len(title), 70), *_lines(chapter), ""]
    count = "1 submission" if len(chapters) == 1 else f"{len(chapters)} submissions"
    text = "\n".join([*lines, *_footer(sender, "You get this once a day, as you chose.")])
    return Letter(to, f"What happened to {count}", text, _id(sender, to, chapters))


def _lines(chapter: Chapter) -> list[str]:
    lines: list[str] = []
    for each in chapter.told:
        lines.append(each.what)
        if each.note:
            lines.append(each.note)
        for quote in each.quotes[:_QUOTES]:
            lines += ["", *_quoted(quote)]
        if len(each.quotes) > _QUOTES:
            lines += ["", f"{len(each.quotes) - _QUOTES} more comments are in the lab."]
        lines.append("")
    return [*lines, f"Open it: {chapter.link}"]


def _why(told: Sequence[Told]) -> str:
    if any(each.occasion is not Occasion.NEWS for each in told):
        return "You get this because it is your turn."
    return "You get this because you wrote it or review it."


def _footer(sender: Sender, why: str) -> list[str]:
    return [why, f"Choose what comes: {sender.settings}", ""]


def _quoted(text: str) -> list[str]:
    lines = []
    for line in _cut(clean(text), _QUOTE).split("\n"):
        pieces = [line[start : start + _WIDTH] for start in range(0, len(line), _WIDTH)] or [""]
        lines += [f"> {piece}".rstrip() for piece in pieces]
    return lines


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _id(sender: Sender, to: str, chapters: Sequence[Chapter]) -> str:
    """The same mail again has the same identifier, by which mail programs show it once."""
    told = ",".join(f"{each.number}:{each.occasion.value}" for chapter in chapters for each in chapter.told)
    return f"<{sha256(f'{to} {told}'.encode()).hexdigest()[:32]}@{sender.domain}>"
