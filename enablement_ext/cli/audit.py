"""`enablement audit verify`: reads the whole event log and says whether it is what was written. `enablement audit export`: for other programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TextIO

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.core.review.event_log import AuditReport, ChainHead, canonical_data, hashed_fields, verify
from enablement_ext.core.review.models import Event
from enablement_ext.core.review.ports import ReviewReader, ReviewStore
from enablement_ext.core.text.spreadsheets import plain_cell

PAGE = 2000
PROGRESS_EVERY = 100_000  # events
_COLUMNS = ("seq", "at", "actor", "kind", "submission", "version", "data", "previous", "hash")


def audit_verify(store: ReviewStore, anchors: Sequence[ChainHead], *, as_json: bool) -> Exit:
    """Prints what was found. OK when the log is intact, NO when it is not. Raises StoreUnavailable."""
    with store.read() as reader:
        report = verify(_all_events(reader, progress=not as_json and sys.stderr.isatty()), reader.chain_head(), anchors)
    print(json.dumps(_document(report), indent=2) if as_json else _text(report))
    return Exit.OK if report.intact else Exit.NO


def audit_export(store: ReviewStore, after: int, out: TextIO, *, as_csv: bool) -> Exit:
    """Writes events, verified while they are read: a JSON object a line, or CSV. NO where the log is not intact. Raises StoreUnavailable.

    A line of JSON is what the hash is of, with `hash` as one member more, so that any program can check the chain.
    """
    with store.read() as reader:
        write = _csv_writer(out) if as_csv else _json_writer(out)
        report = verify(_written(_all_events(reader, progress=False), after, write), reader.chain_head())
    print(_text(report), file=sys.stderr)
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


def _written(events: Iterable[Event], after: int, write: Callable[[Event], None]) -> Iterator[Event]:
    for event in events:
        if event.seq > after:
            write(event)
        yield event


def _json_writer(out: TextIO) -> Callable[[Event], None]:
    return lambda event: print(canonical_data({**hashed_fields(event), "hash": event.hash}), file=out)


def _csv_writer(out: TextIO) -> Callable[[Event], None]:
    table = csv.writer(out)
    table.writerow(_COLUMNS)

    def write(event: Event) -> None:
        fields = {**hashed_fields(event), "data": canonical_data(dict(event.data)), "hash": event.hash}
        table.writerow([plain_cell(value) if isinstance(value := fields[name], str) else value for name in _COLUMNS])

    return write


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
