"""What the decision page says of checks and of the run: texts, and pictures that a checking process made anew."""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enablement_ext.core.errors import EnablementError
from enablement_ext.core.review.due_runs.models import DueRun, DueRunResult, RunOutcome
from enablement_ext.core.review.evidence.judging import Evidence, cells_of
from enablement_ext.core.review.evidence.sentences import reason_words, verdict_words
from enablement_ext.core.review.models import Version
from enablement_ext.core.text.direction_marks import DIRECTION_MARKS
from enablement_ext.service.checking.pictures import CellPicture
from enablement_ext.service.context import ServiceContext
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")

_SAME = ("identical", "equivalent")
_CELLS = 12  # on one page; the lab shows the rest
_FINDINGS = 20
_LONGEST = 400
_INERT = dict.fromkeys(map(ord, DIRECTION_MARKS), "\ufffd")


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture whose address is the picture itself; "" where it could not be drawn."""

    title: str
    address: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell that did not come out as it was sent; `number` counts from 1."""

    number: int
    words: str
    sentence: str
    pictures: tuple[ShownPicture, ...]


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """`line` is all of the run in one; `checked` is false where no checks were made. `undrawn`: there may be pictures, and none could be drawn now."""

    line: str
    cells: tuple[ShownCell, ...]
    more_cells: int
    checked: bool
    findings: tuple[tuple[str, str], ...]  # the sentence, and the author's reason where they went on all the same
    more_findings: int
    undrawn: bool

    @property
    def has_pictures(self) -> bool:
        """Whether one is drawn."""
        return any(picture.address for cell in self.cells for picture in cell.pictures)


async def evidence_shown(context: ServiceContext, version: Version, evidence: Evidence) -> EvidenceShown:
    """For the page; where pictures cannot be drawn now it is there without them."""
    others = [each for each in cells_of(evidence.run) if each["verdict"] not in _SAME]
    cells = others[:_CELLS]
    drawn = await _drawn(context, version, evidence.run, cells)
    record = evidence.record
    loud = [] if record is None else [each for each in record.findings if each["level"] != "allow"]
    findings = tuple((_text(each["sentence"]), _text(each["override"])) for each in loud[:_FINDINGS])
    return EvidenceShown(
        line=_line(evidence),
        cells=tuple(_cell(each, drawn or ()) for each in cells),
        more_cells=len(others) - len(cells),
        checked=record is not None,
        findings=findings,
        more_findings=len(loud) - len(findings),
        undrawn=drawn is None,
    )


async def _drawn(
    context: ServiceContext, version: Version, run: DueRun | None, cells: Sequence[Mapping[str, object]]
) -> list[CellPicture] | None:
    shown = [int(str(each["cell"])) for each in cells if not each["withheld"]]
    if run is None or run.result is None or not run.result.notebook or not shown:
        return []
    try:
        return await context.readers.run(_redrawn, context, (version.notebook.sha256, run.result.notebook), shown)
    except EnablementError as error:
        log.warning(logs.line("pictures_not_drawn", submission=version.submission, **logs.failure(error)))
        return None


def _redrawn(context: ServiceContext, notebooks: tuple[str, str], cells: Sequence[int]) -> list[CellPicture]:
    sent, again = map(context.review.notebooks, notebooks)
    return context.checking.pictures(sent, again, cells)


def _line(evidence: Evidence) -> str:
    run = evidence.run
    if run is None:
        return "This version was not run again." if evidence.runs else "Nothing is run again on this hub."
    if run.result is None:
        return "It is waiting to be run again, or being run. Until that is over nobody knows how it comes out."
    return _text(_ended(run.result))


def _ended(result: DueRunResult) -> str:
    why = reason_words(result.reason)
    if result.outcome is RunOutcome.NOT_RUN:
        return f"It could not be run again. {result.line or why}"
    if result.outcome is RunOutcome.CANCELLED:
        return f"Not run again: {why}."
    if result.outcome is RunOutcome.DIED:
        return f"The run broke off: {why}. {result.line}"
    return result.line or "It was run again, and nothing is known of how it came out."


def _cell(found: Mapping[str, object], drawn: Sequence[CellPicture]) -> ShownCell:
    index = int(str(found["cell"]))
    pictures = tuple(_picture(each) for each in drawn if each.cell == index)
    return ShownCell(index + 1, verdict_words(str(found["verdict"])), _text(found["sentence"]), pictures)


def _picture(drawn: CellPicture) -> ShownPicture:
    side = "from the run" if drawn.again else "as sent"
    address = f"data:image/png;base64,{base64.b64encode(drawn.png).decode()}" if drawn.png else ""
    return ShownPicture(
        f"Output {drawn.output + 1} of cell {drawn.cell + 1}, {side}", address, drawn.width, drawn.height
    )


def _text(value: object) -> str:
    """What a notebook may have brought along, as text that shows what it is."""
    text = str(value)
    return (text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…").translate(_INERT)
