"""JSON to models, strictly by the contract: unknown names, wrong types and too long texts are refused with the field's name.

Texts of people are cleaned once, here: Unicode NFC, no control characters, no marks that turn the reading direction, so that a
title cannot break a list, a log line or a mail. What they say stays theirs; every user interface shows it as text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from enablement_ext.core.errors import BadAnswers, BadRequest, EnablementError
from enablement_ext.core.review.models import Anchor, Answers, FileRole, GitFacts, HandedOver, Stage
from enablement_ext.core.text.direction_marks import DIRECTION_MARKS
from enablement_ext.core.text.identifiers import IDEMPOTENCY_KEY, SHA256_HEX

Choice = TypeVar("Choice", bound=StrEnum)

_CREDENTIALS = re.compile(r"(://)[^/@]*@")  # a password in a remote's address stays with its author
_TEXT = 10_000
_COMMENT = 20_000


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file beside the notebook, as `submission.json` names it."""

    path: str
    role: FileRole


@dataclass(frozen=True, slots=True)
class SubmissionDocument:
    """`submission.json` of a bundle. `sha256` is what the browser saw after the save."""

    answers: Answers
    path: str
    sha256: str
    files: tuple[NamedFile, ...]
    git: GitFacts | None
    stamp: int | None


@dataclass(frozen=True, slots=True)
class NewThread:
    """What opens a thread."""

    version: int
    anchor: Anchor
    text: str


@dataclass(frozen=True, slots=True)
class Fields:
    """An object's members, read by name; `error` is raised (facts `field`) where one is not as the contract says."""

    members: Mapping[str, object]
    error: type[EnablementError]
    where: str = ""

    def only(self, names: Iterable[str]) -> Fields:
        """Itself where it has no other members than these."""
        unknown = sorted(self.members.keys() - set(names))
        if unknown:
            raise self.wrong(unknown[0], "is not a field of this form")
        return self

    def wrong(self, name: str, what: str) -> EnablementError:
        """The error to raise for this member."""
        field = f"{self.where}{name}"[:200]
        return self.error(f"“{field}” {what}.", facts={"field": field})

    def text(self, name: str, most: int, *, least: int = 0, one_line: bool = False) -> str:
        """A text of a person, cleaned; "" where it is missing and `least` is 0."""
        value = self.members.get(name, "")
        if not isinstance(value, str):
            raise self.wrong(name, "is not a text")
        cleaned = clean(value, one_line=one_line)
        if len(value) > most:
            raise self.wrong(name, f"is longer than {most} characters")
        if len(cleaned) < least:
            raise self.wrong(name, "is empty")
        return cleaned

    def number(self, name: str, least: int) -> int:
        """A whole number."""
        value = self.members.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 2**53:
            raise self.wrong(name, f"is not a whole number from {least}")
        return value

    def maybe_number(self, name: str, least: int) -> int | None:
        """A whole number, or None where it is missing or null."""
        return None if self.members.get(name) is None else self.number(name, least)

    def choice(self, name: str, kind: type[Choice], default: Choice) -> Choice:
        """One of an enumeration's values."""
        value = self.members.get(name, default.value)
        if not isinstance(value, str) or value not in kind._value2member_map_:
            raise self.wrong(name, f"is not one of {', '.join(member.value for member in kind)}")
        return kind(value)

    def inner(self, name: str) -> Fields:
        """An object."""
        value = self.members.get(name)
        if not isinstance(value, dict):
            raise self.wrong(name, "is not an object")
        return Fields(value, self.error, f"{self.where}{name}.")

    def items(self, name: str, most: int) -> list[object]:
        """A list; empty where it is missing."""
        value = self.members.get(name, [])
        if not isinstance(value, list):
            raise self.wrong(name, "is not a list")
        if len(value) > most:
            raise self.wrong(name, f"has more than {most} items")
        return value

    def texts(self, name: str, most: int, longest: int) -> tuple[str, ...]:
        """A list of short texts without repetitions, in order."""
        found: dict[str, None] = {}
        for item in self.items(name, most):
            if not isinstance(item, str) or not 0 < len(item) <= longest:
                raise self.wrong(name, f"is not a list of texts of 1 to {longest} characters")
            found[clean(item, one_line=True)] = None
        return tuple(text for text in found if text)


def clean(text: str, *, one_line: bool = False) -> str:
    """The text in NFC without control characters and turning marks; line ends stay unless `one_line`."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    breaks = "" if one_line else "\n\t"
    plain = "".join(
        " " if _is_control(mark) and mark not in breaks else mark for mark in kept if mark not in DIRECTION_MARKS
    )
    return " ".join(plain.split()) if one_line else plain.strip()


def _is_control(mark: str) -> bool:
    return unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp")


def idempotency_key(headers: Mapping[str, str]) -> str:
    """The request's `Idempotency-Key`. Raises `BadRequest`."""
    key = headers.get("idempotency-key", "")
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise BadRequest("The header Idempotency-Key is missing or not 8 to 128 letters, digits and ._~-")
    return key


