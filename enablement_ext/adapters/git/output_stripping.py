"""Results of cells in the versions of a repository that somebody else began: counted, and taken out in one version where the author wants it."""

from __future__ import annotations

from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.runner import RunOptions
from enablement_ext.adapters.git.working_copy import GitWorkingCopy, location_of
from enablement_ext.core.errors import SetupRefused
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.setup.config_files import ATTRIBUTES
from enablement_ext.core.git.setup.managed_blocks import with_block

MOST_LOOKED_AT = 200
_MOST_BYTES = 20_000_000
_MESSAGE = "Keep the results of notebook cells out of versions"
_ATTRIBUTES = ".gitattributes"


def notebooks_with_results(working_copy: GitWorkingCopy, at: Path) -> tuple[str, ...]:
    """Notebooks whose last version has results, where no filter is set; looks at the first so many and at none that is very large."""
    where = location_of(at)
    said = working_copy.git.run(where, ["check-attr", "filter", "--", "x.ipynb"]).text
    if not said.endswith(": unspecified") or not working_copy.head(at):
        return ()
    return tuple(path for path in _notebooks(working_copy, at)[:MOST_LOOKED_AT] if _has_results(working_copy, at, path))


def keep_out(working_copy: GitWorkingCopy, at: Path) -> str:
    """One version that takes them out; files in the folder stay as they are. Raises `SetupRefused`, `GitFailed`."""
    notebooks, where = _notebooks(working_copy, at), location_of(at)
    changed = {path for code, path in working_copy.entries(at) if code != "??"}
    if changed & {*notebooks, _ATTRIBUTES}:
        raise SetupRefused("There are changes that are not saved yet. Save a version first, then take the results out.")
    working_copy.free_lock(at)
    quiet = working_copy.quiet(at)
    before = files.read(files.plain(at, _ATTRIBUTES))
    files.settle(at / _ATTRIBUTES, with_block(before, ATTRIBUTES))
    named = "\0".join([_ATTRIBUTES, *notebooks]).encode("utf-8", "surrogateescape")
    chosen = ["--pathspec-from-file=-", "--pathspec-file-nul"]
    how = RunOptions(data=named, config=quiet, seconds=300)
    working_copy.git.must(where, ["add", *chosen], RunOptions(data=_ATTRIBUTES.encode(), config=quiet))
    working_copy.git.must(where, ["add", "--renormalize", *chosen], how)
    working_copy.git.must(where, ["commit", "--quiet", "--no-verify", "--only", f"--message={_MESSAGE}", *chosen], how)
    return working_copy.head(at)


def _notebooks(working_copy: GitWorkingCopy, at: Path) -> list[str]:
    ran = working_copy.git.must(location_of(at), ["ls-files", "-z"], RunOptions(most=64 * 1024 * 1024))
    names = ran.out.decode("utf-8", "surrogateescape").split("\0")
    return [name for name in names if name.endswith(".ipynb")]


def _has_results(working_copy: GitWorkingCopy, at: Path, path: str) -> bool:
    ran = working_copy.git.run(location_of(at), ["cat-file", "blob", f"HEAD:{path}"], RunOptions(most=_MOST_BYTES))
    return ran.code == 0 and cleaned(ran.out) != ran.out
