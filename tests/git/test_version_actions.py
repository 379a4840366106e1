"""Everyday work: history, going back, and getting what a colleague pushed, with real Git on both sides. No local work is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.core.errors import BadRequest, SetupRefused
from enablement_ext.core.git.merge.notebook_merge import Resolution
from tests.git.conftest import Author
from tests.git.test_one_click import picture

pytestmark = pytest.mark.slow  # real Git, many times

RESULT = [{"output_type": "stream", "name": "stdout", "text": ["42\n"]}]
COPY = "(mine, 2026-11-25 14.03)"


def notebook(*sources: str, results: bool = True) -> str:
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"cell-{index}",
            "metadata": {},
            "source": source,
            "outputs": RESULT if results else [],
            "execution_count": 1 if results else None,
        }
        for index, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def sources(file: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]]


def work(at: Path) -> dict[str, tuple[int, bytes]]:
    """The files of a folder without its repository."""
    return {name: found for name, found in picture(at).items() if not name.startswith(".git/")}


class Colleague:
    """Somebody else with a clone of the same repository."""

    def __init__(self, author: Author) -> None:
        self.author, self.at = author, author.home.parent / "colleague"

    async def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=remy", "-c", "user.email=remy@example.org", "-c", "push.default=upstream")
        ran = await self.author.git(*who, *arguments, at=self.at)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    async def begin(self) -> None:
        self.at.mkdir()
        await self.git("clone", "--quiet", self.author.url("git/user/dana/churn"), ".")

    async def push(self, message: str = "theirs") -> str:
        await self.git("add", "--all")
        await self.git("commit", "--quiet", "-m", message)
        return await self.push_head()

    async def push_head(self) -> str:
        await self.git("push", "--quiet", "origin", "HEAD:main")
        return (await self.git("rev-parse", "HEAD")).strip()


@pytest.fixture
async def at(author: Author) -> Path:
    """dana's folder, set up, with a notebook of three cells."""
    at = author.folder()
    (at / "churn.ipynb").write_text(notebook("load()", "fit()", "plot()"))
    assert (await author.press())["receipt"]["published"]
    return at


@pytest.fixture
async def remy(author: Author, at: Path) -> Colleague:
    assert at.name == "churn"
    colleague = Colleague(author)
    await colleague.begin()
    return colleague


async def get(author: Author, path: str = "churn") -> dict[str, Any]:
    lines = [line async for line in author.actions.pull(path)]
    found = lines[-1]
    assert isinstance(found, dict)
    return found


async def test_nothing_new(author: Author, at: Path) -> None:
    before = picture(at)
    assert (await get(author))["got"]["state"] == "nothing"
    assert {name for name, found in picture(at).items() if before.get(name) != found} <= {".git/FETCH_HEAD"}


async def test_what_is_new_comes_and_results_stay(author: Author, at: Path, remy: Colleague) -> None:
    (remy.at / "churn.ipynb").write_text(notebook("load()", "fit(2)", "plot()", results=False))
    (remy.at / "deep").mkdir()
    (remy.at / "deep/new.py").write_text("y = 1\n")
    (remy.at / "features.py").unlink()
    commit = await remy.push()
    got = (await get(author, "churn/churn.ipynb"))["got"]
    assert (got["state"], got["commit"], got["aside"]) == ("got", commit, [])
    assert set(got["files"]) == {"churn/churn.ipynb", "churn/deep/new.py", "churn/features.py"}
    assert sources(at / "churn.ipynb") == ["load()", "fit(2)", "plot()"]
    outputs = [cell["outputs"] for cell in json.loads((at / "churn.ipynb").read_text())["cells"]]
    assert outputs == [RESULT, [], RESULT]
    assert (at / "deep/new.py").read_text() == "y = 1\n"
    assert not (at / "features.py").exists()
    assert (at / "customers.csv").exists()
    status = await author.setup.status("churn")
    assert (status["changed"], status["unpushed"]) == ([], 0)


