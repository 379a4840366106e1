"""Cell outputs in the commits of a repository that was not made by the set-up: finding them, and one commit that strips them where the author wants it."""

from __future__ import annotations

from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.runner import RunOptions, joined_paths
from enablement_ext.adapters.git.status import location_of
from enablement_ext.adapters.git.working_copy import GitWorkingCopy
from enablement_ext.core.errors import SetupRefused
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.setup.config_files import ATTRIBUTES
from enablement_ext.core.git.setup.managed_blocks import with_block

MAX_NOTEBOOKS = 200
_MOST_BYTES = 20_000_000
_MESSAGE = "Keep the results of notebook cells out of versions"
_ATTRIBUTES = ".gitattributes"


def notebooks_with_outputs(working_copy: GitWorkingCopy, worktree: Path) -> tuple[str, ...]:
    """Notebooks with outputs in `HEAD`, where no filter is set for them. Reads at most `MAX_NOTEBOOKS`, and none that is very large."""
    location = location_of(worktree)
    attribute = working_copy.git.run(location, ["check-attr", "filter", "--", "x.ipynb"]).text
    if not attribute.endswith(": unspecified") or not working_copy.head(worktree):
        return ()
    return tuple(
        path
        for path in _notebooks(working_copy, worktree)[:MAX_NOTEBOOKS]
        if _has_outputs(working_copy, worktree, path)
    )


def strip_outputs(working_copy: GitWorkingCopy, worktree: Path) -> str:
    """Set the filter and renormalise in one commit; files in the work tree stay as they are. Raises `SetupRefused`, `GitFailed`."""
    notebooks, location = _notebooks(working_copy, worktree), location_of(worktree)
    changed = {path for code, path in working_copy.status_entries(worktree) if code != "??"}
    if changed & {*notebooks, _ATTRIBUTES}:
        raise SetupRefused("There are changes that are not saved yet. Save a version first, then take the results out.")
    config = working_copy.commit_config(worktree)
    before = files.read(files.regular_file(worktree, _ATTRIBUTES))
    files.write_if_changed(worktree / _ATTRIBUTES, with_block(before, ATTRIBUTES))
    named = joined_paths([_ATTRIBUTES, *notebooks])
    chosen = ["--pathspec-from-file=-", "--pathspec-file-nul"]
    options = RunOptions(stdin=named, config=config, timeout=300)
    working_copy.git.run_checked(location, ["add", *chosen], RunOptions(stdin=_ATTRIBUTES.encode(), config=config))
    working_copy.git.run_checked(location, ["add", "--renormalize", *chosen], options)
    if not working_copy.git.run_checked(location, ["diff", "--cached", "--name-only", "-z"], options).entries:
        return working_copy.head(worktree)  # there was nothing to strip
    working_copy.git.run_checked(
        location, ["commit", "--quiet", "--no-verify", "--only", f"--message={_MESSAGE}", *chosen], options
    )
    return working_copy.head(worktree)


def _notebooks(working_copy: GitWorkingCopy, worktree: Path) -> list[str]:
    result = working_copy.git.run_checked(
        location_of(worktree), ["ls-files", "-z"], RunOptions(max_output=64 * 1024 * 1024)
    )
    return [name for name in result.entries if name.endswith(".ipynb")]


def _has_outputs(working_copy: GitWorkingCopy, worktree: Path, path: str) -> bool:
    result = working_copy.git.run(
        location_of(worktree), ["cat-file", "blob", f"HEAD:{path}"], RunOptions(max_output=_MOST_BYTES)
    )
    return result.returncode == 0 and cleaned(result.stdout) != result.stdout
