"""The history of a repository in the author's home, on top of `working_copy`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from enablement_ext.adapters.git import files, index_refresh, merge, output_stripping
from enablement_ext.adapters.git.runner import is_commit_id
from enablement_ext.adapters.git.status import location_of
from enablement_ext.adapters.git.working_copy import GitWorkingCopy
from enablement_ext.core.errors import BadRequest
from enablement_ext.core.git.ports import Backup, FetchResult, FileVersion, MergeResult, UncommittedChanges


@dataclass(frozen=True, slots=True)
class GitVersionHistory:
    """Implements `VersionHistory` over a working copy."""

    working_copy: GitWorkingCopy

    def changes(self, folder: str) -> UncommittedChanges:
        """Only changed files are looked into."""
        return self.working_copy.uncommitted(self.working_copy.folder_path(folder))

    def history(self, folder: str, path: str, most: int) -> Sequence[FileVersion]:
        """`git log` of a literal pathspec."""
        worktree = self.working_copy.folder_path(folder)
        location = location_of(worktree)
        arguments = ["log", f"--max-count={most}", "-z", "--format=%H%x00%ct%x00%an%x00%B", "HEAD", "--", path]
        if not self.working_copy.head(worktree):
            return ()
        parts = self.working_copy.git.run_checked(location, arguments).stdout.decode(errors="replace").split("\0")
        span = self.working_copy.unpushed_span(worktree)
        unpushed = set(self.working_copy.git.run_checked(location, ["rev-list", *span]).text.split())
        rows = zip(parts[::4], parts[1::4], parts[2::4], parts[3::4], strict=False)
        return [
            FileVersion(commit, datetime.fromtimestamp(int(when), UTC), who, message.strip(), commit not in unpushed)
            for commit, when, who, message in rows
        ]

    def read(self, folder: str, commit: str, path: str) -> bytes | None:
        """Of a regular file, or where a symbolic link leads."""
        worktree = self.working_copy.folder_path(folder)
        if not is_commit_id(commit):
            raise BadRequest("This is no version.", facts={"field": "commit"})
        return merge.blob(self.working_copy, worktree, commit, path)

    def read_working_file(self, folder: str, path: str) -> bytes | None:
        """Never through a symbolic link."""
        return files.read(files.regular_file(self.working_copy.folder_path(folder), path))

    def write_working_file(self, folder: str, path: str, data: bytes, commit: str = "") -> None:
        """Atomically; folders are made."""
        worktree = self.working_copy.folder_path(folder)
        file = files.regular_file(worktree, path)
        fresh = not file.exists()
        files.make_parents(file)
        files.write(file, data)
        if fresh and is_commit_id(commit) and merge.is_executable(self.working_copy, worktree, commit, path):
            files.set_executable(file, True)

    def back_up(self, folder: str, path: str, at: datetime) -> Backup:
        """Never replaces a file."""
        return files.back_up(self.working_copy.folder_path(folder), path, at)

    def fetch(self, folder: str) -> FetchResult:
        """`git fetch`, then `merge-base` and `diff-tree`."""
        return merge.fetch(self.working_copy, folder)

    def merge(
        self, folder: str, fetched: FetchResult, resolutions: Mapping[str, bytes | None], at: datetime
    ) -> MergeResult:
        """Without Git's own merge in the work tree; see the module `merge`."""
        return merge.merge(
            self.working_copy, self.working_copy.folder_path(folder), fetched, merge.Resolutions(resolutions, at)
        )

    def notebooks_with_outputs(self, folder: str) -> Sequence[str]:
        """The first 200 notebooks of `HEAD` are read, and only where no filter is set."""
        return output_stripping.notebooks_with_outputs(self.working_copy, self.working_copy.folder_path(folder))

    def strip_outputs(self, folder: str) -> str:
        """`.gitattributes` and `git add --renormalize` in one commit."""
        return output_stripping.strip_outputs(self.working_copy, self.working_copy.folder_path(folder))

    def refresh_index(self, folder: str, changed: Set[str]) -> int:
        """The index is replaced under its lock."""
        return index_refresh.refresh_index(self.working_copy, folder, changed)
