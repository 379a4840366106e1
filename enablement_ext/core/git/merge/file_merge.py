"""Merging one file that both sides changed: resolved where possible, else a notebook with conflicts, or theirs with a backup of ours."""

from __future__ import annotations

from dataclasses import dataclass

from enablement_ext.core.git.clean_filter import clean, cleaned
from enablement_ext.core.git.merge.cells import parse_notebook
from enablement_ext.core.git.merge.notebook_merge import NotebookMerge, merge, merged_lines

_MARKS = (b"<<<<<<<", b">>>>>>>")


@dataclass(frozen=True, slots=True)
class MergeSides:
    """A file in the merge base, ours and theirs; None where it does not exist."""

    base: bytes | None
    ours: bytes | None
    theirs: bytes | None

    @property
    def have_no_results(self) -> bool:
        """Whether neither side is a notebook with results."""
        return all(each is None or cleaned(each) == each for each in (self.ours, self.theirs))


@dataclass(frozen=True, slots=True)
class MergedFile:
    """The merged content, None for deleted. `back_up`: ours is not in it, so it is to be copied first."""

    data: bytes | None
    back_up: bool = False


def merge_file(sides: MergeSides) -> MergedFile | NotebookMerge:
    """A `NotebookMerge` where there are conflicts that need a person."""
    base, ours, theirs = sides.base, sides.ours, sides.theirs
    if ours == theirs or theirs is None or ours is None:
        return MergedFile(theirs if ours is None else ours)  # a change wins over a deletion
    books = parse_notebook(ours), parse_notebook(theirs)
    if books[0] is not None and books[1] is not None:
        found = merge(parse_notebook(base), books[0], books[1])
        return found if found.conflicts else MergedFile(found.resolved({}))
    lines = _lines(sides)
    return MergedFile(theirs, back_up=True) if lines is None else MergedFile(lines)


def resolved_by_hand(path: str, data: bytes | None, sides: MergeSides) -> bytes | None:
    """What somebody made of a conflict in the work tree, as it goes into a version.

    None where there is nothing, conflict markers are left in it, or results that neither side has cannot be taken out of it.
    """
    if data is None or any(mark in data for mark in _MARKS):
        return None
    if not path.endswith(".ipynb") or not sides.have_no_results:
        return data
    found = clean(data, sides.ours)
    return found.data if found.why is None else None


def _lines(sides: MergeSides) -> bytes | None:
    """Merged text, None where lines conflict or it is no text."""
    try:
        texts = [(side or b"").decode() for side in (sides.base, sides.ours, sides.theirs)]
    except UnicodeDecodeError:
        return None
    if any(text.lstrip().startswith("{") and '"nbformat"' in text for text in texts) or sides.base is None:
        return None  # a broken notebook is not merged as text
    lines = merged_lines(*(text.split("\n") for text in texts))
    return None if lines is None else "\n".join(lines).encode()
