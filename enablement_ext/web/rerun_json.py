"""A re-run in the JSON of the contract."""

from __future__ import annotations

import json
from datetime import datetime

from enablement_ext.core.review.due_runs.models import DueRun
from enablement_ext.core.review.due_runs.trials import Trial
from enablement_ext.web.serializers import Json, time_json


def rerun_json(run: DueRun | None, *, on: bool) -> Json:
    """Of a version that was never run as well; `on`: whether it would be."""
    if run is None:
        return {"on": on, "state": "none", "run": None, "verdict": None}
    return {
        "on": on,
        "state": run.state.value,
        "run": {
            "number": run.number,
            "asked_by": run.asked_by,
            "attempt": run.attempt,
            **_progress(run),
        },
        "verdict": _verdict(run),
    }


def trial_json(trial: Trial | None, off_because: str) -> Json:
    """Of a notebook that was never tried as well; `off_because`: why nothing is run here, "" where it is."""
    told: Json = {"on": not off_because, "off_because": off_because}
    if trial is None:
        return {**told, "state": "none", "run": None, "verdict": None}
    about = {"id": trial.id, "path": trial.path, "content": trial.content, "image": trial.image}
    return {**told, "state": trial.state.value, "run": {**about, **_progress(trial)}, "verdict": _verdict(trial)}


def _progress(run: DueRun | Trial) -> Json:
    return {
        "asked_at": time_json(run.asked_at),
        "started_at": _time(run.started_at),
        "ended_at": _time(run.ended_at),
        "cells_done": run.cells_done,
        "cells_total": run.cells_total,
        "outcome": None if run.result is None else run.result.outcome.value,
        "reason": "" if run.result is None else run.result.reason,
        "line": "" if run.result is None else run.result.line,
    }


def _verdict(run: DueRun | Trial) -> object:
    document = run.result.document if run.result is not None else ""
    return json.loads(document) if document else None


def _time(at: datetime | None) -> str | None:
    return None if at is None else time_json(at)
