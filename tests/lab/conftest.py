from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.fake_service import FakeService
from tests.lab.lab_server import Lab, running_lab


def code(number: str, *lines: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "id": number,
        "metadata": {},
        "source": list(lines),
        "outputs": [],
        "execution_count": 1,
    }


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Churn *in* Q3\n", "text"]},
        code("b", "import features\n", "import pandas as pd"),
        code("c", "df = pd.read_csv('data/churn.csv')\n", "open('gone.txt')"),
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


LIMITS = {
    "body_bytes": 300_000_000,
    "notebook_bytes": 200_000_000,
    "files": 500,
    "file_bytes": 250_000_000,
    "files_bytes": 260_000_000,
}


@pytest.fixture(scope="session")
def service() -> Iterator[FakeService]:
    fake = FakeService()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture(scope="session")
def running(service: FakeService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    options = (
        # Longer than what answers takes on a busy machine; so long is waited for what never does.
        "--EnablementLab.answer_seconds=8",
        "--EnablementLab.receipt_seconds=8",
        "--EnablementLab.connect_seconds=8",
    )
    with running_lab(tmp_path_factory.mktemp("lab"), service.url, *options) as lab:
        yield lab


@pytest.fixture
def lab(running: Lab, service: FakeService) -> Lab:
    """The server with a notebook, its data and module, and a service that behaves."""
    service.mode = "good"
    service.answers.clear()
    service.seen.clear()
    service.receipts.clear()
    service.answers["send-limits"] = (200, {}, json.dumps(LIMITS).encode())
    service.answers["submissions"] = (200, {}, b'{"items": [], "next": null}')
    work = running.home / "work"
    (work / "data").mkdir(parents=True, exist_ok=True)
    (work / "churn.ipynb").write_text(json.dumps(NOTEBOOK))
    (work / "features.py").write_text("x = 1\n")
    (work / "data" / "churn.csv").write_text("a,b\n1,2\n")
    return running


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def intent(lab: Lab) -> dict[str, object]:
    """A sending as the front end makes it."""
    return {
        "key": "key-0123456789",
        "path": "work/churn.ipynb",
        "sha256": sha256(lab.home / "work" / "churn.ipynb"),
        "answers": {"title": "Churn"},
        "files": ["work/features.py", "work/data/churn.csv"],
        "submission": None,
        "stamp": None,
    }
