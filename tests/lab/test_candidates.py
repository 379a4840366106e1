from __future__ import annotations

import json
import subprocess

import pytest

from enablement_ext.core.review.models import Stage
from tests.lab.conftest import sha256
from tests.lab.fake_service import FakeService
from tests.lab.lab_server import DIGEST, Lab

pytestmark = pytest.mark.slow


EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def test_context(lab: Lab) -> None:
    context = lab.get("context").json()
    assert (context["user"], context["service"], context["public_url"]) == ("dana", True, "/services/enablement/")
    assert context["image"] == {"slug": "datascience", "release": "2026.11.0", "digest": DIGEST}
    assert context["stages"] == [stage.value for stage in Stage]
    assert all(item.keys() == {"key", "label"} for item in context["checklist"])
    assert context["limits"] == {"files": 500, "bytes": 256 * 1024 * 1024}
    assert context["tour"] is False


def test_what_belongs_to_a_notebook_is_offered(lab: Lab, service: FakeService) -> None:
    found = lab.get("candidates", params={"path": "work/churn.ipynb"}).json()
    notebook = lab.home / "work" / "churn.ipynb"
    assert found == {
        "notebook": {"path": "work/churn.ipynb", "size": notebook.stat().st_size, "sha256": sha256(notebook)},
        "title": "Churn in Q3",
        "files": [
            {"path": "work/features.py", "size": 6, "role": "module",
             "use": {"code": "imported", "facts": {"cell": 2, "module": "features"}}, "selected": True, "problem": None},
            {"path": "work/data/churn.csv", "size": 8, "role": "data",
             "use": {"code": "read", "facts": {"cell": 3, "by": "read_csv"}}, "selected": True, "problem": None},
        ],
        "missing": [{"path": "gone.txt", "code": "gone", "facts": {"cell": 3}}],
        "git": None,
        "previous": [],
        "answers": None,
    }  # fmt: skip
    assert (
        service.seen[0].path == "/services/enablement/api/v1/submissions?filter=sent&path=work%2Fchurn.ipynb&limit=20"
    )


def test_what_was_sent_before_comes_with_its_answers_living_ones_first(lab: Lab, service: FakeService) -> None:
    items = [
        {"number": 11, "state": "withdrawn", "updated_at": "2026-11-24T12:00:00+00:00"},
        {"number": 9, "state": "changes_requested", "updated_at": "2026-11-23T12:00:00+00:00"},
    ]
    service.answers["submissions"] = (200, {}, json.dumps({"items": items, "next": None}).encode())
    service.answers["submissions/11"] = (
        200,
        {},
        b'{"versions": [{"answers": {"title": "old"}}, {"answers": {"title": "new"}}]}',
    )
    found = lab.get("candidates?path=work/churn.ipynb").json()
    assert [item["number"] for item in found["previous"]] == [9, 11]
    assert found["answers"] == {"title": "new"}


def test_a_file_that_is_too_large_is_offered_with_its_problem(lab: Lab) -> None:
    with (lab.home / "work" / "data" / "churn.csv").open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    data = lab.get("candidates?path=work/churn.ipynb").json()["files"][1]
    assert not data["selected"]
    assert data["problem"] == {"code": "too-large", "facts": {"bytes": 268435456}}
    with (lab.home / "work" / "data" / "churn.csv").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    data = lab.get("candidates?path=work/churn.ipynb").json()["files"][1]
    assert (data["selected"], data["problem"]) == (False, None)


def test_hidden_files_and_links_out_of_the_home_are_not_offered(lab: Lab) -> None:
    work = lab.home / "work"
    (lab.home.parent / "secret.csv").write_text("secret")
    (work / ".env").write_text("secret")
    link = work / "out.csv"
    if not link.is_symlink():
        link.symlink_to(lab.home.parent / "secret.csv")
    notebook = {
        **EMPTY,
        "cells": [{"cell_type": "code", "source": "open('.env'); open('out.csv'); open('../../secret.csv')"}],
    }
    (work / "odd.ipynb").write_text(json.dumps(notebook))
    found = lab.get("candidates?path=work/odd.ipynb").json()
    assert not found["files"]
    assert {item["path"] for item in found["missing"]} == {".env", "out.csv", "../../secret.csv"}
    assert found["title"] == "odd"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("work/none.ipynb", "file-unreadable"),
        ("../secret", "file-unreadable"),
        ("work", "file-unreadable"),
        ("work/bad.ipynb", "bad-notebook"),
        ("work/list.ipynb", "bad-notebook"),
        ("C: churn.ipynb", "bad-bundle"),
        ("work/C: churn.ipynb", "bad-bundle"),
        ("work/a\u202eb.ipynb", "bad-bundle"),
    ],
)
def test_what_cannot_be_read_is_said(lab: Lab, path: str, code: str) -> None:
    (lab.home / "work" / "bad.ipynb").write_text("[" * 100_000)
    (lab.home / "work" / "list.ipynb").write_text("[]")
    if code == "bad-bundle":
        (lab.home / path).write_text(json.dumps(EMPTY))
    response = lab.get("candidates", params={"path": path})
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert response.json()["detail"]


def test_a_path_is_needed(lab: Lab) -> None:
    assert lab.get("candidates").json()["code"] == "malformed-request"


def test_git_facts_come_along(lab: Lab) -> None:
    work = lab.home / "versioned"
    work.mkdir(exist_ok=True)
    (work / "a.ipynb").write_text(json.dumps(EMPTY))
    git = ["git", "-C", str(work), "-c", "user.name=Dana", "-c", "user.email=dana@example.org"]
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["commit", "-q", "-m", "x"],
        ["remote", "add", "origin", "https://dana:s3cret@example.org/a.git"],
    ):
        subprocess.run([*git, *arguments], check=True)
    found = lab.get("candidates?path=versioned/a.ipynb").json()["git"]
    assert (found["branch"], found["remote"], found["dirty"]) == ("main", "https://example.org/a.git", False)
    assert len(found["commit"]) == 40
