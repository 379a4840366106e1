"""Prometheus metrics of runs: what waits and runs, and how runs ended. Labels come from closed sets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from enablement_ext.core.review.due_runs.choosing import RunsInState
from enablement_ext.core.review.due_runs.models import NO_SPACE, WORKER_DIED, DueRunResult, RunOutcome, RunState
from enablement_ext.core.review.due_runs.trials import SERVICE_STOPPED
from enablement_ext.core.runs.models import MIB, RunEnd

_KINDS = {False: "version", True: "trial"}
_NOT_RUN = (
    *("sandbox-off", "environment-missing", "image-unknown", "image-changed", "other-language", "too-large"),
    "file-lost",
)
_REASONS = frozenset({"", *(end.value for end in RunEnd), WORKER_DIED, NO_SPACE, SERVICE_STOPPED, *_NOT_RUN})
_SECONDS = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 3600.0)
_BYTES = tuple(size * MIB for size in (64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384))


class RunMetrics:
    """`kind` is version or trial. How many wait is the same whichever process is asked; what ended is counted by the process that ran it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._open = Gauge(
            "enablement_runs_open",
            "Runs that have not ended, by kind and state (queued or running); the same in every replica.",
            ["kind", "state"],
            registry=registry,
        )
        self._waited = Gauge(
            "enablement_runs_oldest_wait_seconds",
            "How long the oldest run that waits has waited, 0 where none does.",
            ["kind"],
            registry=registry,
        )
        self._ended = Counter(
            "enablement_runs_ended_total",
            "Runs that ended in this process, by kind, outcome and the code of the reason.",
            ["kind", "outcome", "reason"],
            registry=registry,
        )
        self._seconds = Histogram(
            "enablement_run_seconds",
            "Time of the notebook's runs (one, or two where a cell differed).",
            ["kind"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._peak = Histogram(
            "enablement_run_peak_bytes",
            "The most memory of one run.",
            ["kind"],
            buckets=_BYTES,
            registry=registry,
        )

    def queue(self, found: Sequence[RunsInState], now: datetime) -> None:
        """What waits and runs now."""
        known = {(each.trials, each.state): each for each in found}
        for trials, kind in _KINDS.items():
            for state in (RunState.QUEUED, RunState.RUNNING):
                here = known.get((trials, state))
                self._open.labels(kind, state.value).set(0 if here is None else here.count)
            waiting = known.get((trials, RunState.QUEUED))
            self._waited.labels(kind).set(0 if waiting is None else max(0.0, (now - waiting.since).total_seconds()))

    def ended(self, result: DueRunResult, *, trial: bool) -> None:
        """One ended here."""
        kind = _KINDS[trial]
        reason = result.reason if result.reason in _REASONS else "other"
        self._ended.labels(kind, result.outcome.value, reason).inc()
        if result.document and result.outcome is not RunOutcome.NOT_RUN:
            runs = json.loads(result.document)["runs"]
            self._seconds.labels(kind).observe(sum(run["seconds"] for run in runs))
            peak = max(run["peak_bytes"] for run in runs)
            if peak:
                self._peak.labels(kind).observe(peak)