def submission_document(members: Mapping[str, object]) -> SubmissionDocument:
    """`submission.json`. Raises `BadAnswers` with the field."""
    form = Fields(members, BadAnswers).only(("answers", "notebook", "files", "git", "stamp"))
    notebook = form.inner("notebook").only(("path", "sha256"))
    path, sha256 = notebook.members.get("path"), notebook.members.get("sha256")
    if not isinstance(path, str) or not path:
        raise notebook.wrong("path", "is missing")
    if not isinstance(sha256, str) or not SHA256_HEX.fullmatch(sha256):
        raise notebook.wrong("sha256", "is not a SHA-256 in lower-case hex")
    files = tuple(_file(form, index, item) for index, item in enumerate(form.items("files", 10_000)))
    git = None if form.members.get("git") is None else _git(form.inner("git"))
    return SubmissionDocument(
        answers_of(form.inner("answers")), path, sha256, files, git, form.maybe_number("stamp", 1)
    )


def answers_of(form: Fields) -> Answers:
    """What the author wrote. Raises the form's error."""
    names = ["title", "problem", "value", "expected", "stage", "handed_over", "data_used", "reviewers", "checklist"]
    form.only(names)
    return Answers(
        title=form.text("title", 200, least=1, one_line=True),
        problem=form.text("problem", _TEXT),
        value=form.text("value", _TEXT),
        expected=form.text("expected", _TEXT),
        stage=form.choice("stage", Stage, Stage.EXPLORATION),
        handed_over=form.choice("handed_over", HandedOver, HandedOver.PROTOTYPE),
        data_used=form.text("data_used", _TEXT),
        reviewers=form.texts("reviewers", 20, 255),
        checklist=form.texts("checklist", 50, 100),
    )


def stamp_of(members: Mapping[str, object]) -> tuple[int, str]:
    """(stamp, reason) of an action's body. Raises `BadRequest`."""
    form = Fields(members, BadRequest).only(("stamp", "reason"))
    return form.number("stamp", 1), form.text("reason", 2000)


def comment_of(members: Mapping[str, object]) -> str:
    """The text of a reply. Raises `BadRequest`."""
    return Fields(members, BadRequest).only(("text",)).text("text", _COMMENT, least=1)


def new_thread_of(members: Mapping[str, object]) -> NewThread:
    """What opens a thread; whether the place exists is checked against the version. Raises `BadRequest`."""
    form = Fields(members, BadRequest).only(("version", "anchor", "text"))
    place = form.inner("anchor").only(("cell", "lines", "output"))
    cell = place.members.get("cell")
    if cell is not None and (not isinstance(cell, str) or not 0 < len(cell) <= 200):
        raise place.wrong("cell", "is not a cell id")
    lines = place.members.get("lines")
    output = place.maybe_number("output", 0)
    pair = None if lines is None else _lines(place)
    if cell is None and (pair is not None or output is not None):
        raise place.wrong("cell", "is missing: lines and outputs belong to a cell")
    if pair is not None and output is not None:
        raise place.wrong("output", "and lines exclude each other")
    text = form.text("text", _COMMENT, least=1)
    return NewThread(form.number("version", 1), Anchor(cell=cell, lines=pair, output=output), text)


def _lines(place: Fields) -> tuple[int, int]:
    pair = place.items("lines", 2)
    numbers = [item for item in pair if isinstance(item, int) and not isinstance(item, bool) and 0 < item < 2**31]
    if len(pair) != 2 or len(numbers) != 2 or numbers[0] > numbers[1]:
        raise place.wrong("lines", "is not [first, last]")
    return numbers[0], numbers[1]


def _file(form: Fields, index: int, item: object) -> NamedFile:
    if not isinstance(item, dict):
        raise form.wrong(f"files.{index}", "is not an object")
    entry = Fields(item, BadAnswers, f"files.{index}.").only(("path", "role"))
    path = item.get("path")
    if not isinstance(path, str) or not path:
        raise entry.wrong("path", "is missing")
    role = entry.choice("role", FileRole, FileRole.OTHER)
    if role is FileRole.NOTEBOOK:
        raise entry.wrong("role", "is not one of module, data, other")
    return NamedFile(path, role)


def _git(form: Fields) -> GitFacts:
    form.only(("commit", "branch", "remote", "dirty"))
    dirty = form.members.get("dirty")
    if not isinstance(dirty, bool):
        raise form.wrong("dirty", "is not true or false")
    return GitFacts(
        commit=form.text("commit", 200, one_line=True),
        branch=form.text("branch", 1000, one_line=True),
        remote=_CREDENTIALS.sub(r"\1", form.text("remote", 2000, one_line=True)),
        dirty=dirty,
    )
