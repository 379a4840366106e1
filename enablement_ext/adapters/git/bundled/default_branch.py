"""The branch that a clone of a bundled repository checks out: `HEAD` names one that is there, also where nobody has pushed `main`."""

from __future__ import annotations

from pathlib import Path

from enablement_ext.adapters.git.runner import GitLocation, GitRunner
from enablement_ext.adapters.git.shape.repository_view import read_small

_HEADS = "refs/heads/"
_USUAL = ("main", "master")


def point_head(git: GitRunner, folder: Path) -> None:
    """`main` where it is there, else `master`, else the branch that is named by now, else the first. Failures are left to the next clone."""
    try:
        named = read_small(folder / "HEAD").decode("utf-8", "replace").strip().removeprefix(f"ref: {_HEADS}")
    except OSError:
        return
    if named == _USUAL[0] and (folder / _HEADS / named).is_file():
        return
    listed = git.run(GitLocation(str(folder)), ["for-each-ref", "--format=%(refname:strip=2)", _HEADS])
    branches = listed.text.splitlines()
    wanted = next((name for name in (*_USUAL, named, *branches) if name in branches), named)
    if wanted != named:
        git.run(GitLocation(str(folder)), ["symbolic-ref", "HEAD", f"{_HEADS}{wanted}"])
