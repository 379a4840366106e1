"""Getting what colleagues pushed, without Git's own merge in the work tree: one version of both is made beside it, then it moves there at once.

The order makes it safe to be cut off anywhere: copies aside come first, then the files, then the branch. Half done, the files are those of the
next version already, and the next try finds nothing in its way.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from enablement_ext.adapters.git import files, inspection
from enablement_ext.adapters.git.remote import TRACKING
from enablement_ext.adapters.git.runner import GitLocation, RunOptions
from enablement_ext.adapters.git.working_copy import GitWorkingCopy, location_of
from enablement_ext.core.errors import SetupRefused, TooLarge
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.merge.cells import with_results
from enablement_ext.core.git.ports import Backup, FetchResult, MergeResult

_MESSAGE = "Bring the versions of two sides together"
_BLOB_BYTES = 256 * 1024 * 1024
_FILES = ("100644", "100755", "120000")  # a link is a file that says where it leads
_Entries = dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Resolutions:
    """What contested files become, and when that was said."""

    contents: Mapping[str, bytes | None]
    at: datetime


def blob(working_copy: GitWorkingCopy, at: Path, commit: str, path: str) -> bytes | None:
    """A file of a commit, None where it has none. Raises `TooLarge`, `GitFailed`."""
    return _content(working_copy, location_of(at), _entries(working_copy, location_of(at), commit, path), path)


def fetch(working_copy: GitWorkingCopy, at: Path) -> FetchResult:
    """Ask the forge, then compare. Raises `SetupRefused` where there is no version yet, `ForgeAway`, `GitFailed`."""
    where, here = location_of(at), working_copy.head(at)
    if not here:
        raise SetupRefused("There is no version here yet. Save one first.")
    if inspection.busy_of(at) == "merge":
        return _begun(working_copy, where, here)
    remote = working_copy.remote(at)
    if not remote.asked():
        return FetchResult(here, "", here)
    remote.fetch()
    there = working_copy.git.must(where, ["rev-parse", "--verify", "--quiet", f"{TRACKING}^{{commit}}"]).text
    base = working_copy.git.run(where, ["merge-base", here, there]).text
    before = base or working_copy.git.must(where, ["mktree"], RunOptions(data=b"")).text
    return FetchResult(
        here, there, base, _changed(working_copy, where, before, here), _changed(working_copy, where, before, there)
    )


def merge(working_copy: GitWorkingCopy, at: Path, fetched: FetchResult, resolutions: Resolutions) -> MergeResult:
    """See `VersionHistory.join`."""
    if working_copy.head(at) != fetched.our_commit:
        raise SetupRefused("There is a newer version here by now. Look again.")
    if fetched.unfinished:
        return _finish(working_copy, at, fetched, resolutions)
    if not fetched.their_files and fetched.base == fetched.their_commit:
        return MergeResult(fetched.our_commit)
    working_copy.free_lock(at)
    where = location_of(at)
    known, theirs = (_entries(working_copy, where, side) for side in (fetched.our_commit, fetched.their_commit))
    wanted = {
        path: _content(working_copy, where, theirs, path)
        for path in fetched.their_files
        if not _is_module(theirs, path)
    }
    wanted |= {path: _said(resolutions, path) for path in fetched.conflicts}
    for path in wanted:
        files.plain(at, path)  # whatever is in the way is said before anything is written
    ahead = fetched.base == fetched.our_commit
    commit = (
        fetched.their_commit
        if ahead
        else _merged(working_copy, where, fetched, _lines(working_copy, where, fetched, theirs, wanted))
    )
    backups, written = list[Backup](), list[str]()
    for path, data in wanted.items():
        if _in_the_way(files.read(files.plain(at, path)), _content(working_copy, where, known, path), data, path):
            backups.append(files.back_up(at, path, resolutions.at))
        if _place(at, path, data):
            written.append(path)
    working_copy.git.must(where, ["update-ref", "-m", "enablement: get changes", "HEAD", commit, fetched.our_commit])
    if working_copy.git.run(where, ["read-tree", "-m", fetched.our_commit, commit]).code != 0:
        working_copy.git.must(where, ["read-tree", commit])
    working_copy.git.run(where, ["update-index", "-q", "--refresh"], RunOptions(config=working_copy.quiet(at)))
    return MergeResult(commit, tuple(written), tuple(backups))


def _begun(working_copy: GitWorkingCopy, where: GitLocation, here: str) -> FetchResult:
    """A merge that a terminal began: the files at which it stopped."""
    there = working_copy.git.must(where, ["rev-parse", "--verify", "--quiet", "MERGE_HEAD^{commit}"]).text
    base = working_copy.git.run(where, ["merge-base", here, there]).text
    listed = working_copy.git.must(where, ["diff", "--name-only", "--diff-filter=U", "--no-renames", "-z"])
    paths = tuple(part.decode("utf-8", "surrogateescape") for part in listed.out.split(b"\0") if part)
    return FetchResult(here, there, base, paths, paths, unfinished=True)


def _finish(working_copy: GitWorkingCopy, at: Path, fetched: FetchResult, resolutions: Resolutions) -> MergeResult:
    """Mark what was settled as resolved, and make the version that the merge was to be. What lay there is kept aside."""
    where, backups = location_of(at), list[Backup]()
    working_copy.free_lock(at)
    for path in fetched.conflicts:
        data, present = _said(resolutions, path), files.read(files.plain(at, path))
        if present is not None and present != data:
            backups.append(files.back_up(at, path, resolutions.at))
        _place(at, path, data)
    lines = _lines(
        working_copy, where, fetched, _entries(working_copy, where, fetched.their_commit), resolutions.contents
    )
    working_copy.git.must(where, ["update-index", "-z", "--index-info"], RunOptions(data=lines))
    working_copy.git.must(
        where, ["commit", "--quiet", "--no-verify", "--no-edit"], RunOptions(config=working_copy.quiet(at))
    )
    return MergeResult(working_copy.head(at), fetched.conflicts, tuple(backups))


def _said(resolutions: Resolutions, path: str) -> bytes | None:
    if path not in resolutions.contents:
        raise SetupRefused("There are new changes on the other side. Look again.")
    return resolutions.contents[path]


def _is_module(entries: _Entries, path: str) -> bool:
    """Whether it is another repository, of which this one keeps the version alone. It is never fetched."""
    return path in entries and entries[path][0] not in _FILES


def _in_the_way(present: bytes | None, known: bytes | None, wanted: bytes | None, path: str) -> bool:
    """Whether the file that lies there is neither the last version's nor already what is wanted, results of cells aside."""
    if present is None:
        return False
    bare = path.endswith(".ipynb") and all(each is None or cleaned(each) == each for each in (known, wanted))
    return (cleaned(present) if bare else present) not in (known, wanted)


