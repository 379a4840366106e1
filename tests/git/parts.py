"""How much of a walk is asked for: the whole, a part of it, or nothing beyond a sample."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

Each = TypeVar("Each")


def asked_for(variable: str, everything: Sequence[Each], sample: Sequence[Each]) -> list[Each]:
    """The sample where the variable is not set; all for `all`; for `2/4` the second of four parts, which have each exactly once."""
    asked = os.environ.get(variable, "")
    if not asked:
        return list(sample)
    part, of = (1, 1) if asked == "all" else map(int, asked.split("/"))
    return list(everything[part - 1 :: of])
