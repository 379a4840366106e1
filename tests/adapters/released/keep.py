"""Keeps a database of this version, with data of every kind, for the upgrades of later ones: `python -m tests.adapters.released.keep FOLDER`.

Run it when a migration lands, on the code before it: the real service writes the rows, over HTTP. The file is named for the revision.
Every table's rows are kept as JSON; the tables themselves are what the frozen migrations up to that revision make.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

from enablement_ext.adapters.database.schema import REVISION, metadata
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.adapters.memory import MemoryArtifactStore
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Service, running


async def written(url: str) -> None:
    """Submissions in every state that can be reached, discussion, versions, an approval that fell, a request for a package."""
    store = DatabaseReviewStore(url)
    async with running(store, MemoryArtifactStore()) as service:
        await _approved_then_changed(service)
        await _rejected_and_withdrawn(service)
        wish = {"package": "cowsay", "wanted": ">=6", "why": "the report needs a cow"}
        await service.post("/api/v1/package-requests", people.DANA, wish)
    store.close()


async def _approved_then_changed(service: Service) -> None:
    found = await service.sent(SubmissionDraft(files={"work/features.py": b"a = 1\n"}))
    number = found["number"]
    path = f"/api/v1/submissions/{number}"
    await service.post(f"{path}/claim", people.REMY, {"stamp": found["stamp"]})
    asked = {"version": 1, "anchor": {"cell": "load", "lines": [1, 2]}, "text": "Why “pandas”?"}
    thread = (await service.post(f"{path}/threads", people.REMY, asked)).json["id"]
    await service.post(f"/api/v1/threads/{thread}/comments", people.DANA, {"text": "Because – ünïcode 🙂."})
    await service.decide(number, await service.page(number), "approve")
    stamp = (await service.submission(number))["stamp"]
    changed = SubmissionDraft(notebook(cell("load", "x = 2")), more={"stamp": stamp})
    await service.send(changed, number=number)


async def _rejected_and_withdrawn(service: Service) -> None:
    for source, verdict in (("b = 1", "reject"), ("c = 1", "request_changes"), ("d = 1", "approve")):
        number = (await service.sent(SubmissionDraft(notebook(cell("a", source)))))["number"]
        await service.decide(number, await service.page(number), verdict, reason="Because of the data.")
    gone = await service.sent(SubmissionDraft(notebook(cell("a", "e = 1"))))
    path = f"/api/v1/submissions/{gone['number']}/withdraw"
    await service.post(path, people.DANA, {"stamp": gone["stamp"]})


def rows_of(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Every table's rows, by column; bytes as base64."""
    connection = sqlite3.connect(file)
    connection.row_factory = sqlite3.Row
    made = {
        table.name: [column.name for column in table.c if column.computed is None] for table in metadata.sorted_tables
    }
    found = {
        table: [dict(row) for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}")]
        for table, columns in made.items()
    }
    connection.close()
    return found


def _plain(value: object) -> object:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else str(value)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "enablement.sqlite")
        upgrade(f"sqlite:///{file}")
        asyncio.run(written(f"sqlite:///{file}"))
        kept = rows_of(file)
    target = Path(sys.argv[1], f"{REVISION}.json")
    target.write_text(json.dumps(kept, indent=1, ensure_ascii=False, default=_plain) + "\n", encoding="utf-8")
    print(target, {name: len(rows) for name, rows in kept.items()})


if __name__ == "__main__":
    main()
