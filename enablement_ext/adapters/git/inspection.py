"""A look at a folder before anything is written: what it is to Git, what is in it, what stands in the way."""

from __future__ import annotations

import base64
import json
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.runner import GitLocation, GitRunner, RunOptions
from enablement_ext.core.errors import GitFailed
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.setup.file_selection import CandidateFile, is_candidate, most_bytes
from enablement_ext.core.git.setup.plan import FolderState
from enablement_ext.core.notebook.secret_scan import file_part, find_secrets

RECORD = "enablement.json"
FRESH = ".git-enablement-new"  # where a repository is made before it is moved to its place
MOST_FILES = 5_000
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})
_BUSY = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}


@dataclass(frozen=True, slots=True)
class SetupRecord:
    """What the set-up notes in `.git`: whether it made the repository, and the configuration that was there."""

    made: bool
    before: bytes = b""

    def text(self) -> bytes:
        """As it is written."""
        return (json.dumps({"made": self.made, "before": base64.b64encode(self.before).decode()}) + "\n").encode()


def record_of(folder: Path) -> SetupRecord | None:
    """The note in the folder's repository, None where there is none."""
    try:
        found = json.loads(files.read(folder / ".git" / RECORD) or b"")
        return SetupRecord(found["made"] is True, base64.b64decode(found["before"]))
    except (ValueError, KeyError, TypeError):
        return None


def standing_of(folder: Path) -> FolderState:
    """What the folder is to Git."""
    if not os.path.lexists(folder / ".git"):
        return FolderState.NONE
    record = record_of(folder) if (folder / ".git").is_dir() else None
    if record is None:
        return FolderState.THEIRS
    return FolderState.OURS if record.made else FolderState.ADOPTED


def odd_of(folder: Path, git: GitRunner) -> str:
    """What is unusual about the folder's own repository, "" for nothing."""
    own = folder / ".git"
    if own.is_symlink() or not own.is_dir():
        return "it is kept elsewhere"
    if (own / "objects/info/alternates").exists() or (own / "objects").is_symlink() or (own / "config").is_symlink():
        return "it borrows from another one"
    try:
        where = GitLocation(str(own), str(folder))
        git.harmless(where)
        settings = git.redirected(where)
    except GitFailed:
        return "its settings cannot be read"
    return f"its settings change how it is reached ({settings[0][:60]})" if settings else ""


def busy_of(folder: Path) -> str:
    """What is begun there and not finished."""
    return next((word for name, word in _BUSY.items() if (folder / ".git" / name).exists()), "")


def is_below(folder: Path, root: Path) -> bool:
    """Whether a folder from above this one up to the root is a repository. Above the root nothing concerns the author."""
    at = folder
    while at != root and root in at.parents:
        at = at.parent
        if os.path.lexists(at / ".git"):
            return True
    return False


def nested_in(folder: Path) -> tuple[str, ...]:
    """Repositories below, relative to the folder: ordinary, linked and bare ones; the first few."""
    found = list[str]()
    for inner, folders, names in os.walk(folder):
        here = Path(inner)
        own = here == folder
        folders[:] = sorted(name for name in folders if not own or name not in (".git", FRESH))
        bare = "HEAD" in names and {"objects", "refs"} <= set(folders)
        if not own and (".git" in folders or ".git" in names or bare):
            found.append(os.path.relpath(inner, folder))
            folders[:] = []
        if len(found) > 3:
            break
    return tuple(found)


def files_in(folder: Path) -> tuple[list[CandidateFile], bool]:
    """The regular files that are not hidden, looked through for secrets where they would go in; and whether there are too many."""
    found = list[CandidateFile]()
    for path in _regular(folder):
        if len(found) == MOST_FILES:
            return found, True
        found.append(file_in(folder, path))
    return found, False


def file_in(folder: Path, path: str) -> CandidateFile:
    """One regular file, looked through; one that is gone has no bytes."""
    file = folder / path
    size = file.lstat().st_size if os.path.lexists(file) else 0
    return CandidateFile(path, size, _secret(file, path, size) if file.is_file() else "")


def really_changed(git: GitRunner, where: GitLocation, how: RunOptions, *since: str) -> set[str]:
    """Files that differ from the index (or from a version), the clean filter applied: `git status` alone goes by their size."""
    arguments = [
        "diff",
        "--name-only",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=all",
        "-z",
    ]
    ran = git.must(where, [*arguments, *since, "--"], how)
    return set(ran.out.decode("utf-8", "surrogateescape").split("\0")) - {""}


def free_bytes(folder: Path) -> int:
    """Space that is left there."""
    return shutil.disk_usage(folder).free


def _regular(folder: Path) -> Iterator[str]:
    for inner, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in _SKIPPED and not Path(inner, name, "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            path = Path(inner, name)
            if not name.startswith(".") and stat.S_ISREG(path.lstat().st_mode):
                yield os.path.relpath(path, folder)


def _secret(file: Path, path: str, size: int) -> str:
    """What in the file looks like a secret, in words; as Git would get it."""
    if not is_candidate(path) or size > most_bytes(path):
        return ""
    data = files.read(file) or b""
    part = file_part(path, cleaned(data) if path.endswith(".ipynb") else data)
    findings = find_secrets([part]) if part is not None else []
    return findings[0].hint if findings else ""
