"""Notebooks in a real repository that was set up: the clean filter never stands in the way, and nbdime reads what differs and merges."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from pathlib import Path

import nbformat
import pytest

from enablement_ext.adapters.git.provenance import GitProvenance
from tests.git.conftest import Author
from tests.git.test_version_actions import Colleague, get, notebook, sources

pytestmark = pytest.mark.slow  # real Git, many times

CONFLICT = "<<<<<<< ours\n{}\n=======\n[]\n>>>>>>> theirs\n"
ODD = {
    "empty": b"",
    "conflicted": CONFLICT.encode(),
    "bom": b"\xef\xbb\xbf" + notebook("x").encode(),
    "utf16": notebook("x").encode("utf-16"),
    "format3": b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}',
    "binary": bytes(range(256)) * 8,
    "deep": b'{"nbformat": 4, "cells": ' + b"[" * 200_000,
}


@pytest.fixture
async def at(author: Author) -> Path:
    at = author.folder()
    (at / "churn.ipynb").write_text(notebook("load()", "fit()", "plot()"))
    assert (await author.press())["receipt"]["published"]
    return at


async def test_add_succeeds_on_whatever_is_called_a_notebook(author: Author, at: Path) -> None:
    for kind, data in ODD.items():
        (at / f"{kind}.ipynb").write_bytes(data)
    ran = await author.git("add", "--all")
    assert ran.returncode == 0, ran.stderr
    assert (await author.git("commit", "--quiet", "-m", "odd ones")).returncode == 0
    assert (await author.git("status", "--porcelain")).stdout == ""
    shutil.rmtree(at)
    ran = await author.git("clone", "--quiet", author.url("git/user/dana/churn"), str(at), at=author.home)
    assert ran.returncode == 0, ran.stderr


async def test_what_was_odd_comes_back_as_it_was(author: Author, at: Path) -> None:
    for kind, data in ODD.items():
        (at / f"{kind}.ipynb").write_bytes(data)
    await author.git("add", "--all")
    await author.git("commit", "--quiet", "-m", "odd ones")
    for kind, data in ODD.items():
        (at / f"{kind}.ipynb").unlink()
        assert (await author.git("checkout", "--", f"{kind}.ipynb")).returncode == 0
        assert (at / f"{kind}.ipynb").read_bytes() == data


async def test_fifty_megabytes_of_results_stay_out(author: Author, at: Path) -> None:
    await _add_fifty_megabytes(author, at)
    assert int((await author.git("cat-file", "-s", ":big.ipynb")).stdout) < 1000


@pytest.mark.timing
async def test_fifty_megabytes_of_results_are_added_in_seconds(author: Author, at: Path) -> None:
    assert await _add_fifty_megabytes(author, at) < 20


async def _add_fifty_megabytes(author: Author, at: Path) -> float:
    """Seconds that it took."""
    big = json.loads(notebook("x"))
    big["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "y" * 50_000_000}]
    (at / "big.ipynb").write_text(json.dumps(big))
    began = time.monotonic()
    assert (await author.git("add", "big.ipynb")).returncode == 0
    return time.monotonic() - began


async def test_status_is_clean_after_checkout_and_after_running_again(author: Author, at: Path) -> None:
    assert (await author.git("status", "--porcelain", "--untracked-files=no")).stdout == ""
    (at / "churn.ipynb").unlink()
    await author.git("checkout", "--", ".")
    assert (await author.git("status", "--porcelain", "--untracked-files=no")).stdout == ""
    (at / "churn.ipynb").write_text(notebook("load()", "fit()", "plot()"))  # with results again, as after a run
    await author.git("add", "churn.ipynb")
    assert (await author.git("status", "--porcelain", "--untracked-files=no")).stdout == ""
    assert (await author.setup.status("churn"))["changed"] == []


async def test_running_a_notebook_again_is_no_change(author: Author, at: Path) -> None:
    """Also where its size differs, by which alone `git status` goes; and what is sent then says that it is all in Git."""
    made = json.loads((at / "churn.ipynb").read_text())
    made["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "z" * 5000}]
    (at / "churn.ipynb").write_text(json.dumps(made))
    assert (await author.setup.status("churn"))["changed"] == []
    facts = GitProvenance(str(author.home), str(author.home)).facts("churn/churn.ipynb")
    assert facts is not None
    assert (facts.dirty, facts.remote) == (False, author.url("git/user/dana/churn"))
    assert (await author.press())["receipt"]["published"]
    assert (await author.git("rev-list", "--count", "HEAD")).stdout == "1\n"
    made["cells"][0]["source"] = "load(again)"
    (at / "churn.ipynb").write_text(json.dumps(made))
    assert (await author.setup.status("churn"))["changed"] == ["churn.ipynb"]
    changed = GitProvenance(str(author.home), str(author.home)).facts("churn/churn.ipynb")
    assert changed is not None
    assert changed.dirty


def saved_elsewhere(data: bytes, minor: int = 5, kernel: str = "churn-env", language: str = "python") -> bytes:
    """The same notebook as another machine saves it."""
    made = json.loads(data)
    bare = [{key: value for key, value in cell.items() if key != "id"} for cell in made["cells"]]
    made["cells"] = [cell | ({"id": f"made-{number}"} if minor >= 5 else {}) for number, cell in enumerate(bare)]
    made["metadata"]["kernelspec"] = {"name": kernel, "display_name": kernel, "language": language}
    return (json.dumps({**made, "nbformat_minor": minor}, indent=1, sort_keys=True) + "\n").encode()


async def test_a_notebook_of_another_machine_is_no_change(author: Author, at: Path) -> None:
    """Kernel and minor format stay as they were committed; with a change of the work, too."""
    file = at / "sub folder/it's 0:1.ipynb"
    file.parent.mkdir()
    file.write_bytes(saved_elsewhere((at / "churn.ipynb").read_bytes(), minor=4, kernel="python3"))
    assert (await author.save("churn"))["receipt"]["published"]
    name = str(file.relative_to(at))
    committed = (await author.git("show", f"HEAD:{name}")).stdout
    file.write_bytes(saved_elsewhere(file.read_bytes()))
    lying = file.read_bytes()
    status = await author.actions.status("churn")
    assert (status["changed"], status["held"]) == ([], [])
    assert (await author.git("status", "--porcelain", "--untracked-files=no")).stdout == ""
    facts = GitProvenance(str(author.home), str(author.home)).facts(f"churn/{name}")
    assert facts is not None
    assert not facts.dirty
    assert (await author.git("add", "--all")).returncode == 0
    assert name not in (await author.git("diff", "--cached", "--name-only")).stdout
    await author.git("reset", "--quiet")
    assert file.read_bytes() == lying, "the file keeps its own"
    file.write_bytes(lying.replace(b"load()", b"load(2)"))
    assert (await author.save("churn"))["receipt"]["published"]
    assert (await author.git("show", f"HEAD:{name}")).stdout == committed.replace("load()", "load(2)")
    file.write_bytes(saved_elsewhere(lying, kernel="ir", language="R"))
    assert (await author.setup.status("churn"))["changed"] == [name], "another language is work"
    assert (await author.save("churn"))["receipt"]["published"]
    assert json.loads((await author.git("show", f"HEAD:{name}")).stdout)["metadata"]["kernelspec"]["name"] == "ir"


async def test_colleagues_on_two_machines_do_not_clash_by_their_kernels(author: Author, at: Path) -> None:
    (at / "churn.ipynb").write_bytes(saved_elsewhere((at / "churn.ipynb").read_bytes(), kernel="python3"))
    assert (await author.save("churn"))["receipt"]["published"]
    remy = Colleague(author)
    await remy.begin()
    theirs = saved_elsewhere((remy.at / "churn.ipynb").read_bytes().replace(b"plot()", b"plot(2)"), kernel="remys")
    (remy.at / "churn.ipynb").write_bytes(theirs)
    await remy.push()
    (at / "churn.ipynb").write_bytes(saved_elsewhere((at / "churn.ipynb").read_bytes(), minor=4))
    got = (await get(author))["got"]
    assert (got["state"], got["aside"]) == ("got", []), "what differs by machine alone needs no copy"
    assert sources(at / "churn.ipynb") == ["load()", "fit()", "plot(2)"]
    nbformat.validate(json.loads((at / "churn.ipynb").read_text()))


async def test_the_image_of_a_notebook_stays_in_its_versions(author: Author, at: Path) -> None:
    made = json.loads(notebook("x"))
    made["metadata"] = {"enablement": {"image": {"slug": "datascience", "release": "2026.11.0"}}, "kernelspec": {}}
    (at / "imaged.ipynb").write_text(json.dumps(made))
    await author.git("add", "imaged.ipynb")
    assert json.loads((await author.git("show", ":imaged.ipynb")).stdout)["metadata"] == made["metadata"]


@pytest.mark.parametrize("broken", ["gone", "no python", "not executable"])
async def test_a_tool_that_is_broken_never_stops_the_author(author: Author, at: Path, broken: str) -> None:
    """As after an image whose Python moved, or a home from which `.config` was wiped."""
    tool = author.home / ".config/enablement/git/tool"
    await asyncio.to_thread(_break, tool, broken)
    (at / "churn.ipynb").write_text(notebook("load(2)"))
    ran = await author.git("add", "churn.ipynb")
    assert ran.returncode == 0, ran.stderr
    assert (await author.git("commit", "--quiet", "-m", "without")).returncode == 0
    assert (await author.press())["receipt"]["published"], "and a repair brings it back"


def _break(tool: Path, broken: str) -> None:
    if broken == "gone":
        tool.unlink()
    elif broken == "no python":
        text = tool.read_text()
        tool.write_text(text.replace(str(Path(sys.executable).parent), "/nowhere"))
    else:
        tool.chmod(0o600)


async def test_one_line_of_attributes_composes_filter_diff_and_merge(author: Author, at: Path) -> None:
    said = (await author.git("check-attr", "-a", "churn.ipynb")).stdout
    assert {line.split(": ", 1)[1] for line in said.splitlines()} == {
        "filter: enablement",
        "diff: jupyternotebook",
        "merge: jupyternotebook",
    }
    lines = [line for line in (at / ".gitattributes").read_text().splitlines() if line and not line.startswith("#")]
    assert len(lines) == 1


async def test_git_diff_is_nbdimes(author: Author, at: Path) -> None:
    (at / "churn.ipynb").write_text(notebook("load()", "fit(2)", "plot()"))
    ran = await author.git("diff", "churn.ipynb")
    assert ran.returncode == 0, ran.stderr
    assert "nbdiff" in ran.stdout
    assert "cells/1/source" in ran.stdout
    assert '"cell_type"' not in ran.stdout, "words about cells, not lines of JSON"


async def test_git_merge_is_nbdimes(author: Author, at: Path) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    for branch, made in (
        ("one", notebook("load(1)", "fit()", "plot()")),
        ("two", notebook("load()", "fit()", "plot(2)")),
    ):
        assert (await author.git("switch", "--quiet", "-c", branch, "main")).returncode == 0
        (at / "churn.ipynb").write_text(made)
        assert (await author.git(*who, "commit", "--quiet", "-am", branch)).returncode == 0
    ran = await author.git(*who, "merge", "--no-edit", "one")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert sources(at / "churn.ipynb") == ["load(1)", "fit()", "plot(2)"]
    assert (await author.git("status", "--porcelain", "--untracked-files=no")).stdout == ""


async def test_a_conflict_of_git_merge_leaves_a_notebook_that_opens(author: Author, at: Path) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    for branch in ("one", "two"):
        await author.git("switch", "--quiet", "-c", branch, "main")
        (at / "churn.ipynb").write_text(notebook("load()", f"fit('{branch}')", "plot()"))
        await author.git(*who, "commit", "--quiet", "-am", branch)
    ran = await author.git(*who, "merge", "--no-edit", "one")
    assert ran.returncode == 1
    assert json.loads((at / "churn.ipynb").read_text())["nbformat"] == 4
    assert "fit('one')" in (at / "churn.ipynb").read_text()
    assert "fit('two')" in (at / "churn.ipynb").read_text()
