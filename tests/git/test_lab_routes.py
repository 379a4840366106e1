"""The routes of the lab's server for Git: a real Jupyter Server, a real service, real Git."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.git.conftest import NOTEBOOK, run_git
from tests.lab.contract import checked, operations
from tests.lab.lab_server import Lab, running_lab
from tests.polling import PATIENCE
from tests.service import people
from tests.service.fixtures import PREFIX, Service

pytestmark = pytest.mark.slow


def lines(response: requests.Response) -> list[dict[str, Any]]:
    assert response.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


async def test_from_the_plan_to_undo(service: Service, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    base = f"http://127.0.0.1:{service.port}{PREFIX}"
    await asyncio.to_thread(_with_a_lab, tmp_path, base)
    listed = (await service.get("/api/v1/git/repositories", people.DANA)).json["items"]
    assert [item["path"] for item in listed] == ["git/user/dana/work"]
    assert listed[0]["heads"]


def _with_a_lab(folder: Any, base: str) -> None:
    with running_lab(folder, base, token=people.DANA) as started:
        lab = checked(started)
        work = lab.home / "work"
        work.mkdir()
        (work / "a.ipynb").write_text(NOTEBOOK)
        _refusals(lab)
        plan = lab.get("git/plan?path=work").json()
        assert (plan["possible"], plan["kept"]) == (True, ["a.ipynb"])
        assert not (work / ".git").exists()
        found = lines(lab.post("git/apply", {"path": "work"}))
        assert found[-1]["receipt"]["published"], found[-1]
        assert [line["step"]["key"] for line in found[:-1] if line["step"]["state"] == "done"] == [
            step["key"] for step in plan["steps"]
        ]
        again = lines(lab.post("git/repair", {"path": "work"}))
        assert again[-1]["receipt"]["commit"] == found[-1]["receipt"]["commit"]
        (work / "b.py").write_text("x = 1\n")
        status = lab.get("git/status?path=work/a.ipynb").json()
        assert (status["folder"], status["changed"], status["message"]) == ("work", ["b.py"], "Change b.py")
        saved = lines(lab.post("git/save-version", {"path": "work", "message": "Add b"}))
        assert saved[-1]["receipt"]["published"]
        _version_routes(lab)
        _conflict(lab, base)
        assert lab.post("git/undo", {"path": "work"}).json() == {"folder": "work", "undone": True}
        assert sorted(path.name for path in work.iterdir()) == ["a.ipynb", "b.py"]
        _copies(lab)
        every = {operation["operationId"] for operation in operations().values()}
        assert lab.used == {name for name in every if name.startswith("git")}


def _copies(lab: Lab) -> None:
    """What was undone is on the server still; a copy of it goes beside the folder that has its name."""
    (item,) = lab.get("git/repositories").json()["items"]
    assert (item["path"], item["here"], item["folder"]) == ("git/user/dana/work", None, "work-dana")
    for _ in range(2):  # the second time it is here
        copied = lines(lab.post("git/copy", {"repository": item["path"]}))[-1]["copied"]
        assert (copied["folder"], copied["branch"], copied["access"]) == ("work-dana", "main", "write")
    assert lab.get("git/repositories").json()["items"][0]["here"] == "work-dana"
    assert lab.get("git/status?path=work-dana").json()["changed"] == []
    assert lab.post("git/copy", {"repository": 1}).status_code == 400
    assert lines(lab.post("git/copy", {"repository": "git/user/../x"}))[-1]["problem"]["code"] == "git-setup-refused"


def _version_routes(lab: Lab) -> None:
    (lab.home / "work/c.py").write_text("x = 1\n")
    (lab.home / "work/d.csv").write_text("1\n")
    changes = lab.get("git/changes?path=work").json()
    assert changes["files"] == [{"path": "c.py", "state": "new"}]
    assert [held["path"] for held in changes["held"]] == ["d.csv"]
    body = {"path": "work", "message": "Nothing of it", "files": []}
    assert lines(lab.post("git/save-version", body))[-1]["receipt"]["published"]
    assert lab.get("git/changes?path=work").json()["files"] == changes["files"]
    assert lab.post("git/save-version", {"path": "work", "files": "c.py"}).status_code == 400
    (lab.home / "work/c.py").unlink()
    (lab.home / "work/d.csv").unlink()
    history = lab.get("git/history?path=work/a.ipynb").json()
    commit = history["versions"][0]["commit"]
    shown = lab.get(f"git/version?path=work/a.ipynb&commit={commit}").json()
    assert [row["state"] for row in shown["compared"]] == ["same"]
    assert lab.get("git/version?path=work/a.ipynb&commit=HEAD").status_code == 400
    restored = lab.post("git/restore", {"path": "work/a.ipynb", "commit": commit}).json()
    assert (restored["kept"] != "", restored["aside"]) == (True, [])
    assert lines(lab.post("git/colleagues", {"path": "work"}))[-1]["got"]["state"] == "nothing"
    conflicts = lab.get("git/clashes?path=work").json()
    assert conflicts["notebooks"] == []
    assert lab.post("git/clashes", {"path": "work", **conflicts, "choices": []}).status_code == 400
    done = lab.post("git/clashes", {"path": "work", **conflicts, "choices": {}}).json()
    assert done["got"]["state"] == "nothing"
    assert lab.get("git/results?path=work").json()["notebooks"] == []
    assert lab.get("git/changes?path=gone").json()["code"] == "git-setup-refused"


def _conflict(lab: Lab, base: str) -> None:
    """A colleague and dana change the same cell; dana takes both."""
    _colleague_pushes(lab.home.parent / "colleague", base)
    mine = lab.home / "work/a.ipynb"
    mine.write_text(_changed(mine.read_text(), "x = 2"))
    assert lines(lab.post("git/save-version", {"path": "work"}))[-1]["problem"]["code"] == "forge-ahead"
    assert lines(lab.post("git/colleagues", {"path": "work"}))[-1]["got"]["state"] == "clash"
    found = lab.get("git/clashes?path=work").json()
    (book,) = found["notebooks"]
    keys = [item["key"] for item in book["items"] if "key" in item]
    seen = {"path": "work", "here": found["here"], "there": found["there"]}
    got = lab.post("git/clashes", {**seen, "choices": {book["path"]: dict.fromkeys(keys, "both")}}).json()
    assert (keys != [], got["got"]["state"]) == (True, "got")
    assert lab.post("git/results", {"path": "nowhere"}).json()["code"] == "git-setup-refused"


def _colleague_pushes(at: Path, base: str) -> None:
    told = {"ENABLEMENT_SERVICE_URL": base, "JUPYTERHUB_API_TOKEN": people.DANA}

    def git(*step: str) -> None:
        who = ("-c", "user.name=remy", "-c", "user.email=remy@example.org")
        ran = run_git((*who, *step), at, Path(os.environ["HOME"]), told)
        assert ran.returncode == 0, ran.stderr

    at.mkdir()
    git("clone", "--quiet", f"{base}/git/user/dana/work", ".")
    (at / "a.ipynb").write_text(_changed((at / "a.ipynb").read_text(), "y = 1"))
    git("commit", "--quiet", "-am", "Another way")
    git("push", "--quiet")


def _changed(notebook: str, source: str) -> str:
    """The notebook with another first cell."""
    document = json.loads(notebook)
    document["cells"][0]["source"] = source
    return json.dumps(document)


def _refusals(lab: Lab) -> None:
    assert lab.get("git/plan?path=").json()["refusals"][0]["code"] == "home"
    assert lab.get("git/plan?path=../..").json()["refusals"][0]["code"] == "no-folder"
    assert lab.post("git/undo", {"path": "gone"}).json()["code"] == "git-setup-refused"
    assert lab.post("git/apply", {"path": 1}).status_code == 400
    assert (
        requests.get(f"{lab.url}/enablement/git/plan?path=work", timeout=PATIENCE, allow_redirects=False).status_code
        == 403
    )
    last = lines(lab.post("git/save-version", {"path": "work"}))[-1]
    assert last["problem"]["code"] == "git-setup-refused"
