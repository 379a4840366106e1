"""What becomes of one file that both sides changed: decided where it can be, a merge to be settled by a person, or a copy that is kept aside."""

from __future__ import annotations

from dataclasses import dataclass

from enablement_ext.core.git.merge.cells import parse_notebook
from enablement_ext.core.git.merge.notebook_merge import NotebookMerge, merge, merged_lines


@dataclass(frozen=True, slots=True)
class MergeSides:
    """A file in the version both come from, in mine and in theirs; None where it is not."""

    base: bytes | None
    ours: bytes | None
    theirs: bytes | None


@dataclass(frozen=True, slots=True)
class MergedFile:
    """What the file becomes. `backups`: mine is not in it, so it is kept as a copy."""

    data: bytes | None
    back_up: bool = False


def merge_file(sides: MergeSides) -> MergedFile | NotebookMerge:
    """A `NotebookMerge` has clashes; everything else is decided."""
    base, mine, theirs = sides.base, sides.ours, sides.theirs
    if mine == theirs or theirs is None or mine is None:
        return MergedFile(theirs if mine is None else mine)  # who changed it wins over who took it out
    books = parse_notebook(mine), parse_notebook(theirs)
    if books[0] is not None and books[1] is not None:
        found = merge(parse_notebook(base), books[0], books[1])
        return found if found.conflicts else MergedFile(found.resolved({}))
    lines = _lines(sides)
    return MergedFile(theirs, back_up=True) if lines is None else MergedFile(lines)


def _lines(sides: MergeSides) -> bytes | None:
    """Text that goes together, None where it does not or is no text."""
    try:
        texts = [(side or b"").decode() for side in (sides.base, sides.ours, sides.theirs)]
    except UnicodeDecodeError:
        return None
    if any(text.lstrip().startswith("{") and '"nbformat"' in text for text in texts) or sides.base is None:
        return None  # half a notebook is none
    lines = merged_lines(*(text.split("\n") for text in texts))
    return None if lines is None else "\n".join(lines).encode()
