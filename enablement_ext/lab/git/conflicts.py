"""Merge conflicts as JSON for the merge view, and the resolutions that come back. Names of JSON fields are those of the front end."""

from __future__ import annotations

from collections.abc import Mapping

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.git.merge.notebook_merge import Item, MergeConflict, NotebookMerge, Resolution
from enablement_ext.core.git.ports import FetchResult
from enablement_ext.core.notebook.working.cells import Cell, source_of

_COMMIT = 64

Json = dict[str, object]


def conflicts_json(folder: str, fetched: FetchResult, merges: Mapping[str, NotebookMerge]) -> Json:
    """Every notebook with its cells in order; a conflict has both sides."""
    notebooks = [
        {"path": name, "items": [_item(item) for item in merge.items], "clashes": len(merge.conflicts)}
        for name, merge in merges.items()
    ]
    return {"folder": folder, "here": fetched.our_commit, "there": fetched.their_commit, "notebooks": notebooks}


def parse_choices(body: Mapping[str, object]) -> tuple[tuple[str, str], dict[str, Mapping[str, Resolution] | None]]:
    """Both commits that were seen, and the resolutions by notebook. Raises `BadRequest`."""
    ours, theirs, given = body.get("here"), body.get("there"), body.get("choices")
    if not isinstance(ours, str) or not isinstance(theirs, str) or max(len(ours), len(theirs)) > _COMMIT:
        raise BadRequest("Say which versions were seen: here, there.", facts={"field": "here"})
    if not isinstance(given, dict):
        raise BadRequest("Say what was chosen: choices.", facts={"field": "choices"})
    return (ours, theirs), {str(name): _choices(name, value) for name, value in given.items()}


def _choices(name: str, value: object) -> Mapping[str, Resolution] | None:
    """By conflict; None where theirs is taken and ours backed up."""
    if value is None:
        return None
    known = {choice.value for choice in Resolution}
    if not isinstance(value, dict) or not all(isinstance(each, str) and each in known for each in value.values()):
        raise BadRequest("A choice is mine, theirs or both.", facts={"field": name[:200]})
    return {str(key): Resolution(each) for key, each in value.items()}


def _item(item: Item) -> Json:
    if isinstance(item, MergeConflict):
        return {"key": item.key, "mine": _cell(item.ours), "theirs": _cell(item.theirs)}
    return {"cell": _cell(item)}


def _cell(cell: Cell | None) -> Json | None:
    return None if cell is None else {"kind": cell["cell_type"], "text": source_of(cell)}
