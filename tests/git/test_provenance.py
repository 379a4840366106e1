"""What Git says of a notebook that is sent, from repositories that are hostile until proven otherwise."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from enablement_ext.adapters.git.provenance import GitProvenance, without_credentials
from enablement_ext.adapters.git.runner import GitRunner
from enablement_ext.adapters.memory.home import MemoryGit
from enablement_ext.core.review.models import GitFacts
from enablement_ext.core.submission.ports import GitSource

PROGRAMS = (  # settings whose value Git would run
    *("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass"),
    *("core.gitProxy", "core.alternateRefsCommand", "diff.external", "filter.evil.clean", "filter.evil.smudge"),
    *("filter.evil.process", "diff.evil.textconv", "diff.evil.command", "credential.helper", "gpg.program"),
    *("alias.status", "alias.config", "alias.ls-files", "pager.status", "sequence.editor"),
    *("uploadpack.packObjectsHook", "trailer.x.command"),
)


def git(folder: Path, *arguments: str) -> str:
    command = [
        "git",
        "-C",
        str(folder),
        "-c",
        "user.name=Dana",
        "-c",
        "user.email=dana@example.org",
        "-c",
        "protocol.file.allow=always",
        *arguments,
    ]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a repository in `work`: one commit with `a.ipynb` and `b.py`."""
    work = tmp_path / "home" / "work"
    work.mkdir(parents=True)
    git(work, "init", "-q", "-b", "main")
    (work / "a.ipynb").write_text("{}")
    (work / "b.py").write_text("x = 1\n")
    git(work, "add", ".")
    git(work, "commit", "-q", "-m", "first")
    return tmp_path / "home"


def facts(home: Path, path: str = "work/a.ipynb") -> GitFacts | None:
    return GitProvenance(str(home)).facts(path)


def test_branch_commit_and_remote(home: Path) -> None:
    commit = git(home / "work", "rev-parse", "HEAD")
    assert facts(home) == GitFacts(commit, "main", "", dirty=False)
    git(home / "work", "remote", "add", "other", "https://example.org/only.git")
    assert facts(home) == GitFacts(commit, "main", "https://example.org/only.git", dirty=False)
    git(home / "work", "remote", "add", "origin", "https://dana:s3cret@example.org:8443/team/x.git?token=s3cret#s3cret")
    assert facts(home) == GitFacts(commit, "main", "https://example.org:8443/team/x.git", dirty=False)
    git(home / "work", "config", "branch.main.remote", "other")
    assert facts(home) == GitFacts(commit, "main", "https://example.org/only.git", dirty=False)


def test_both_sources_answer_none_where_there_is_no_repository(home: Path) -> None:
    (home / "plain.ipynb").write_text("{}")
    sources: list[GitSource] = [GitProvenance(str(home)), MemoryGit()]
    for source in sources:
        for path in ("plain.ipynb", "none/none.ipynb", "../x.ipynb", "/etc/x.ipynb", "a\0b.ipynb"):
            assert source.facts(path) is None
    known = GitFacts("0" * 40, "main", "", dirty=True)
    assert MemoryGit({"a.ipynb": known}).facts("a.ipynb") == known


def test_dirty(home: Path) -> None:
    def dirty(path: str = "work/a.ipynb") -> bool:
        found = facts(home, path)
        assert found is not None
        return found.dirty

    (home / "work" / "untracked.csv").write_text("x")
    assert not dirty()
    (home / "work" / "new.ipynb").write_text("{}")
    assert dirty("work/new.ipynb")
    git(home / "work", "add", "new.ipynb")
    assert dirty()
    git(home / "work", "commit", "-q", "-m", "second")
    assert not dirty("work/new.ipynb")
    (home / "work" / "b.py").write_text("x = 2\n")
    assert dirty()


def test_a_detached_head_has_no_branch_and_a_repository_without_commit_no_facts(home: Path) -> None:
    git(home / "work", "checkout", "-q", "--detach")
    found = facts(home)
    assert found is not None
    assert found.branch == ""
    (home / "fresh").mkdir()
    git(home / "fresh", "init", "-q")
    assert facts(home, "fresh/a.ipynb") is None


def test_a_repository_above_the_home_is_not_found(home: Path) -> None:
    git(home.parent, "init", "-q")
    (home / "plain.ipynb").write_text("{}")
    git(home.parent, "add", "home/plain.ipynb")
    git(home.parent, "commit", "-q", "-m", "above")
    assert facts(home, "plain.ipynb") is None


