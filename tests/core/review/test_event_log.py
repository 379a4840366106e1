"""The hash chain finds every edit, removal, insertion and exchange."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from enablement_ext.core.review.event_log import EMPTY, AuditReport, Breach, ChainHead, event_hash, sealed, verify
from enablement_ext.core.review.models import Event

AT = datetime(2026, 11, 24, 12, 0, 0, 1, tzinfo=UTC)


def chain(length: int) -> list[Event]:
    """A sound chain."""
    events: list[Event] = []
    for seq in range(1, length + 1):
        previous = events[-1].hash if events else ""
        events.append(sealed(Event(seq, AT, "dana", "sent", seq, 1, {"title": f"Chürn {seq}"}, previous)))
    return events


def head_of(events: list[Event]) -> ChainHead:
    """Number and hash of the last event."""
    return ChainHead(events[-1].seq, events[-1].hash)


def breaches(report: AuditReport) -> list[tuple[int, Breach]]:
    """Where and what."""
    return [(problem.seq, problem.breach) for problem in report.problems]


def test_a_sound_chain_is_intact() -> None:
    events = chain(5)
    report = verify(iter(events), head_of(events), [ChainHead(3, events[2].hash)])
    assert report.intact
    assert (report.count, report.head, report.first_broken) == (5, head_of(events), None)


def test_an_empty_log_is_intact() -> None:
    assert verify([], EMPTY).intact


EDITS: dict[str, Callable[[Event], Event]] = {
    "at": lambda event: replace(event, at=event.at + timedelta(microseconds=1)),
    "actor": lambda event: replace(event, actor="mallory"),
    "kind": lambda event: replace(event, kind="approved"),
    "submission": lambda event: replace(event, submission=9),
    "version": lambda event: replace(event, version=None),
    "data": lambda event: replace(event, data={"title": "other"}),
}


@pytest.mark.parametrize("field", EDITS)
def test_an_edited_field_is_found_where_it_is(field: str) -> None:
    events = chain(5)
    events[2] = EDITS[field](events[2])
    report = verify(events, head_of(events))
    assert breaches(report) == [(3, Breach.EDITED)]
    assert report.first_broken == 3
    assert report.count == 5


def test_an_edited_event_with_a_new_hash_no_longer_leads_to_the_next() -> None:
    events = chain(5)
    events[2] = sealed(replace(events[2], actor="mallory"))
    assert breaches(verify(events, head_of(events))) == [(4, Breach.UNLINKED)]


def test_removed_events_are_found() -> None:
    events = chain(5)
    assert breaches(verify(events[:1] + events[3:], head_of(events))) == [(2, Breach.MISSING)]
    assert breaches(verify(events[1:], head_of(events))) == [(1, Breach.MISSING)]


def test_a_removed_tail_is_found_by_the_kept_head() -> None:
    events = chain(5)
    assert verify(events[:3]).intact
    assert breaches(verify(events[:3], head_of(events))) == [(4, Breach.CUT)]
    assert breaches(verify([], head_of(events))) == [(1, Breach.CUT)]
    assert breaches(verify(events, head_of(events[:4]))) == [(5, Breach.CUT)]


def test_exchanged_and_repeated_events_are_found() -> None:
    events = chain(4)
    assert not verify([events[0], events[2], events[1], events[3]]).intact
    assert not verify([*events, events[3]]).intact


def test_a_log_rewritten_from_the_middle_is_found_by_an_anchor() -> None:
    events = chain(5)
    anchor = ChainHead(4, events[3].hash)
    for index in range(2, 5):
        forged = replace(events[index], actor="mallory", previous=events[index - 1].hash)
        events[index] = sealed(forged)
    assert verify(events, head_of(events)).intact
    assert breaches(verify(events, head_of(events), [anchor])) == [(4, Breach.REWRITTEN)]
    assert breaches(verify(events[:3], None, [anchor])) == [(4, Breach.CUT)]


def test_the_hash_does_not_depend_on_zone_or_order_of_keys() -> None:
    event = Event(1, AT, "dana", "sent", None, None, {"a": 1, "b": [2]})
    same = replace(event, at=AT.astimezone(timezone(timedelta(hours=2))), data={"b": [2], "a": 1})
    assert event_hash(event) == event_hash(same)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        event_hash(Event(1, AT.replace(tzinfo=None), "dana", "sent", None, None))


def test_a_report_stays_small_however_much_is_broken() -> None:
    events = [replace(event, actor="mallory") for event in chain(1000)]
    report = verify(events)
    assert report.count == 1000
    assert len(report.problems) == 100
    assert report.first_broken == 1
