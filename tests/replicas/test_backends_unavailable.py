"""What replicas stand on goes away: people are told, nothing is lost, and the service is back by itself."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.polling import PATIENCE, until
from tests.replicas.client import REMY, Said, draft
from tests.replicas.hub import hub
from tests.replicas.replica import Replica, SharedServices, replicas, shared_services
from tests.servers.postgres import cluster
from tests.servers.s3 import ObjectServer, object_server
from tests.service.factories import SubmissionDraft, cell, notebook

pytestmark = pytest.mark.slow


@pytest.fixture
def own(tmp_path: Path) -> Iterator[SharedServices]:
    """Servers that the test may kill."""
    with cluster() as postgres, object_server() as s3, hub() as address:
        yield shared_services(postgres, s3, address, tmp_path)


def big(source: str) -> SubmissionDraft:
    return SubmissionDraft(notebook(cell("a", source)), files={"data.bin": os.urandom(300_000)})


def test_the_object_store_is_away_for_a_while(own: SharedServices) -> None:
    with replicas(own, 1) as (replica,):
        client = replica.client
        kept = client.send(big("x = 1")).json
        own.s3.stop()
        said = client.send(big("x = 2"), key="the-same")
        assert (said.status, said.json["code"]) == (503, "store-unavailable")
        assert client.get("/readyz").json == {"status": "ready", "artifacts": "away"}
        assert client.submission(kept["submission"])["content_id"] == kept["content_id"], "the queue goes on"
        assert client.get(f"/api/v1/submissions/{kept['submission']}/versions/1/files/1", REMY).status == 503
        own.s3.start()
        assert client.send(big("x = 2"), key="the-same").status == 201
        assert client.get("/readyz").json == {"status": "ready", "artifacts": "ok"}
        _tells_no_secret(replica, own.s3)


def test_the_database_is_killed_and_comes_back(own: SharedServices) -> None:
    with replicas(own, 2) as two, two[1].client.events(REMY) as stream:
        next(stream)
        assert two[0].client.send(big("x = 1")).status == 201
        assert next(stream).seq == 1
        own.postgres.stop(signal.SIGKILL)
        said = two[0].client.send(big("x = 2"), key="the-same")
        assert (said.status, said.json["code"]) == (503, "store-unavailable")
        own.postgres.start()
        assert _sent(two[0], "x = 2") == 2
        assert next(stream).seq == 2, "the stream was never broken"


def _sent(replica: Replica, source: str) -> int:
    answers = list[Said]()

    def sent() -> bool:
        answers.append(replica.client.send(draft(source), key="after-all"))
        return answers[-1].status == 201

    until(sent, within=PATIENCE, what="it is sent, now that the database is back", log=replica.log)
    return int(answers[-1].json["submission"])


def test_a_service_that_cannot_use_its_bucket_says_why_and_ends(own: SharedServices) -> None:
    wrong = SharedServices(own.postgres, own.s3, own.hub, own.folder, own.database, "no-such-bucket")
    replica = Replica(wrong, 7).start(wait=False)
    assert replica.process is not None
    try:
        assert replica.process.wait(timeout=PATIENCE) == 3
    except subprocess.TimeoutExpired:
        replica.kill()
        raise
    last = replica.log.read_text().splitlines()[-1]
    assert last.startswith("enablement-service: There is no bucket no-such-bucket at http://127.0.0.1:")
    assert "Traceback" not in replica.log.read_text()
    _tells_no_secret(replica, own.s3)


def _tells_no_secret(replica: Replica, server: ObjectServer) -> None:
    said = replica.log.read_text()
    assert server.secret_key not in said
    assert server.access_key not in said
