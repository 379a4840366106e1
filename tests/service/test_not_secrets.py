"""An author says that a finding is none, and why: sent then, kept with the version, and shown to whoever decides."""

from __future__ import annotations

from typing import Any

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.review.policy import Policy
from enablement_ext.service.assembly import ServiceOptions
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, Service, running
from tests.service.test_ingress import nothing_stored

SAMPLE = cell("a", "link = 'https://reader:r3ader-pw@example.org/data.csv'")
HASH = cell("b", "x = 1\npassword = 'pbkdf2$7f3a9c1e'")
REASON = "The public reader of the sample data."
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
PRIVATE = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEowIBAAKCAQEA"


def draft(document: bytes, said: dict[str, Any] | None = None, **more: Any) -> SubmissionDraft:
    return (
        SubmissionDraft(document, more={"not_secrets": said, **more}) if said else SubmissionDraft(document, more=more)
    )


def statements(facts: dict[str, Any], reason: str = REASON) -> dict[str, Any]:
    """What the lab makes of a refusal whose findings are all disputed."""
    named = [{name: each[name] for name in ("where", "rule", "line")} for each in facts["findings"]]
    return {"content": facts["content"], "statements": [{**each, "reason": reason} for each in named]}


async def refused(service: Service, sent: SubmissionDraft, number: int | None = None) -> dict[str, Any]:
    reply = await service.send(sent, number=number)
    assert (reply.status, reply.code) == (422, "secret-found"), reply.body
    facts: dict[str, Any] = reply.json["facts"]
    return facts


async def test_a_finding_with_a_reason_is_sent_and_shown_to_the_reviewer(service: Service) -> None:
    document = notebook(SAMPLE, HASH)
    facts = await refused(service, draft(document))
    assert [(each["where"], each["rule"], each["line"], each["disputable"]) for each in facts["findings"]] == [
        ("cell 1", "url-password", 1, True),
        ("cell 2", "password", 2, True),
    ]
    said = statements(facts)
    half = {**said, "statements": said["statements"][:1]}
    assert [each["where"] for each in (await refused(service, draft(document, half)))["findings"]] == ["cell 2"]
    found = await service.sent(draft(document, said))
    for who in (people.DANA, people.REMY):
        (version,) = (await service.submission(found["number"], who))["versions"]
        assert version["not_secrets"] == said["statements"]
    page = (await service.page(found["number"])).body.decode()
    assert "Not a secret, says the author" in page
    assert "what looks like a password in a URL" in page
    assert page.count(REASON) == 2
    events = (await service.get(f"/api/v1/submissions/{found['number']}/events", people.REMY)).json["events"]
    assert events[0]["data"]["not_secrets"] == ["url-password: cell 1, line 1", "password: cell 2, line 2"]


async def test_what_was_said_of_other_content_does_not_count(light: Service) -> None:
    said = statements(await refused(light, draft(notebook(SAMPLE))))
    real = cell("a", "link = 'https://admin:g4rden-gate@db.internal/data'")
    assert (await refused(light, draft(notebook(real), said)))["content"] != said["content"]
    with_file = SubmissionDraft(notebook(SAMPLE), files={"work/keys.py": b"x = 1"}, more={"not_secrets": said})
    await refused(light, with_file)
    assert await nothing_stored(light)
    found = await light.sent(draft(notebook(cell("a", "1")), said))
    assert (await light.submission(found["number"]))["versions"][0]["not_secrets"] == [], "nothing was found in it"


@pytest.mark.parametrize("source", [f"token = '{TOKEN}'", f"key = '''{PRIVATE}'''"])
async def test_some_findings_cannot_be_explained_away(light: Service, source: str) -> None:
    document = notebook(cell("a", source))
    facts = await refused(light, draft(document))
    assert False in [each["disputable"] for each in facts["findings"]]
    await refused(light, draft(document, statements(facts)))
    assert await nothing_stored(light)


async def test_what_somebody_wrote_is_written_otherwise_and_a_reason_is_searched_too(light: Service) -> None:
    document = notebook(SAMPLE)
    title = {"title": "password = 'pbkdf2$7f3a9c1e'"}
    facts = await refused(light, SubmissionDraft(document, answers=title))
    assert [each.get("disputable") for each in facts["findings"]] == [None, True]
    left = await refused(light, SubmissionDraft(document, answers=title, more={"not_secrets": statements(facts)}))
    assert [each["where"] for each in left["findings"]] == ["your answer “title”"]
    again = await refused(light, draft(document, statements(facts, f"it is {TOKEN}")))
    assert {each["where"] for each in again["findings"]} == {"your reasons"}
    assert TOKEN not in str(again)


@pytest.mark.parametrize(
    "said",
    [
        {"content": "x", "statements": []},
        {"content": "0" * 64, "statements": [{"where": "cell 1", "rule": "key", "line": 1, "reason": " \u200b"}]},
        {"content": "0" * 64, "statements": [{"where": "cell 1", "rule": "key", "line": 0, "reason": "r"}]},
        {"content": "0" * 64, "statements": [{"where": 1, "rule": "key", "line": 1, "reason": "r"}]},
        {"content": "0" * 64, "statements": ["all"]},
        {"content": "0" * 64, "statements": [], "all": True},
    ],
)
async def test_statements_are_read_strictly(light: Service, said: dict[str, Any]) -> None:
    reply = await light.send(draft(notebook(), said))
    assert (reply.status, reply.code) == (422, "bad-answers"), reply.body
    assert reply.json["facts"]["field"].startswith("not_secrets")


async def test_a_version_has_its_own_and_a_large_one_is_checked_alike(service: Service) -> None:
    found = await service.sent()
    output = [{"output_type": "stream", "name": "stdout", "text": "x" * 1_200_000}]
    large = notebook(SAMPLE, cell("big", "print(x)", output))
    said = statements(await refused(service, draft(large, stamp=found["stamp"]), found["number"]))
    reply = await service.send(draft(large, said, stamp=found["stamp"]), number=found["number"])
    assert reply.status == 201, reply.body
    first, second = (await service.submission(found["number"]))["versions"]
    assert (first["not_secrets"], second["not_secrets"]) == ([], said["statements"])


async def test_where_policy_allows_none_nothing_can_be_said() -> None:
    options = ServiceOptions(key=KEY, policy=Policy(not_secret_rules=frozenset()))
    async with running(MemoryReviewStore(), MemoryArtifactStore(), options) as service:
        facts = await refused(service, draft(notebook(SAMPLE)))
        assert [each["disputable"] for each in facts["findings"]] == [False]
        await refused(service, draft(notebook(SAMPLE), statements(facts)))
