"""Whom an entry means, when it is due: people by their preferences, a track's members, and its webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from enablement_ext.core.access.groups import PLATFORM
from enablement_ext.core.review.attention import user
from enablement_ext.core.review.notifications.derivation import reminder
from enablement_ext.core.review.notifications.models import (
    MOST_REMINDERS,
    Channel,
    NewOutboxEntry,
    Occasion,
    OutboxEntry,
)
from enablement_ext.core.review.notifications.preferences import MailTiming, Preferences
from enablement_ext.core.review.notifications.rules import NotificationRules
from enablement_ext.core.review.notifications.working_hours import WorkCalendar
from enablement_ext.core.review.policy import ADMINISTRATORS, Policy
from enablement_ext.service.use_cases.notifications.matters import Matter
from enablement_ext.service.use_cases.review_context import ReviewContext

_TRACK, _USER = "track:", "user:"


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an entry means. `person`: whose turn it is by name. `groups`: the hub groups whose members are told as well, with a `note`."""

    person: str | None
    groups: frozenset[str]
    note: str = ""


def preferences_of(context: ReviewContext, rules: NotificationRules, people: Iterable[str]) -> dict[str, Preferences]:
    """What these chose, or what is usual."""
    with context.store.read() as reader:
        return {person: reader.preferences(person) or rules.usual for person in people}


def calendar_of(context: ReviewContext, rules: NotificationRules, who: str) -> WorkCalendar:
    """A person's working time; of a track the usual one."""
    person = who.removeprefix(_USER) if who.startswith(_USER) else None
    chosen = rules.usual if person is None else preferences_of(context, rules, [person])[person]
    return chosen.calendar(rules.holidays)


def still_to_wait(matter: Matter, calendar: WorkCalendar, norm: timedelta, now: datetime) -> timedelta | None:
    """How long until a reminder is due by the working time of whom it is for; None where it is now."""
    due = calendar.after(matter.event.at, norm * matter.entry.nth)
    if due is None:
        return timedelta(days=30)  # they do not work within three years: asked again, since that may change
    return due - now if due > now else None


def audience(matter: Matter, policy: Policy, calendar: WorkCalendar, now: datetime) -> Audience:
    """A track's turn is its members'. A reviewer who is away, or was reminded before, is not alone with it: the tracks are told too."""
    entry, submission = matter.entry, matter.submission
    tracks = frozenset(track.group for track in policy.tracks)
    if entry.who.startswith(_TRACK):
        name = entry.who.removeprefix(_TRACK)
        if name == ADMINISTRATORS:
            return Audience(None, frozenset({PLATFORM}))
        return Audience(None, frozenset(track.group for track in policy.tracks if track.name == name))
    person = entry.who.removeprefix(_USER)
    if person == submission.author or entry.occasion is Occasion.NEWS:
        return Audience(person, frozenset())
    if calendar.is_away(calendar.today(now)) and calendar.away is not None:
        note = f"It is {person}’s turn, who is away up to and including {calendar.away[1]:%d %B %Y}."
        return Audience(person, tracks, note)
    if entry.nth > 1:
        return Audience(person, tracks, f"It is {person}’s turn, who has not come to it yet.")
    return Audience(person, frozenset())


def passed_on(
    matter: Matter, whom: Audience, members: Iterable[str], chosen: Mapping[str, Preferences], context: ReviewContext
) -> list[NewOutboxEntry]:
    """An entry for each person who wants one, for each webhook of the track, and for the next reminder."""
    rules, entry, now = context.notifications, matter.entry, context.clock.now()
    if rules is None:
        return []
    told: list[NewOutboxEntry] = []
    left_out = {matter.submission.author, *(() if entry.occasion is Occasion.REMINDER else (matter.event.actor,))}
    people = dict.fromkeys(sorted(frozenset(members) - left_out - {whom.person}), whom.note)
    if whom.person is not None:
        people[whom.person] = ""
    for person, note in people.items():
        one = _for_person(matter, person, chosen[person], (rules, now))
        if one is not None:
            colleague = person != whom.person
            away = chosen[person].calendar(rules.holidays)
            if colleague and away.is_away(away.today(now)):
                continue
            told.append(replace(one, note=note))
    told += _for_webhooks(entry, rules, now)
    if entry.occasion is Occasion.REMINDER and entry.nth < MOST_REMINDERS:
        nth = entry.nth + 1
        told.append(reminder(entry.submission, entry.who, matter.event, nth, now + timedelta(minutes=1)))
    return told


def _for_person(
    matter: Matter, person: str, chosen: Preferences, when: tuple[NotificationRules, datetime]
) -> NewOutboxEntry | None:
    rules, now = when
    entry, timing = matter.entry, chosen.mail[matter.entry.occasion]
    if timing is MailTiming.NEVER or not rules.address:
        return None
    calendar = chosen.calendar(rules.holidays)
    digest = timing is MailTiming.DIGEST
    reminds = entry.occasion is Occasion.REMINDER
    due = calendar.at_hour(now, chosen.digest_hour) if digest else now + (timedelta(0) if reminds else rules.quiet)
    if not digest and (reminds or calendar.is_away(calendar.today(now))):
        due = calendar.after(now, timedelta(0)) or due
    channel = Channel.DIGEST if digest else Channel.MAIL
    key = f"{entry.event}:{entry.occasion.value}:{entry.nth}:mail:{person}"
    return NewOutboxEntry(
        key, channel, entry.occasion, user(person), entry.submission, entry.event, now, due, entry.nth
    )


def _for_webhooks(entry: OutboxEntry, rules: NotificationRules, now: datetime) -> list[NewOutboxEntry]:
    if not entry.who.startswith(_TRACK):
        return []
    track = entry.who.removeprefix(_TRACK)
    return [
        NewOutboxEntry(
            f"{entry.event}:{entry.occasion.value}:{entry.nth}:webhook:{hook.name}:{track}",
            Channel.WEBHOOK,
            entry.occasion,
            f"webhook:{hook.name}",
            entry.submission,
            entry.event,
            now,
            now,
            entry.nth,
            track,
        )
        for hook in rules.webhooks
        if not hook.tracks or track in hook.tracks
    ]
