"""The shape of a repository: facts to reasons, the list of settings, and real tools of others that shape a repository."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.core.git.config_keys import Settings, unknown_setting
from enablement_ext.core.git.shape import LockHolder, RepositoryFacts, ShapeCode, ShapeReason, is_readable, shape_of
from tests.git.buttons import plain
from tests.git.conftest import Author
from tests.git.test_version_actions import notebook

URL = "http://hub/services/enablement/git/user/dana/churn"
FRESH: Settings = (
    ("core.repositoryformatversion", "0"),
    ("core.filemode", "true"),
    ("core.bare", "false"),
    ("core.logallrefupdates", "true"),
    ("remote.origin.url", URL),
    ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"),
    ("branch.main.remote", "origin"),
    ("branch.main.merge", "refs/heads/main"),
)


def facts(**more: Any) -> RepositoryFacts:
    return RepositoryFacts(**{"settings": FRESH, "origin": URL, "connected": True, **more})


def test_what_git_and_the_set_up_make_is_understood() -> None:
    assert shape_of(RepositoryFacts(), URL) == ()
    assert shape_of(facts(), URL) == ()
    assert (
        shape_of(
            facts(conversions=(("a.ipynb", "filter", "enablement"), ("b", "eol", "lf"), ("c", "filter", "unset"))), URL
        )
        == ()
    )
    assert shape_of(facts(branch="dana/idea"), URL) == ()
    assert (
        shape_of(facts(origin=URL.replace("http://hub", "https://x"), connected=False), URL)[0].code == "other-remote"
    )
    assert shape_of(facts(origin=URL.replace("http://hub", "https://new-hub")), URL) == ()


REASONS: dict[ShapeCode, tuple[RepositoryFacts, dict[str, object]]] = {
    ShapeCode.ELSEWHERE: (RepositoryFacts(ShapeCode.ELSEWHERE), {}),
    ShapeCode.BORROWS: (RepositoryFacts(ShapeCode.BORROWS), {}),
    ShapeCode.UNREADABLE: (RepositoryFacts(ShapeCode.UNREADABLE), {}),
    ShapeCode.OPERATION: (facts(operation="rebase", branch=""), {"operation": "rebase"}),
    ShapeCode.DETACHED: (facts(branch=""), {}),
    ShapeCode.SUBMODULES: (facts(submodules=True), {}),
    ShapeCode.WORKTREES: (facts(worktrees=True), {}),
    ShapeCode.CONVERTED: (
        facts(conversions=(("a", "filter", "unspecified"), ("m.bin", "filter", "lfs"))),
        {"filter": "lfs", "path": "m.bin"},
    ),
    ShapeCode.SPARSE: (facts(sparse=True), {}),
    ShapeCode.SHALLOW: (facts(shallow=True), {}),
    ShapeCode.PARTIAL: (facts(promised=True), {}),
    ShapeCode.SIGNED: (facts(signed=True), {}),
    ShapeCode.BRANCH: (facts(branch="a\tb"), {"branch": "ab"}),
    ShapeCode.OTHER_REMOTE: (facts(origin="https://forge.example/x"), {}),
    ShapeCode.SETTING: (facts(settings=(*FRESH, ("gpg.program", "x"))), {"setting": "gpg.program"}),
    ShapeCode.LOCKED: (
        facts(lock="index.lock", holder=LockHolder.RUNNING),
        {"lock": "index.lock", "held": "running"},
    ),
}


@pytest.mark.parametrize("code", list(ShapeCode))
def test_each_reason_is_told_with_its_facts(code: ShapeCode) -> None:
    found, told = REASONS[code]
    assert shape_of(found, URL) == (ShapeReason(code, told),)
    assert is_readable(found) == (code not in (ShapeCode.ELSEWHERE, ShapeCode.BORROWS, ShapeCode.UNREADABLE))


def test_reasons_come_the_most_telling_first() -> None:
    settings = (
        *FRESH,
        ("filter.lfs.clean", "git-lfs clean"),
        ("commit.gpgsign", "true"),
        ("extensions.partialclone", "origin"),
    )
    found = facts(settings=settings, operation="merge", conversions=(("a", "filter", "lfs"),), lock="HEAD.lock")
    codes = [reason.code.value for reason in shape_of(found, URL)]
    assert codes == ["operation", "converted", "partial", "signed", "setting", "locked"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("core.bare", "true"),
        ("core.repositoryformatversion", "2"),
        ("remote.origin.fetch", "+refs/heads/*:refs/heads/*"),
        ("remote.origin.pushurl", "http://x"),
        ("branch.main.merge", "refs/tags/v1"),
        ("core.hookspath", "/x"),
        ("include.path", "x"),
        ("extensions.worktreeconfig", "true"),
        ("core.worktree", "/etc"),
        ("http.proxy", ""),
        ("user.signingkey", "x"),
        ("user.name", "a\nb"),
    ],
)
def test_a_setting_is_known_by_key_and_value(key: str, value: str) -> None:
    assert unknown_setting(((key, value),)) == key


def test_what_stands_twice_is_not_understood() -> None:
    assert unknown_setting((*FRESH, ("remote.origin.url", URL))) == "remote.origin.url"
    assert unknown_setting((*FRESH, ("remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main"))) == ""


@pytest.mark.slow
async def test_a_repository_with_real_git_lfs(author: Author) -> None:
    """A file whose contents Git LFS keeps: as text it goes nowhere, and the folder shows what there is."""
    at = author.folder()
    await author.press()
    before = (await author.git("rev-parse", "HEAD")).stdout
    await asyncio.to_thread(with_lfs, at)
    (at / "features.py").write_text("x = 1\n")
    assert await refusal(author) == {"shape": "converted", "filter": "lfs", "path": "model.txt"}
    assert (await author.git("cat-file", "-p", "HEAD:model.txt")).stdout.startswith(
        "version https://git-lfs.github.com"
    )
    status: Any = await author.setup.status("churn")
    # Their filter is not run: a file of theirs that was written in the second of the index may be named as changed, too.
    assert (status["unpushed"], set(status["changed"]) - {"model.txt"}) == (1, {"features.py"})
    history: Any = await author.actions.history("churn/churn.ipynb")
    assert len(history["versions"]) == 1
    assert before.strip() in await author.heads(), "the server has what it had"


def with_lfs(at: Path) -> None:
    assert shutil.which("git-lfs"), "tools/system-packages installs it"
    plain(at, "lfs", "install", "--local", "--skip-repo")
    (at / "model.txt").write_text("weights\n" * 1000)
    plain(at, "lfs", "track", "model.txt")
    plain(at, "add", ".gitattributes", "model.txt")
    plain(at, "commit", "--quiet", "-m", "with lfs")


@pytest.mark.slow
@pytest.mark.parametrize("where", ["repository", "attributes of the repository", "home"])
async def test_a_repository_with_real_nbstripout(author: Author, where: str) -> None:
    """Its filter and ours would clean in turns; where it is at work, it is left to its own."""
    at = author.home / "churn"
    at.mkdir()
    (at / "churn.ipynb").write_text(notebook("x = 1"))
    await asyncio.to_thread(with_nbstripout, at, author.home, where)
    plan: Any = await author.setup.plan("churn")
    shape = plan["refusals"]
    assert shape == [{"code": "odd", "facts": {"shape": "converted", "filter": "nbstripout", "path": "churn.ipynb"}}]
    (at / "churn.ipynb").write_text(notebook("x = 2"))
    assert (await author.press())["problem"]["facts"]["reasons"] == ["odd"]


def with_nbstripout(at: Path, home: Path, where: str) -> None:
    plain(at, "init", "--quiet", "-b", "main")
    places = {
        "repository": (),
        "attributes of the repository": ("--attributes", ".gitattributes"),
        "home": ("--global",),
    }
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    (home / ".config/git").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "nbstripout", "--install", *places[where]]
    subprocess.run(command, cwd=at, env=environment, check=True, capture_output=True)
    subprocess.run(["git", "add", "."], cwd=at, env=environment, check=True, capture_output=True)
    plain(at, "commit", "--quiet", "-m", "stripped")
    assert '"outputs": []' in plain(at, "show", "HEAD:churn.ipynb"), "it was at work"


async def refusal(author: Author) -> dict[str, Any]:
    """What Save says, and every other button that acts."""
    found = [(await author.save("churn"))["problem"]["facts"]["refusals"][0]]
    last: Any = [line async for line in author.actions.pull("churn")][-1]
    found.append(last["problem"]["facts"]["refusals"][0])
    assert found[0]["code"] == "odd"
    assert found[0] == found[1]
    facts: dict[str, Any] = found[0]["facts"]
    return facts
