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
from enablement_ext.adapters.git.runner import How, Where
from enablement_ext.adapters.git.working_copy import GitWorkshop, where_of
from enablement_ext.core.errors import SetupRefused, TooLarge
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.merge.cells import with_results
from enablement_ext.core.git.version_ports import Aside, Joined, Meeting

_MESSAGE = "Bring the versions of two sides together"
_BLOB_BYTES = 256 * 1024 * 1024
_FILES = ("100644", "100755", "120000")  # a link is a file that says where it leads
_Entries = dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Settled:
    """What contested files become, and when that was said."""

    contents: Mapping[str, bytes | None]
    at: datetime


def blob(shop: GitWorkshop, at: Path, commit: str, path: str) -> bytes | None:
    """A file of a commit, None where it has none. Raises `TooLarge`, `GitFailed`."""
    return _content(shop, where_of(at), _entries(shop, where_of(at), commit, path), path)


def meet(shop: GitWorkshop, at: Path) -> Meeting:
    """Ask the forge, then compare. Raises `SetupRefused` where there is no version yet, `ForgeAway`, `GitFailed`."""
    where, here = where_of(at), shop.head(at)
    if not here:
        raise SetupRefused("There is no version here yet. Save one first.")
    if inspection.busy_of(at) == "merge":
        return _begun(shop, where, here)
    remote = shop.remote(at)
    if not remote.asked():
        return Meeting(here, "", here)
    remote.fetch()
    there = shop.git.must(where, ["rev-parse", "--verify", "--quiet", f"{TRACKING}^{{commit}}"]).text
    base = shop.git.run(where, ["merge-base", here, there]).text
    before = base or shop.git.must(where, ["mktree"], How(data=b"")).text
    return Meeting(here, there, base, _changed(shop, where, before, here), _changed(shop, where, before, there))


def join(shop: GitWorkshop, at: Path, meeting: Meeting, settled: Settled) -> Joined:
    """See `Versions.join`."""
    if shop.head(at) != meeting.here:
        raise SetupRefused("There is a newer version here by now. Look again.")
    if meeting.unfinished:
        return _finish(shop, at, meeting, settled)
    if not meeting.theirs and meeting.base == meeting.there:
        return Joined(meeting.here)
    shop.free_lock(at)
    where = where_of(at)
    known, theirs = (_entries(shop, where, side) for side in (meeting.here, meeting.there))
    wanted = {path: _content(shop, where, theirs, path) for path in meeting.theirs if not _is_module(theirs, path)}
    wanted |= {path: _said(settled, path) for path in meeting.contested}
    for path in wanted:
        files.plain(at, path)  # whatever is in the way is said before anything is written
    ahead = meeting.base == meeting.here
    commit = meeting.there if ahead else _merged(shop, where, meeting, _lines(shop, where, meeting, theirs, wanted))
    aside, written = list[Aside](), list[str]()
    for path, data in wanted.items():
        if _in_the_way(files.read(files.plain(at, path)), _content(shop, where, known, path), data, path):
            aside.append(files.keep_aside(at, path, settled.at))
        if _place(at, path, data):
            written.append(path)
    shop.git.must(where, ["update-ref", "-m", "enablement: get changes", "HEAD", commit, meeting.here])
    if shop.git.run(where, ["read-tree", "-m", meeting.here, commit]).code != 0:
        shop.git.must(where, ["read-tree", commit])
    shop.git.run(where, ["update-index", "-q", "--refresh"], How(config=shop.quiet(at)))
    return Joined(commit, tuple(written), tuple(aside))


def _begun(shop: GitWorkshop, where: Where, here: str) -> Meeting:
    """A merge that a terminal began: the files at which it stopped."""
    there = shop.git.must(where, ["rev-parse", "--verify", "--quiet", "MERGE_HEAD^{commit}"]).text
    base = shop.git.run(where, ["merge-base", here, there]).text
    listed = shop.git.must(where, ["diff", "--name-only", "--diff-filter=U", "--no-renames", "-z"])
    paths = tuple(part.decode("utf-8", "surrogateescape") for part in listed.out.split(b"\0") if part)
    return Meeting(here, there, base, paths, paths, unfinished=True)