def _place(at: Path, path: str, data: bytes | None) -> bool:
    """Put it there; whether the file is another one now. A notebook keeps the results of cells that stay as they are."""
    file = files.plain(at, path)
    present = files.read(file)
    fresh = with_results(data, present) if data is not None and path.endswith(".ipynb") else data
    if fresh == present:
        return False
    if fresh is not None:
        files.make_parents(file)
    files.settle(file, fresh)
    if fresh is None:
        with suppress(OSError):
            for parent in list(file.relative_to(at).parents)[:-1]:  # folders that are empty now
                (at / parent).rmdir()
    return True


def _merged(working_copy: GitWorkingCopy, where: GitLocation, fetched: FetchResult, lines: bytes) -> str:
    """A commit with both as parents, made with an index of its own."""
    index = Path(where.git_dir) / "enablement-index"
    index.unlink(missing_ok=True)
    told = {"GIT_INDEX_FILE": str(index)}
    try:
        working_copy.git.must(where, ["read-tree", fetched.our_commit], RunOptions(environment=told))
        working_copy.git.must(where, ["update-index", "-z", "--index-info"], RunOptions(data=lines, environment=told))
        tree = working_copy.git.must(where, ["write-tree"], RunOptions(environment=told)).text
    finally:
        index.unlink(missing_ok=True)
    arguments = ["commit-tree", "-p", fetched.our_commit, "-p", fetched.their_commit, "-m", _MESSAGE, tree]
    return working_copy.git.must(where, arguments, RunOptions(config=working_copy.quiet(Path(where.work_tree)))).text


def _lines(
    working_copy: GitWorkingCopy,
    where: GitLocation,
    fetched: FetchResult,
    theirs: _Entries,
    wanted: Mapping[str, bytes | None],
) -> bytes:
    """For `update-index --index-info`: theirs as it is, contested ones as they were settled."""
    found = list[bytes]()
    for path in fetched.their_files:
        mode, name = theirs.get(path, ("0", "0" * len(fetched.our_commit)))
        if path in fetched.conflicts and (data := wanted.get(path)) is not None:
            name = working_copy.git.must(
                where, ["hash-object", "-w", "--stdin", "--no-filters"], RunOptions(data=data)
            ).text
            mode = mode if mode in _FILES else _FILES[0]
        elif path in fetched.conflicts and path in wanted:
            mode, name = "0", "0" * len(fetched.our_commit)
        found.append(f"{mode} {name}\t".encode() + path.encode("utf-8", "surrogateescape") + b"\0")
    return b"".join(found)


def _content(working_copy: GitWorkingCopy, where: GitLocation, entries: _Entries, path: str) -> bytes | None:
    mode, name = entries.get(path, ("", ""))
    if mode not in _FILES:
        return None
    size = working_copy.git.must(where, ["cat-file", "-s", name]).text
    if int(size) > _BLOB_BYTES:
        raise TooLarge
    return working_copy.git.must(where, ["cat-file", "blob", name], RunOptions(most=_BLOB_BYTES)).out


def _entries(working_copy: GitWorkingCopy, where: GitLocation, commit: str, *paths: str) -> _Entries:
    """Mode and id of what is in a commit, by path."""
    ran = working_copy.git.must(where, ["ls-tree", "-r", "-z", commit, "--", *paths], RunOptions(most=64 * 1024 * 1024))
    pairs = (entry.partition(b"\t") for entry in ran.out.split(b"\0") if entry)
    found = ((name.decode("utf-8", "surrogateescape"), head.decode().split(" ")) for head, _, name in pairs)
    return {name: (parts[0], parts[2]) for name, parts in found}


def _changed(working_copy: GitWorkingCopy, where: GitLocation, old: str, new: str) -> tuple[str, ...]:
    arguments = ["diff-tree", "-r", "--name-only", "--no-renames", "-z", old, new]
    parts = working_copy.git.must(where, arguments).out.split(b"\0")
    return tuple(part.decode("utf-8", "surrogateescape") for part in parts if part)
