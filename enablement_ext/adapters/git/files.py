"""Reading and atomically replacing files of the author's; backups under a name of their own."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

from enablement_ext.adapters.git.runner import NoSpaceInHome
from enablement_ext.core.errors import GitFailed, SetupRefused
from enablement_ext.core.git.merge.backup_names import backup_name
from enablement_ext.core.git.ports import Backup
from enablement_ext.core.git.setup.config_files import ATTRIBUTES, IGNORED
from enablement_ext.core.git.setup.managed_blocks import with_block, without_block

MANAGED = {".gitignore": IGNORED, ".gitattributes": ATTRIBUTES}


def read(path: Path) -> bytes | None:
    """The bytes, None where there is no file. Raises `GitFailed`."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as problem:
        raise file_error(path, problem) from None


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace atomically, flushed to the disk. Of a symbolic link the target is replaced; the mode stays. Raises `GitFailed`."""
    target = Path(os.path.realpath(path))
    try:
        with suppress(FileNotFoundError):
            mode = target.stat().st_mode & 0o7777
        # Always the same name: what a killed process leaves behind is replaced by the next try.
        temporary = target.with_name(f".{target.name}.enablement-new")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    except OSError as problem:
        raise file_error(path, problem) from None


def write_if_changed(path: Path, data: bytes | None) -> None:
    """Write, or delete for None; a file with this content is left alone. Raises `GitFailed`."""
    if read(path) == data:
        return
    if data is None:
        with suppress(FileNotFoundError):
            path.unlink()
    else:
        write(path, data)


def set_executable(file: Path, executable: bool) -> None:
    """For everybody who may read it, or for nobody. Raises `GitFailed`."""
    try:
        mode = file.stat().st_mode & 0o7777
        wanted = mode | (mode & 0o444) >> 2 if executable else mode & ~0o111
        if mode != wanted:
            file.chmod(wanted)
    except OSError as problem:
        raise file_error(file, problem) from None


def regular_file(folder: Path, path: str) -> Path:
    """The path of a file of this folder, existing or not. Raises `SetupRefused` for what leads out of it, and where a link or folder is in the way."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\0" in path or ".." in parts or any(p.lower() == ".git" for p in parts):
        raise SetupRefused("This is no file of the folder.")
    at = folder
    for part in parts[:-1]:
        at = at / part
        if os.path.lexists(at) and not stat.S_ISDIR(at.lstat().st_mode):
            raise SetupRefused(f"{at.name[:100]} is in the way: it is no folder. Move it elsewhere first.")
    file = at / parts[-1]
    if os.path.lexists(file) and not stat.S_ISREG(file.lstat().st_mode):
        raise SetupRefused(f"{file.name[:100]} is in the way: it is a link or a folder. Move it elsewhere first.")
    return file


def write_blocks(worktree: Path) -> None:
    """Put our lines into `.gitignore` and `.gitattributes`. Raises `SetupRefused` where one is no file, `GitFailed`."""
    for name, block in MANAGED.items():
        file = regular_file(worktree, name)
        write_if_changed(file, with_block(read(file), block))


def remove_blocks(worktree: Path) -> None:
    """Take them out again. Raises `GitFailed`."""
    for name, block in MANAGED.items():
        text = None if (worktree / name).is_symlink() else read(worktree / name)
        if text is not None:
            write_if_changed(worktree / name, without_block(text, block))


def make_parents(file: Path) -> None:
    """Make the folders of a file. Raises `GitFailed`."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise file_error(file.parent, problem) from None


def back_up(folder: Path, path: str, at: datetime) -> Backup:
    """Copy a file to a name that is not taken. Raises `SetupRefused`, `GitFailed`."""
    data = read(regular_file(folder, path))
    if data is None:
        raise SetupRefused("This file is not there any more.")
    name = backup_name(path, at, lambda taken: os.path.lexists(folder / taken))
    write(folder / name, data)
    return Backup(path, name)


def file_error(path: Path, problem: OSError) -> GitFailed:
    """The error for a failed operation on a file."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpaceInHome()
    return GitFailed(f"{path.name} cannot be used: {os.strerror(problem.errno or 0)}.")
