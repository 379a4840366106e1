"""Two versions: the environment and the files first, because they explain outputs; then the notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.notebook.stored import StoredNotebook
from enablement_ext.core.review.differences.models import (
    Correspondence,
    FileDifference,
    LineDifference,
    VersionDifference,
)
from enablement_ext.core.review.differences.notebooks import notebook_difference
from enablement_ext.core.review.differences.sources import line_differences
from enablement_ext.core.review.models import FileEntry, ImageRef

FORMAT = 1  # of differences as they are kept and compared by their tag: another number for other results
MOST_FILE_BYTES = 200_000  # of a text that is compared
MOST_FILES_BYTES = 2_000_000  # of all such texts of a side
_TEXT_ENDS = (".py", ".md", ".txt", ".sql", ".toml", ".cfg", ".ini", ".yaml", ".yml", ".json", ".csv", ".r", ".sh")


@dataclass(frozen=True, slots=True)
class ComparedVersion:
    """One side: the canonical bytes of its notebook, its other files, its image release, and where the notebook lies."""

    notebook: bytes
    files: Sequence[FileEntry]
    image: ImageRef
    path: str
    texts: Mapping[str, bytes]  # by SHA-256, of those that `compared_texts` names


def compared_texts(old: Sequence[FileEntry], new: Sequence[FileEntry]) -> tuple[list[str], list[str]]:
    """The SHA-256 of the files of each side whose text is to be compared: small ones that are text by their name and changed."""
    mine, yours = _by_path(old), _by_path(new)
    changed = [path for path in sorted(mine.keys() & yours.keys()) if mine[path].sha256 != yours[path].sha256]
    found: tuple[list[str], list[str]] = ([], [])
    left = MOST_FILES_BYTES
    for path in changed:
        sizes = mine[path].size, yours[path].size
        if path.lower().endswith(_TEXT_ENDS) and max(sizes) <= min(MOST_FILE_BYTES, left):
            left -= max(sizes)
            found[0].append(mine[path].sha256)
            found[1].append(yours[path].sha256)
    return found


def version_difference(old: ComparedVersion, new: ComparedVersion, how: Comparer | None = None) -> VersionDifference:
    """What differs. Raises `BadNotebook` where a notebook is not canonical."""
    notebooks = StoredNotebook(old.notebook), StoredNotebook(new.notebook)
    return VersionDifference(
        notebook=notebook_difference(*notebooks, how),
        files=tuple(_files(old, new)),
        image=(old.image, new.image) if old.image != new.image else None,
        path=(old.path, new.path) if old.path != new.path else None,
    )


def _files(old: ComparedVersion, new: ComparedVersion) -> Iterator[FileDifference]:
    mine, yours = _by_path(old.files), _by_path(new.files)
    gone = {path: entry for path, entry in mine.items() if path not in yours}
    come = {path: entry for path, entry in yours.items() if path not in mine}
    renamed = _renamed(gone, come)
    for path in sorted({*mine, *yours} - {one for one, _ in renamed}):
        one, other = mine.get(path), yours.get(path)
        if one is not None and other is not None:
            if one != other:
                yield FileDifference(Correspondence.CHANGED, one, other, _file_lines(old, new, one, other))
        elif (before := next((mine[a] for a, b in renamed if b == path), None)) is not None:
            yield FileDifference(Correspondence.RENAMED, before, other)
        else:
            yield FileDifference(Correspondence.REMOVED if other is None else Correspondence.ADDED, one, other)


def _renamed(gone: Mapping[str, FileEntry], come: Mapping[str, FileEntry]) -> list[tuple[str, str]]:
    """Paths whose bytes stand under exactly one other path now."""
    places: dict[str, tuple[list[str], list[str]]] = {}
    for side, files in enumerate((gone, come)):
        for path, entry in files.items():
            places.setdefault(entry.sha256, ([], []))[side].append(path)
    return [(before[0], now[0]) for before, now in places.values() if len(before) == len(now) == 1]


def _file_lines(
    old: ComparedVersion, new: ComparedVersion, one: FileEntry, other: FileEntry
) -> tuple[LineDifference, ...] | None:
    texts = _text(old.texts.get(one.sha256)), _text(new.texts.get(other.sha256))
    return line_differences(texts[0], texts[1]) if texts[0] is not None and texts[1] is not None else None


def _text(data: bytes | None) -> str | None:
    """The file as text; None where it was not given, or is not text."""
    try:
        return None if data is None or b"\0" in data else data.decode()
    except UnicodeDecodeError:
        return None


def _by_path(files: Sequence[FileEntry]) -> dict[str, FileEntry]:
    return {entry.path: entry for entry in files}