async def test_what_is_not_saved_is_backed_up(author: Author, at: Path, remy: Colleague) -> None:
    (remy.at / "features.py").write_text("theirs = 1\n")
    (remy.at / "fresh.py").write_text("theirs = 2\n")
    await remy.push()
    (at / "features.py").write_text("my homework\n")
    (at / "fresh.py").write_text("mine, in no version\n")
    (at / "churn.ipynb").write_text(notebook("load()", "mine()", "plot()"))
    mine = (at / "churn.ipynb").read_bytes()
    got = (await get(author))["got"]
    assert (at / "features.py").read_text() == "theirs = 1\n"
    assert (at / f"features {COPY}.py").read_text() == "my homework\n"
    assert (at / f"fresh {COPY}.py").read_text() == "mine, in no version\n"
    assert (at / "churn.ipynb").read_bytes() == mine, "they did not touch it, so it stays as it is"
    assert {each["copy"] for each in got["aside"]} == {f"churn/features {COPY}.py", f"churn/fresh {COPY}.py"}
    (remy.at / "features.py").write_text("theirs = 3\n")
    await remy.push()
    (at / "features.py").write_text("more homework\n")
    await get(author)
    assert (at / "features (mine, 2026-11-25 14.03, 2).py").read_text() == "more homework\n"


async def test_both_saved_versions_and_they_go_together(author: Author, at: Path, remy: Colleague) -> None:
    (remy.at / "churn.ipynb").write_text(notebook("load()", "fit()", "plot(2)", results=False))
    (remy.at / "other.py").write_text("z = 1\n")
    theirs = await remy.push()
    (at / "churn.ipynb").write_text(notebook("load(1)", "fit()", "plot()"))
    saved = await author.save("churn")
    assert saved["problem"]["code"] == "forge-ahead", "the version is kept, and it is said what to do"
    got = (await get(author))["got"]
    assert (got["state"], got["aside"], got["problem"]) == ("got", [], None)
    assert sources(at / "churn.ipynb") == ["load(1)", "fit()", "plot(2)"]
    parents = (await author.git("log", "-1", "--format=%P")).stdout.split()
    assert parents[1] == theirs
    assert got["commit"] in await author.heads()
    assert (await author.git("log", "-1", "--format=%an")).stdout == "dana\n"
    assert (await author.git("fsck", "--strict")).returncode == 0
    assert (await author.setup.status("churn"))["changed"] == []
    assert (await get(author))["got"]["state"] == "nothing"


async def pull_with_conflict(author: Author, at: Path, remy: Colleague) -> dict[str, Any]:
    (remy.at / "churn.ipynb").write_text(notebook("load()", "fit('remy')", "plot(2)", results=False))
    await remy.push()
    (at / "churn.ipynb").write_text(notebook("load()", "fit('dana')", "plot()"))
    await author.save("churn")
    before = work(at)
    got = (await get(author))["got"]
    assert (got["state"], got["notebooks"]) == ("clash", ["churn/churn.ipynb"])
    assert work(at) == before
    found = await author.actions.conflicts("churn/churn.ipynb")
    return dict(found)


@pytest.mark.parametrize("choice", list(Resolution))
async def test_a_conflict_is_resolved_cell_by_cell(
    author: Author, at: Path, remy: Colleague, choice: Resolution
) -> None:
    found = await pull_with_conflict(author, at, remy)
    (book,) = found["notebooks"]
    (conflict,) = [item for item in book["items"] if "key" in item]
    assert (conflict["mine"]["text"], conflict["theirs"]["text"]) == ("fit('dana')", "fit('remy')")
    seen = (found["here"], found["there"])
    with pytest.raises(BadRequest):
        await author.actions.resolve("churn", seen, {})
    with pytest.raises(SetupRefused):
        await author.actions.resolve("churn", ("0" * 40, found["there"]), {})
    done = await author.actions.resolve("churn", seen, {"churn.ipynb": {conflict["key"]: choice}})
    got: Any = done["got"]
    middle = {Resolution.OURS: ["fit('dana')"], Resolution.THEIRS: ["fit('remy')"]}
    wanted = middle.get(choice, ["fit('dana')", "fit('remy')"])
    assert sources(at / "churn.ipynb") == ["load()", *wanted, "plot(2)"]
    assert got["commit"] in await author.heads()
    assert (await get(author))["got"]["state"] == "nothing"
    for side, text in (("HEAD^1", "fit('dana')"), ("HEAD^2", "fit('remy')")):
        assert text in (await author.git("show", f"{side}:churn.ipynb")).stdout, "both are in the history"