def test_nothing_the_repository_names_is_executed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hooks, monitors, filters, ssh, pager, editor, aliases, includes, attributes: each would leave a mark."""
    work, mark = home / "work", home.parent / "mark"
    program = home.parent / "evil.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {mark}\ncat\n')
    program.chmod(0o755)
    for name in (
        ".git/hooks/post-index-change",
        ".git/hooks/fsmonitor-watchman",
        ".git/hooks/pre-commit",
        ".git/hooks/reference-transaction",
    ):
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).symlink_to(program)
    for key in PROGRAMS:
        git(work, "config", key, f"!{program}" if key.startswith("alias") else str(program))
    git(work, "config", "filter.evil.required", "true")
    (home.parent / "included").write_text(f'[filter "more"]\n\tclean = {program}\n[core]\n\tfsmonitor = {program}\n')
    git(work, "config", "include.path", str(home.parent / "included"))
    (work / ".gitattributes").write_text("*.ipynb filter=evil diff=evil\n*.py filter=more\n")
    mark.unlink(missing_ok=True)
    for name in ("a.ipynb", "b.py"):  # the same content with another time: Git has to look into them
        content = (work / name).read_text()
        (work / name).write_text(content)
        os.utime(work / name, (time.time() + 5, time.time() + 5))
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(program))
    monkeypatch.setenv("GIT_DIR", str(home.parent / "elsewhere"))
    found = facts(home)
    assert found is not None
    assert found.branch == "main"
    assert not mark.exists(), mark.read_text()


def test_what_a_work_trees_own_configuration_names_is_not_executed(home: Path) -> None:
    work, mark = home / "work", home.parent / "mark"
    git(work, "config", "extensions.worktreeConfig", "true")
    git(work, "config", "--worktree", "filter.evil.clean", f"touch {mark}; cat")
    (work / ".gitattributes").write_text("*.ipynb filter=evil\n")
    os.utime(work / "a.ipynb", (time.time() + 5, time.time() + 5))
    mark.unlink(missing_ok=True)
    assert facts(home) is not None
    assert not mark.exists()


def test_a_filter_of_any_name_is_not_executed(home: Path) -> None:
    mark = home.parent / "mark"
    with (home / "work" / ".git" / "config").open("a") as config:
        config.write(f'[filter "e=vil"]\n\tclean = touch {mark}\n')
    (home / "work" / ".git" / "info").mkdir(exist_ok=True)
    (home / "work" / ".git" / "info" / "attributes").write_text("* filter=e=vil\n")
    os.utime(home / "work" / "a.ipynb", (time.time() + 5, time.time() + 5))
    found = facts(home)
    assert found is not None
    assert not found.dirty
    assert not mark.exists()


def test_an_embedded_bare_repository_is_not_taken_for_one(home: Path) -> None:
    bare = home / "work" / "bare"
    git(home, "clone", "-q", "--bare", str(home / "work"), str(bare))
    (bare / "a.ipynb").write_text("{}")
    found = facts(home, "work/bare/a.ipynb")
    assert found is None or found.dirty  # the outer one at most, where it is not tracked


def test_nothing_is_fetched_and_no_lock_is_taken(home: Path) -> None:
    work = home / "work"
    git(work, "remote", "add", "origin", f"ext::sh -c touch% {home.parent / 'mark'}")
    git(work, "config", "remote.origin.promisor", "true")
    (work / ".git" / "index.lock").write_text("")
    found = facts(home)
    assert found is not None
    assert found.remote == ""
    assert not (home.parent / "mark").exists()
    assert (work / ".git" / "index.lock").exists()


def test_without_git_there_are_no_facts(home: Path) -> None:
    assert GitProvenance(str(home), git=GitRunner(program="")).facts("work/a.ipynb") is None
    assert GitProvenance(str(home), git=GitRunner(program="/nonexistent/git")).facts("work/a.ipynb") is None


def test_git_that_does_not_answer_is_given_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = home.parent / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 3600\n")
    slow.chmod(0o755)
    monkeypatch.setattr("enablement_ext.adapters.git.provenance._SECONDS", 0.2)
    assert GitProvenance(str(home), git=GitRunner(program=str(slow))).facts("work/a.ipynb") is None


@pytest.mark.timing
def test_git_that_does_not_answer_is_given_up_soon(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    test_git_that_does_not_answer_is_given_up(home, monkeypatch)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/a.git", "https://example.org/a.git"),
        ("https://user:pass@example.org/a.git", "https://example.org/a.git"),
        ("https://ghp_token@example.org/a.git", "https://example.org/a.git"),
        ("https://user:p@ss@example.org/a.git?private_token=x#y", "https://example.org/a.git"),
        ("ssh://git@example.org:22/a.git", "ssh://example.org:22/a.git"),
        ("git@example.org:team/a.git", "example.org:team/a.git"),
        ("/srv/git/a.git", "/srv/git/a.git"),
        ("ext::sh -c evil", ""),
        ("file:///etc/passwd", ""),
        ("https://[bad/a.git", ""),
        ("https://example.org:port/a.git", ""),
        ("https://example.org/a\ngit", ""),
        ("user:pass@example.org", ""),
        ("--upload-pack=evil", ""),
        ("x" * 2000, ""),
        ("", ""),
    ],
)
def test_credentials_are_taken_out_of_a_remote(address: str, shown: str) -> None:
    assert without_credentials(address) == shown
