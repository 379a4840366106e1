"""Fetching and merging without Git's own merge in the work tree: the merge commit is made with an index of its own, then the work tree follows.

No local work is lost, and the merge may be interrupted anywhere: backups come first, then the files, then the branch. Interrupted, the files
already are those of the merge commit, and the next try finds nothing to overwrite.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.runner import GitLocation, RunOptions, is_commit_id
from enablement_ext.adapters.git.shape.repository_facts import operation_in_progress
from enablement_ext.adapters.git.shape.repository_view import read_small
from enablement_ext.adapters.git.status import location_of
from enablement_ext.adapters.git.working_copy import GitWorkingCopy
from enablement_ext.core.errors import SetupRefused, TooLarge
from enablement_ext.core.git.clean_filter import clean, cleaned
from enablement_ext.core.git.merge.cells import with_outputs
from enablement_ext.core.git.ports import Backup, FetchResult, MergeResult

_MESSAGE = "Bring the versions of two sides together"
_MERGE_STATE = ("MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "AUTO_MERGE")
_BLOB_BYTES = 256 * 1024 * 1024
_EXECUTABLE = "100755"
_REGULAR = ("100644", _EXECUTABLE)
_FILES = (*_REGULAR, "120000")  # a symbolic link is a blob that says where it leads
TreeEntries = dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Resolutions:
    """What files with conflicts become (None: deleted); `at` names the backups."""

    contents: Mapping[str, bytes | None]
    at: datetime


def blob(working_copy: GitWorkingCopy, worktree: Path, commit: str, path: str) -> bytes | None:
    """A file of a commit, None where it has none. Raises `TooLarge`, `GitFailed`."""
    return _blob_content(
        working_copy, location_of(worktree), _tree_entries(working_copy, location_of(worktree), commit, path), path
    )


def is_executable(working_copy: GitWorkingCopy, worktree: Path, commit: str, path: str) -> bool:
    """Whether the file has its executable bit in that commit. Raises `GitFailed`."""
    entries = _tree_entries(working_copy, location_of(worktree), commit, path)
    return entries.get(path, ("", ""))[0] == _EXECUTABLE


def fetch(working_copy: GitWorkingCopy, folder: str) -> FetchResult:
    """Fetch, then compare both sides with their merge base. Raises `SetupRefused` where there is no commit yet, `ForgeAway`, `GitFailed`."""
    worktree = working_copy.folder_path(folder)
    location, our_commit = location_of(worktree), working_copy.head(worktree)
    if not our_commit:
        raise SetupRefused("There is no version here yet. Save one first.")
    if operation_in_progress(worktree) == "merge":
        return _unfinished(working_copy, location, our_commit)
    remote = working_copy.remote(folder)
    if not remote.remote_head():
        return FetchResult(our_commit, "", our_commit)
    remote.fetch()
    their_commit = working_copy.git.run_checked(
        location, ["rev-parse", "--verify", "--quiet", f"{remote.tracking}^{{commit}}"]
    ).text
    base = working_copy.git.run(location, ["merge-base", our_commit, their_commit]).text
    before = base or working_copy.git.run_checked(location, ["mktree"], RunOptions(stdin=b"")).text
    return FetchResult(
        our_commit,
        their_commit,
        base,
        _changed_paths(working_copy, location, before, our_commit),
        _changed_paths(working_copy, location, before, their_commit),
    )


def merge(working_copy: GitWorkingCopy, worktree: Path, fetched: FetchResult, resolutions: Resolutions) -> MergeResult:
    """Fast-forward, or make a merge commit. Raises `SetupRefused` where `HEAD` has moved since the fetch or a conflict has no resolution, `GitFailed`."""
    if working_copy.head(worktree) != fetched.our_commit:
        raise SetupRefused("There is a newer version here by now. Look again.")
    if fetched.unfinished:
        return _finish_merge(working_copy, worktree, fetched, resolutions)
    if not fetched.their_files and fetched.base == fetched.their_commit:
        return MergeResult(fetched.our_commit)
    location = location_of(worktree)
    ours = _tree_entries(working_copy, location, fetched.our_commit)
    theirs = _their_entries(working_copy, location, fetched, ours)
    wanted = {
        path: _blob_content(working_copy, location, theirs, path)
        for path in fetched.their_files
        if not _is_submodule(theirs, path)
    }
    wanted |= {path: _resolution(resolutions, path) for path in fetched.conflicts}
    for path in wanted:
        files.regular_file(worktree, path)  # refuse before anything is written
    commit = fetched.their_commit
    if fetched.base != fetched.our_commit:  # no fast-forward
        commit = _merge_commit(
            working_copy, location, fetched, _index_info(working_copy, location, fetched, theirs, wanted)
        )
    before = {path: _blob_content(working_copy, location, ours, path) for path in wanted}
    written, backups = _update_worktree(worktree, before, wanted, resolutions.at)
    for path, executable in _changed_modes(ours, theirs).items():
        if wanted.get(path) is not None:
            files.set_executable(files.regular_file(worktree, path), executable)
    _move_head(working_copy, worktree, fetched.our_commit, commit)
    return MergeResult(commit, written, backups)


def _update_worktree(
    worktree: Path, before: Mapping[str, bytes | None], wanted: Mapping[str, bytes | None], at: datetime
) -> tuple[tuple[str, ...], tuple[Backup, ...]]:
    """Write what is wanted, after a backup of what is in no commit; the files that changed, and the backups."""
    written, backups = list[str](), list[Backup]()
    for path, data in wanted.items():
        if _is_uncommitted(files.read(files.regular_file(worktree, path)), before[path], data, path):
            backups.append(files.back_up(worktree, path, at))
        if _write_to_worktree(worktree, path, data):
            written.append(path)
    return tuple(written), tuple(backups)


def _move_head(working_copy: GitWorkingCopy, worktree: Path, old: str, new: str) -> None:
    """The branch, only where it still is at `old`, then the index."""
    location, git = location_of(worktree), working_copy.git
    git.run_checked(location, ["update-ref", "-m", "enablement: get changes", "HEAD", new, old])
    if git.run(location, ["read-tree", "-m", old, new]).returncode != 0:
        git.run_checked(location, ["read-tree", new])
    config = working_copy.setup.filter
    git.run(location, ["update-index", "-q", "--refresh"], RunOptions(config=config))


def _unfinished(working_copy: GitWorkingCopy, location: GitLocation, our_commit: str) -> FetchResult:
    """A merge that was begun in a terminal: its unmerged files."""
    their_commit = _merge_head(location)
    base = working_copy.git.run(location, ["merge-base", our_commit, their_commit]).text
    listed = working_copy.git.run_checked(location, ["diff", "--name-only", "--diff-filter=U", "--no-renames", "-z"])
    paths = tuple(listed.entries)
    return FetchResult(our_commit, their_commit, base, paths, paths, unfinished=True)


def _finish_merge(
    working_copy: GitWorkingCopy, worktree: Path, fetched: FetchResult, resolutions: Resolutions
) -> MergeResult:
    """Conclude a merge that was begun in a terminal, with these resolutions. What the work tree has is backed up."""
    location, backups = location_of(worktree), list[Backup]()
    for path in fetched.conflicts:
        data, present = _resolution(resolutions, path), files.read(files.regular_file(worktree, path))
        if _is_uncommitted(present, data, data, path):
            backups.append(files.back_up(worktree, path, resolutions.at))
        _write_to_worktree(worktree, path, data)
    ours = _tree_entries(working_copy, location, fetched.our_commit)
    theirs = _their_entries(working_copy, location, fetched, ours)
    index_info = _index_info(working_copy, location, fetched, theirs, resolutions.contents)
    working_copy.git.run_checked(location, ["update-index", "-z", "--index-info"], RunOptions(stdin=index_info))
    tree = working_copy.git.run_checked(location, ["write-tree"]).text
    commit = _commit_tree(working_copy, location, fetched, tree, _merge_message(location))
    working_copy.git.run_checked(
        location, ["update-ref", "-m", "enablement: finish a merge", "HEAD", commit, fetched.our_commit]
    )
    for name in _MERGE_STATE:
        with suppress(FileNotFoundError):
            (Path(location.git_dir) / name).unlink()
    return MergeResult(commit, fetched.conflicts, tuple(backups))


def _merge_head(location: GitLocation) -> str:
    """The commit that is merged. Raises `SetupRefused` where it is none, or are several."""
    with suppress(OSError):
        found = read_small(Path(location.git_dir) / "MERGE_HEAD").decode(errors="replace").strip()
        if is_commit_id(found):
            return found
    raise SetupRefused("The merge that was begun here is an unusual one. Finish it in the terminal.")


def _merge_message(location: GitLocation) -> str:
    """The message that was prepared for the merge, without comments."""
    with suppress(OSError):
        lines = read_small(Path(location.git_dir) / "MERGE_MSG").decode(errors="replace").splitlines()
        text = "\n".join(line for line in lines if not line.startswith("#")).replace("\0", "").strip()
        return text or _MESSAGE
    return _MESSAGE


def _resolution(resolutions: Resolutions, path: str) -> bytes | None:
    if path not in resolutions.contents:
        raise SetupRefused("There are new changes on the other side. Look again.")
    return resolutions.contents[path]


def _is_submodule(entries: TreeEntries, path: str) -> bool:
    """Whether the entry is a submodule: its commit is recorded, it is never fetched."""
    return path in entries and entries[path][0] not in _FILES


def _is_uncommitted(present: bytes | None, ours: bytes | None, wanted: bytes | None, path: str) -> bool:
    """Whether the file in the work tree is neither that of `HEAD` nor already the wanted one, results, kernel and format ignored."""
    if present is None:
        return False
    bare = path.endswith(".ipynb") and all(each is None or cleaned(each) == each for each in (ours, wanted))
    return all((clean(present, each).data if bare else present) != each for each in (ours, wanted))


def _write_to_worktree(worktree: Path, path: str, data: bytes | None) -> bool:
    """Write or delete it; whether that changed the file. A notebook keeps the outputs of cells whose source stays the same."""
    file = files.regular_file(worktree, path)
    present = files.read(file)
    content = with_outputs(data, present) if data is not None and path.endswith(".ipynb") else data
    if content == present:
        return False
    if content is not None:
        files.make_parents(file)
    files.write_if_changed(file, content)
    if content is None:
        with suppress(OSError):
            for parent in list(file.relative_to(worktree).parents)[:-1]:  # folders that are empty now
                (worktree / parent).rmdir()
    return True


def _merge_commit(working_copy: GitWorkingCopy, location: GitLocation, fetched: FetchResult, index_info: bytes) -> str:
    """A commit with both as parents."""
    index = Path(location.git_dir) / "enablement-index"
    index.unlink(missing_ok=True)
    environment = {"GIT_INDEX_FILE": str(index)}
    try:
        working_copy.git.run_checked(location, ["read-tree", fetched.our_commit], RunOptions(environment=environment))
        working_copy.git.run_checked(
            location, ["update-index", "-z", "--index-info"], RunOptions(stdin=index_info, environment=environment)
        )
        tree = working_copy.git.run_checked(location, ["write-tree"], RunOptions(environment=environment)).text
    finally:
        index.unlink(missing_ok=True)
    return _commit_tree(working_copy, location, fetched, tree, _MESSAGE)


def _commit_tree(
    working_copy: GitWorkingCopy, location: GitLocation, fetched: FetchResult, tree: str, message: str
) -> str:
    arguments = ["commit-tree", "-p", fetched.our_commit, "-p", fetched.their_commit, "-m", message, tree]
    options = RunOptions(config=working_copy.commit_config(Path(location.work_tree)))
    return working_copy.git.run_checked(location, arguments, options).text


def _index_info(
    working_copy: GitWorkingCopy,
    location: GitLocation,
    fetched: FetchResult,
    theirs: TreeEntries,
    wanted: Mapping[str, bytes | None],
) -> bytes:
    """For `update-index --index-info`: their entries, and the resolutions where there was a conflict."""
    found = list[bytes]()
    for path in fetched.their_files:
        mode, name = theirs.get(path, ("0", "0" * len(fetched.our_commit)))
        if path in fetched.conflicts and (data := wanted.get(path)) is not None:
            name = working_copy.git.run_checked(
                location, ["hash-object", "-w", "--stdin", "--no-filters"], RunOptions(stdin=data)
            ).text
            mode = mode if mode in _FILES else _FILES[0]
        elif path in fetched.conflicts and path in wanted:
            mode, name = "0", "0" * len(fetched.our_commit)
        found.append(f"{mode} {name}\t".encode() + path.encode("utf-8", "surrogateescape") + b"\0")
    return b"".join(found)


def _blob_content(working_copy: GitWorkingCopy, location: GitLocation, entries: TreeEntries, path: str) -> bytes | None:
    mode, name = entries.get(path, ("", ""))
    if mode not in _FILES:
        return None
    size = working_copy.git.run_checked(location, ["cat-file", "-s", name]).text
    if int(size) > _BLOB_BYTES:
        raise TooLarge
    return working_copy.git.run_checked(location, ["cat-file", "blob", name], RunOptions(max_output=_BLOB_BYTES)).stdout


def _tree_entries(working_copy: GitWorkingCopy, location: GitLocation, commit: str, *paths: str) -> TreeEntries:
    """Mode and object id of what is in a commit, by path."""
    result = working_copy.git.run_checked(
        location, ["ls-tree", "-r", "-z", commit, "--", *paths], RunOptions(max_output=64 * 1024 * 1024)
    )
    pairs = (entry.partition(b"\t") for entry in result.stdout.split(b"\0") if entry)
    found = ((name.decode("utf-8", "surrogateescape"), head.decode().split(" ")) for head, _, name in pairs)
    return {name: (parts[0], parts[2]) for name, parts in found}


def _their_entries(
    working_copy: GitWorkingCopy, location: GitLocation, fetched: FetchResult, ours: TreeEntries
) -> TreeEntries:
    """What is in their commit. An executable bit that they left as it was is ours."""
    theirs = _tree_entries(working_copy, location, fetched.their_commit)
    base = _tree_entries(working_copy, location, fetched.base) if fetched.base else {}
    return {
        path: (ours[path][0] if _is_ours(mode, ours.get(path), base.get(path)) else mode, name)
        for path, (mode, name) in theirs.items()
    }


def _is_ours(mode: str, ours: tuple[str, str] | None, base: tuple[str, str] | None) -> bool:
    return ours is not None and base is not None and {mode, ours[0]} <= set(_REGULAR) and base[0] == mode


def _changed_modes(ours: TreeEntries, theirs: TreeEntries) -> dict[str, bool]:
    """Regular files that get an executable bit, or lose it."""
    return {
        path: mode == _EXECUTABLE
        for path, (mode, _) in theirs.items()
        if mode in _REGULAR and ours.get(path, (_REGULAR[0],))[0] != mode
    }


def _changed_paths(working_copy: GitWorkingCopy, location: GitLocation, old: str, new: str) -> tuple[str, ...]:
    arguments = ["diff-tree", "-r", "--name-only", "--no-renames", "-z", old, new]
    return tuple(working_copy.git.run_checked(location, arguments).entries)
