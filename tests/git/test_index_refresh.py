"""A notebook that only ran again is no change for plain `git status` either, and nothing of the author's is moved by that."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.git.conftest import Author
from tests.git.test_hostile import canary, theirs
from tests.git.test_version_actions import notebook, work

pytestmark = pytest.mark.slow  # real Git, many times


@pytest.fixture
async def at(author: Author) -> Path:
    at = author.folder()
    (at / "churn.ipynb").write_text(notebook("load()", "fit()"))
    (at / "other.ipynb").write_text(notebook("other()"))
    assert (await author.press())["receipt"]["published"]
    return at


def run_again(file: Path, result: str = "a result that is longer than the last one\n") -> None:
    made = json.loads(file.read_text())
    made["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": [result]}]
    file.write_text(json.dumps(made))


async def named(author: Author) -> str:
    return (await author.git("status", "--porcelain", "--untracked-files=no")).stdout


async def test_git_status_in_the_terminal_is_clean_after_the_lab_has_looked(author: Author, at: Path) -> None:
    run_again(at / "churn.ipynb")
    assert await named(author) == " M churn.ipynb\n", "Git goes by its size"
    staged = (await author.git("ls-files", "--stage")).stdout
    files = work(at)
    assert (await author.actions.status("churn"))["changed"] == []
    assert await named(author) == ""
    assert (await author.git("ls-files", "--stage")).stdout == staged
    assert (await author.git("diff-files", "--name-only")).stdout == ""
    assert work(at) == files
    assert not (at / ".git/index.lock").exists()
    index = (at / ".git/index").stat()
    await author.actions.status("churn/churn.ipynb")
    assert (at / ".git/index").stat() == index, "a second look writes nothing"


async def test_what_really_differs_stays_named(author: Author, at: Path) -> None:
    run_again(at / "other.ipynb")
    (at / "churn.ipynb").write_text(notebook("load(2)", "fit()"))
    (at / "features.py").write_text("x = 2\n")
    await author.actions.status("churn")
    assert await named(author) == " M churn.ipynb\n M features.py\n"
    assert author.actions.versions.refresh_index("churn", set()) == 0, "Git compares itself, whatever it was told"
    assert await named(author) == " M churn.ipynb\n M features.py\n"


async def test_what_the_author_has_begun_stays_as_it_is(author: Author, at: Path) -> None:
    (at / "new.ipynb").write_text(notebook("new()"))
    (at / "churn.ipynb").write_text(notebook("load(2)", "fit()"))
    await author.git("add", "churn.ipynb")
    await author.git("add", "--intent-to-add", "new.ipynb")
    for name in ("churn.ipynb", "other.ipynb"):
        run_again(at / name)
    await author.actions.status("churn")
    assert await named(author) == "MM churn.ipynb\n A new.ipynb\n"
    staged = (await author.git("ls-files", "--stage")).stdout
    author.actions.versions.refresh_index("churn", set())
    assert await named(author) == "M  churn.ipynb\n A new.ipynb\n"
    assert (await author.git("ls-files", "--stage")).stdout == staged


@pytest.mark.parametrize("obstacle", ["lock", "merge", "link"])
async def test_it_leaves_the_index_alone(author: Author, at: Path, obstacle: str) -> None:
    run_again(at / "churn.ipynb")
    own = at / ".git"
    if obstacle == "lock":
        (own / "index.lock").write_text("the author's")
    elif obstacle == "merge":
        (own / "MERGE_HEAD").write_text("0" * 40 + "\n")
    else:
        (own / "index").rename(own / "elsewhere")
        (own / "index").symlink_to("elsewhere")
    before = (own / "index").read_bytes()
    assert author.actions.versions.refresh_index("churn", set()) == 0
    assert (own / "index").read_bytes() == before
    assert (own / "index").is_symlink() == (obstacle == "link")
    assert (own / "index.lock").exists() == (obstacle == "lock")
    assert author.actions.versions.refresh_index("gone", set()) == 0


async def test_only_where_we_set_up_and_nothing_of_theirs_is_executed(author: Author) -> None:
    at = theirs(author)
    mark, script = canary(at)
    for key in ("filter.x.clean", "core.fsmonitor", "filter.enablement.clean"):
        await author.git("config", key, script)
    (at / ".gitattributes").write_text("*.ipynb filter=x\n")
    (at / ".git/hooks").mkdir(exist_ok=True)
    (at / ".git/hooks/post-index-change").symlink_to(script)
    run_again(at / "churn.ipynb")
    before = (at / ".git/index").read_bytes()
    await author.actions.status("churn")
    assert (at / ".git/index").read_bytes() == before
    assert (await author.press())["problem"]["facts"]["reasons"] == ["odd"]
    (at / ".gitattributes").write_text("*.ipynb filter=enablement\n")
    await author.git("config", "--remove-section", "filter.x")
    config = (at / ".git/config").read_bytes()
    (at / ".git/config").write_bytes(b"\n".join(line for line in config.splitlines() if script.encode() not in line))
    assert (await author.press())["receipt"]["published"]
    await author.git("config", "filter.enablement.clean", script)
    mark.unlink(missing_ok=True)  # the terminal's own Git obeys the repository
    index = (at / ".git/index").read_bytes()
    await author.actions.status("churn")
    assert (at / ".git/index").read_bytes() == index
    assert not mark.exists()


async def test_while_the_author_adds_nothing_that_was_staged_is_lost(author: Author, at: Path) -> None:
    """Both at once, many times: what `git add` staged is staged, or it said that it could not."""
    for number in range(15):
        run_again(at / "other.ipynb", f"{'z' * (number + 1)}\n")
        (at / "features.py").write_text(f"x = {number}\n")
        added, _ = await asyncio.gather(author.git("add", "features.py"), author.actions.status("churn"))
        if added.returncode == 0:
            assert (await author.git("show", ":features.py")).stdout == f"x = {number}\n"
        else:
            assert "index.lock" in added.stderr
    os.utime(at / "other.ipynb")
    await author.actions.status("churn")
    assert await named(author) == "M  features.py\n"
