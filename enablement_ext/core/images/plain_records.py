"""Records of releases in the plain form that they are written in, read several times as fast as TOML in general.

A catalog has thousands of them, and most of the time to read one went into its records. What is in any other form, and what is wrong, is left to
the TOML parser: here is nothing read that it would read in another way.
"""

from __future__ import annotations

import re
from datetime import date

_TEXT = r'"[^"\\\x00-\x1f\x7f]*"'
_LINE = re.compile(
    r"(?P<key>[a-z][a-z0-9_]*) = (?:"
    rf"(?P<text>{_TEXT})|(?P<list>\[{_TEXT}(?:, {_TEXT})*\])|(?P<date>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})"
    r"|(?P<float>(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15})|(?P<int>0|[1-9][0-9]{0,17}))"
)
_TABLE = re.compile(r'\[([a-z]+)\."([0-9.]+)"\]')
_IN_LIST = re.compile(r'"([^"]*)"')


def read_plain(text: str) -> dict[str, object] | None:
    """What `tomllib.loads` makes of the text, None where it is not in the plain form."""
    record: dict[str, object] = {}
    entries = record
    for line in text.split("\n"):
        if found := _LINE.fullmatch(line):
            key = found["key"]
            if key in entries:
                return None
            try:
                entries[key] = _value(found)
            except ValueError:
                return None
        elif table := _TABLE.fullmatch(line):
            tables = record.setdefault(table[1], {})
            if (
                not isinstance(tables, dict)
                or table[2] in tables
                or any(not isinstance(each, dict) for each in tables.values())
            ):
                return None
            entries = tables[table[2]] = {}
        elif line and not (line.startswith("#") and line.isprintable()):
            return None
    return record


def _value(found: re.Match[str]) -> object:
    kind, value = found.lastgroup, found[found.lastgroup or 0]
    if kind == "text":
        return value[1:-1]
    if kind == "list":
        return _IN_LIST.findall(value)
    if kind == "date":
        return date.fromisoformat(value)
    return float(value) if kind == "float" else int(value)