async def test_a_conflict_may_be_left_to_a_copy(author: Author, at: Path, remy: Colleague) -> None:
    found = await pull_with_conflict(author, at, remy)
    mine = (at / "churn.ipynb").read_bytes()
    await author.actions.resolve("churn", (found["here"], found["there"]), {"churn.ipynb": None})
    assert (at / f"churn {COPY}.ipynb").read_bytes() == mine
    assert sources(at / "churn.ipynb") == ["load()", "fit('remy')", "plot(2)"]


async def test_text_that_does_not_go_together_is_backed_up(author: Author, at: Path, remy: Colleague) -> None:
    (remy.at / "features.py").write_text("theirs = 1\n")
    await remy.push()
    (at / "features.py").write_text("mine = 1\n")
    await author.save("churn")
    got = (await get(author))["got"]
    assert (at / "features.py").read_text() == "theirs = 1\n"
    assert (at / f"features {COPY}.py").read_text() == "mine = 1\n"
    assert got["aside"] == [{"path": "churn/features.py", "copy": f"churn/features {COPY}.py"}]
    assert "<<<<" not in (at / "features.py").read_text()


async def test_cut_off_half_way_the_next_try_finds_nothing_in_its_way(
    author: Author, at: Path, remy: Colleague
) -> None:
    (remy.at / "features.py").write_text("theirs = 1\n")
    (remy.at / "churn.ipynb").write_text(notebook("load()", "fit(2)", "plot()", results=False))
    await remy.push()
    (at / "features.py").write_text("theirs = 1\n")  # as when it was cut off after the first file
    got = (await get(author))["got"]
    assert (got["state"], got["aside"]) == ("got", [])
    assert (await author.setup.status("churn"))["changed"] == []


async def test_links_modules_and_what_is_in_the_way(author: Author, at: Path, remy: Colleague) -> None:
    outside = author.home.parent / "outside"
    outside.mkdir()
    (remy.at / "link.py").symlink_to("/etc/passwd")
    await remy.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    (remy.at / "sub").mkdir()
    (remy.at / "sub/x.py").write_text("x = 1\n")
    await remy.git("add", "link.py", "sub")
    await remy.git("commit", "--quiet", "-m", "odd things")
    await remy.git("push", "--quiet", "origin", "HEAD:main")
    (at / "sub").symlink_to(outside)
    before = work(at)
    problem = (await get(author))["problem"]
    assert problem["code"] == "git-setup-refused"
    assert work(at) == before
    assert list(outside.iterdir()) == []
    (at / "sub").unlink()
    assert (await get(author))["got"]["state"] == "got"
    assert not (at / "link.py").is_symlink()
    assert (at / "link.py").read_text() == "/etc/passwd"
    assert not (at / "module").exists()
    (at / "features.py").write_text("mine\n")
    saved = await author.save("churn")
    assert saved["problem"]["facts"]["refusals"] == [{"code": "odd", "facts": {"shape": "submodules"}}]
    await remy.git("rm", "--quiet", "--cached", "module")
    await remy.push()
    assert (await author.git("pull", "--quiet", "--ff-only", "origin", "main")).returncode == 0
    assert (await author.save("churn"))["receipt"]["published"]
    listed = (await author.git("ls-tree", "HEAD")).stdout
    assert "160000 commit" not in listed
    assert "120000 blob" in listed


async def test_the_history_of_a_notebook_and_back(author: Author, at: Path) -> None:
    (at / "churn.ipynb").write_text(notebook("load()", "fit(2)", "plot()", "more()"))
    await author.save("churn", "Fit twice\n\nbecause")
    history: Any = await author.actions.history("churn/churn.ipynb")
    assert [row["summary"] for row in history["versions"]] == [
        {"code": "cells", "facts": {"changed": 1, "added": 1, "removed": 0}},
        {"code": "new", "facts": {}},
    ]
    assert [row["message"] for row in history["versions"]] == ["Fit twice\n\nbecause", "First version"]
    assert [(row["who"], row["pushed"]) for row in history["versions"]] == [("dana", True)] * 2
    first = history["versions"][1]["commit"]
    shown: Any = await author.actions.version("churn/churn.ipynb", first)
    assert [row["lines"] for row in shown["cells"]] == [[[" ", "load()"]], [[" ", "fit()"]], [[" ", "plot()"]]]
    assert [row["state"] for row in shown["compared"]] == ["same", "changed", "same", "added"]
    (at / "churn.ipynb").write_text(notebook("load()", "not saved", "plot()"))
    lying = (at / "churn.ipynb").read_bytes()
    done: Any = await author.actions.restore("churn/churn.ipynb", first)
    assert sources(at / "churn.ipynb") == ["load()", "fit()", "plot()"]
    assert "not saved" in (await author.git("show", f"{done['kept']}:churn.ipynb")).stdout
    assert [each["copy"] for each in done["aside"]] == [f"churn/churn {COPY}.ipynb"]
    assert (at / f"churn {COPY}.ipynb").read_bytes() == lying, "its results are in no version"
    await author.actions.restore("churn/churn.ipynb", done["kept"])
    assert sources(at / "churn.ipynb") == ["load()", "not saved", "plot()"]


