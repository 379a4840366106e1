"""Status, history and restore of files, and fetching and merging what colleagues pushed.

No local work is lost: before a file is overwritten, its content is committed or copied.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from enablement_ext.core.errors import BadRequest, ForgeAhead, ForgeAway, SetupRefused
from enablement_ext.core.git.merge.cells import count_outputs, with_outputs
from enablement_ext.core.git.merge.file_merge import MergedFile, MergeSides, merge_file, resolved_by_hand
from enablement_ext.core.git.merge.notebook_diff import DiffRow, VersionSummary, compare, summary
from enablement_ext.core.git.merge.notebook_merge import NotebookMerge, Resolution
from enablement_ext.core.git.ports import Backup, FetchResult, FileVersion, FolderStatus, VersionHistory
from enablement_ext.core.git.steps import PullStep, StepState
from enablement_ext.lab.git.conflicts import conflicts_json
from enablement_ext.lab.git.setup import SET_UP, GitSetup, step_line, suggested_message
from enablement_ext.lab.progress import streamed
from enablement_ext.lab.service_responses import problem_of_any

_HISTORY = 50
_LINES = 5_000

Json = dict[str, object]
Choices = Mapping[str, Mapping[str, Resolution] | None]


@dataclass(frozen=True, slots=True)
class _FileResolutions:
    """Files with conflicts: contents that were resolved, files to back up, and notebooks that need a person."""

    contents: dict[str, bytes | None]
    backups: tuple[str, ...]
    unresolved: dict[str, NotebookMerge]


@dataclass(frozen=True, slots=True)
class VersionActions:
    """Answers the routes below `/enablement/git/` about folders that are set up."""

    setup: GitSetup
    versions: VersionHistory
    now: Callable[[], datetime]

    async def status(self, path: str) -> Json:
        """The folder's status. Notebooks that differ in outputs alone are no change; the index is refreshed, so that `git status` agrees."""
        found = await self.setup.status(path)
        folder, changed, busy = found["folder"], found["changed"], self.setup.lock.locked()
        if (
            found["standing"] in SET_UP
            and found["shape"] is None
            and not busy
            and isinstance(folder, str)
            and isinstance(changed, list)
        ):
            async with self.setup.lock:
                await asyncio.to_thread(self.versions.refresh_index, folder, set(changed))
        return found

    async def changes(self, path: str) -> Json:
        """Files that a commit would take, those held back, and a suggested message."""
        return await asyncio.to_thread(self._changes, path)

    async def history(self, path: str) -> Json:
        """Commits that changed a file, the newest first, each with a summary."""
        return await asyncio.to_thread(self._history, path)

    async def version(self, path: str, commit: str) -> Json:
        """A file in a commit: its cells, and the diff to the file in the work tree."""
        return await asyncio.to_thread(self._version, path, commit)

    async def restore(self, path: str, commit: str) -> Json:
        """Restore a file from a commit; what it is now is committed or backed up first. Raises `SetupRefused`, `GitFailed`."""
        async with self.setup.lock:
            return await asyncio.to_thread(self._restore, path, commit)

    async def pull(self, path: str) -> AsyncIterator[Json]:
        """Fetch and merge: lines about steps, then exactly one `got` or `problem`."""
        async with self.setup.lock:
            lines: asyncio.Queue[Json] = asyncio.Queue()
            async for line in streamed(self._pull(path, lines), lines):
                yield line

    async def conflicts(self, path: str) -> Json:
        """Notebooks with conflicts, cell by cell."""
        async with self.setup.lock:
            return await asyncio.to_thread(self._conflicts, path)

    async def resolve(self, path: str, seen: tuple[str, str], choices: Choices) -> Json:
        """Merge with these resolutions, by notebook and conflict; None for a notebook takes theirs and backs ours up."""
        async with self.setup.lock:
            folder = await asyncio.to_thread(self._understood_folder, path, "merge")
            return {"got": await asyncio.to_thread(self._resolve, folder, seen, choices)}

    async def notebooks_with_outputs(self, path: str) -> Json:
        """Notebooks with outputs in `HEAD`, where they can be stripped."""
        return await asyncio.to_thread(self._notebooks_with_outputs, path)

    async def strip_outputs(self, path: str) -> Json:
        """Commit them without outputs, from now on. Raises `SetupRefused`, `GitFailed`."""
        async with self.setup.lock:
            folder = await asyncio.to_thread(self._understood_folder, path)
            return {"folder": folder, "commit": await asyncio.to_thread(self.versions.strip_outputs, folder)}

    def _notebooks_with_outputs(self, path: str) -> Json:
        folder, status = self.setup.nearest(path)
        found = self.versions.notebooks_with_outputs(folder) if status.state in SET_UP else ()
        return {"folder": folder, "notebooks": _paths_below(folder, tuple(found))}

    def _changes(self, path: str) -> Json:
        folder, status = self._set_up_folder(path)
        found = self.versions.changes(folder)
        return {
            "folder": folder,
            "branch": status.branch,
            "unpushed": status.unpushed,
            "files": [{"path": file.path, "state": file.state} for file in found.files],
            "held": [held.document() for held in found.held],
            "message": suggested_message(tuple(file.path for file in found.files)),
        }

    def _history(self, path: str) -> Json:
        folder, name = self._locate(path)
        found = list(self.versions.history(folder, name, _HISTORY + 1))
        data = [self.versions.read(folder, version.commit, name) for version in found]
        older = [*data[1:], None][: len(data)]
        rows = [_version_json(version, summary(old, new)) for version, old, new in zip(found, older, data, strict=True)]
        return {"folder": folder, "path": path, "versions": rows[:_HISTORY], "more": len(found) > _HISTORY}

    def _version(self, path: str, commit: str) -> Json:
        folder, name = self._locate(path)
        data = self._read_version(folder, commit, name)
        present = self.versions.read_working_file(folder, name)
        return {
            "commit": commit,
            "path": path,
            "cells": [_row_json(row) for row in compare(data, data)],
            "compared": [_row_json(row) for row in compare(data, present)],
            "results": count_outputs(present) > count_outputs(with_outputs(data, present)),
        }

    def _restore(self, path: str, commit: str) -> Json:
        folder, name = self._locate(path)
        self.setup.require_understood(folder)
        present, data = self.versions.read_working_file(folder, name), self._read_version(folder, commit, name)
        fresh, found = with_outputs(data, present), self.versions.changes(folder)
        held = any(file.path == name for file in found.held)
        # What holds a secret, or results that no version has, is kept as a copy; the work itself as a version.
        wanted = [name] if any(file.path == name for file in found.files) else []
        words = f"Before going back to an earlier {_file_name(name)}"
        kept = "" if held else self.setup.working_copy.commit(folder, wanted, words)
        backups: list[Backup] = []
        if present is not None and (held or count_outputs(present) > count_outputs(fresh)):
            backups.append(self.versions.back_up(folder, name, self.now()))
        self.versions.write_working_file(folder, name, fresh, commit)
        return {"path": path, "kept": kept, "aside": [_backup_json(folder, each) for each in backups]}

    async def _pull(self, path: str, lines: asyncio.Queue[Json]) -> Json:
        folder = await asyncio.to_thread(self._understood_folder, path, "merge")
        lines.put_nowait(step_line(PullStep.FETCH, StepState.RUNNING))
        fetched = await asyncio.to_thread(self.versions.fetch, folder)
        lines.put_nowait(step_line(PullStep.FETCH, StepState.DONE))
        found = await asyncio.to_thread(self._merge_files, folder, fetched)
        if found.unresolved:
            return {"got": {"state": "clash", "folder": folder, "notebooks": _paths_below(folder, found.unresolved)}}
        lines.put_nowait(step_line(PullStep.JOIN, StepState.RUNNING))
        got = await asyncio.to_thread(self._merge, folder, fetched, found)
        lines.put_nowait(step_line(PullStep.JOIN, StepState.DONE))
        return {"got": got}

    def _conflicts(self, path: str) -> Json:
        folder = self._understood_folder(path, "merge")
        fetched = self.versions.fetch(folder)
        return conflicts_json(folder, fetched, self._merge_files(folder, fetched).unresolved)

    def _resolve(self, folder: str, seen: tuple[str, str], choices: Choices) -> Json:
        fetched = self.versions.fetch(folder)
        if (fetched.our_commit, fetched.their_commit) != seen:
            raise SetupRefused("There are new changes since you looked. Nothing was changed; look again.")
        found = self._merge_files(folder, fetched)
        contents, backups = dict(found.contents), list(found.backups)
        for name, merge in found.unresolved.items():
            if name not in choices:
                raise BadRequest("Choose for every notebook.", facts={"field": name})
            chosen = choices[name]
            if chosen is None:
                contents[name] = self.versions.read(folder, fetched.their_commit, name)
                backups.append(name)
            else:
                contents[name] = merge.resolved(chosen)
        return self._merge(folder, fetched, _FileResolutions(contents, tuple(backups), {}))

    def _merge_files(self, folder: str, fetched: FetchResult) -> _FileResolutions:
        contents, backups, unresolved = dict[str, bytes | None](), list[str](), dict[str, NotebookMerge]()
        for name in fetched.conflicts:
            commits = (fetched.base, fetched.our_commit, fetched.their_commit)
            sides = MergeSides(*(self.versions.read(folder, at, name) if at else None for at in commits))
            if fetched.unfinished:  # in the terminal or an editor
                resolved = resolved_by_hand(name, self.versions.read_working_file(folder, name), sides)
                if resolved is not None:
                    contents[name] = resolved
                    continue
            found = merge_file(sides)
            if not isinstance(found, MergedFile):
                unresolved[name] = found
                continue
            contents[name] = found.data
            if found.back_up:
                backups.append(name)
        return _FileResolutions(contents, tuple(backups), unresolved)

    def _merge(self, folder: str, fetched: FetchResult, found: _FileResolutions) -> Json:
        """Merge, and push where the result is a new commit."""
        at, problem = self.now(), None
        copies = [
            self.versions.back_up(folder, name, at)
            for name in found.backups
            if not fetched.unfinished and self.versions.read_working_file(folder, name) is not None
        ]
        merged = self.versions.merge(folder, fetched, found.contents, at)
        if merged.commit not in (fetched.our_commit, fetched.their_commit):
            try:
                self.setup.working_copy.push(folder)
            except (ForgeAway, ForgeAhead) as away:
                problem = problem_of_any(away).document()
        return {
            "state": "got" if merged.commit != fetched.our_commit else "nothing",
            "folder": folder,
            "commit": merged.commit,
            "files": _paths_below(folder, merged.written),
            "aside": [_backup_json(folder, each) for each in (*copies, *merged.backups)],
            "problem": problem,
        }

    def _read_version(self, folder: str, commit: str, name: str) -> bytes:
        data = self.versions.read(folder, commit, name)
        if data is None:
            raise SetupRefused("This file is not in that version.")
        return data

    def _locate(self, path: str) -> tuple[str, str]:
        """The repository's folder, and the file's path in it."""
        parts = path.split("/")
        if ".." in parts or ".git" in (part.lower() for part in parts):
            raise SetupRefused("This is no file of the folder.")
        folder, _ = self._set_up_folder(path.rpartition("/")[0])
        return folder, path[len(folder) :].lstrip("/")

    def _understood_folder(self, path: str, unless: str = "") -> str:
        """The folder that is set up, once its repository is understood. Raises `SetupRefused`."""
        folder, _ = self._set_up_folder(path)
        self.setup.require_understood(folder, unless)
        return folder

    def _set_up_folder(self, path: str) -> tuple[str, FolderStatus]:
        folder, status = self.setup.nearest(path)
        if status.state not in SET_UP:
            raise SetupRefused("This folder is not under Git yet. Set up Git first.")
        return folder, status


def _version_json(version: FileVersion, what: VersionSummary) -> Json:
    return {
        "commit": version.commit,
        "at": version.at.isoformat(),
        "who": version.who,
        "message": version.message,
        "pushed": version.pushed,
        "summary": {"code": what.code.value, "facts": dict(what.facts)},
    }


def _row_json(row: DiffRow) -> Json:
    lines = [[line.mark, line.text] for line in row.lines[:_LINES]]
    return {"state": row.state, "kind": row.kind, "lines": lines, "cut": len(row.lines) > _LINES}


def _backup_json(folder: str, backups: Backup) -> Json:
    return {"path": f"{folder}/{backups.path}", "copy": f"{folder}/{backups.copy}"}


def _paths_below(folder: str, names: Mapping[str, object] | tuple[str, ...]) -> list[str]:
    return [f"{folder}/{name}" for name in names]


def _file_name(name: str) -> str:
    plain = "".join(mark for mark in name.rpartition("/")[2] if mark.isprintable())
    return plain or "file"