def _finish(shop: GitWorkshop, at: Path, meeting: Meeting, settled: Settled) -> Joined:
    """Mark what was settled as resolved, and make the version that the merge was to be. What lay there is kept aside."""
    where, aside = where_of(at), list[Aside]()
    shop.free_lock(at)
    for path in meeting.contested:
        data, present = _said(settled, path), files.read(files.plain(at, path))
        if present is not None and present != data:
            aside.append(files.keep_aside(at, path, settled.at))
        _place(at, path, data)
    lines = _lines(shop, where, meeting, _entries(shop, where, meeting.there), settled.contents)
    shop.git.must(where, ["update-index", "-z", "--index-info"], How(data=lines))
    shop.git.must(where, ["commit", "--quiet", "--no-verify", "--no-edit"], How(config=shop.quiet(at)))
    return Joined(shop.head(at), meeting.contested, tuple(aside))


def _said(settled: Settled, path: str) -> bytes | None:
    if path not in settled.contents:
        raise SetupRefused("There are new changes on the other side. Look again.")
    return settled.contents[path]


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


def _merged(shop: GitWorkshop, where: Where, meeting: Meeting, lines: bytes) -> str:
    """A commit with both as parents, made with an index of its own."""
    index = Path(where.git_dir) / "enablement-index"
    index.unlink(missing_ok=True)
    told = {"GIT_INDEX_FILE": str(index)}
    try:
        shop.git.must(where, ["read-tree", meeting.here], How(environment=told))
        shop.git.must(where, ["update-index", "-z", "--index-info"], How(data=lines, environment=told))
        tree = shop.git.must(where, ["write-tree"], How(environment=told)).text
    finally:
        index.unlink(missing_ok=True)
    arguments = ["commit-tree", "-p", meeting.here, "-p", meeting.there, "-m", _MESSAGE, tree]
    return shop.git.must(where, arguments, How(config=shop.quiet(Path(where.work_tree)))).text


def _lines(
    shop: GitWorkshop, where: Where, meeting: Meeting, theirs: _Entries, wanted: Mapping[str, bytes | None]
) -> bytes:
    """For `update-index --index-info`: theirs as it is, contested ones as they were settled."""
    found = list[bytes]()
    for path in meeting.theirs:
        mode, name = theirs.get(path, ("0", "0" * len(meeting.here)))
        if path in meeting.contested and (data := wanted.get(path)) is not None:
            name = shop.git.must(where, ["hash-object", "-w", "--stdin", "--no-filters"], How(data=data)).text
            mode = mode if mode in _FILES else _FILES[0]
        elif path in meeting.contested and path in wanted:
            mode, name = "0", "0" * len(meeting.here)
        found.append(f"{mode} {name}\t".encode() + path.encode("utf-8", "surrogateescape") + b"\0")
    return b"".join(found)


def _content(shop: GitWorkshop, where: Where, entries: _Entries, path: str) -> bytes | None:
    mode, name = entries.get(path, ("", ""))
    if mode not in _FILES:
        return None
    size = shop.git.must(where, ["cat-file", "-s", name]).text
    if int(size) > _BLOB_BYTES:
        raise TooLarge
    return shop.git.must(where, ["cat-file", "blob", name], How(most=_BLOB_BYTES)).out


def _entries(shop: GitWorkshop, where: Where, commit: str, *paths: str) -> _Entries:
    """Mode and id of what is in a commit, by path."""
    ran = shop.git.must(where, ["ls-tree", "-r", "-z", commit, "--", *paths], How(most=64 * 1024 * 1024))
    pairs = (entry.partition(b"\t") for entry in ran.out.split(b"\0") if entry)
    found = ((name.decode("utf-8", "surrogateescape"), head.decode().split(" ")) for head, _, name in pairs)
    return {name: (parts[0], parts[2]) for name, parts in found}


def _changed(shop: GitWorkshop, where: Where, old: str, new: str) -> tuple[str, ...]:
    arguments = ["diff-tree", "-r", "--name-only", "--no-renames", "-z", old, new]
    parts = shop.git.must(where, arguments).out.split(b"\0")
    return tuple(part.decode("utf-8", "surrogateescape") for part in parts if part)
