"""A Git directory of our own over the author's: it links objects, refs and index, and has our configuration and no hooks.

Git always reads the configuration of the repository it works in, so no command works in the author's: what a repository says of itself steers nothing.
Locks are taken, and files replaced, where the links lead, so that the author's own Git and ours see each other.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from enablement_ext.core.errors import GitFailed

_SMALL = 64 * 1024
_GITFILE = re.compile(rb"gitdir: ([^\n\0]+)\n*")
_SHA256 = re.compile(rb"^\s*objectformat\s*=\s*\"?sha256\"?\s*$", re.IGNORECASE | re.MULTILINE)
_NO_MODES = re.compile(rb"^\s*filemode\s*=\s*\"?(?:false|no|off|0)\"?\s*$", re.IGNORECASE | re.MULTILINE)
_COMMON = ("objects", "refs", "packed-refs", "shallow")  # Git makes a file where a link leads that leads nowhere yet


@contextmanager
def repository_view(git_dir: str) -> Iterator[str]:
    """The path of a Git directory that is gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="enablement-git-") as folder:
        try:
            _fill(Path(folder), git_folder(Path(git_dir)))
        except OSError as problem:
            raise GitFailed(f"Git cannot be run here: {os.strerror(problem.errno or 0)}.") from None
        yield folder


def _fill(view: Path, own: Path) -> None:
    common = common_folder(own)
    with suppress(OSError):  # without a `HEAD` Git itself says that this is no repository
        (view / "HEAD").write_bytes(read_small(own / "HEAD"))
    (view / "config").write_bytes(_configuration(common))
    (view / "index").symlink_to(own / "index")
    for name in _COMMON:
        (view / name).symlink_to(common / name)
    for part in (common / "info", own / "logs", *own.glob("sharedindex.*")):
        if part.exists():
            (view / part.name).symlink_to(part)


def git_folder(git_dir: Path) -> Path:
    """Where a repository's own files are: `.git` itself, or where it leads as a file."""
    with suppress(OSError):
        found = _GITFILE.fullmatch(read_small(git_dir)) if git_dir.is_file() else None
        if found is not None:
            return git_dir.parent / os.fsdecode(found[1])
    return git_dir


def read_small(file: Path) -> bytes:
    """A small regular file, never through a link. Raises `OSError`."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("no regular file")
        return opened.read(_SMALL)


def common_folder(own: Path) -> Path:
    """Where objects and refs are: for a linked work tree, in the repository it belongs to."""
    with suppress(OSError):
        return own / os.fsdecode(read_small(own / "commondir").strip())
    return own


def _configuration(common: Path) -> bytes:
    """Ours, with the two facts that Git cannot do without: how object ids are made, and whether the file system knows executable bits."""
    theirs = b""
    with suppress(OSError):
        theirs = read_small(common / "config")
    wide = _SHA256.search(theirs) is not None
    modes = b"false" if _NO_MODES.search(theirs) else b"true"
    format_version = b"1" if wide else b"0"
    text = b"[core]\n\trepositoryformatversion = " + format_version + b"\n\tfilemode = " + modes
    text += b"\n\tbare = false\n\tlogallrefupdates = true\n"
    return text + (b"[extensions]\n\tobjectformat = sha256\n" if wide else b"")
