"""The author's home: where the one line goes, whose identity counts, and what is refused before anything is written."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.git.home_setup import HomeSetup
from enablement_ext.adapters.git.runner import GitRunner
from enablement_ext.core.git.ports import WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import GitIdentity
from tests.git.buttons import plain
from tests.git.conftest import Author
from tests.git.test_one_click import picture
from tests.service import people

OWNER = WorkingCopyOwner(GitIdentity("dana"), "http://hub/services/enablement/git")


@pytest.fixture(autouse=True)
def usual_places(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_a_new_environment_needs_no_new_set_up_where_the_tool_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    HomeSetup(tmp_path, "/environments/first/bin", GitRunner()).apply(OWNER)
    later = HomeSetup(tmp_path, "/environments/second/bin", GitRunner())
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert not later.is_applied(OWNER), "nothing leads the tool there"
    monkeypatch.setenv("VIRTUAL_ENV", "/environments/second")
    assert later.is_applied(OWNER)
    later.tool.write_text(later.tool.read_text().replace("exec cat", "exec rm"))
    assert not later.is_applied(OWNER), "an edited tool is not the tool"


def write(file: Path, text: str | bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def link(file: Path, to: Path | str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(to)


def nothing(root: Path) -> None:
    """There is no configuration."""
    assert not (root / "home/.gitconfig").exists()


OWN = "[user]\n\tname = Dana Own\n\temail = dana@work.example\n"
# What is in the home and in a folder elsewhere, what the environment says, and the file that the line is to be in.
PLACES: dict[str, tuple[Callable[[Path], object], dict[str, str], str]] = {
    "nothing there": (nothing, {}, "home/.gitconfig"),
    "empty": (lambda root: write(root / "home/.gitconfig", ""), {}, "home/.gitconfig"),
    "ends in a backslash": (
        lambda root: write(root / "home/.gitconfig", OWN + "[alias]\n\tx = status \\"),
        {},
        "home/.gitconfig",
    ),
    "ends in a backslash and a line end": (
        lambda root: write(root / "home/.gitconfig", OWN + "[alias]\n\tx = status \\\n"),
        {},
        "home/.gitconfig",
    ),
    "ends in a backslash as on Windows": (
        lambda root: write(root / "home/.gitconfig", OWN + "[alias]\r\n\tx = status \\\r\n"),
        {},
        "home/.gitconfig",
    ),
    "a byte order mark": (
        lambda root: write(root / "home/.gitconfig", b"\xef\xbb\xbf" + OWN.encode()),
        {},
        "home/.gitconfig",
    ),
    "a link elsewhere": (
        lambda root: link(root / "home/.gitconfig", write(root / "away/dotfiles/gitconfig", OWN)),
        {},
        "away/dotfiles/gitconfig",
    ),
    "a link that leads nowhere yet": (
        lambda root: link(root / "home/.gitconfig", root / "away/later"),
        {},
        "away/later",
    ),
    "below .config": (lambda root: write(root / "home/.config/git/config", OWN), {}, "home/.config/git/config"),
    "both": (
        lambda root: (
            write(root / "home/.config/git/config", OWN),
            write(root / "home/.gitconfig", "[core]\n\teditor = vi\n"),
        ),
        {},
        "home/.gitconfig",
    ),
    "XDG_CONFIG_HOME": (
        lambda root: write(root / "away/xdg/git/config", OWN),
        {"XDG_CONFIG_HOME": "{away}/xdg"},
        "away/xdg/git/config",
    ),
    "XDG_CONFIG_HOME with nothing in it": (
        nothing,
        {"XDG_CONFIG_HOME": "{away}/xdg"},
        "home/.gitconfig",
    ),
    "GIT_CONFIG_GLOBAL": (
        lambda root: (
            write(root / "away/mine", OWN),
            write(root / "home/.gitconfig", "[user]\n\tname = Nobody Reads\n"),
        ),
        {"GIT_CONFIG_GLOBAL": "{away}/mine"},
        "away/mine",
    ),
    "GIT_CONFIG_GLOBAL with nothing there": (
        nothing,
        {"GIT_CONFIG_GLOBAL": "{away}/mine"},
        "away/mine",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", sorted(PLACES))
async def test_the_line_goes_where_git_reads_it(
    author: Author, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    build, told, place = PLACES[case]
    author.folder()
    build(tmp_path)
    told = {name: value.format(away=away) for name, value in told.items()}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    author.told = {**author.told, **told}
    before = picture(tmp_path / "home"), picture(away)
    seen = await _global(author)
    last = await author.press()
    assert last["receipt"]["published"], last
    home, then = picture(tmp_path / "home"), picture(away)
    now = {f"home/{name}": found for name, found in home.items()} | {
        f"away/{name}": found for name, found in then.items()
    }
    assert [name for name, found in now.items() if b"[include]" in found[1] and "config/enablement/" not in name] == [
        place
    ]
    after = await _global(author)
    assert "credential.http" in after, "Git reads what our line leads to"
    assert [line for line in seen.splitlines() if line not in after.splitlines()] == [], "and everything of theirs"
    whose = "Dana Own <dana@work.example>" if "Dana Own" in seen else "dana <dana@users.enablement.invalid>"
    assert (await author.git("log", "--format=%an <%ae>")).stdout == f"{whose}\n"
    assert (await author.git("var", "GIT_AUTHOR_IDENT")).stdout.startswith(whose), "in the terminal, too"
    assert (await author.press())["receipt"]["published"]
    again = picture(tmp_path / "home"), picture(away)
    assert [{name: found for name, found in each.items() if not name.endswith("/index")} for each in again] == [
        {name: found for name, found in each.items() if not name.endswith("/index")} for each in (home, then)
    ], "pressed twice nothing changes"
    assert await author.setup.undo("churn") == {"folder": "churn", "undone": True}
    assert (picture(tmp_path / "home"), picture(away)) == before


async def _global(author: Author) -> str:
    """What Git reads for this person, as a terminal lists it; "" where it reads none."""
    return (await author.git("config", "--includes", "--list", at=author.home)).stdout


def unmounted(home: Path) -> None:
    subprocess.run(["umount", home / ".gitconfig"], check=True)


def mounted(home: Path) -> None:
    file = write(home / ".gitconfig", OWN)
    subprocess.run(["mount", "--bind", file, file], check=True)


REFUSED: dict[str, tuple[Callable[[Path], object], dict[str, str], dict[str, object]]] = {
    "no section": (
        lambda root: write(root / "home/.gitconfig", "[user]\n\tname = x\n[core\n"),
        {},
        {"file": "~/.gitconfig", "problem": "broken", "line": 3},
    ),
    "an open quote": (
        lambda root: write(root / "home/.gitconfig", '[alias]\n\tx = "status'),
        {},
        {"file": "~/.gitconfig", "problem": "broken", "line": 2},
    ),
    "a broken file that theirs includes": (
        lambda root: (
            write(root / "home/.gitconfig", "[include]\n\tpath = .work\n"),
            write(root / "home/.work", "[user]\nname\n= y\n"),
        ),
        {},
        {"file": "~/.work", "problem": "broken", "line": 3},
    ),
    "broken below .config": (
        lambda root: write(root / "home/.config/git/config", "]\n"),
        {},
        {"file": "~/.config/git/config", "problem": "broken", "line": 1},
    ),
    "a link whose folder is gone": (
        lambda root: link(root / "home/.gitconfig", root / "away/gone/gitconfig"),
        {},
        {"file": "~/.gitconfig", "problem": "unwritable"},
    ),
    "a link to itself": (
        lambda root: link(root / "home/.gitconfig", ".gitconfig"),
        {},
        {"file": "~/.gitconfig", "problem": "unreadable"},
    ),
    "a folder": (
        lambda root: (root / "home/.gitconfig").mkdir(),
        {},
        {"file": "~/.gitconfig", "problem": "unreadable"},
    ),
    "a pipe": (
        lambda root: os.mkfifo(root / "home/.gitconfig"),
        {},
        {"file": "~/.gitconfig", "problem": "unreadable"},
    ),
    "nothing is read": (
        nothing,
        {"GIT_CONFIG_GLOBAL": "/dev/null"},
        {"file": "GIT_CONFIG_GLOBAL", "problem": "ignored"},
    ),
    "nothing is named": (
        nothing,
        {"GIT_CONFIG_GLOBAL": ""},
        {"file": "GIT_CONFIG_GLOBAL", "problem": "ignored"},
    ),
    ".config is a file": (
        lambda root: write(root / "home/.config", ""),
        {},
        {"file": "~/.config", "problem": "unwritable"},
    ),
    ".config leads nowhere": (
        lambda root: link(root / "home/.config", root / "away/gone"),
        {},
        {"file": "~/.config", "problem": "unwritable"},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", sorted(REFUSED))
async def test_what_cannot_be_done_is_refused_before_the_first_write(
    author: Author, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    build, told, facts = REFUSED[case]
    author.folder()
    (tmp_path / "away").mkdir()
    build(tmp_path)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    await _refused(author, facts)


async def _refused(author: Author, facts: dict[str, object]) -> None:
    before = await asyncio.to_thread(_seen, author.home)
    plan: Any = await author.setup.plan("churn")
    assert plan["refusals"] == [{"code": "git-config", "facts": facts}]
    assert (await author.press())["problem"]["facts"]["reasons"] == ["git-config"]
    assert await asyncio.to_thread(_seen, author.home) == before
    assert (await author.service.get("/api/v1/git/repositories", people.DANA)).json.get("items", []) == []


def _seen(home: Path) -> list[str]:
    """Names, kinds, times and sizes of everything; a pipe is not opened."""
    listed = subprocess.run(
        ["find", home, "-printf", "%p %y %l %s %m %T@\n"], check=True, capture_output=True, text=True
    ).stdout
    return sorted(listed.splitlines())


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
async def test_a_file_that_is_mounted_cannot_be_replaced(author: Author) -> None:
    """As with a `subPath` of Kubernetes."""
    author.folder()
    await asyncio.to_thread(mounted, author.home)
    try:
        await _refused(author, {"file": "~/.gitconfig", "problem": "unwritable"})
    finally:
        await asyncio.to_thread(unmounted, author.home)


@pytest.mark.slow
async def test_a_mistake_that_comes_later_is_told_and_undo_works_all_the_same(author: Author) -> None:
    at = author.folder()
    await author.press()
    file = author.home / ".gitconfig"
    ours = file.read_bytes()
    file.write_bytes(ours + b"[core\n")
    (at / "features.py").write_text("x = 2\n")
    saved = await author.save("churn")
    assert saved["problem"]["facts"]["refusals"][0]["facts"] == {"file": "~/.gitconfig", "problem": "broken", "line": 2}
    status: Any = await author.setup.status("churn")
    assert status["changed"] == ["features.py"]
    file.write_bytes(ours)
    assert (await author.save("churn"))["receipt"]["published"]
    file.write_bytes(ours + b"[core\n")
    assert await author.setup.undo("churn") == {"folder": "churn", "undone": True}
    assert file.read_bytes() == b"[core\n"


@pytest.mark.slow
async def test_an_identity_of_the_repository_itself_wins(author: Author) -> None:
    at = author.folder()
    write(author.home / ".gitconfig", OWN)
    for arguments in (("init", "-q", "-b", "main"), ("config", "user.email", "dana@project.example")):
        await asyncio.to_thread(plain, at, *arguments)
    assert (await author.press())["receipt"]["published"]
    assert (await author.git("log", "--format=%an <%ae>")).stdout == "Dana Own <dana@project.example>\n"


CONDITIONS = {
    "gitdir:~/churn/": "by folder",
    "gitdir/i:~/CHURN/": "by folder",
    "gitdir:./churn/": "by a folder beside the file",
    "onbranch:main": "by branch",
    "hasconfig:remote.*.url:http://127.0.0.1:*/**": "by remote",
    "": "always, out of another file",
}


@pytest.mark.slow
@pytest.mark.parametrize("condition", CONDITIONS)
async def test_an_identity_that_is_there_on_a_condition_wins_where_it_holds(author: Author, condition: str) -> None:
    """In what the button makes, and in what is made in the terminal; in any other folder it is the hub's."""
    write(author.home / "at-work.config", "[user]\n\tname = Dana At Work\n\temail = dana@work.example\n")
    head = f'[includeIf "{condition}"]' if condition else "[include]"
    write(author.home / ".gitconfig", f"{head}\n\tpath = at-work.config\n")
    at = author.folder()
    await author.press()
    (at / "features.py").write_text("x = 2\n")
    saved = await author.save("churn")
    assert saved.get("receipt", {}).get("published"), saved.get("problem")
    await author.git("commit", "--quiet", "--allow-empty", "-m", "in the terminal")
    told = (await author.git("log", "--format=%an <%ae>")).stdout.splitlines()
    by_remote = condition.startswith("hasconfig")  # the very first version is made before there is one
    assert set(told[: 2 if by_remote else 3]) == {"Dana At Work <dana@work.example>"}
    other = author.home / "other"
    for arguments in (
        ("init", "-q", "-b", "else", "other"),
        ("-C", "other", "commit", "-q", "--allow-empty", "-m", "x"),
    ):
        assert (await author.git(*arguments, at=author.home)).returncode == 0
    name = "dana" if condition else "Dana At Work"
    assert (await author.git("log", "--format=%an", at=other)).stdout == f"{name}\n"


@pytest.mark.slow
@pytest.mark.parametrize("where", ["home/.own-ignore", "home/.config/git/ignore", "home/churn/.gitignore"])
async def test_what_the_author_lets_git_ignore_stays_out(author: Author, tmp_path: Path, where: str) -> None:
    at = author.folder()
    write(tmp_path / where, "scratch*.py\nfeatures.py\n:(top)x.py\n")
    if "own" in where:
        write(author.home / ".gitconfig", "[core]\n\texcludesFile = ~/.own-ignore\n")
    for name in ("scratch.py", ":(top)x.py", ":(top)y.py", "[ab].py"):
        (at / name).write_text("x = 1\n")
    last = await author.press()
    assert last.get("receipt", {}).get("published"), last
    listed = (await author.git("ls-tree", "--name-only", "HEAD")).stdout.split()
    assert listed == [".gitattributes", ".gitignore", ":(top)y.py", "[ab].py", "churn.ipynb"]
    for name in ("scratch2.py", "more.py"):
        (at / name).write_text("x = 1\n")
    status: Any = await author.setup.status("churn")
    assert status["changed"] == ["more.py"]
    assert (await author.save("churn"))["receipt"]["published"]
