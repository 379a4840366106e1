"""A difference as a page without scripts shows it: a sentence, and the changed lines as text under a heading a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.text.direction_marks import DIRECTION_MARKS

MOST_LINES = 400  # on one page; the lab shows the rest
_LONGEST = 400
_INERT = dict.fromkeys(map(ord, DIRECTION_MARKS), "\ufffd")  # they would show a line other than it runs
_CONTEXT = 2  # equal lines around a changed one
_WORDS = {"changed": "changed", "added": "new", "removed": "gone", "renamed": "renamed"}
_OUTPUTS = {"changed": "another output", "added": "a new output", "removed": "an output is gone"}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One part that changed: what it is, notes, and lines as (mark, text): "+" new, "-" gone, " " equal, "…" left out."""

    title: str
    notes: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChangesShown:
    """What changed since a version. `more`: there is more than is shown."""

    version: int
    sentence: str
    parts: tuple[ShownChange, ...]
    more: bool


def changes_shown(version: int, difference: Json) -> ChangesShown:
    """From the contract's `Difference`."""
    parts: list[ShownChange] = []
    left = MOST_LINES
    for part in _parts(difference):
        if left <= 0:
            return ChangesShown(version, _sentence(difference), tuple(parts), more=True)
        parts.append(ShownChange(part.title, part.notes, part.lines[:left]))
        if len(part.lines) > left:
            return ChangesShown(version, _sentence(difference), tuple(parts), more=True)
        left -= len(part.lines) + 1
    return ChangesShown(version, _sentence(difference), tuple(parts), more=False)


def _sentence(difference: Json) -> str:
    counts = {
        word: sum(1 for cell in difference["cells"] if cell["standing"] == standing)
        for standing, word in _WORDS.items()
    }
    cells = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    files = len(difference["files"])
    found = [
        "another environment" if difference["image"] or difference["kernel"] else "",
        f"{files} file{'s' if files != 1 else ''} changed" if files else "",
        f"cells: {cells}" if cells else "",
    ]
    return "; ".join(filter(None, found)) or "nothing that is shown"


def _parts(difference: Json) -> Iterator[ShownChange]:
    image, kernel, path = difference["image"], difference["kernel"], difference["path"]
    notes = [f"Image {_image(image['old'])} became {_image(image['new'])}."] if image else []
    notes += [f"Kernel {kernel['old'] or 'none'} became {kernel['new'] or 'none'}."] if kernel else []
    notes += [f"The notebook was {path['old']}."] if path else []
    notes += list(_settings(difference["settings"]))
    if notes:
        yield ShownChange("Environment", tuple(notes), ())
    for file in difference["files"]:
        entry = file["new"] or file["old"]
        renamed = (f"It was {file['old']['path']}.",) if file["standing"] == "renamed" else ()
        yield ShownChange(f"File {entry['path']}: {_WORDS[file['standing']]}", renamed, tuple(_lines(file["lines"])))
    for cell in difference["cells"]:
        if cell["standing"] != "same":
            yield _cell(cell)


def _cell(cell: Json) -> ShownChange:
    number = cell["new"] if cell["new"] is not None else cell["old"]
    before = "" if cell["new"] is not None else " of the version before"
    words = [_WORDS[cell["standing"]]] if _standing_counts(cell) else []
    words += ["moved"] if cell["moved"] else []
    notes = list(_settings(cell["settings"]))
    notes += ["Its attached files changed."] if cell["attachments"] else []
    notes += ["Its source is too long to be shown here."] if cell["lines"] is None else []
    if cell["standing"] == "changed":
        outputs = (_OUTPUTS.get(each["standing"]) for each in cell["outputs"])
        notes += [f"{note[:1].upper()}{note[1:]}." for note in dict.fromkeys(filter(None, outputs))]
    return ShownChange(f"Cell {number + 1}{before}: {', '.join(words)}", tuple(notes), tuple(_lines(cell["lines"])))


def _standing_counts(cell: Json) -> bool:
    """Whether more happened to it than that it moved."""
    if cell["standing"] != "changed" or not cell["moved"]:
        return True
    changed = any(not isinstance(line, str) for line in cell["lines"] or [{}])
    return changed or bool(cell["outputs"]) or bool(cell["settings"]) or bool(cell["attachments"])


def _settings(settings: Sequence[Json]) -> Iterator[str]:
    for each in settings:
        yield f"Setting {each['name']}: {each['old'] or 'none'} became {each['new'] or 'none'}."


def _image(image: Json) -> str:
    return f"{image['slug']} {image['release']}"


def _lines(lines: Sequence[object] | None) -> Iterator[tuple[str, str]]:
    """Changed lines with those next to them."""
    shown = lines or ()
    near = {
        near_by
        for at, line in enumerate(shown)
        if not isinstance(line, str)
        for near_by in range(at - _CONTEXT, at + _CONTEXT + 1)
    }
    last = -1
    for at, line in enumerate(shown):
        if at not in near:
            continue
        if at != last + 1:
            yield "…", ""
        last = at
        yield from _marked(line)


def _marked(line: object) -> Iterator[tuple[str, str]]:
    if isinstance(line, Mapping):
        for mark, side in (("-", line["old"]), ("+", line["new"])):
            if side is not None:
                yield mark, _inert("".join(side))
    else:
        yield " ", _inert(str(line))


def _inert(text: str) -> str:
    return text[:_LONGEST].translate(_INERT)
