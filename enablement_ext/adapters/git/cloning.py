"""A new folder from a repository of the server. What fails or is killed on the way leaves nothing that looks like a copy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.remote import Remote
from enablement_ext.core.errors import SetupRefused
from enablement_ext.core.git.repository_names import is_plain


def new_folder(root: Path, folder: str) -> Path:
    """Where the folder will be: directly in one that is there, below the root. Raises `SetupRefused`."""
    name = folder.rpartition("/")[2]
    above = Path(os.path.realpath(root / folder.rpartition("/")[0]))
    if (
        not is_plain(name)
        or name.startswith(".")
        or not above.is_dir()
        or (above != root and root not in above.parents)
    ):
        raise SetupRefused("A copy cannot be put there.")
    if os.path.lexists(above / name):
        raise SetupRefused("There is something of that name already. Nothing was changed.")
    return above / name


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """A folder beside the target, of which nothing is left unless it was renamed. Raises `NoSpace`, `GitFailed`."""
    fresh = target.with_name(f".{target.name}.enablement-new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir()
        yield fresh
    except OSError as problem:
        raise files.file_error(target, problem) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def fill(remote: Remote) -> bool:
    """Check out the branch that the server names first; False where it has none. Raises `ForgeAway`, `GitFailed`."""
    branch = remote.first_branch()
    if not branch:
        return False
    files.write(remote.at / ".git/HEAD", f"ref: refs/heads/{branch}\n".encode())
    on_branch = remote.on(branch)
    on_branch.fetch()
    location, git = remote.location, remote.git
    git.run_checked(location, ["update-ref", on_branch.ref, on_branch.tracking])
    git.run_checked(location, ["read-tree", on_branch.ref])
    git.run_checked(location, ["checkout-index", "--all", "--quiet"])
    return True
