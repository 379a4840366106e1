"""One click, with a real service and real Git: what is kept, what is held back, what arrives, what is left when it is taken back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.git.conftest import Author
from tests.service import people

pytestmark = pytest.mark.slow  # real Git, many times


def picture(home: Path) -> dict[str, tuple[int, bytes]]:
    """Everything in a home: mode and bytes."""
    found = {}
    for inner, folders, names in os.walk(home):
        for name in [*folders, *names]:
            path = Path(inner, name)
            data = str(path.readlink()).encode() if path.is_symlink() else b"" if path.is_dir() else path.read_bytes()
            found[str(path.relative_to(home))] = (path.lstat().st_mode, data)
    return found


async def test_one_press_and_the_versions_are_there(author: Author) -> None:
    author.folder()
    plan = await author.setup.plan("churn")
    assert plan["possible"]
    last = await author.press()
    receipt = last["receipt"]
    assert receipt["published"], receipt["problem"]
    assert receipt["kept"] == ["churn.ipynb", "features.py"]
    assert {held["path"] for held in receipt["held"]} == {"customers.csv", "secret.py"}
    assert receipt["commit"] in await author.heads()
    listed = (await author.git("ls-tree", "--name-only", "HEAD")).stdout.split()
    assert listed == [".gitattributes", ".gitignore", "churn.ipynb", "features.py"]
    assert "42" not in (await author.git("show", "HEAD:churn.ipynb")).stdout
    assert (await author.git("log", "--format=%an <%ae>")).stdout == "dana <dana@users.enablement.invalid>\n"
    assert "churn.ipynb" not in (await author.git("status", "--porcelain")).stdout


async def test_pressed_twice_nothing_changes(author: Author) -> None:
    author.folder()
    first = (await author.press())["receipt"]
    before = picture(author.home)
    second = (await author.press())["receipt"]
    assert second["commit"] == first["commit"]
    volatile = {"churn/.git/index"}
    assert {k: v for k, v in picture(author.home).items() if k not in volatile} == {
        k: v for k, v in before.items() if k not in volatile
    }


async def test_undo_leaves_a_messy_home_byte_for_byte(author: Author) -> None:
    at = author.folder()
    (at / ".gitignore").write_text("*.tmp")
    (author.home / ".gitconfig").write_bytes(
        b'[user]\n\tname = Dana\n\tname = D. Again\n[credential "https://github.com"]\n\thelper =\n'
        b"\thelper = !gh auth git-credential\n[core]\n\texcludesFile = ~/.own\n[alias] x = status"
    )
    (author.home / ".own").write_text("*.swp\n")
    before = picture(author.home)
    assert (await author.press())["receipt"]["published"]
    ours = (author.home / ".gitconfig").read_bytes()
    assert ours.count(b"enablement") > 0
    assert len(ours.splitlines()) == 1 + len(before[".gitconfig"][1].splitlines())
    assert (await author.git("log", "--format=%an")).stdout == "D. Again\n"
    assert await author.setup.undo("churn") == {"folder": "churn", "undone": True}
    assert picture(author.home) == before
    again = (await author.press())["receipt"]
    assert again["published"], again["problem"]


async def test_save_a_version(author: Author) -> None:
    at = author.folder()
    first = (await author.press())["receipt"]["commit"]
    (at / "features.py").write_text("x = 2\n")
    status = await author.setup.status("churn/churn.ipynb")
    assert (status["changed"], status["unpushed"], status["message"]) == (["features.py"], 0, "Change features.py")
    saved = (await author.save("churn/churn.ipynb"))["receipt"]
    assert saved["published"]
    assert saved["commit"] != first
    assert saved["commit"] in await author.heads()
    assert (await author.setup.status("churn"))["changed"] == []


async def test_a_terminal_pushes_with_the_helper_and_no_token_is_anywhere(author: Author) -> None:
    at = author.folder()
    await author.press()
    (at / "features.py").write_text("x = 3\n")
    assert (await author.git("commit", "--quiet", "-am", "by hand")).returncode == 0
    pushed = await author.git("push", "origin", "HEAD:main")
    assert pushed.returncode == 0, pushed.stderr
    for _, data in picture(author.home).values():
        assert people.DANA.encode() not in data
        assert b"password" not in data or b"helper" in data


async def test_what_holds_a_secret_now_is_not_kept_any_more(author: Author) -> None:
    at = author.folder()
    await author.press()
    (at / "features.py").write_text('key = "AKIAZ7K3WQ4XPLM2RTVB"\n')
    (at / "churn.ipynb").unlink()
    assert (await author.setup.status("churn"))["changed"] == ["churn.ipynb"]
    receipt = (await author.save("churn"))["receipt"]
    assert receipt["published"]
    assert "features.py" in [held["path"] for held in receipt["held"]]
    assert "AKIAZ7" not in (await author.git("show", "HEAD:features.py")).stdout


async def test_a_version_is_not_saved_in_the_middle_of_a_merge(author: Author) -> None:
    at = author.folder()
    await author.press()
    (at / ".git/MERGE_HEAD").write_text("0" * 40 + "\n")
    assert (await author.save("churn"))["problem"]["facts"]["reasons"] == ["busy"]


async def test_what_the_author_added_goes_in_when_they_save(author: Author) -> None:
    at = author.folder()
    await author.press()
    assert (await author.git("add", "customers.csv")).returncode == 0
    (at / "features.py").write_text("x = 4\n")
    assert (await author.press())["receipt"][
        "published"
    ]  # a repair keeps what the set-up keeps, and leaves the rest staged
    shown = ("show", "--name-only", "--format=", "HEAD")
    assert (await author.git(*shown)).stdout == "features.py\n"
    assert "A  customers.csv" in (await author.git("status", "--porcelain")).stdout
    assert (await author.save("churn"))["receipt"]["published"]
    assert (await author.git(*shown)).stdout == "customers.csv\n"
