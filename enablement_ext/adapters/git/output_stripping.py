"""Results of cells in the versions of a repository that somebody else began: counted, and taken out in one version where the author wants it."""

from __future__ import annotations

from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.runner import How
from enablement_ext.adapters.git.working_copy import GitWorkshop, where_of
from enablement_ext.core.errors import SetupRefused
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.setup.config_files import ATTRIBUTES
from enablement_ext.core.git.setup.managed_blocks import with_block

MOST_LOOKED_AT = 200
_MOST_BYTES = 20_000_000
_MESSAGE = "Keep the results of notebook cells out of versions"
_ATTRIBUTES = ".gitattributes"


def notebooks_with_results(shop: GitWorkshop, at: Path) -> tuple[str, ...]:
    """Notebooks whose last version has results, where no filter is set; looks at the first so many and at none that is very large."""
    where = where_of(at)
    said = shop.git.run(where, ["check-attr", "filter", "--", "x.ipynb"]).text
    if not said.endswith(": unspecified") or not shop.head(at):
        return ()
    return tuple(path for path in _notebooks(shop, at)[:MOST_LOOKED_AT] if _has_results(shop, at, path))


def keep_out(shop: GitWorkshop, at: Path) -> str:
    """One version that takes them out; files in the folder stay as they are. Raises `SetupRefused`, `GitFailed`."""
    notebooks, where = _notebooks(shop, at), where_of(at)
    changed = {path for code, path in shop.entries(at) if code != "??"}
    if changed & {*notebooks, _ATTRIBUTES}:
        raise SetupRefused("There are changes that are not saved yet. Save a version first, then take the results out.")
    shop.free_lock(at)
    quiet = shop.quiet(at)
    before = files.read(files.plain(at, _ATTRIBUTES))
    files.settle(at / _ATTRIBUTES, with_block(before, ATTRIBUTES))
    named = "\0".join([_ATTRIBUTES, *notebooks]).encode("utf-8", "surrogateescape")
    chosen = ["--pathspec-from-file=-", "--pathspec-file-nul"]
    how = How(data=named, config=quiet, seconds=300)
    shop.git.must(where, ["add", *chosen], How(data=_ATTRIBUTES.encode(), config=quiet))
    shop.git.must(where, ["add", "--renormalize", *chosen], how)
    shop.git.must(where, ["commit", "--quiet", "--no-verify", "--only", f"--message={_MESSAGE}", *chosen], how)
    return shop.head(at)


def _notebooks(shop: GitWorkshop, at: Path) -> list[str]:
    ran = shop.git.must(where_of(at), ["ls-files", "-z"], How(most=64 * 1024 * 1024))
    names = ran.out.decode("utf-8", "surrogateescape").split("\0")
    return [name for name in names if name.endswith(".ipynb")]


def _has_results(shop: GitWorkshop, at: Path, path: str) -> bool:
    ran = shop.git.run(where_of(at), ["cat-file", "blob", f"HEAD:{path}"], How(most=_MOST_BYTES))
    return ran.code == 0 and cleaned(ran.out) != ran.out
