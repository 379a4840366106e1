"""What checks find when something arrives: kept with the version, in the way where the rules say so, and gone on with for a reason."""

from __future__ import annotations

import random
import string
from pathlib import Path
from typing import Any

import pytest
from traitlets import TraitError
from traitlets.config import Config

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.checks.models import NotebookSurroundings
from enablement_ext.core.checks.policy import read_policy
from enablement_ext.core.checks.registry import INCOMPLETE, OWN, kinds_of
from enablement_ext.core.notebook import canonicalise
from enablement_ext.service.assembly import ServiceOptions
from enablement_ext.service.checking.pool import CheckingPool
from enablement_ext.service.checking.process import CheckingOptions
from enablement_ext.service.settings.checks import ArrivalCheckSettings
from enablement_ext.service.use_cases.arrival.checks import find_here
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, Service, running

RULES = """
version = 1
[levels]
order = "block"
"lint.E711" = "block"
[overrides]
allowed = ["order"]
[outputs]
strip = ["text/html"]
truncate = 20
[image.ml.levels]
order = "warn"
"""
TABLE = {
    "output_type": "display_data",
    "data": {"text/html": "<table>secret-table</table>", "text/plain": "short"},
    "metadata": {},
}
PRINTED = {"output_type": "stream", "name": "stdout", "text": "one line\ntwo lines\nthree lines\n"}


def ruled(rules: str = RULES) -> ServiceOptions:
    return ServiceOptions(KEY, check_policy=read_policy(rules, kinds_of(OWN)))


async def checks_of(service: Service, number: int) -> dict[str, Any]:
    found: dict[str, Any] = (await service.get(f"/api/v1/submissions/{number}/versions/1/checks", people.REMY)).json
    return found


