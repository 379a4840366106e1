"""What Git says about a work tree: its status, what a commit would take of it, and what it ignores."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from enablement_ext.adapters.git import inspection
from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions, git_error, joined_paths
from enablement_ext.core.git.ports import ChangedFile, UncommittedChanges
from enablement_ext.core.git.setup.file_selection import CandidateFile, HeldBack, HeldReason, select_files, unexpected

_OURS = "enablement"
_UNTRACKED = "??"
_PATHS = 200  # on one command line


def location_of(worktree: Path) -> GitLocation:
    """The repository in `.git`, whatever `core.worktree` says."""
    return GitLocation(str(worktree / ".git"), str(worktree))


def git_status(git: GitRunner, worktree: Path, config: Config) -> list[tuple[str, str]]:
    """Status code and path as in `git status --porcelain`, without files that differ from the index in size alone, not once filters are applied."""
    arguments = ["status", "--porcelain", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "-z"]
    result = git.run(location_of(worktree), arguments, RunOptions(config=config))
    entries = [(entry[:2], entry[3:]) for entry in result.entries if len(entry) > 3]
    modified = [path for code, path in entries if code == " M"]
    if not modified:
        return entries
    changed = _changed(git, worktree, config, modified)
    return [(code, path) for code, path in entries if code != " M" or path in changed]


def uncommitted_changes(git: GitRunner, worktree: Path, config: Config, made: bool) -> UncommittedChanges:
    """What a commit would take, and what is held back. Only changed files are looked into, as this is asked often.

    `made`: whether the set-up made the repository, so that our filter is in it.
    """
    entries = git_status(git, worktree, config)
    links = {path for _, path in entries if (worktree / path).is_symlink()}
    tracked = {path for code, path in entries if code != _UNTRACKED} - links
    looked = [path for _, path in entries if path not in links and (path in tracked or not is_hidden(path))]
    found = without_results_of_others(
        git, worktree, [inspection.candidate_file(worktree, path) for path in looked], made
    )
    kept, held = select_files(found, tracked)
    taken = set(kept)
    changes = tuple(ChangedFile(path, _state(code)) for code, path in entries if path in taken)
    linked = tuple(HeldBack(path, HeldReason.LINK) for _, path in entries if path in links and not is_hidden(path))
    return UncommittedChanges(changes, (*held, *linked), unexpected(held, tracked))


def without_results_of_others(
    git: GitRunner, worktree: Path, found: Sequence[CandidateFile], made: bool
) -> list[CandidateFile]:
    """Where no filter of ours cleans a notebook, its results go into versions anyway, as the repository's people have it: nothing is wrong with it."""
    asked = [file.path for file in found if file.why is not None]
    filters = filters_of(git, worktree, asked) if asked else {}
    ours = (_OURS, "unspecified") if made else (_OURS,)
    return [replace(file, why=None) if file.why and filters.get(file.path) not in ours else file for file in found]


def filters_of(git: GitRunner, worktree: Path, paths: Iterable[str]) -> dict[str, str]:
    """The attribute `filter` of each file."""
    asked = RunOptions(stdin=joined_paths(paths))
    found = git.run_checked(location_of(worktree), ["check-attr", "-z", "--stdin", "filter"], asked).entries
    return dict(zip(found[::3], found[2::3], strict=False))


def with_our_filter(git: GitRunner, worktree: Path, paths: Iterable[str]) -> set[str]:
    """Those that our filter cleans."""
    return {path for path, name in filters_of(git, worktree, paths).items() if name == _OURS}


def not_ignored(git: GitRunner, worktree: Path, paths: Sequence[str], config: Config) -> list[str]:
    """Those that neither a `.gitignore` nor the configuration excludes. Raises `GitFailed`."""
    # Of all commands this one takes no literal pathspecs; a name that begins with a dot and a slash is one all the same.
    options = RunOptions(stdin=joined_paths(f"./{path}" for path in paths), config=config)
    arguments = ["--no-literal-pathspecs", "check-ignore", "-z", "--stdin"]
    result = git.run(location_of(worktree), arguments, options)
    if result.returncode not in (0, 1):  # 1: none is
        raise git_error(result)
    ignored = {entry.removeprefix("./") for entry in result.entries}
    return [path for path in paths if path not in ignored]


def is_hidden(path: str) -> bool:
    """Whether a part of the path begins with a dot."""
    return any(part.startswith(".") for part in path.split("/"))


def _changed(git: GitRunner, worktree: Path, config: Config, modified: Sequence[str]) -> set[str]:
    """Those that differ once filters are applied, and those that cannot be read, of which Git would look at no other."""
    unreadable = {path for path in modified if not os.access(worktree / path, os.R_OK)}
    options, location = RunOptions(config=config), location_of(worktree)
    if not unreadable:
        return inspection.changed_after_filters(git, location, options)
    readable = [path for path in modified if path not in unreadable]
    parts = (readable[at : at + _PATHS] for at in range(0, len(readable), _PATHS))
    return unreadable.union(*(inspection.changed_after_filters(git, location, options, "--", *part) for part in parts))


def _state(code: str) -> str:
    if "D" in code:
        return "deleted"
    return "new" if code == _UNTRACKED or "A" in code else "changed"
