"""Environment markers of PEP 508: whether a line of a lock is for a Python on Linux. Pure, standard library only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.python.versions import satisfies

_TOKEN = re.compile(r"\s*(\(|\)|and\b|or\b|not\s+in\b|in\b|~=|===|==|!=|<=|>=|<|>|'[^']*'|\"[^\"]*\"|[a-z_]+)")
_VERSIONS = frozenset({"python_version", "python_full_version", "implementation_version"})
_NEWEST_PATCH = 99
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}  # '3.12' <= python_version


def linux(python: str) -> Mapping[str, str]:
    """The marker variables of CPython on 64-bit Linux. `python` is "3.11"; its patch release is taken as the newest."""
    return {
        "python_version": python,
        "python_full_version": f"{python}.{_NEWEST_PATCH}",
        "implementation_name": "cpython",
        "implementation_version": f"{python}.{_NEWEST_PATCH}",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
        "platform_release": "",
        "platform_version": "",
        "extra": "",
    }


def holds(marker: str, environment: Mapping[str, str]) -> bool:
    """Whether the marker is true there. Raises BadCatalog when it is no marker."""
    return _evaluated(marker, tuple(sorted(environment.items())))


@lru_cache(maxsize=4096)
def _evaluated(marker: str, environment: tuple[tuple[str, str], ...]) -> bool:
    reader = _Reader(marker, dict(environment))
    value = reader.either()
    if reader.peek() is not None:
        raise BadCatalog(f"this is no marker: {marker!r}")
    return value


class _Reader:
    """A marker, read from left to right: `or` binds less than `and`, brackets bind most."""

    def __init__(self, marker: str, environment: Mapping[str, str]) -> None:
        self._marker = marker
        self._environment = environment
        self._tokens = self._split(marker)
        self._place = 0

    def peek(self) -> str | None:
        """The next token, None at the end."""
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def either(self) -> bool:
        """Terms joined by `or`."""
        value = self._both()
        while self.peek() == "or":
            self._take()
            value = self._both() or value
        return value

    def _both(self) -> bool:
        value = self._single()
        while self.peek() == "and":
            self._take()
            value = self._single() and value
        return value

    def _single(self) -> bool:
        if self.peek() == "(":
            self._take()
            value = self.either()
            if self._take() != ")":
                raise self._bad()
            return value
        left, operator, right = self._take(), " ".join(self._take().split()), self._take()
        return self._compared(left, operator, right)

    def _compared(self, left: str, operator: str, right: str) -> bool:
        one, other = self._value(left), self._value(right)
        if operator == "in":
            return one in other
        if operator == "not in":
            return one not in other
        if left in _VERSIONS or right in _VERSIONS:
            turned = left not in _VERSIONS
            version, bound = (other, one) if turned else (one, other)
            try:
                return satisfies(version, (_TURNED.get(operator, operator) if turned else operator) + bound)
            except ValueError:
                raise self._bad() from None
        if operator in {"==", "==="}:
            return one == other
        if operator == "!=":
            return one != other
        raise self._bad()

    def _value(self, token: str) -> str:
        if token[0] in "'\"":
            return token[1:-1]
        if token not in self._environment:
            raise self._bad()
        return self._environment[token]

    def _take(self) -> str:
        token = self.peek()
        if token is None:
            raise self._bad()
        self._place += 1
        return token

    def _split(self, marker: str) -> list[str]:
        tokens, place, text = [], 0, marker.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise self._bad()
            tokens.append(found[1])
            place = found.end()
        return tokens

    def _bad(self) -> BadCatalog:
        return BadCatalog(f"this is no marker: {self._marker!r}")