def codes(found: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    return [(each["code"], each["level"], each["cell"]) for each in found["findings"]]


async def test_findings_are_kept_with_the_version_what_needs_a_look_first() -> None:
    draft = SubmissionDraft(
        notebook(
            cell("a", "import pandas as pd\npd.read_csv('data.csv')\npd.read_csv('gone.csv')"),
            cell("b", "import helpers, nosuchpackage\nhelpers.x == None"),
        ),
        files={"work/data.csv": b"a,b\n1,2\n", "work/helpers.py": b"x = 1\n"},
        more={"git": {"commit": "c" * 40, "branch": "main", "remote": "", "dirty": True}},
    )
    async with running(MemoryReviewStore(), MemoryArtifactStore()) as service:
        number = (await service.sent(draft))["number"]
        found = await checks_of(service, number)
    assert (found["checked"], found["policy"], found["taken_out"]) == (True, "", [])
    assert codes(found) == [
        ("inputs.missing", "warn", 1),
        ("imports.not-in-image", "warn", 2),
        ("lint.E711", "warn", 2),
        ("git.version", "allow", None),
        ("git.unsaved", "allow", None),
        ("git.only-here", "allow", None),
        ("inputs.file", "allow", 1),
    ]
    data = found["findings"][-1]
    assert data["facts"]["bytes"] == 8
    assert data["facts"]["sha256"] in data["sentence"]
    assert found["findings"][1]["cell_id"] == "b"
    assert "nosuchpackage" in found["findings"][1]["sentence"]


async def test_what_blocks_refuses_with_its_sentence_and_nothing_is_stored() -> None:
    draft = SubmissionDraft(notebook(cell("a", "x = 1"), {**cell("b", "x"), "execution_count": None}))
    async with running(MemoryReviewStore(), MemoryArtifactStore(), ruled()) as service:
        refused = await service.send(draft)
        assert (refused.status, refused.code) == (422, "check-blocks")
        assert refused.json["detail"].startswith("Cell 2 was never run.")
        (finding,) = refused.json["facts"]["findings"]
        assert (finding["code"], finding["cell"], finding["overridable"]) == ("order.never-run", 2, True)
        assert (await service.get("/api/v1/submissions?filter=sent", people.DANA)).json["items"] == []


async def test_a_block_is_overridden_with_a_reason_where_the_rules_allow_it() -> None:
    lazy = notebook(cell("a", "x = 1"), {**cell("b", "x"), "execution_count": None})
    reason = {"check": "order.never-run", "cell": 2, "reason": "It takes a day."}
    async with running(MemoryReviewStore(), MemoryArtifactStore(), ruled()) as service:
        elsewhere = await service.send(SubmissionDraft(lazy, more={"overrides": [{**reason, "cell": 1}]}))
        assert elsewhere.code == "check-blocks"
        number = (await service.sent(SubmissionDraft(lazy, more={"overrides": [reason]})))["number"]
        found = await checks_of(service, number)
        assert [(each["code"], each["override"]) for each in found["findings"][:1]] == [
            ("order.never-run", "It takes a day.")
        ]
        assert found["policy"]
        linted = notebook(cell("a", "x = 1\nx == None"))
        never = {"check": "lint.E711", "cell": 1, "reason": "Because."}
        assert (await service.send(SubmissionDraft(linted, more={"overrides": [never]}))).code == "check-blocks"


@pytest.mark.parametrize(
    "overrides",
    ["x", [1], [{"check": "order", "cell": 0, "reason": "x"}], [{"check": "order", "cell": None, "reason": " "}]],
)
async def test_overrides_are_read_strictly(overrides: object) -> None:
    async with running(MemoryReviewStore(), MemoryArtifactStore(), ruled()) as service:
        assert (await service.send(SubmissionDraft(more={"overrides": overrides}))).code == "bad-answers"


async def test_a_reason_is_searched_for_secrets_like_everything_else() -> None:
    token = "ghp_" + "".join(random.choices(string.ascii_letters + string.digits, k=36))
    override = {"check": "order.never-run", "cell": None, "reason": f"token {token}"}
    async with running(MemoryReviewStore(), MemoryArtifactStore()) as service:
        assert (await service.send(SubmissionDraft(more={"overrides": [override]}))).code == "secret-found"


@pytest.mark.parametrize("padding", [0, 1_200_000], ids=["small", "large"])
async def test_what_the_rules_do_not_keep_is_never_stored(padding: int) -> None:
    """A large notebook takes another way: a checking process makes it."""
    shown = notebook(cell("a", "x = 1\n#" + "x" * padding, [TABLE, PRINTED]))
    store, artifacts = MemoryReviewStore(), MemoryArtifactStore()
    async with running(store, artifacts, ruled()) as service:
        number = (await service.sent(SubmissionDraft(shown)))["number"]
        found = await checks_of(service, number)
        kept = await service.get(f"/api/v1/submissions/{number}/versions/1/files/0", people.REMY)
    assert [(each["output"], each["mime"], each["kept"]) for each in found["taken_out"]] == [
        (1, "text/html", 0),
        (2, "stream", 19),
    ]
    assert b"short" in kept.body
    assert b"two lines" in kept.body
    for gone in (b"secret-table", b"three lines"):
        assert gone not in kept.body
        assert gone not in repr(vars(artifacts)).encode()
        with store.read() as reader:
            assert gone not in repr(reader.small_file(canonicalise(kept.body).sha256)).encode()


async def test_the_rules_are_told_to_who_sends_as_they_are_for_an_image() -> None:
    async with running(MemoryReviewStore(), MemoryArtifactStore(), ruled()) as service:
        general = (await service.get("/api/v1/check-rules", people.DANA)).json
        special = (await service.get("/api/v1/check-rules?image=ml", people.DANA)).json
    assert (general["levels"]["order.backwards"], special["levels"]["order.backwards"]) == ("block", "warn")
    assert general["outputs"] == {"keep": True, "strip": ["text/html"], "largest": None, "truncate": 20}
    assert general["overridable"] == ["order"]


async def test_in_processes_of_their_own_they_find_the_same() -> None:
    draft = SubmissionDraft(notebook(cell("a", "x == None\nimport nosuch"), cell("b", "open('gone.csv')")))
    found = []
    for find in (find_here, None):
        async with running(MemoryReviewStore(), MemoryArtifactStore(), find=find) as service:
            found.append(codes(await checks_of(service, (await service.sent(draft))["number"])))
    assert found[0] == found[1] != []


def test_checks_that_break_off_are_a_finding() -> None:
    pool = CheckingPool(CheckingOptions(processes=1, seconds=0.001))
    try:
        document = canonicalise(notebook(cell("a", "x = 1\n" * 20_000))).data
        with pool.finding(document, NotebookSurroundings()) as findings:
            (finding,) = findings()
    finally:
        pool.close()
    assert finding.code == INCOMPLETE


def test_a_file_of_rules_with_mistakes_is_refused_at_start(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('version = 1\n[levels]\nordr = "block"\n[outputs]\nstrip = ["html"]')
    with pytest.raises(TraitError, match="did you mean order"):
        ArrivalCheckSettings(config=Config(ArrivalCheckSettings={"rules_file": str(rules)})).policy()
    rules.write_text(RULES)
    settings = ArrivalCheckSettings(config=Config(ArrivalCheckSettings={"rules_file": str(rules)}))
    assert settings.policy().may_override("order.backwards")
    assert "order.backwards" in settings.kinds()