@pytest.mark.parametrize("commit", ["", "HEAD", "--all", "main", "0" * 39])
async def test_only_a_commit_is_a_version(author: Author, at: Path, commit: str) -> None:
    before = picture(at)
    with pytest.raises(BadRequest):
        await author.actions.restore("churn/churn.ipynb", commit)
    assert picture(at) == before


@pytest.mark.parametrize("path", ["churn/../../etc/passwd", "churn/.git/config", "gone/x.ipynb", "churn", ""])
async def test_only_files_of_a_folder_that_is_set_up(author: Author, at: Path, path: str) -> None:
    commit = (await author.git("rev-parse", "HEAD")).stdout.strip()
    before = picture(at)
    with pytest.raises(SetupRefused):
        await author.actions.restore(path, commit)
    assert picture(at) == before


async def test_only_what_was_chosen_is_saved_and_the_rest_is_named(author: Author, at: Path) -> None:
    (at / "features.py").write_text("x = 5\n")
    (at / "more.py").write_text("y = 5\n")
    (at / "data.csv").write_text("a\n")
    found: Any = await author.actions.changes("churn")
    assert found["files"] == [{"path": "features.py", "state": "changed"}, {"path": "more.py", "state": "new"}]
    assert {held["path"] for held in found["held"]} >= {"data.csv", "customers.csv", "secret.py"}
    assert found["message"] == "Change features.py, more.py"
    lines = [line async for line in author.setup.save("churn", "", ["more.py", "data.csv", "../x"])]
    receipt: Any = lines[-1]["receipt"]
    assert receipt["published"]
    shown = (await author.git("show", "--name-only", "--format=%s", "HEAD")).stdout
    assert shown == "Change more.py\n\nmore.py\n"
    assert (await author.setup.status("churn"))["changed"] == ["features.py"]


async def test_a_merge_that_a_terminal_began_is_finished_here(author: Author, at: Path, remy: Colleague) -> None:
    (remy.at / "churn.ipynb").write_text(notebook("load()", "fit('remy')", "plot(2)", results=False))
    (remy.at / "features.py").write_text("theirs = 1\n")
    await remy.push()
    (at / "churn.ipynb").write_text(notebook("load()", "fit('dana')", "plot()"))
    (at / "features.py").write_text("mine = 1\n")
    assert (await author.git("commit", "--quiet", "-am", "mine")).returncode == 0
    ran = await author.git("-c", "pull.rebase=false", "pull", "origin", "main")
    assert ran.returncode == 1, "a terminal leaves a merge that is not finished"
    assert (await author.save("churn"))["problem"]["facts"]["reasons"] == ["busy"]
    (at / "features.py").write_text("both = 1\n")  # resolved by hand
    lying = (at / "churn.ipynb").read_bytes()
    assert (await get(author))["got"]["state"] == "clash"
    found: Any = await author.actions.conflicts("churn")
    (book,) = found["notebooks"]
    (key,) = [item["key"] for item in book["items"] if "key" in item]
    done: Any = await author.actions.resolve(
        "churn", (found["here"], found["there"]), {"churn.ipynb": {key: Resolution.BOTH}}
    )
    assert sources(at / "churn.ipynb") == ["load()", "fit('dana')", "fit('remy')", "plot(2)"]
    assert (at / "features.py").read_text() == "both = 1\n"
    assert (at / f"churn {COPY}.ipynb").read_bytes() == lying
    assert done["got"]["commit"] in await author.heads()
    assert len((await author.git("log", "-1", "--format=%P")).stdout.split()) == 2
    assert not (at / ".git/MERGE_HEAD").exists()
    assert (await author.git("status", "--porcelain", "--untracked-files=no")).stdout == ""
