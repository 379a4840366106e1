"""Who is told what and when: with a real mail server, a real webhook receiver and every store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlencode

import pytest

from enablement_ext.adapters.notifications import SmtpMailer
from enablement_ext.adapters.notifications.in_memory import MemoryMailer, MemoryWebhookPoster
from enablement_ext.core.review.notifications.letters import Sender
from enablement_ext.core.review.notifications.mail_server import MailSecurity, MailServer
from enablement_ext.core.review.notifications.models import Undeliverable
from enablement_ext.core.review.notifications.preferences import MailTiming, Preferences
from enablement_ext.core.review.notifications.rules import NotificationRules
from enablement_ext.core.review.notifications.webhooks import Webhook, WebhookFormat
from enablement_ext.core.review.ports import ArtifactStore, ReviewStore
from enablement_ext.service.assembly import ServiceOptions
from enablement_ext.service.use_cases.notifications import outbox
from tests.servers.mail import MailReceiver, receiving
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, Reply, Service, form_of, running
from tests.service.test_drafts import TWO, drafted, publish

HUB = "https://hub.example.org/services/enablement/"
RULES = NotificationRules(
    address="{name}@example.org",
    sender=Sender("example.org", f"{HUB}notifications"),
    links=f"{HUB}s/",
    webhooks=(Webhook("room", "https://chat.example.org/x", WebhookFormat.SLACK),),
)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def inbox() -> Iterator[MailReceiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def room() -> MemoryWebhookPoster:
    return MemoryWebhookPoster()


@pytest.fixture
async def service(
    store: ReviewStore, artifacts: ArtifactStore, inbox: MailReceiver, room: MemoryWebhookPoster
) -> AsyncIterator[Service]:
    """One that sends to the inbox and the room."""
    server = MailServer("127.0.0.1", inbox.port, MailSecurity.NONE, "enablement@example.org")
    options = ServiceOptions(KEY, notifications=RULES)
    async with running(store, artifacts, options) as started:
        started.context.notifying.mailer = SmtpMailer(server, started.clock.now)
        started.context.notifying.poster = room
        yield started


async def deliver(service: Service, after: timedelta = 3 * MINUTE) -> None:
    """Everything that is due at once, and so much later."""
    for pause in (timedelta(0), after):
        service.clock.advance(pause)
        while await service.context.notifying.next(RULES):
            pass


def taken(inbox: MailReceiver) -> list[tuple[str, EmailMessage]]:
    """What arrived since this was asked last."""
    found = [(recipients[0], message) for recipients, message in inbox.mails]
    inbox.mails.clear()
    return sorted(found, key=lambda each: each[0])


def whom(inbox: MailReceiver) -> list[str]:
    return [to.partition("@")[0] for to, _ in taken(inbox)]


def text(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


async def test_a_submission_tells_its_track_once_each_and_its_room(
    service: Service, inbox: MailReceiver, room: MemoryWebhookPoster
) -> None:
    found = await service.sent(
        SubmissionDraft(answers={"title": "t", "reviewers": ["remy"]})
    )  # by name, and as a member of the track
    await deliver(service)
    mails = taken(inbox)
    assert [to for to, _ in mails] == ["remy@example.org", "rita@example.org"]
    assert mails[0][1]["Subject"].startswith(f"#{found['number']} ")
    assert f"{HUB}s/{found['number']}" in text(mails[0][1])
    assert "dana sent it. It is your turn." in text(mails[0][1])
    assert len(room.sent) == 1
    await deliver(service)
    assert (whom(inbox), len(room.sent)) == ([], 1)


async def test_twenty_comments_are_one_mail_in_the_thread_of_the_submission(
    service: Service, inbox: MailReceiver
) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    await deliver(service)
    first = taken(inbox)[0][1]
    drafts = [await drafted(service, number, text=f"Remark {index}\r\nBcc: all@example.org") for index in range(20)]
    assert (await publish(service, number, *drafts)).status == 200
    await deliver(service)
    ((to, mail),) = taken(inbox)
    assert to == "dana@example.org"
    assert mail["References"] == first["References"]
    assert mail["Message-ID"] != first["Message-ID"]
    assert mail["Bcc"] is None
    assert text(mail).count("> Remark") == 20
    assert "import pandas" not in text(mail)


async def test_ten_turns_back_and_forth_are_ten_mails(service: Service, inbox: MailReceiver) -> None:
    found = await service.sent(SubmissionDraft(TWO))
    number, base = found["number"], f"/api/v1/submissions/{found['number']}"
    await service.post(f"{base}/claim", people.REMY, {"stamp": found["stamp"]})
    await deliver(service)
    assert whom(inbox) == []  # remy had it before anybody was told
    thread = {"version": 1, "anchor": {"cell": "load"}, "text": "Why?"}
    opened = (await service.post(f"{base}/threads", people.REMY, thread)).json["id"]
    await deliver(service)
    for turn in range(9):
        who = (people.DANA, people.REMY)[turn % 2]
        await service.post(f"/api/v1/threads/{opened}/comments", who, {"text": f"Answer {turn}"})
        await deliver(service)
    assert len(inbox.mails) == 10
    assert sorted(set(whom(inbox))) == ["dana", "remy"]
    assert number


async def test_an_approval_is_told_to_its_author_with_the_reason(service: Service, inbox: MailReceiver) -> None:
    number = (await service.sent())["number"]
    await deliver(service)
    whom(inbox)
    await service.decide(number, await service.page(number), "approve", reason="Fine — as it is.")
    await deliver(service)
    ((to, mail),) = taken(inbox)
    assert to == "dana@example.org"
    assert "remy approved version 1." in text(mail)
    assert "> Fine — as it is." in text(mail)
    assert "It is your turn" not in text(mail)


async def test_who_may_no_longer_see_it_or_whose_turn_is_over_gets_nothing(
    service: Service, inbox: MailReceiver
) -> None:
    found = await service.sent(SubmissionDraft(answers={"title": "t", "reviewers": ["olga"]}))
    while await service.context.notifying.next(RULES):
        pass
    service.hub.put_groups("rita", frozenset())
    await deliver(service)
    assert whom(inbox) == ["remy"]  # olga reviews nothing, rita no more
    other = await service.sent(SubmissionDraft(notebook(cell("a", "other = 1"))))
    while await service.context.notifying.next(RULES):
        pass
    await service.post(f"/api/v1/submissions/{other['number']}/withdraw", people.DANA, {"stamp": other["stamp"]})
    service.hub.delete("olga")
    await deliver(service)
    assert whom(inbox) == []
    assert found["number"] != other["number"]


async def test_reminders_come_after_one_two_and_three_norms_of_working_time_and_then_no_more(
    service: Service, inbox: MailReceiver
) -> None:
    found = await service.sent()  # on a Monday at nine
    await service.post(f"/api/v1/submissions/{found['number']}/claim", people.REMY, {"stamp": found["stamp"]})
    came: list[tuple[str, str]] = []
    for _ in range(6 * 21):
        await deliver(service, 4 * HOUR)
        came += [(f"{service.clock.now():%a %d}", to) for to in whom(inbox)]
    assert came == [("Wed 07", "remy"), ("Fri 09", "remy"), ("Fri 09", "rita"), ("Tue 13", "remy"), ("Tue 13", "rita")]


async def chosen(service: Service, token: str, **more: str) -> Reply:
    page = await service.ask("GET", "/notifications", headers=service.session(token))
    assert page.status == 200
    usual = {"mail_turn": "now", "mail_news": "now", "mail_reminder": "now", "zone": "UTC", "digest_hour": "8"}
    usual |= {"opens": "09:00", "closes": "17:00", **{f"day_{day}": "on" for day in range(5)}}
    fields = {**form_of(page), **usual, **more}
    return await service.ask("POST", "/notifications", body=urlencode(fields).encode(), headers=service.form(token))


async def test_what_waits_for_somebody_who_is_away_is_told_to_the_others(service: Service, inbox: MailReceiver) -> None:
    found = await service.sent(SubmissionDraft(TWO))
    base = f"/api/v1/submissions/{found['number']}"
    await service.post(f"{base}/claim", people.REMY, {"stamp": found["stamp"]})
    await deliver(service)
    whom(inbox)
    saved = await chosen(service, people.REMY_BROWSER, away_from="2026-01-06", away_until="2026-01-09")
    assert b'id="saved"' in saved.body
    await deliver(service)
    assert whom(inbox) == []
    await deliver(service, DAY)  # the first day away
    await deliver(service)
    ((to, mail),) = taken(inbox)
    assert to == "rita@example.org"
    assert "It is remy’s turn, who is away up to and including 09 January 2026." in text(mail)
    thread = {"version": 1, "anchor": {"cell": "load"}, "text": "An answer"}
    await service.post(f"{base}/threads", people.DANA, thread)
    await deliver(service)
    assert whom(inbox) == ["rita"]
    await deliver(service, 6 * DAY)
    assert "remy" in whom(inbox)  # what came in the meantime, on the first working day


async def test_a_summary_comes_once_a_day_and_never_is_never(service: Service, inbox: MailReceiver) -> None:
    await chosen(
        service,
        people.REMY_BROWSER,
        mail_turn="digest",
        mail_reminder="never",
        digest_hour="15",
        zone="America/New_York",
    )
    reply = await chosen(service, people.REMY_BROWSER, mail_turn="digest", digest_hour="15", zone="Nowhere")
    assert (reply.status, b"is no time zone" in reply.body) == (400, True)
    with service.context.review.store.write() as transaction:
        never = dict.fromkeys(Preferences().mail, MailTiming.NEVER)
        transaction.put_preferences("rita", replace(Preferences(), mail=never))
    for source in ("a = 1", "b = 1"):
        await service.sent(SubmissionDraft(notebook(cell("a", source))))
    await deliver(service, 10 * HOUR)  # 19:00, 14:00 in New York
    assert whom(inbox) == []
    await deliver(service, 2 * HOUR)
    ((to, mail),) = taken(inbox)
    assert (to, mail["Subject"]) == ("remy@example.org", "What happened to 2 submissions")
    await deliver(service, DAY)
    assert whom(inbox) == []


async def test_a_hub_or_mail_server_that_is_away_costs_time_and_nothing_else(
    service: Service, inbox: MailReceiver
) -> None:
    await service.sent()
    service.hub.away = True
    await deliver(service, MINUTE)
    service.hub.away = False
    inbox.answers = ["451 later"] * 2
    for _ in range(3):
        await deliver(service, 10 * MINUTE)
    assert whom(inbox) == ["remy", "rita"]


async def test_what_was_taken_by_one_that_was_killed_is_sent_after_its_lease_and_once(
    service: Service, inbox: MailReceiver
) -> None:
    await service.sent()
    while await service.context.notifying.next(RULES):
        pass
    service.clock.advance(3 * MINUTE)
    lost = outbox.take(service.context.review)
    await deliver(service)
    assert len(whom(inbox)) == 1  # the other one's
    service.clock.advance(outbox.LEASE)
    await deliver(service)
    assert len(whom(inbox)) == 1
    outbox.postpone(service.context.review, lost, Undeliverable("late"), 0.0)  # it comes back: too late
    await deliver(service, HOUR)
    assert whom(inbox) == []
    assert not outbox.undelivered(service.context.review)


async def test_what_was_refused_waits_for_a_platform_engineer(
    service: Service, inbox: MailReceiver, room: MemoryWebhookPoster
) -> None:
    room.problem = Undeliverable("the receiver answered 410", final=True)
    inbox.refuse_recipients = "550 <script>nobody</script>"
    await service.sent()
    await deliver(service)
    browser = people.PETRA_BROWSER
    page = await service.ask("GET", "/undelivered", headers=service.session(browser))
    assert page.body.count(b"data-entry=") == 3
    assert b"&lt;script&gt;nobody" in page.body
    assert b"<script>nobody" not in page.body
    home = await service.ask("GET", "/", headers=service.session(browser))
    assert b'id="undelivered">3</a>' in home.body
    refused = await service.ask("GET", "/undelivered", headers=service.session(people.REMY_BROWSER))
    assert refused.status == 403
    inbox.refuse_recipients, room.problem = "", None
    for entry, status in (("7", 400), ("all", 200), ("all", 409)):
        body = urlencode({**form_of(page), "entry": entry}).encode()
        reply = await service.ask("POST", "/undelivered", body=body, headers=service.form(browser))
        assert reply.status == status, entry
    await deliver(service)
    assert (whom(inbox), len(room.sent)) == (["remy", "rita"], 1)


async def test_where_nothing_is_configured_nothing_is_queued(store: ReviewStore, artifacts: ArtifactStore) -> None:
    async with running(store, artifacts, carriers=(MemoryMailer(), None)) as quiet:
        await quiet.sent()
        await quiet.context.notifying.run()  # ends at once
        with store.read() as reader:
            assert not reader.due_outbox(quiet.clock.now() + 30 * DAY, 9)
        page = await quiet.ask("GET", "/notifications", headers=quiet.session(people.DANA_BROWSER))
        assert b'id="no-mail"' in page.body
