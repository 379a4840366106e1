"""The tutorial and the how-to pages for one machine, done as they stand there on what `make up` started."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.core.access.people import Person
from tests.adapters.factories import NOW
from tests.docs.blocks import unseen
from tests.docs.conftest import Checkout, Running, locked
from tests.docs.reader import reading
from tests.polling import PATIENCE
from tests.servers.postgres import Cluster, cluster
from tests.servers.s3 import ObjectServer, object_server
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import TAR

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture(scope="module")
def bucket() -> Iterator[ObjectServer]:
    with object_server() as running:
        yield running


@pytest.fixture(scope="module")
def submission(running: Running) -> int:
    """Something in the queue: sent with the token of dana's server."""
    dana = running.session("dana")
    dana.spawn({"enablement-size": "small"})
    token = dana.run("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()
    answer = requests.post(
        f"{running.url}/services/enablement/api/v1/submissions",
        data=SubmissionDraft(notebook(cell("a", "x = 1"))).bundle(),
        headers={"Content-Type": TAR, "Idempotency-Key": "12345678", "Authorization": f"token {token}"},
        timeout=PATIENCE,
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json()["submission"])


def test_spawn_page(running: Running) -> None:
    values = {"<hub>": running.url, "<token>": running.token("dana", "servers!user=dana")}
    with reading("docs/how-to/spawn-page.md", running.reader.folder, values) as reader:
        reader.run(reader.page.blocks[0].name)
    dana = running.session("dana")
    dana.wait_for_server("recorded")
    chosen = dana.server("recorded")["user_options"]["enablement"]
    assert (chosen["image"], chosen["release"]) == ("datascience", "2026.11.0")


def test_accounts(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'enablement.sqlite'}"
    upgrade(url)
    store = DatabaseReviewStore(url)
    with store.write() as transaction:
        for name in ("ada", "bob"):
            transaction.put_person(Person(name, name, NOW, True, NOW, NOW))
    store.close()
    values = {"<state>": str(tmp_path), "<person>": "ada", "<heir>": "bob", "<reason>": "left the company"}
    with reading("docs/how-to/accounts.md", tmp_path, values) as reader:
        names = [block.name for block in reader.page.blocks]
        assert "account ada" in reader.run(names[0])
        assert "bob is the author of 0 submissions" in reader.run(names[1])
        assert "1 people" in reader.run(names[2])
        assert "bob" in reader.run(names[3])


def test_back_up_and_restore(
    running: Running, submission: int, postgres: Cluster, bucket: ObjectServer, tmp_path: Path
) -> None:
    backups, restored = tmp_path / "backups", tmp_path / "restored"
    old = [backups / f"2000-01-{day:02}" for day in range(1, 16)]
    for folder in old:
        folder.mkdir(parents=True)
    bucket_name = bucket.bucket()
    values = {
        "<backups>": str(backups),
        "<state>": str(running.state),
        "<database-url>": postgres.create(),
        "<endpoint>": bucket.endpoint,
        "<bucket>": bucket_name,
    }
    into = {"<state>": str(restored)}
    with reading("docs/how-to/back-up-and-restore.md", tmp_path, values, bucket.environ()) as reader:
        made = reader.run("enablement backup create <backups>/2026-11-25 --state <state>")
        reader.run("set -eu")
        assert [folder for folder in old if folder.exists()] == old[3:], "fourteen are kept, with the two of now"
        restore = "enablement backup restore <backups>/2026-11-25 --state <state>"
        reader.run(restore, into)
        assert "--replace" in reader.fails(restore, into)
        verified = reader.run("enablement audit verify --state <state>", into)
        head = verified.split()[-1].rstrip(".")
        assert len(head) > 20
        assert head in made
        reader.run("enablement backup create <backups>/move --state <state>")
    assert submission == 1
    assert list(bucket.file(bucket_name, "").rglob("*"))


def test_images(running: Running, checkout: Checkout, tmp_path: Path) -> None:
    values = {
        "<version>": "",
        "<last-day>": str((datetime.now(UTC) + timedelta(days=60)).date()),
        "<hub>": running.url,
        "<token>": running.token("petra"),
        "<registry>": "registry.localhost:5000",
    }
    environ = {**checkout.environ, "ENABLEMENT_CACHE": str(tmp_path / "cache")}
    images = checkout.folder / "images"
    with reading("docs/how-to/images.md", checkout.folder, values, environ) as reader:
        names = iter(block.name for block in reader.page.blocks if not block.reason)
        reader.run(next(names))
        assert tomllib.loads((images / "vision/image.toml").read_text())["extends"] == "datascience"
        version = locked(reader.run(next(names)))
        reader.run(next(names), {"<version>": version})
        record = tomllib.loads((images / f"vision/releases/{version}/release.toml").read_text())
        assert record["status"] == "recommended"
        assert record["measured"]
        reader.run(next(names), or_says="nothing would move: datascience/2026.11.0 is up to date")
        assert sorted(path.name for path in (images / "datascience/releases").iterdir()) == ["2026.11.0", "2026.9.0"]
        assert '"bomFormat": "CycloneDX"' in reader.run(next(names))
        reader.run(next(names))
        assert release(images, "ml/2026.9.0")["redirect"] == "2026.11.0"
        reader.run(next(names))
        assert release(images, "ml/2026.9.0")["status"] == "withdrawn"
        reader.run(next(names))
        reader.run(next(names))
        assert "registry.localhost:5000/enablement/vision" in reader.run(next(names))


def release(images: Path, name: str) -> dict[str, object]:
    """The record of a release."""
    image, _, version = name.partition("/")
    return tomllib.loads((images / image / "releases" / version / "release.toml").read_text())


def test_tutorial(running: Running) -> None:
    """The commands of it; what is done in the browser is in tests/browser."""
    printed = running.printed().replace(running.url, "http://127.0.0.1:8000")
    assert list(unseen(running.reader.page["make up"].shown, printed)) == []
    running.interrupt()
    running.reader.run(".venv/bin/enablement audit verify --state .enablement-state")
    running.reader.finish()
