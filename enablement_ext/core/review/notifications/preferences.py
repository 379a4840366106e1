"""What a person wants to be told, how and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from enablement_ext.core.review.notifications.models import Occasion
from enablement_ext.core.review.notifications.working_hours import WorkCalendar, time_zone

_LONGEST_AWAY = 400  # days


class MailTiming(StrEnum):
    """When mail of one kind comes."""

    NOW = "now"
    DIGEST = "digest"  # once a working day, at the person's hour
    NEVER = "never"


def _usual() -> Mapping[Occasion, MailTiming]:
    return dict.fromkeys(Occasion, MailTiming.NOW)


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's settings; the defaults are everybody's who never chose."""

    mail: Mapping[Occasion, MailTiming] = field(default_factory=_usual)
    zone: str = "UTC"
    opens: time = time(9)
    closes: time = time(17)
    days: frozenset[int] = frozenset(range(5))
    digest_hour: int = 8
    away: tuple[date, date] | None = None

    def calendar(self, holidays: frozenset[date] = frozenset()) -> WorkCalendar:
        """When this person works."""
        return WorkCalendar(time_zone(self.zone), self.opens, self.closes, self.days, holidays, self.away)


def as_document(preferences: Preferences) -> dict[str, object]:
    """As JSON values, which `from_document` reads."""
    away = preferences.away
    return {
        "mail": {occasion.value: timing.value for occasion, timing in sorted(preferences.mail.items())},
        "zone": preferences.zone,
        "opens": preferences.opens.strftime("%H:%M"),
        "closes": preferences.closes.strftime("%H:%M"),
        "days": sorted(preferences.days),
        "digest_hour": preferences.digest_hour,
        "away": None if away is None else [day.isoformat() for day in away],
    }


def from_document(document: Mapping[str, object]) -> Preferences:
    """Raises `ValueError` in words for the person who chose them."""
    mail, away = document.get("mail"), document.get("away")
    if not isinstance(mail, dict) or set(mail) != {occasion.value for occasion in Occasion}:
        raise ValueError("Say for each kind of message when it comes.")
    opens, closes = _time(document.get("opens"), "first"), _time(document.get("closes"), "last")
    if opens >= closes:
        raise ValueError("The working day ends after it begins.")
    zone = str(document.get("zone", ""))
    time_zone(zone)
    return Preferences(
        {occasion: _timing(mail[occasion.value]) for occasion in Occasion},
        zone,
        opens,
        closes,
        _days(document.get("days")),
        _hour(document.get("digest_hour")),
        None if away is None else _away(away),
    )


def _timing(value: object) -> MailTiming:
    try:
        return MailTiming(str(value))
    except ValueError:
        raise ValueError("A mail comes at once, with the daily summary, or never.") from None


def _time(value: object, which: str) -> time:
    try:
        return datetime.strptime(str(value), "%H:%M").time()  # noqa: DTZ007 - a time of day, in the person's zone
    except ValueError:
        raise ValueError(f"Write the {which} hour of the working day as 09:00.") from None


def _hour(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 23:
        raise ValueError("The hour of the daily summary is from 0 to 23.")
    return value


def _days(value: object) -> frozenset[int]:
    days = frozenset(value) if isinstance(value, list) else frozenset()
    if not days or not days <= frozenset(range(7)):
        raise ValueError("Choose at least one working day.")
    return days


def _away(value: object) -> tuple[date, date]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("Being away has a first and a last day.")
    try:
        first, last = (date.fromisoformat(str(day)) for day in value)
    except ValueError:
        raise ValueError("Write the days as 2026-12-24.") from None
    if not 0 <= (last - first).days <= _LONGEST_AWAY:
        raise ValueError(f"The last day away is not before the first, and at most {_LONGEST_AWAY} days later.")
    return first, last
