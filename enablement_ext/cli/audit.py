"""`enablement audit verify`: reads the whole event log and says whether it is what was written."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.core.review.event_log import AuditReport, ChainHead, verify
from enablement_ext.core.review.models import Event
from enablement_ext.core.review.ports import ReviewReader, ReviewStore

PAGE = 2000
PROGRESS_EVERY = 100_000  # events


def audit_verify(store: ReviewStore, anchors: Sequence[ChainHead], *, as_json: bool) -> Exit:
    """Prints what was found. OK when the log is intact, NO when it is not. Raises StoreUnavailable."""
    with store.read() as reader:
        report = verify(_all_events(reader, progress=not as_json and sys.stderr.isatty()), reader.chain_head(), anchors)
    print(json.dumps(_document(report), indent=2) if as_json else _text(report))
    return Exit.OK if report.intact else Exit.NO


def parsed_anchor(text: str) -> ChainHead:
    """An anchor as `audit verify` prints it, "NUMBER:HASH". Raises `CliError`."""
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < 19) or (len(digest) != 64 and text != "0:"):
        raise CliError(f"{text!r} is no anchor; it looks like 12:0a1b… with 64 hexadecimal digits", Exit.USAGE)
    return ChainHead(int(number), digest)


def _all_events(reader: ReviewReader, *, progress: bool) -> Iterator[Event]:
    seen = 0
    while events := reader.events_after(seen, PAGE):
        yield from events
        if progress and events[-1].seq // PROGRESS_EVERY > seen // PROGRESS_EVERY:
            print(f"{events[-1].seq:,} events read", file=sys.stderr, flush=True)
        seen = events[-1].seq


def _document(report: AuditReport) -> dict[str, object]:
    return {
        "intact": report.intact,
        "events": report.count,
        "head": f"{report.head.seq}:{report.head.hash}",
        "problems": [
            {"event": problem.seq, "breach": problem.breach, "detail": problem.detail} for problem in report.problems
        ],
    }


def _text(report: AuditReport) -> str:
    if report.intact:
        return f"intact: {report.count:,} events; head {report.head.seq}:{report.head.hash}"
    lines = [f"BROKEN at event {report.first_broken}; {report.count:,} events were read"]
    return "\n".join([*lines, *(f"  {problem.detail}" for problem in report.problems)])
