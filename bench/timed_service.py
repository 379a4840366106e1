"""The review service with a clock around the steps of sending; when it ends it writes each step's times to `$BENCH_TIMES` as JSON.

The steps are those of `STEPS`, from the outside in: what is left of a step beside those inside it is its own.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.adapters.database.writing import DatabaseTransaction
from enablement_ext.service import app
from enablement_ext.service.checking import pool
from enablement_ext.service.http.endpoint import Endpoint
from enablement_ext.service.http.handlers import submissions
from enablement_ext.service.use_cases import ingest, submit
from enablement_ext.service.use_cases.arrival import examination

STATEMENTS = (
    "__init__",
    "kept_receipt",
    "sent_before",
    "keep_small_files",
    "next_number",
    "append_event",
    "add_submission",
    "add_version",
    "keep_check_record",
    "keep_origin",
    "keep_receipt",
    "finish",
)
_times: dict[str, list[float]] = {}
_under_way: dict[str, float] = {}


def _note(step: str, seconds: float) -> None:
    _times.setdefault(step, []).append(seconds)


def clock(owner: Any, name: str, step: str) -> None:
    """Time every call of a function or method."""
    plain: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(plain)
    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return plain(*args, **kwargs)
        finally:
            _under_way[step] = _under_way.get(step, 0.0) + time.perf_counter() - began

    setattr(owner, name, timed)


def clock_requests() -> None:
    """Time requests from the head of a POST to the end of its answer, and close the account of one sending with it."""
    finish = Endpoint.on_finish

    def finished(self: Endpoint) -> None:
        finish(self)
        if self.request.method == "POST":
            _note("request", time.perf_counter() - self._started)
            for step, seconds in _under_way.items():
                _note(step, seconds)
        _under_way.clear()

    Endpoint.on_finish = finished  # type: ignore[method-assign]


def main() -> int:
    """Serve as the service does."""
    clock_requests()
    clock(submissions, "submit", "submit")
    clock(submit, "ingest", "ingest")
    clock(examination, "rebuilt", "validate")
    clock(examination, "searched", "validate")
    clock(ingest, "canonicalise", "canonicalise")
    clock(pool, "_validated", "checked")
    clock(submit, "check", "checks")
    clock(submit, "store", "store")
    clock(DirectoryArtifactStore, "put", "put")
    clock(DefaultDialect, "do_commit", "commit")
    for name in STATEMENTS:
        clock(DatabaseTransaction, name, "statements")
    try:
        return app.main(sys.argv[1:])
    finally:
        Path(os.environ["BENCH_TIMES"]).write_text(json.dumps(_times))


if __name__ == "__main__":
    sys.exit(main())
