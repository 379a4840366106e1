"""What of a submission a person has seen, so that the next version can be read by what is new in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from enablement_ext.core.review.models import Version

SEEN_KEY = re.compile(r"[0-9a-f]{40}(-[1-9][0-9]{0,5})?")
MOST_KEYS = 20_000  # of one person in one submission: as many as a notebook may have cells


@dataclass(frozen=True, slots=True)
class SeenMarks:
    """Of one person in one submission. `version`: the newest that was read to its end, None for none; `keys`: the cells that were
    seen, by `CellDifference.seen_key`, in whichever version."""

    version: int | None = None
    keys: frozenset[str] = frozenset()


def base_of(marks: SeenMarks, versions: Sequence[Version], number: int) -> int | None:
    """The version that `number` is compared with for this person: the newest before it that was read, else the one before it.

    None for the first version. What was not read to its end is no base, so that nothing of it is passed over.
    """
    earlier = [version.number for version in versions if version.number < number]
    if marks.version is not None and marks.version in earlier:
        return marks.version
    return max(earlier, default=None)
