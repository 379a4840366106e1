"""What Git says about a work tree: its status, and what it ignores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from enablement_ext.adapters.git import inspection
from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions, joined_paths


def location_of(worktree: Path) -> GitLocation:
    """The repository in `.git`, whatever `core.worktree` says."""
    return GitLocation(str(worktree / ".git"), str(worktree))


def git_status(git: GitRunner, worktree: Path, config: Config) -> list[tuple[str, str]]:
    """Status code and path as in `git status --porcelain`, without files that differ from the index in size alone, not once filters are applied."""
    arguments = ["status", "--porcelain", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "-z"]
    result = git.run(location_of(worktree), arguments, RunOptions(config=config))
    entries = [(entry[:2], entry[3:]) for entry in result.entries if len(entry) > 3]
    if not any(code == " M" for code, _ in entries):
        return entries
    changed = inspection.changed_after_filters(git, location_of(worktree), RunOptions(config=config))
    return [(code, path) for code, path in entries if code != " M" or path in changed]


def not_ignored(git: GitRunner, worktree: Path, paths: Sequence[str]) -> list[str]:
    """Those that no `.gitignore` excludes."""
    result = git.run(location_of(worktree), ["check-ignore", "-z", "--stdin"], RunOptions(stdin=joined_paths(paths)))
    ignored = set(result.entries)
    return [path for path in paths if path not in ignored]


def is_hidden(path: str) -> bool:
    """Whether a part of the path begins with a dot."""
    return any(part.startswith(".") for part in path.split("/"))
