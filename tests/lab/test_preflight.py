"""Preflight: the checks of the real service's rules in the author's own server, before anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.contract import checked
from tests.lab.test_with_service import LabWithService, cell, paired
from tests.service.test_arrival_checks import ruled

pytestmark = pytest.mark.slow

PRINTED = {"output_type": "stream", "name": "stdout", "text": "one line\ntwo lines\nthree lines\n"}


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[LabWithService]:
    async with paired(tmp_path, ruled()) as pair:
        pair.write({**cell("%%px\nx == None"), "outputs": [PRINTED]}, {**cell("y == None"), "id": "last"})
        yield pair


async def preflight(pair: LabWithService, *files: str) -> dict[str, Any]:
    asked = {"path": "work/churn.ipynb", "files": list(files)}
    response = await asyncio.to_thread(checked(pair.lab).post, "preflight", asked)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def told(found: dict[str, Any], *checks: str) -> list[tuple[str, str, int | None, str | None]]:
    return [
        (each["code"], each["level"], each["cell"], each["fix"])
        for each in found["findings"]
        if each["code"].partition(".")[0] in checks
    ]


async def test_the_author_sees_what_will_be_found_and_what_will_be_kept(strict: LabWithService) -> None:
    found = await preflight(strict)
    assert found["policy"]
    assert told(found, "order", "lint", "imports", "inputs") == [
        ("order.never-run", "block", 5, None),
        ("lint.E711", "block", 5, None),
        ("imports.not-sent", "warn", 2, "add-file"),
        ("inputs.not-sent", "warn", 3, "add-file"),
        ("inputs.missing", "warn", 3, None),
        ("lint.not-looked-at", "allow", 4, None),
    ]
    assert [(each["cell"], each["mime"], each["kept"]) for each in found["taken_out"]] == [(4, "stream", 19)]
    chosen = await preflight(strict, "work/data/churn.csv", "work/features.py")
    assert [each[0] for each in told(chosen, "imports", "inputs")] == ["inputs.missing", "inputs.file"]


async def test_what_blocks_here_blocks_there_until_a_reason_is_given(strict: LabWithService) -> None:
    strict.write({**cell("y = 1"), "id": "last"})
    blocks = [each for each in (await preflight(strict))["findings"] if each["level"] == "block"]
    assert [(each["code"], each["overridable"]) for each in blocks] == [("order.never-run", True)]
    refused = (await strict.send())["problem"]
    assert refused["code"] == "check-blocks"
    assert [each["code"] for each in refused["facts"]["findings"]] == ["order.never-run"]
    overrides = [{"check": each["code"], "cell": each["cell"], "reason": "It takes a day."} for each in blocks]
    assert (await strict.send(overrides=overrides))["receipt"]["submission"] == 1
    kept = await strict.get("api/v1/submissions/1/versions/1/checks")
    assert kept["findings"][0]["override"] == "It takes a day."
    assert kept["policy"] == (await preflight(strict))["policy"]
