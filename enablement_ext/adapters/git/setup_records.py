"""Which repositories this set-up made or connected, recorded in the home.

What a repository brings along says nothing: it may have come out of an archive. So the record lies outside of it, and is about one `.git` folder: the one
with this random id in it that still is the same folder of the file system. A copy, or what was unpacked over it, is another one.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.shape.repository_view import read_small

MARK = "enablement-id"


@dataclass(frozen=True, slots=True)
class SetupRecord:
    """One repository: where it was seen last, its place on the server, whether the set-up made it, and its configuration before.

    `path`: which repository of the server it is; "" in records of before that was kept, where the folder says.
    """

    folder: str
    url: str
    made: bool
    before: bytes = b""
    id: str = ""
    inode: int = 0
    path: str = ""

    def document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "folder": self.folder,
            "url": self.url,
            "made": self.made,
            "before": base64.b64encode(self.before).decode(),
            "id": self.id,
            "inode": self.inode,
            "path": self.path,
        }


@dataclass(frozen=True, slots=True)
class SetupRecords:
    """The file that holds them."""

    file: Path

    def all(self) -> tuple[SetupRecord, ...]:
        """What cannot be read is left out."""
        found = self.document().get("repositories")
        records = (_record(each) for each in found) if isinstance(found, list) else ()
        return tuple(record for record in records if record is not None)

    def of(self, git_dir: Path) -> SetupRecord | None:
        """The record of this `.git` folder, None where it has none."""
        try:
            mark = read_small(git_dir / MARK).decode("ascii", "replace").strip()
            inode = git_dir.lstat().st_ino
        except OSError:
            return None
        return next((known for known in self.all() if mark and (known.id, known.inode) == (mark, inode)), None)

    def add(self, record: SetupRecord, git_dir: Path) -> None:
        """Mark the `.git` folder and record it, in place of what was recorded of it. Raises `GitFailed`."""
        known = self.of(git_dir)
        mark = known.id if known else secrets.token_hex(16)
        if known is None:
            self.unmark(git_dir)  # a link of that name would lead to a file of the author's
            files.write(git_dir / MARK, f"{mark}\n".encode())
        fresh = replace(record, id=mark, inode=git_dir.lstat().st_ino)
        others = [each for each in self.all() if each.id != mark]  # one of the same folder may have been moved
        self._write([*others, fresh])

    def moved(self, record: SetupRecord, folder: str) -> None:
        """Note where the folder is now. Raises `GitFailed`."""
        self._write([replace(each, folder=folder) if each.id == record.id else each for each in self.all()])

    def unmark(self, git_dir: Path) -> None:
        """Take the mark out of a `.git` folder that stays."""
        with suppress(OSError):
            (git_dir / MARK).unlink(missing_ok=True)

    def remove(self, folder: str, mark: str) -> bool:
        """Forget it, and others whose repository is gone; whether any are left."""
        left = [
            each
            for each in self.all()
            if each.id != mark and each.folder != folder and Path(each.folder, ".git").is_dir()
        ]
        if left:
            self._write(left)
        return bool(left)

    def document(self) -> dict[str, object]:
        """The file's JSON object, an empty one where there is none."""
        with suppress(ValueError):
            found = json.loads(files.read(self.file) or b"{}")
            return found if isinstance(found, dict) else {}
        return {}

    def remember(self, key: str, value: str) -> None:
        """Note something that Undo has to know. Raises `GitFailed`."""
        files.write_if_changed(self.file, record_text({**self.document(), key: value}))

    def _write(self, records: list[SetupRecord]) -> None:
        ordered = sorted(records, key=lambda each: each.folder)
        files.write_if_changed(
            self.file, record_text({**self.document(), "repositories": [each.document() for each in ordered]})
        )


def record_text(document: Mapping[str, object]) -> bytes:
    """The file's bytes."""
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def _record(found: object) -> SetupRecord | None:
    try:
        entry = dict(found)  # type: ignore[call-overload]
        before = base64.b64decode(entry["before"])
        return SetupRecord(
            str(entry["folder"]),
            str(entry["url"]),
            entry["made"] is True,
            before,
            str(entry["id"]),
            int(entry["inode"]),
            str(entry.get("path", "")),
        )
    except (ValueError, KeyError, TypeError):
        return None
