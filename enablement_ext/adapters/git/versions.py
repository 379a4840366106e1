"""Versions that there are: what changed since the last one, what a file was like, and files of the author's, reached with care."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from enablement_ext.adapters.git import files, index_refresh, inspection, merge, output_stripping
from enablement_ext.adapters.git.remote import TRACKING
from enablement_ext.adapters.git.working_copy import GitWorkshop, is_hidden, where_of
from enablement_ext.core.errors import BadRequest
from enablement_ext.core.git.setup.file_selection import Held, choose
from enablement_ext.core.git.version_ports import Aside, ChangedFile, Changes, Joined, Meeting, Version

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class GitVersions:
    """Implements `Versions` over the folders of a workshop."""

    shop: GitWorkshop

    def changes(self, folder: str) -> Changes:
        """Secrets are looked for in what changed, and in nothing else."""
        at = self.shop.place(folder)
        kept = set(self.shop.to_keep(at))
        entries = self.shop.entries(at)
        known = tuple(ChangedFile(path, _state(code)) for code, path in entries if path in kept)
        rest = [path for _, path in entries if path not in kept and not is_hidden(path)]
        _, held = choose(inspection.file_in(at, path) for path in rest if not (at / path).is_symlink())
        links = [Held(path, "It is a link to another place.") for path in rest if (at / path).is_symlink()]
        return Changes(known, (*held, *links))

    def history(self, folder: str, path: str, most: int) -> Sequence[Version]:
        """From `git log`, the file's path taken literally."""
        at = self.shop.place(folder)
        where = where_of(at)
        arguments = ["log", f"--max-count={most}", "-z", "--format=%H%x00%ct%x00%an%x00%B", "HEAD", "--", path]
        if not self.shop.head(at):
            return ()
        parts = self.shop.git.must(where, arguments).out.decode(errors="replace").split("\0")
        known = self.shop.git.run(where, ["rev-parse", "--verify", "--quiet", TRACKING]).code == 0
        span = [f"{TRACKING}..HEAD"] if known else ["HEAD"]
        here = set(self.shop.git.must(where, ["rev-list", *span]).text.split())
        rows = zip(parts[::4], parts[1::4], parts[2::4], parts[3::4], strict=False)
        return [
            Version(commit, datetime.fromtimestamp(int(when), UTC), who, message.strip(), commit not in here)
            for commit, when, who, message in rows
        ]

    def read(self, folder: str, commit: str, path: str) -> bytes | None:
        """A regular file of a commit."""
        at = self.shop.place(folder)
        if not _COMMIT.fullmatch(commit):
            raise BadRequest("This is no version.", facts={"field": "commit"})
        return merge.blob(self.shop, at, commit, path)

    def present(self, folder: str, path: str) -> bytes | None:
        """Through no link."""
        return files.read(files.plain(self.shop.place(folder), path))

    def put(self, folder: str, path: str, data: bytes) -> None:
        """At once."""
        file = files.plain(self.shop.place(folder), path)
        files.make_parents(file)
        files.write(file, data)

    def keep_aside(self, folder: str, path: str, at: datetime) -> Aside:
        """Made as a new file; it never replaces one."""
        return files.keep_aside(self.shop.place(folder), path, at)

    def meet(self, folder: str) -> Meeting:
        """See `joining`."""
        return merge.meet(self.shop, self.shop.place(folder))

    def join(self, folder: str, meeting: Meeting, settled: Mapping[str, bytes | None], at: datetime) -> Joined:
        """See `joining`."""
        return merge.join(self.shop, self.shop.place(folder), meeting, merge.Settled(settled, at))

    def with_results(self, folder: str) -> Sequence[str]:
        """See `results`."""
        return output_stripping.notebooks_with_results(self.shop, self.shop.place(folder))

    def keep_results_out(self, folder: str) -> str:
        """See `results`."""
        return output_stripping.keep_out(self.shop, self.shop.place(folder))

    def settle_rerun(self, folder: str, changed: Set[str]) -> int:
        """See `rerun`."""
        return index_refresh.settle_rerun(self.shop, folder, changed)


def _state(code: str) -> str:
    if "D" in code:
        return "deleted"
    return "new" if code == "??" or "A" in code else "changed"
