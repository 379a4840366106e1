"""Working time: hours of a day in a time zone, on some days of the week, without holidays and days away.

A day's hours are turned into moments one day at a time, so that a day on which the clocks change is as long as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MOST_DAYS = 1100  # that are looked at: who does not work within three years is not reminded
WEEKDAYS = frozenset(range(5))


def time_zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name, e.g. Europe/Berlin. Raises `ValueError`."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # what is no name at all may be a folder's, or too long for a file's
        raise ValueError(f"{name!r} is no time zone; write one as Europe/Berlin") from None


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When somebody works. `days` count from Monday, 0; `away` are the first and the last day, both included."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    opens: time = time(9)
    closes: time = time(17)
    days: frozenset[int] = WEEKDAYS
    holidays: frozenset[date] = frozenset()
    away: tuple[date, date] | None = None

    def today(self, now: datetime) -> date:
        """The date there."""
        return now.astimezone(self.zone).date()

    def is_away(self, day: date) -> bool:
        """Whether they said that they are away on this day."""
        return self.away is not None and self.away[0] <= day <= self.away[1]

    def works_on(self, day: date) -> bool:
        """Neither a free day of their week, nor a holiday, nor a day away."""
        return day.weekday() in self.days and day not in self.holidays and not self.is_away(day)

    def after(self, start: datetime, working: timedelta) -> datetime | None:
        """The moment by which so much working time has passed since `start`, the first one of working time at the least; None where there is none."""
        left = working
        for opens, closes in self._periods(start):
            begins = max(opens, start)
            if begins >= closes:
                continue
            if closes - begins >= left:
                return begins + left
            left -= closes - begins
        return None

    def at_time(self, day: date, at: time) -> datetime:
        """The moment of this time there."""
        return _moment(day, at, self.zone)

    def at_hour(self, now: datetime, hour: int) -> datetime:
        """The next time it is this hour there; where they do not work on that day, the next working day's."""
        day = self.today(now)
        for offset in range(_MOST_DAYS):
            at = _moment(day + timedelta(days=offset), time(hour), self.zone)
            if at > now and self.works_on(day + timedelta(days=offset)):
                return at
        return now + timedelta(days=1)

    def _periods(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = self.today(start)
        for offset in range(_MOST_DAYS):
            each = day + timedelta(days=offset)
            if self.works_on(each):
                yield _moment(each, self.opens, self.zone), _moment(each, self.closes, self.zone)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A time that a change of the clocks leaves out is the moment of the change's other side; of one that comes twice, the first."""
    return datetime.combine(day, at, zone).astimezone(UTC)
