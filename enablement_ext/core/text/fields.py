"""The members of a JSON object, read strictly: unknown names, wrong types and too long texts are refused with the field's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from enablement_ext.core.text.cleaning import clean, is_visible
from enablement_ext.core.text.ports import FieldError

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fields:
    """An object's members, read by name; `error` is raised (facts `field`) where one is not as the contract says."""

    members: Mapping[str, object]
    error: FieldError
    where: str = ""

    def only(self, names: Iterable[str]) -> Fields:
        """Itself where it has no other members than these."""
        unknown = sorted(self.members.keys() - set(names))
        if unknown:
            raise self.wrong(unknown[0], "is not a field of this form")
        return self

    def wrong(self, name: str, what: str) -> Exception:
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
        if least and not is_visible(cleaned):
            raise self.wrong(name, "has no character that can be seen")
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
        if name not in self.members:
            return default
        chosen = self.maybe_choice(name, kind)
        if chosen is None:
            raise self.wrong(name, f"is not one of {', '.join(member.value for member in kind)}")
        return chosen

    def maybe_choice(self, name: str, kind: type[Choice]) -> Choice | None:
        """One of an enumeration's values; None where it is missing or null."""
        value = self.members.get(name)
        if value is None:
            return None
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
        return tuple(text for text in found if is_visible(text))
