"""What applying suggested edits to a notebook would do, worked out in the author's own server: what is being edited is not sent on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.errors import BadRequest, Conflict, NotFound
from enablement_ext.core.review.differences.alignment import PlainCell
from enablement_ext.core.review.discussion.applying import (
    Application,
    ApplicationPlan,
    PlacedSuggestion,
    plain_cells,
    plan_applications,
)
from enablement_ext.core.review.discussion.suggestions import Suggestion, SuggestionState
from enablement_ext.core.text.fields import Fields
from enablement_ext.lab.service_client import ServiceClient
from enablement_ext.lab.service_responses import document_of
from enablement_ext.lab.working_copy import ask, sent_file

_ANSWER_BYTES = 64 * 1024 * 1024
_MOST_CELLS = 20_000
_MOST_THREADS = 10_000
_WAITING = frozenset({SuggestionState.OPEN.value, SuggestionState.OUTDATED.value})

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SuggestionQuestion:
    """Which suggestions, None for all that are open, on which cells."""

    submission: int
    threads: tuple[int, ...] | None
    cells: tuple[PlainCell, ...]


def suggestion_question(members: Mapping[str, object]) -> SuggestionQuestion:
    """The question of a request. Raises `BadRequest`."""
    form = Fields(members, BadRequest).only(("submission", "threads", "cells"))
    threads = None if members.get("threads") is None else form.items("threads", _MOST_THREADS)
    if threads is not None and not all(isinstance(each, int) and not isinstance(each, bool) for each in threads):
        raise form.wrong("threads", "is not a list of threads")
    cells = [_cell(form, each) for each in form.items("cells", _MOST_CELLS)]
    chosen = None if threads is None else tuple(dict.fromkeys(int(str(each)) for each in threads))
    return SuggestionQuestion(form.number("submission", 1), chosen, tuple(cells))


async def planned(question: SuggestionQuestion, service: ServiceClient) -> Json:
    """The contract's `SuggestionPlan`. Raises `NotFound`, `Conflict` for one that was withdrawn, `ServiceAway`, `ServiceRefused`."""
    base = f"/api/v1/submissions/{question.submission}"
    answer: Json = document_of(*await ask(f"{base}/threads", service, _ANSWER_BYTES))
    chosen = _chosen(question.threads, answer["threads"])
    notebooks: dict[int, list[PlainCell]] = {}
    for version in {int(thread["version"]) for thread in chosen}:
        sent = await sent_file(f"{base}/versions/{version}/files/0", service)
        notebooks[version] = await asyncio.to_thread(plain_cells, sent)
    suggested = [(notebooks[int(thread["version"])], _placed(thread)) for thread in chosen]
    plan = await asyncio.to_thread(plan_applications, suggested, question.cells)
    return _plan_json(plan, [placed for _, placed in suggested])


def _chosen(wanted: Sequence[int] | None, threads: Sequence[Json]) -> list[Json]:
    suggesting = {int(thread["id"]): thread for thread in threads if thread.get("suggestion") is not None}
    if wanted is None:
        return [thread for thread in suggesting.values() if thread["suggestion"]["state"] in _WAITING]
    if not set(wanted) <= suggesting.keys():
        raise NotFound("There is no such suggestion.")
    chosen = [suggesting[number] for number in wanted]
    if any(thread["suggestion"]["state"] == SuggestionState.WITHDRAWN for thread in chosen):
        raise Conflict("This suggestion was withdrawn meanwhile.")
    return chosen


def _placed(thread: Json) -> PlacedSuggestion:
    suggestion = Suggestion(str(thread["suggestion"]["replaces"]), str(thread["suggestion"]["source"]))
    return PlacedSuggestion(int(thread["id"]), str(thread["anchor"]["cell"]), suggestion)


def _cell(form: Fields, value: object) -> PlainCell:
    names = ("id", "cell_type", "source")
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in names):
        raise form.wrong("cells", "is not a list of cells")
    return PlainCell(*(value[name] for name in names))


def _plan_json(plan: ApplicationPlan, suggested: Sequence[PlacedSuggestion]) -> Json:
    return {
        "applications": [
            _application_json(each, placed) for each, placed in zip(plan.applications, suggested, strict=True)
        ],
        "sources": [{"cell": cell, "source": source} for cell, source in sorted(plan.sources.items())],
    }


def _application_json(one: Application, placed: PlacedSuggestion) -> Json:
    return {
        "thread": one.thread,
        "outcome": one.outcome.value,
        "cell": one.cell,
        "base": placed.suggestion.replaces,
        "mine": one.mine,
        "theirs": placed.suggestion.source,
        "result": one.result,
    }
