"""The git rows of the threats: nothing that a repository, a name or a remote says is executed, and what stands in the way is refused."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.git.runner import GitLocation, GitRunner, RunOptions
from enablement_ext.core.errors import GitFailed, SetupRefused
from tests.git.buttons import foreign_server
from tests.git.conftest import Author, run_git
from tests.git.test_one_click import picture
from tests.polling import PATIENCE

pytestmark = pytest.mark.slow  # real Git, many times


def plain_git(at: Path, *arguments: str) -> None:
    home = {"PATH": os.environ["PATH"], "HOME": str(at), "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ("-c", "user.name=x", "-c", "user.email=x@y", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=at, env=home, check=True, capture_output=True)


def theirs(author: Author) -> Path:
    """A repository that somebody else made, with a version in it."""
    at = author.folder()
    plain_git(at, "init", "--quiet")
    plain_git(at, "add", "churn.ipynb", "features.py")
    plain_git(at, "commit", "--quiet", "-m", "theirs")
    return at


def canary(at: Path) -> tuple[Path, str]:
    """A file that only comes to be where something was executed, and the command that makes it."""
    file = at.parent / "canary"
    script = at.parent / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {file}\ncat\n")
    script.chmod(0o755)
    return file, str(script)


SETTINGS = {
    "fsmonitor": "core.fsmonitor",
    "hooksPath": "core.hooksPath",
    "sshCommand": "core.sshCommand",
    "gitProxy": "core.gitProxy",
    "editor": "core.editor",
    "pager": "core.pager",
    "askPass": "core.askPass",
    "helper": "credential.helper",
    "clean": "filter.x.clean",
    "process": "filter.x.process",
    "ours": "filter.enablement.clean",
    "textconv": "diff.x.textconv",
    "external": "diff.external",
    "merge": "merge.x.driver",
    "gpg": "gpg.program",
    "packer": "uploadpack.packObjectsHook",
}


@pytest.mark.parametrize("name", sorted(SETTINGS))
async def test_nothing_that_the_repository_names_is_executed(author: Author, name: str) -> None:
    at = theirs(author)
    file, command = canary(at)
    value = f"!{command}" if name == "helper" else command
    plain_git(at, "config", SETTINGS[name], value if name != "hooksPath" else str(at / ".git/hooks"))
    plain_git(at, "config", "commit.gpgSign", "true")
    (at / ".gitattributes").write_text("*.ipynb filter=x diff=x merge=x\n*.py filter=x diff=x\n")
    hooks = at / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for hook in (
        "pre-commit",
        "post-commit",
        "pre-push",
        "post-checkout",
        "reference-transaction",
        "post-index-change",
    ):
        (hooks / hook).symlink_to(command)
        (hooks / hook).chmod(0o755)
    (at / "features.py").write_text("changed\n")
    assert (await author.press())["problem"]["facts"]["reasons"] == ["odd"]
    (at / ".git/config").write_text(MADE_BY_GIT)
    (at / ".gitattributes").unlink()
    last = await author.press()
    assert last["receipt"]["published"], last
    assert not file.exists(), "nor is a hook"
    plain_git(at, "config", SETTINGS[name], value if name != "hooksPath" else str(at / ".git/hooks"))
    (at / ".gitattributes").write_text("*.ipynb filter=x diff=x merge=x\n*.py filter=x diff=x\n")
    (at / "features.py").write_text("changed again\n")
    assert (await author.save("churn"))["problem"]["facts"]["reasons"] == ["odd"]
    assert (await author.setup.status("churn"))["changed"] == ["features.py"]
    history: Any = await author.actions.history("churn/churn.ipynb")
    assert len(history["versions"]) == 1
    with pytest.raises(SetupRefused):
        await author.setup.undo("churn")
    assert not file.exists()


MADE_BY_GIT = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n"
ODD: dict[str, Callable[[Path], None]] = {
    "instead of": lambda at: plain_git(at, "config", "url.file:///etc/.insteadOf", "http"),
    "proxy": lambda at: plain_git(at, "config", "http.proxy", "http://evil.example"),
    "work tree": lambda at: plain_git(at, "config", "core.worktree", "/etc"),
    "push address": lambda at: plain_git(at, "config", "remote.origin.pushurl", "ext::sh -c touch% x"),
    "upload pack": lambda at: plain_git(at, "config", "remote.origin.uploadpack", "touch x"),
    "alternates": lambda at: _write(at / ".git/objects/info/alternates", "/etc\n"),
    "odd filter": lambda at: plain_git(at, "config", "filter.a=b.clean", "touch x"),
    "file remote": lambda at: plain_git(at, "config", "remote.origin.url", "file:///etc"),
    "option remote": lambda at: plain_git(at, "config", "remote.origin.url", "--upload-pack=touch x"),
    "token in remote": lambda at: plain_git(at, "config", "remote.origin.url", "https://u:p4ssw0rd@forge.example/x"),
}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("name", sorted(ODD))
async def test_an_unusual_repository_is_left_alone(author: Author, name: str) -> None:
    at = theirs(author)
    ODD[name](at)
    before = picture(author.home)
    last = await author.press()
    assert last["problem"]["code"] == "git-setup-refused"
    assert last["problem"]["facts"]["reasons"][0] in ("odd", "other-remote")
    assert "p4ssw0rd" not in str(last)
    assert picture(author.home) == before


def _merge(at: Path) -> None:
    (at / ".git/MERGE_HEAD").write_text("0" * 40 + "\n")


def _bare(at: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(at / "inner")], check=True)


def _linked(at: Path) -> None:
    (at / ".git").rename(at.parent / "elsewhere")
    (at / ".git").write_text(f"gitdir: {at.parent / 'elsewhere'}\n")


REFUSED: dict[str, Callable[[Path], None]] = {
    "busy": _merge,
    "nested": _bare,
    "odd": _linked,
}


@pytest.mark.parametrize("reason", sorted(REFUSED))
async def test_refused_before_anything_is_written(author: Author, reason: str) -> None:
    at = theirs(author)
    REFUSED[reason](at)
    before = picture(author.home)
    assert await author.reasons() == [reason]
    assert (await author.press())["problem"]["facts"]["reasons"] == [reason]
    assert picture(author.home) == before


@pytest.mark.parametrize("folder", ["", "gone", "../..", "churn/../..", "/etc"])
async def test_only_folders_of_the_home(author: Author, folder: str) -> None:
    before = picture(author.home)
    assert (await author.press(folder))["problem"]["facts"]["reasons"] in (["home"], ["no-folder"])
    assert picture(author.home) == before


async def test_a_folder_below_a_repository_belongs_to_it(author: Author) -> None:
    at = theirs(author)
    (at / "part").mkdir()
    assert await author.reasons("churn/part") == ["inside"]


@pytest.mark.parametrize(
    "name", ["--upload-pack=x", "-c", "ext::sh", "<script>alert(1)</script>", "a b", "日本", "$(touch x)", "O'Neil"]
)
async def test_folders_with_odd_names(author: Author, name: str) -> None:
    author.folder(name)
    last = await author.press(name)
    if name.startswith("-"):
        assert last["problem"]["facts"]["reasons"] == ["name"]
        return
    assert last["receipt"]["published"], last
    assert not (author.home / "x").exists()


async def test_links_are_not_followed(author: Author) -> None:
    at = author.folder()
    (at / "passwd.py").symlink_to("/etc/passwd")
    (at / "etc").symlink_to("/etc")
    receipt = (await author.press())["receipt"]
    assert receipt["kept"] == ["churn.ipynb", "features.py"]


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes"])
async def test_nothing_is_written_through_a_link(author: Author, name: str) -> None:
    at = author.folder()
    own = author.home / "own.txt"
    own.write_text("the author's")
    (at / name).symlink_to(own)
    last = await author.press()
    assert last["problem"]["code"] == "git-setup-refused"
    assert own.read_text() == "the author's"


async def test_a_mark_that_is_a_link_leads_nowhere(author: Author) -> None:
    at = theirs(author)
    own = author.home / "own.txt"
    own.write_text("the author's")
    (at / ".git/enablement-id").symlink_to(own)
    assert (await author.press())["receipt"]["published"]
    assert own.read_text() == "the author's"
    assert not (at / ".git/enablement-id").is_symlink()


async def test_every_run_ends(tmp_path: Path) -> None:
    git = GitRunner(program="/bin/sh")
    ran = await asyncio.to_thread(git.run, None, ["-c", "true"], RunOptions(timeout=PATIENCE))
    assert ran.returncode != 0  # a shell does not understand Git's options; it is only here to be a program
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nsleep 60 &\nsleep 60\n")
    slow.chmod(0o755)
    ended = await asyncio.to_thread(GitRunner(program=str(slow)).run, None, [], RunOptions(timeout=0.5))
    assert ended.returncode < 0
    loud = tmp_path / "loud"
    loud.write_text("#!/bin/sh\nyes\n")
    loud.chmod(0o755)
    assert (
        await asyncio.to_thread(GitRunner(program=str(loud)).run, None, [], RunOptions(max_output=10_000))
    ).returncode < 0
    with pytest.raises(GitFailed):
        GitRunner(program=str(tmp_path / "nothing")).run(None, [])


@pytest.mark.parametrize("url", ["ext::sh -c id", "file:///etc", "ssh://127.0.0.1/x", "git://127.0.0.1/x", "/etc"])
def test_only_the_protocols_of_the_list(tmp_path: Path, url: str) -> None:
    git = GitRunner()
    git.run_checked(None, ["init", "--quiet", str(tmp_path)])
    where = GitLocation(str(tmp_path / ".git"), str(tmp_path))
    ran = git.run(where, ["ls-remote", "--", url], RunOptions(protocols=("http", "https"), timeout=PATIENCE))
    assert ran.returncode == 128
    assert "not allowed" in ran.stderr


async def test_another_address_gets_nothing_from_the_helper(author: Author) -> None:
    author.folder()
    await author.press()
    base = author.url("git/user/dana/churn")
    for url in (
        base.replace("127.0.0.1", "127.0.0.2"),
        base + "-evil",
        base + ".git.git",
        base + "/x",
        base.replace("http:", "https:"),
        base.replace("/dana/", "/remy/"),
        base.replace("/services/enablement/", "/"),
    ):
        asked = "\n".join(f"{name}={value}" for name, value in parts(url).items()) + "\n\n"
        ran = await asyncio.to_thread(helper, author, asked)
        assert "password" not in ran.stdout, url
    for url in (base, f"{base}.git"):
        asked = "\n".join(f"{name}={value}" for name, value in parts(url).items()) + "\n\n"
        assert "password=" in (await asyncio.to_thread(helper, author, asked)).stdout


async def test_a_proxy_of_the_environment_never_sees_a_key_in_the_clear(author: Author) -> None:
    at = author.folder()
    await author.press()
    (at / "features.py").write_text("x = 2\n")
    assert (await author.git("commit", "--quiet", "-am", "by hand")).returncode == 0
    with foreign_server() as foreign:
        names = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        told = {**author.told, **dict.fromkeys(names, foreign.url)}
        pushed = await asyncio.to_thread(run_git, ("push", "origin", "HEAD:main"), at, author.home, told)
        visits = foreign.visits
    assert pushed.returncode == 0, pushed.stderr
    assert visits == 0


def parts(url: str) -> dict[str, str]:
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    return {"protocol": scheme, "host": host, "path": path}


def helper(author: Author, asked: str) -> subprocess.CompletedProcess[str]:
    tool = author.home / ".config/enablement/git/tool"
    environment = {"PATH": os.environ["PATH"], **author.told}
    return subprocess.run(
        [str(tool), "credential", author.url("git/user/dana/churn"), "get"],
        input=asked,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_helper_is_found_by_git(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = run_git(("credential-enablement", "get"), tmp_path, tmp_path, {"PATH": path})
    assert (ran.returncode, ran.stdout) == (0, "")
