"""Working time: table-tested around the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from enablement_ext.core.review.notifications.working_hours import WorkCalendar, time_zone

BERLIN, NEW_YORK, LORD_HOWE = (time_zone(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"))
EVERY_DAY = frozenset(range(7))
OFFICE = WorkCalendar(BERLIN)
NIGHTS = WorkCalendar(BERLIN, time(0), time(6), EVERY_DAY)  # the hours in which clocks change


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("calendar", "start", "hours", "expected"),
    [
        (OFFICE, "2026-12-01T09:00", 4, "2026-12-01T13:00"),  # Tuesday, 10 to 14 there
        (OFFICE, "2026-12-01T15:00", 4, "2026-12-02T11:00"),  # an hour is left of the day
        (OFFICE, "2026-12-01T09:00", 7, "2026-12-01T16:00"),  # to the end of the day, not the next morning
        (OFFICE, "2026-12-01T22:00", 1, "2026-12-02T09:00"),  # asked at night
        (OFFICE, "2026-12-04T15:30", 1, "2026-12-07T08:30"),  # Friday evening
        (OFFICE, "2026-12-05T12:00", 0, "2026-12-07T08:00"),  # the first moment of working time
        (OFFICE, "2026-12-01T10:00", 0, "2026-12-01T10:00"),
        (OFFICE, "2026-03-27T15:00", 2, "2026-03-30T08:00"),  # summer begins on Sunday: 9 o'clock is an hour earlier
        (OFFICE, "2026-10-23T14:00", 2, "2026-10-26T09:00"),  # and ends
        (NIGHTS, "2026-03-28T23:00", 5, "2026-03-29T04:00"),  # that night has five hours
        (NIGHTS, "2026-03-28T23:00", 6, "2026-03-29T23:00"),
        (NIGHTS, "2026-10-24T22:00", 7, "2026-10-25T05:00"),  # that one seven
        (
            WorkCalendar(BERLIN, time(2, 30), time(4), EVERY_DAY),
            "2026-03-28T23:00",
            0,
            "2026-03-29T01:30",
        ),  # 2.30 is not
        (WorkCalendar(NEW_YORK), "2026-03-06T21:00", 2, "2026-03-09T14:00"),
        (WorkCalendar(LORD_HOWE), "2026-04-03T05:00", 2, "2026-04-05T23:30"),  # half an hour
        (WorkCalendar(BERLIN, holidays=frozenset({date(2026, 12, 25)})), "2026-12-24T15:00", 2, "2026-12-28T09:00"),
        (WorkCalendar(BERLIN, away=(date(2026, 12, 2), date(2026, 12, 4))), "2026-12-01T15:00", 2, "2026-12-07T09:00"),
        (WorkCalendar(BERLIN, away=(date(2026, 12, 1), date(2029, 12, 31))), "2026-12-01T15:00", 2, None),
        (WorkCalendar(BERLIN, days=frozenset()), "2026-12-01T15:00", 0, None),
    ],
)
def test_so_much_working_time_has_passed_at(
    calendar: WorkCalendar, start: str, hours: float, expected: str | None
) -> None:
    found = calendar.after(at(start), timedelta(hours=hours))
    assert found == (None if expected is None else at(expected))


@pytest.mark.parametrize(
    ("calendar", "now", "hour", "expected"),
    [
        (OFFICE, "2026-12-01T06:59", 8, "2026-12-01T07:00"),
        (OFFICE, "2026-12-01T07:00", 8, "2026-12-02T07:00"),  # this very minute is over
        (OFFICE, "2026-12-04T12:00", 8, "2026-12-07T07:00"),
        (OFFICE, "2026-03-27T12:00", 8, "2026-03-30T06:00"),
        (NIGHTS, "2026-10-24T12:00", 2, "2026-10-25T00:00"),  # it comes twice: the first
        (NIGHTS, "2026-10-25T00:30", 2, "2026-10-26T01:00"),  # and not again an hour later
    ],
)
def test_the_daily_summary_comes_once_a_working_day(calendar: WorkCalendar, now: str, hour: int, expected: str) -> None:
    assert calendar.at_hour(at(now), hour) == at(expected)


@pytest.mark.parametrize(
    "name", ["", "Berlin", "../../etc/passwd", "/etc/passwd", "Europe", "Europe/Berlin\n", "a" * 300, "\0"]
)
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        time_zone(name)
