"""The file of rules: which finding blocks, which is shown, which does not count.

version = 1

[levels]
"order" = "block"              # every code of a check
"order.hidden-runs" = "allow"  # or one of them, which wins
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from enablement_ext.core.checks.models import FindingKind, Level

VERSION = 1


class BadPolicy(ValueError):
    """The file of rules cannot be used; the message has every mistake, one a line."""


@dataclass(frozen=True, slots=True)
class CheckPolicy:
    """The level of each code; what is not named has the level of its kind."""

    levels: Mapping[str, Level] = field(default_factory=dict)

    def level(self, code: str, kind: FindingKind) -> Level:
        """The code's own rule, else that of its check, else the kind's level."""
        return self.levels.get(code, self.levels.get(code.partition(".")[0], kind.level))


def read_policy(text: str, kinds: Mapping[str, FindingKind]) -> CheckPolicy:
    """Raises `BadPolicy` with all mistakes: a policy that is half understood protects from nothing."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"not TOML: {error}") from error
    levels = document.get("levels", {})
    mistakes = [
        f"{key}: there is no such key; there are version, levels" for key in document.keys() - {"version", "levels"}
    ]
    if document.get("version") != VERSION:
        mistakes.append(f"version: must be {VERSION}")
    if not isinstance(levels, dict):
        mistakes.append("levels: must be a table of code = level")
        levels = {}
    known = {*kinds, *(code.partition(".")[0] for code in kinds)}
    mistakes += [_unknown(code, known) for code in levels if code not in known]
    mistakes += [
        f"levels.{code}: {level!r} is none of {', '.join(Level)}"
        for code, level in levels.items()
        if level not in list(Level)
    ]
    if mistakes:
        raise BadPolicy("\n".join(sorted(mistakes)))
    return CheckPolicy({code: Level(level) for code, level in levels.items()})


def _unknown(code: str, known: set[str]) -> str:
    near = get_close_matches(code, known, 1)
    return f"levels.{code}: no check finds this" + (f"; did you mean {near[0]}?" if near else "")
