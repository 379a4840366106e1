"""`enablement backup`: made while people send, whole or said to be damaged, and back again, also from one kind of store to the other."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.core.review.event_log import verify
from tests.adapters.factories import sent
from tests.polling import PATIENCE, until
from tests.replicas.client import DANA, Client
from tests.replicas.hub import hub
from tests.servers.ports import free_port
from tests.servers.postgres import Cluster, cluster
from tests.servers.s3 import ObjectServer, object_server
from tests.servers.up import ENABLEMENT
from tests.service.factories import SubmissionDraft, cell, notebook

pytestmark = pytest.mark.slow
BIG = 150_000  # bytes that do not fit beside the queue


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with hub() as running:
        yield running


@contextmanager
def service(state: Path, address: str) -> Iterator[Client]:
    """A service on one machine."""
    port = free_port()
    environment = {
        **os.environ,
        "ENABLEMENT_STATE": str(state),
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
        "JUPYTERHUB_API_URL": address,
        "JUPYTERHUB_API_TOKEN": "t" * 16,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "enablement_ext.service"], env=environment, stderr=subprocess.DEVNULL
    )
    client = Client(port)
    try:
        until(
            lambda: client.get("/readyz").status == 200, within=PATIENCE, what="the service is ready", process=process
        )
        yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def enablement(*words: str | Path, code: int = 0, environ: Mapping[str, str] | None = None) -> str:
    """What the command says."""
    cleaned = {name: value for name, value in os.environ.items() if not name.startswith("ENABLEMENT")}
    command = [*ENABLEMENT, *map(str, words)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env={**cleaned, **(environ or {})})
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stdout + ended.stderr


def draft(number: int) -> SubmissionDraft:
    files = {"data.bin": os.urandom(BIG)} if number % 3 == 0 else {}
    return SubmissionDraft(notebook(cell("a", f"x = {number}")), files=files)


def receipts_in(url: str, artifacts: Any, receipts: list[dict[str, Any]]) -> None:
    """Every receipt leads to a version with these bytes, and the log holds."""
    store = DatabaseReviewStore(url)
    with store.read() as reader:
        assert verify(reader.events_after(0, 100_000), reader.chain_head()).intact
        for receipt in receipts:
            version = reader.version(receipt["submission"], receipt["version"])
            assert version.content_id == receipt["content_id"]
            assert version.notebook.sha256 == receipt["notebook_sha256"]
            for entry in (version.notebook, *version.files):
                assert reader.small_file(entry.sha256) or artifacts.get(entry.sha256)
    store.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, address: str) -> tuple[Path, Path, list[dict[str, Any]]]:
    """A state, a backup that was made while people sent, and the receipts from before it."""
    place = tmp_path_factory.mktemp("backup")
    before: list[dict[str, Any]] = []
    stop = threading.Event()
    with service(place / "state", address) as client:
        _repository(place / "state" / "repositories" / "ab" / "cd.git")
        before += [client.send(draft(number), DANA).json for number in range(30)]

        def go_on() -> None:
            number = 1000
            while not stop.is_set():
                assert client.send(draft(number), DANA).status == 201
                number += 1

        threads = [threading.Thread(target=go_on) for _ in range(1)]
        for thread in threads:
            thread.start()
        said = enablement("backup", "create", place / "backup", "--state", place / "state")
        stop.set()
        for thread in threads:
            thread.join()
    assert "1 repositories" in said
    return place / "state", place / "backup", before


def _repository(folder: Path) -> None:
    """A bare repository with one commit, as the bundled forge keeps them."""
    folder.parent.mkdir(parents=True)
    work = folder.with_name("work")
    run = ["git", "-c", "user.name=d", "-c", "user.email=d@x", "-C", str(work)]
    subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(work)], check=True)
    (work / "a.txt").write_text("a")
    subprocess.run([*run, "add", "."], check=True)
    subprocess.run([*run, "commit", "-q", "-m", "a"], check=True)
    subprocess.run([*run, "push", "-q", str(folder), "main"], check=True)
    shutil.rmtree(work)


def test_what_was_acknowledged_before_is_in_it_and_comes_back(
    made: tuple[Path, Path, list[dict[str, Any]]], tmp_path: Path, address: str
) -> None:
    _, backup, receipts = made
    assert "is whole" in enablement("backup", "verify", backup)
    state = tmp_path / "restored"
    enablement("backup", "restore", backup, "--state", state)
    artifacts = DirectoryArtifactStore(state / "artifacts")
    receipts_in(f"sqlite:///{state}/enablement.sqlite", artifacts, receipts)
    artifacts.close()
    assert "intact" in enablement("audit", "verify", "--state", state)
    with service(state, address) as client:
        assert client.submission(receipts[0]["submission"])["content_id"] == receipts[0]["content_id"]
        assert client.send(draft(5000), DANA).status == 201
    log = subprocess.run(
        ["git", "-C", state / "repositories/ab/cd.git", "log", "--format=%s", "main"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert log.stdout == "a\n"


def test_a_state_that_is_there_is_not_touched_unless_told_and_then_kept(
    made: tuple[Path, Path, list[dict[str, Any]]], tmp_path: Path, address: str
) -> None:
    _, backup, receipts = made
    state = tmp_path / "state"
    with service(state, address) as client:
        mine = client.send(draft(7), DANA).json
        assert "running" in enablement("backup", "restore", backup, "--state", state, "--replace", code=3)
    assert "--replace" in enablement("backup", "restore", backup, "--state", state, code=1)
    said = enablement("backup", "restore", backup, "--state", state, "--replace")
    aside = next(state.glob("before-restore-*"))
    assert str(aside) in said
    artifacts = DirectoryArtifactStore(aside / "artifacts")
    receipts_in(f"sqlite:///{aside}/enablement.sqlite", artifacts, [mine])
    artifacts.close()
    with service(state, address) as client:
        assert client.submission(receipts[0]["submission"])["content_id"] == receipts[0]["content_id"]


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def _flip_an_artifact(backup: Path) -> None:
    _flip(next(path for path in (backup / "artifacts/objects").rglob("*") if path.is_file()))


def _remove_an_artifact(backup: Path) -> None:
    next(path for path in (backup / "artifacts/objects").rglob("*") if path.is_file()).unlink()


def _sql(backup: Path, *statements: str) -> None:
    with closing(sqlite3.connect(backup / "enablement.sqlite")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def _edit_an_event(backup: Path) -> None:
    _sql(backup, "DROP TRIGGER events_no_update", "UPDATE events SET actor = 'mallory' WHERE seq = 3")


def _cut_the_log(backup: Path) -> None:
    """The last event and the head beside it: only the record knows better."""
    _sql(
        backup,
        "DROP TRIGGER events_no_delete",
        "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)",
        "UPDATE chain_head SET seq = (SELECT max(seq) FROM events), hash = (SELECT hash FROM events ORDER BY seq DESC LIMIT 1)",
    )


def _change_a_version(backup: Path) -> None:
    _sql(
        backup, "DROP TRIGGER versions_no_update", "UPDATE versions SET image_digest = 'sha256:0' WHERE submission = 2"
    )


def _flip_a_small_file(backup: Path) -> None:
    _sql(
        backup,
        "DROP TRIGGER small_files_no_update",
        "UPDATE small_files SET content = CAST(content || x'00' AS BLOB) WHERE rowid = 1",
    )


def _flip_the_database(backup: Path) -> None:
    path = backup / "enablement.sqlite"
    content = bytearray(path.read_bytes())
    for at in range(4096, len(content), 4096):
        content[at : at + 8] = b"\xff" * 8
    path.write_bytes(content)


def _break_a_repository(backup: Path) -> None:
    _flip(next((backup / "repositories").rglob("objects/??/*")))


DAMAGES = (
    _flip_an_artifact,
    _remove_an_artifact,
    _edit_an_event,
    _cut_the_log,
    _change_a_version,
    _flip_a_small_file,
    _flip_the_database,
    _break_a_repository,
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_found_and_nothing_damaged_is_restored(
    made: tuple[Path, Path, list[dict[str, Any]]], tmp_path: Path, damage: Any
) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(made[1], backup)
    damage(backup)
    assert "DAMAGED" in enablement("backup", "verify", backup, code=1)
    assert "DAMAGED" in enablement("backup", "restore", backup, "--state", tmp_path / "state", code=1)
    assert not (tmp_path / "state" / "enablement.sqlite").exists()


def test_a_file_that_is_damaged_where_it_is_kept_keeps_no_other_from_being_saved(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    url = f"sqlite:///{state}/enablement.sqlite"
    upgrade(url)
    store, artifacts = DatabaseReviewStore(url), DirectoryArtifactStore(state / "artifacts")
    sent(store)
    with store.read() as reader:
        lost = reader.version(1, 1).notebook.sha256
    store.close()
    artifacts.close()
    said = enablement("backup", "create", tmp_path / "backup", "--state", state, code=1)
    assert lost in said
    assert json.loads((tmp_path / "backup/backup.json").read_text())["damaged"]
    assert "DAMAGED" in enablement("backup", "verify", tmp_path / "backup", code=1)
    enablement("backup", "restore", tmp_path / "backup", "--state", tmp_path / "new", "--damaged")


@pytest.mark.parametrize("words", [("create", "there"), ("verify", "empty"), ("restore", "empty")])
def test_what_cannot_be_done_is_one_line(tmp_path: Path, words: tuple[str, str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a").touch()
    said = enablement(
        "backup",
        words[0],
        tmp_path / words[1],
        environ={"ENABLEMENT_STATE": str(tmp_path)},
        code=3 if words[0] == "create" else 2,
    )
    assert len(said.strip().splitlines()) == 1


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Cluster, ObjectServer]]:
    with cluster(in_memory=True) as postgres, object_server() as s3:
        yield postgres, s3


def test_from_one_machine_to_a_cluster_and_back(
    made: tuple[Path, Path, list[dict[str, Any]]], servers: tuple[Cluster, ObjectServer], tmp_path: Path
) -> None:
    _, backup, receipts = made
    postgres, s3 = servers
    environ = {
        "ENABLEMENT_DATABASE_URL": postgres.create(),
        "ENABLEMENT_ARTIFACT_STORE": "s3",
        "ENABLEMENT_S3_BUCKET": s3.bucket(),
        "ENABLEMENT_S3_ENDPOINT": s3.endpoint,
        "ENABLEMENT_STATE": str(tmp_path / "replica"),
        **s3.environ(),
    }
    enablement("backup", "restore", backup, environ=environ)
    assert "not empty" in enablement("backup", "restore", backup, environ=environ, code=3)
    assert "intact" in enablement("audit", "verify", environ=environ)
    enablement("backup", "create", tmp_path / "again", environ=environ)
    assert "is whole" in enablement("backup", "verify", tmp_path / "again")
    heads = [json.loads((each / "backup.json").read_text())["head"] for each in (backup, tmp_path / "again")]
    assert heads[0] == heads[1]
    enablement("backup", "restore", tmp_path / "again", "--state", tmp_path / "home")
    artifacts = DirectoryArtifactStore(tmp_path / "home" / "artifacts")
    receipts_in(f"sqlite:///{tmp_path}/home/enablement.sqlite", artifacts, receipts)
    artifacts.close()
