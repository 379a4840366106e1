"""Two stored notebooks, cell by cell."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.notebook.stored import StoredCell, StoredNotebook
from enablement_ext.core.review.differences.alignment import CellPair, corresponding
from enablement_ext.core.review.differences.models import (
    CellDifference,
    Correspondence,
    LineDifference,
    NotebookDifference,
    OutputDifference,
    ValueDifference,
)
from enablement_ext.core.review.differences.outputs import Detail, output_differences, plain_outputs
from enablement_ext.core.review.differences.sources import line_differences

MOST_CHARACTERS = 4_000_000  # of all sources that differ; those beyond are not compared
_LONGEST_SETTING = 400
_MOST_SETTINGS = 40


def notebook_difference(old: StoredNotebook, new: StoredNotebook, how: Comparer | None = None) -> NotebookDifference:
    """What differs. Cells stand in the order of `new`, those that are gone behind what stood before them."""
    pairs = corresponding(old.cells, new.cells)
    made = _Comparison(old.cells, new.cells, Detail(how or Comparer()))
    cells = tuple(_folded(made.cells(pairs)))
    kernels = _kernel(old), _kernel(new)
    return NotebookDifference(
        cells=cells,
        settings=_settings(_own(old.metadata), _own(new.metadata)),
        kernel=kernels if kernels[0] != kernels[1] else None,
        language=new.language or old.language,
    )


@dataclass(slots=True)
class _Comparison:
    """One comparison, with what is left of its bounds."""

    old: Sequence[StoredCell]
    new: Sequence[StoredCell]
    detail: Detail
    characters_left: int = MOST_CHARACTERS
    keys: Counter[str] = field(default_factory=Counter)

    def cells(self, pairs: Sequence[CellPair]) -> Iterator[CellDifference]:
        """All cells of both sides, one by one."""
        partner = {pair.new: pair for pair in pairs}
        kept = {pair.old for pair in pairs}
        followed = {pair.old: pair.new for pair in pairs if not pair.moved}
        gone: dict[int, list[int]] = {}
        behind = -1
        for index in range(len(self.old)):
            if index in kept:
                behind = followed.get(index, behind)
            else:
                gone.setdefault(behind, []).append(index)
        yield from map(self._removed, gone.get(-1, ()))
        for index, cell in enumerate(self.new):
            pair = partner.get(index)
            yield self._added(cell) if pair is None else self._pair(pair)
            yield from map(self._removed, gone.get(index, ()))

    def _pair(self, pair: CellPair) -> CellDifference:
        old, new = self.old[pair.old], self.new[pair.new]
        outputs = output_differences(old, new, self.detail) if new.cell_type == "code" else ()
        resulted = any(each.standing not in (Correspondence.SAME, Correspondence.EQUIVALENT) for each in outputs)
        settings = () if old.metadata == new.metadata else _settings(old.metadata, new.metadata)
        attachments = old.attachments != new.attachments
        if old.source == new.source and not (resulted or settings or attachments or pair.moved):
            return CellDifference(Correspondence.SAME, pair.old, pair.new, equivalent=int(bool(outputs)))
        return CellDifference(
            Correspondence.CHANGED,
            pair.old,
            pair.new,
            moved=pair.moved,
            cell_type=new.cell_type,
            old_id=old.id,
            new_id=new.id,
            seen_key=self._key(new, ""),
            lines=self._lines(old.source, new.source),
            outputs=outputs,
            settings=settings,
            attachments=attachments,
        )

    def _added(self, cell: StoredCell) -> CellDifference:
        outputs = tuple(OutputDifference(Correspondence.ADDED, None, at) for at in range(cell.outputs_total))
        return CellDifference(
            Correspondence.ADDED,
            None,
            cell.index,
            cell_type=cell.cell_type,
            new_id=cell.id,
            seen_key=self._key(cell, ""),
            lines=self._lines("", cell.source),
            outputs=outputs,
            settings=_settings({}, cell.metadata),
            attachments=bool(cell.attachments),
        )

    def _removed(self, index: int) -> CellDifference:
        cell = self.old[index]
        outputs = tuple(OutputDifference(Correspondence.REMOVED, at, None) for at in range(cell.outputs_total))
        return CellDifference(
            Correspondence.REMOVED,
            index,
            None,
            cell_type=cell.cell_type,
            old_id=cell.id,
            seen_key=self._key(cell, "gone"),
            lines=self._lines(cell.source, ""),
            outputs=outputs,
            settings=_settings(cell.metadata, {}),
            attachments=bool(cell.attachments),
        )

    def _lines(self, old: str, new: str) -> tuple[LineDifference, ...] | None:
        self.characters_left -= len(old) + len(new)
        return line_differences(old, new) if self.characters_left >= 0 else None

    def _key(self, cell: StoredCell, what: str) -> str:
        """Of the same content the same, numbered where several cells hold it; ids, places and numbers of execution are not in it."""
        hashed = hashlib.sha256(f"{what}\n{cell.cell_type}\n{cell.source_sha256}\n".encode())
        hashed.update(_json(cell.metadata).encode())
        hashed.update(_json(cell.attachments).encode())
        for raw in plain_outputs(cell):
            hashed.update(len(raw).to_bytes(8, "big"))
            hashed.update(raw)
        key = hashed.hexdigest()[:40]
        self.keys[key] += 1
        return key if self.keys[key] == 1 else f"{key}-{self.keys[key]}"


def _folded(cells: Iterator[CellDifference]) -> Iterator[CellDifference]:
    """Runs of cells that do not differ as one entry each."""
    run: CellDifference | None = None
    for cell in cells:
        if cell.standing is not Correspondence.SAME:
            if run is not None:
                yield run
            run = None
            yield cell
        elif run is not None and _follows(run, cell):
            run = CellDifference(
                Correspondence.SAME, run.old, run.new, run.count + 1, equivalent=run.equivalent + cell.equivalent
            )
        else:
            if run is not None:
                yield run
            run = cell
    if run is not None:
        yield run


def _follows(run: CellDifference, cell: CellDifference) -> bool:
    return (run.old or 0) + run.count == cell.old and (run.new or 0) + run.count == cell.new


def _settings(old: object, new: object) -> tuple[ValueDifference, ...]:
    """The members of two metadata that differ."""
    ours, theirs = (side if isinstance(side, dict) else {} for side in (old, new))
    names = sorted(ours.keys() | theirs.keys())
    found = (
        ValueDifference(name[:_LONGEST_SETTING], _shown(ours, name), _shown(theirs, name))
        for name in names
        if ours.get(name) != theirs.get(name) or (name in ours) != (name in theirs)
    )
    return tuple(found)[:_MOST_SETTINGS]


def _shown(members: Mapping[str, object], name: str) -> str | None:
    if name not in members:
        return None
    text = json.dumps(members[name], ensure_ascii=False)
    return text if len(text) <= _LONGEST_SETTING else text[:_LONGEST_SETTING] + "…"


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _own(metadata: dict[str, object]) -> dict[str, object]:
    """Without what is told by itself: kernel and language, and the image that the lab records at each save."""
    shown = {key: value for key, value in metadata.items() if key not in ("kernelspec", "language_info", "enablement")}
    own = metadata.get("enablement")
    rest = {key: value for key, value in own.items() if key != "image"} if isinstance(own, dict) else {}
    return {**shown, "enablement": rest} if rest else shown


def _kernel(notebook: StoredNotebook) -> str:
    """The kernel with the version of its language, as far as the notebook says."""
    spec, language = notebook.metadata.get("kernelspec"), notebook.metadata.get("language_info")
    name = str(spec.get("display_name") or spec.get("name") or "") if isinstance(spec, dict) else ""
    version = " ".join(str(language.get(key, "")) for key in ("name", "version")) if isinstance(language, dict) else ""
    return f"{name} ({version.strip()})"[:200] if version.strip() else name[:200]
