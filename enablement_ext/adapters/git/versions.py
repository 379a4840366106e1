"""Versions that there are: what changed since the last one, what a file was like, and files of the author's, reached with care."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from enablement_ext.adapters.git import files, index_refresh, inspection, merge, output_stripping
from enablement_ext.adapters.git.remote import TRACKING
from enablement_ext.adapters.git.working_copy import GitWorkingCopy, is_hidden, location_of
from enablement_ext.core.errors import BadRequest
from enablement_ext.core.git.ports import Backup, ChangedFile, FetchResult, FileVersion, MergeResult, UncommittedChanges
from enablement_ext.core.git.setup.file_selection import HeldBack, select_files

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class GitVersionHistory:
    """Implements `VersionHistory` over the folders of a workshop."""

    working_copy: GitWorkingCopy

    def changes(self, folder: str) -> UncommittedChanges:
        """Secrets are looked for in what changed, and in nothing else."""
        at = self.working_copy.place(folder)
        kept = set(self.working_copy.to_keep(at))
        entries = self.working_copy.entries(at)
        known = tuple(ChangedFile(path, _state(code)) for code, path in entries if path in kept)
        rest = [path for _, path in entries if path not in kept and not is_hidden(path)]
        _, held = select_files(inspection.file_in(at, path) for path in rest if not (at / path).is_symlink())
        links = [HeldBack(path, "It is a link to another place.") for path in rest if (at / path).is_symlink()]
        return UncommittedChanges(known, (*held, *links))

    def history(self, folder: str, path: str, most: int) -> Sequence[FileVersion]:
        """From `git log`, the file's path taken literally."""
        at = self.working_copy.place(folder)
        where = location_of(at)
        arguments = ["log", f"--max-count={most}", "-z", "--format=%H%x00%ct%x00%an%x00%B", "HEAD", "--", path]
        if not self.working_copy.head(at):
            return ()
        parts = self.working_copy.git.must(where, arguments).out.decode(errors="replace").split("\0")
        known = self.working_copy.git.run(where, ["rev-parse", "--verify", "--quiet", TRACKING]).code == 0
        span = [f"{TRACKING}..HEAD"] if known else ["HEAD"]
        here = set(self.working_copy.git.must(where, ["rev-list", *span]).text.split())
        rows = zip(parts[::4], parts[1::4], parts[2::4], parts[3::4], strict=False)
        return [
            FileVersion(commit, datetime.fromtimestamp(int(when), UTC), who, message.strip(), commit not in here)
            for commit, when, who, message in rows
        ]

    def read(self, folder: str, commit: str, path: str) -> bytes | None:
        """A regular file of a commit."""
        at = self.working_copy.place(folder)
        if not _COMMIT.fullmatch(commit):
            raise BadRequest("This is no version.", facts={"field": "commit"})
        return merge.blob(self.working_copy, at, commit, path)

    def present(self, folder: str, path: str) -> bytes | None:
        """Through no link."""
        return files.read(files.plain(self.working_copy.place(folder), path))

    def put(self, folder: str, path: str, data: bytes) -> None:
        """At once."""
        file = files.plain(self.working_copy.place(folder), path)
        files.make_parents(file)
        files.write(file, data)

    def back_up(self, folder: str, path: str, at: datetime) -> Backup:
        """Made as a new file; it never replaces one."""
        return files.back_up(self.working_copy.place(folder), path, at)

    def fetch(self, folder: str) -> FetchResult:
        """See `joining`."""
        return merge.fetch(self.working_copy, self.working_copy.place(folder))

    def merge(
        self, folder: str, fetched: FetchResult, resolutions: Mapping[str, bytes | None], at: datetime
    ) -> MergeResult:
        """See `joining`."""
        return merge.merge(
            self.working_copy, self.working_copy.place(folder), fetched, merge.Resolutions(resolutions, at)
        )

    def with_results(self, folder: str) -> Sequence[str]:
        """See `results`."""
        return output_stripping.notebooks_with_results(self.working_copy, self.working_copy.place(folder))

    def keep_results_out(self, folder: str) -> str:
        """See `results`."""
        return output_stripping.keep_out(self.working_copy, self.working_copy.place(folder))

    def settle_rerun(self, folder: str, changed: Set[str]) -> int:
        """See `rerun`."""
        return index_refresh.settle_rerun(self.working_copy, folder, changed)


def _state(code: str) -> str:
    if "D" in code:
        return "deleted"
    return "new" if code == "??" or "A" in code else "changed"
