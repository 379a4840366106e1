"""What differs between two versions, and which approvals survive that.

The kinds are safe to rest a policy on: two versions whose code cells differ in text, number or order always have CODE among their
changes, whatever their cells are called; and different bytes always have at least one kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from enablement_ext.core.notebook.stored import StoredCell, StoredNotebook
from enablement_ext.core.review.cell_alignment import aligned, has_made_id
from enablement_ext.core.review.models import ChangeKind, FileEntry, ImageRef

# How each kind is called where a person reads it: why an approval fell, the decision page.
CHANGE_WORDS: Mapping[ChangeKind, str] = {
    ChangeKind.METADATA: "metadata",
    ChangeKind.OUTPUTS: "outputs",
    ChangeKind.MARKDOWN: "text cells",
    ChangeKind.CODE: "code",
    ChangeKind.FILES: "files sent along",
    ChangeKind.ENVIRONMENT: "the environment",
    ChangeKind.UNKNOWN: "what nobody can tell, because the version before is lost",
}


@dataclass(frozen=True, slots=True)
class VersionContent:
    """What of a version can change: the canonical bytes of its notebook (None where they are lost), its other files, its image release."""

    notebook: bytes | memoryview | None
    files: Sequence[FileEntry]
    image: ImageRef


def changes(old: VersionContent, new: VersionContent) -> tuple[ChangeKind, ...]:
    """The kinds of change from `old` to `new`, in the order of `ChangeKind`; empty if and only if they are identical.

    Raises `BadNotebook` where a notebook is not canonical.
    """
    kinds: set[ChangeKind] = set()
    if old.image != new.image:
        kinds.add(ChangeKind.ENVIRONMENT)
    if old.notebook is None or new.notebook is None:
        kinds.add(ChangeKind.UNKNOWN)
    elif old.notebook != new.notebook:
        kinds |= _notebook_changes(StoredNotebook(bytes(old.notebook)), StoredNotebook(bytes(new.notebook)))
        kinds |= set() if kinds else {ChangeKind.METADATA}  # different bytes always have a kind
    if _by_path(old.files) != _by_path(new.files):
        kinds.add(ChangeKind.FILES)
    return tuple(kind for kind in ChangeKind if kind in kinds)


def surviving(changes: Iterable[ChangeKind], survive: frozenset[ChangeKind]) -> bool:
    """Whether an approval that survives these kinds still counts after these changes. None survives what is not known."""
    return all(kind in survive and kind is not ChangeKind.UNKNOWN for kind in changes)


class FallReason(StrEnum):
    """Why a decision no longer counts."""

    CHANGED = "changed"  # an approval: the next version changes what it does not survive
    ANSWERED = "answered"  # a request: a version answers it
    DISPUTED = "disputed"  # an administrator found that its maker did not make it


@dataclass(frozen=True, slots=True)
class Fall:
    """Why one decision no longer counts, with what the next version changes or the number of the version that answers it."""

    reason: FallReason
    changes: tuple[ChangeKind, ...] = ()
    version: int | None = None

    def code(self) -> str:
        """As it is stored: words of the contract, which never change. `fall_of` reads it."""
        more = ",".join(self.changes) if self.version is None else str(self.version)
        return f"{self.reason}:{more}" if more else self.reason.value

    def sentence(self) -> str:
        """For people, in English."""
        if self.reason is FallReason.CHANGED:
            return f"The new version changes {_list([CHANGE_WORDS[kind] for kind in self.changes])}."
        if self.reason is FallReason.ANSWERED:
            return f"Version {self.version} answers it."
        return "It was disputed by the person in whose name it was made."


def fall_of(stored: str) -> Fall | None:
    """What was stored as a code; None for a sentence, which was stored before there were codes and is shown as it is."""
    reason, _, more = stored.partition(":")
    try:
        if reason == FallReason.CHANGED:
            return Fall(FallReason.CHANGED, changes=tuple(map(ChangeKind, more.split(","))))
        return Fall(FallReason(reason), version=int(more) if more else None)
    except ValueError:
        return None


def fall_sentence(stored: str) -> str:
    """What people read of what was stored."""
    fall = fall_of(stored)
    return stored if fall is None else fall.sentence()


def why_fallen(changes: Iterable[ChangeKind], survive: frozenset[ChangeKind]) -> Fall | None:
    """Why an approval fell; None where it did not."""
    fatal = tuple(kind for kind in changes if not surviving([kind], survive))
    return Fall(FallReason.CHANGED, changes=fatal) if fatal else None


def _notebook_changes(old: StoredNotebook, new: StoredNotebook) -> set[ChangeKind]:
    kinds: set[ChangeKind] = set()
    if _code(old) != _code(new):
        kinds.add(ChangeKind.CODE)
    if _texts(old, ChangeKind.CODE in kinds) != _texts(new, ChangeKind.CODE in kinds):
        kinds.add(ChangeKind.MARKDOWN)
    if _kernel(old) != _kernel(new):
        kinds.add(ChangeKind.ENVIRONMENT)
    if _written(old) != _written(new) or any(_metadata_differs(*pair) for pair in aligned(old, new)):
        kinds.add(ChangeKind.METADATA)
    if _outputs_differ(old, new, same_code=ChangeKind.CODE not in kinds):
        kinds.add(ChangeKind.OUTPUTS)
    return kinds


def _code(notebook: StoredNotebook) -> list[tuple[str, str]]:
    """The same text in another language is other code."""
    return [(cell.language, cell.source) for cell in notebook.cells if cell.cell_type == "code"]


def _texts(notebook: StoredNotebook, without_code: bool) -> list[object]:
    """The text cells in order; where code is the same, also how they stand between it."""
    shown: list[object] = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            shown.append((cell.cell_type, cell.source, cell.attachments))
        elif not without_code:
            shown.append(None)
    return shown


def _written(notebook: StoredNotebook) -> dict[str, object]:
    """The notebook's metadata but for the image that the lab records at each save: which image it was is the version's own fact."""
    if b'"image"' not in notebook.raw_metadata:
        return notebook.metadata
    own = notebook.metadata.get("enablement")
    rest = {key: value for key, value in own.items() if key != "image"} if isinstance(own, dict) else {}
    others = {key: value for key, value in notebook.metadata.items() if key != "enablement"}
    return {**others, "enablement": rest} if rest else others


def _metadata_differs(old: StoredCell, new: StoredCell) -> bool:
    return old.metadata != new.metadata or (old.id != new.id and not (has_made_id(old) and has_made_id(new)))


def _kernel(notebook: StoredNotebook) -> tuple[object, ...]:
    """What decides by what the code is run: another kernel or language is another environment, not mere metadata."""
    spec, language = notebook.metadata.get("kernelspec"), notebook.metadata.get("language_info")
    return (
        (spec.get("name"), spec.get("language")) if isinstance(spec, dict) else None,
        language.get("name") if isinstance(language, dict) else None,
    )


def _outputs_differ(old: StoredNotebook, new: StoredNotebook, *, same_code: bool) -> bool:
    if same_code:  # then the code cells correspond one to one, whatever their ids
        pairs = zip(_code_cells(old), _code_cells(new), strict=True)
        return any(_shown(a) != _shown(b) for a, b in pairs)
    return any(_shown(a) != _shown(b) for a, b in aligned(old, new) if a.cell_type == b.cell_type == "code")


def _code_cells(notebook: StoredNotebook) -> list[StoredCell]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _shown(cell: StoredCell) -> tuple[int | None, bytes]:
    return cell.execution_count, cell.raw_outputs


def _by_path(files: Sequence[FileEntry]) -> dict[str, FileEntry]:
    return {entry.path: entry for entry in files}


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
