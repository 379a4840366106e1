"""A background task that delivers what is in the outbox, one thing after the other: a mail server or a webhook that is slow holds up nothing else.

What is sent is noted in the thread that sent it, so that a shutdown in between cannot forget it. Killed between the receiver's answer and that
note, the same is sent once more when the lease is over: with the same identifier (a mail's Message-ID, a webhook's id), by which receivers
can tell. Nothing else is ever sent twice, and nothing is lost.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from enablement_ext.core.access.groups import PLATFORM
from enablement_ext.core.errors import EnablementError, NotFound
from enablement_ext.core.review.attention import administrators, user
from enablement_ext.core.review.notifications.letters import address, digest, letter
from enablement_ext.core.review.notifications.models import Channel, DeliveryEnd, Occasion, OutboxEntry, Undeliverable
from enablement_ext.core.review.notifications.ports import Mailer, WebhookPoster
from enablement_ext.core.review.notifications.rules import NotificationRules
from enablement_ext.core.review.notifications.webhooks import Post, posting
from enablement_ext.core.review.ports import HubDirectory
from enablement_ext.service.runtime.thread_pools import ThreadPool
from enablement_ext.service.use_cases.notifications import addressing, matters, outbox
from enablement_ext.service.use_cases.notifications.matters import Matter
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")

_PRUNE_EVERY = 3600.0  # seconds


@dataclass(slots=True)
class Notifying:
    """`mailer` is None where no mail is sent, `poster` where there are no webhooks."""

    review: ReviewContext
    hub: HubDirectory
    mailer: Mailer | None
    poster: WebhookPoster | None
    interval: float = 2.0  # seconds between polls
    _pool: ThreadPool = field(default_factory=lambda: ThreadPool(1))

    async def run(self) -> None:
        """Until cancelled."""
        rules = self.review.notifications
        if rules is None:
            return
        loop = asyncio.get_running_loop()
        prune_at = loop.time()
        while True:
            try:
                while await self.next(rules):
                    pass
                if loop.time() >= prune_at:
                    await self._pool.run(outbox.prune, self.review)
                    prune_at = loop.time() + _PRUNE_EVERY
            except EnablementError as problem:
                log.warning(logs.line("background_failed", code=problem.code))
            await asyncio.sleep(self.interval)

    def stop(self) -> None:
        """At shutdown: what is being sent is waited for."""
        self._pool.close()

    async def next(self, rules: NotificationRules) -> bool:
        """Take what is due longest and see it through; false where nothing is due. Raises `StoreUnavailable`."""
        entries = await self._pool.run(outbox.take, self.review)
        if not entries:
            return False
        try:
            await self._see_through(rules, entries)
        except EnablementError as problem:
            await self._failed(entries, Undeliverable(problem.message))
        except Undeliverable as problem:
            await self._failed(entries, problem)
        return True

    async def _failed(self, entries: Sequence[OutboxEntry], problem: Undeliverable) -> None:
        log.warning(logs.line("notification_failed", entry=entries[0].number, problem=problem.problem))
        await self._pool.run(outbox.postpone, self.review, entries, problem, random.random())  # noqa: S311 - spreads retries

    async def _see_through(self, rules: NotificationRules, entries: Sequence[OutboxEntry]) -> None:
        found = await self._pool.run(matters.matters, self.review, entries)
        channel = entries[0].channel
        if channel is Channel.PEOPLE:
            await self._pass_on(rules, found[0])
        elif channel is Channel.WEBHOOK:
            await self._pool.run(self._post, rules, found[0])
        else:
            await self._mail(rules, found)

    async def _pass_on(self, rules: NotificationRules, matter: Matter) -> None:
        """Whom it means now. A reminder whose time has not come by their working hours waits."""
        review, entry, now = self.review, matter.entry, self.review.clock.now()
        if matter.is_over(frozenset({entry.who})):
            await self._pool.run(outbox.finish, review, [(entry, DeliveryEnd.OVER)])
            return
        calendar = await self._pool.run(addressing.calendar_of, review, rules, entry.who)
        if entry.occasion is Occasion.REMINDER:
            pause = addressing.still_to_wait(matter, calendar, rules.norm, now)
            if pause is not None:
                await self._pool.run(outbox.wait_until, review, entry, pause)
                return
        whom = addressing.audience(matter, review.policy, calendar, now)
        members = [name for group in sorted(whom.groups) for name in await self.hub.members_of(group)]
        people = [*members, *([] if whom.person is None else [whom.person])]
        chosen = await self._pool.run(addressing.preferences_of, review, rules, people)
        told = addressing.passed_on(matter, whom, members, chosen, review)
        await self._pool.run(outbox.finish, review, [(entry, DeliveryEnd.PASSED_ON)], told)

    async def _mail(self, rules: NotificationRules, found: Sequence[Matter]) -> None:
        """All of one person. Whether they may still see each submission, and whose turn it is, is asked now."""
        person = found[0].entry.who.removeprefix("user:")
        try:
            groups = await self.hub.groups_of(person)
        except NotFound:
            ends = [(each.entry, DeliveryEnd.MAY_NOT_SEE) for each in found]
            await self._pool.run(outbox.finish, self.review, ends)
            return
        account = await self.hub.account_of(person)
        to = address(rules.address, account.name if account is not None else person)
        await self._pool.run(self._send, rules, self._ends(person, groups, found, to), to or "")

    def _ends(
        self, person: str, groups: frozenset[str], found: Sequence[Matter], to: str | None
    ) -> list[tuple[Matter, DeliveryEnd]]:
        tracks = self.review.policy.tracks_of(groups)
        reviews = bool(tracks) or PLATFORM in groups
        names = frozenset({user(person), *(f"track:{track}" for track in tracks)})
        if PLATFORM in groups:
            names |= administrators()
        ends: list[tuple[Matter, DeliveryEnd]] = []
        for each in found:
            end = DeliveryEnd.DELIVERED
            if not reviews and each.submission.author != person:
                end = DeliveryEnd.MAY_NOT_SEE
            elif each.is_over(each.turns if each.entry.note else names):
                end = DeliveryEnd.OVER
            elif to is None:
                end = DeliveryEnd.NO_ADDRESS
            ends.append((each, end))
        return ends

    def _send(self, rules: NotificationRules, ends: Sequence[tuple[Matter, DeliveryEnd]], to: str) -> None:
        """In a thread: send what is to be delivered, then note all ends. Raises `Undeliverable`."""
        told = [each for each, end in ends if end is DeliveryEnd.DELIVERED]
        if told:
            if self.mailer is None:
                raise Undeliverable("no mail server is configured")
            chapters = matters.chapters(self.review, told, rules.links)
            if told[0].entry.channel is Channel.DIGEST:
                self.mailer.send(digest(rules.sender, to, chapters))
            else:
                self.mailer.send(letter(rules.sender, to, chapters[0]))
        outbox.finish(self.review, [(each.entry, end) for each, end in ends])

    def _post(self, rules: NotificationRules, matter: Matter) -> None:
        """In a thread. Raises `Undeliverable`."""
        entry, now = matter.entry, self.review.clock.now()
        hook = next((each for each in rules.webhooks if f"webhook:{each.name}" == entry.who), None)
        if hook is None or matter.is_over(frozenset({f"track:{entry.note}"})):
            end = DeliveryEnd.UNKNOWN if hook is None else DeliveryEnd.OVER
            outbox.finish(self.review, [(entry, end)])
            return
        submission = matter.submission
        link = f"{rules.links}{submission.number}"
        post = Post(entry.key, entry.occasion, submission.number, submission.title, entry.note, link, entry.created_at)
        if self.poster is None:
            raise Undeliverable("webhooks are not configured")
        self.poster.post(posting(hook, post, now))
        outbox.finish(self.review, [(entry, DeliveryEnd.DELIVERED)])
