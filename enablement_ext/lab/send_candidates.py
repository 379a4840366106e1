"""Data of the send dialog: the files a notebook depends on, and its earlier submissions."""

from __future__ import annotations

import asyncio
import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from enablement_ext.core.errors import BadBundle, ServiceAway
from enablement_ext.core.review.queue import ENDED
from enablement_ext.core.submission.bundle import BundleLimits, check_path, path_flaw
from enablement_ext.core.submission.dependencies import NeededFile, find_dependencies
from enablement_ext.core.submission.ports import GitSource, Home
from enablement_ext.core.submission.tar_format import shown_name
from enablement_ext.lab.notebook_file import read_notebook
from enablement_ext.lab.service_client import ServiceClient, ServiceRequest
from enablement_ext.lab.service_responses import document_of
from enablement_ext.web.serializers import git_json

_ANSWER_BYTES = 16 * 1024 * 1024
_SELECTED_BYTES = 32 * 1024 * 1024  # larger files are offered and left to the author
_PREVIOUS = 20
TOO_LARGE = "too-large"  # beside the codes of `PathFlaw`

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Answers `GET /enablement/candidates`."""

    home: Home
    git: GitSource
    limits: BundleLimits

    async def of(self, path: str, service: ServiceClient) -> Json:
        """Everything the dialog needs.

        Raises `FileUnreadable`, `TooLarge`, `BadNotebook`, `BadBundle` for a name that cannot be sent, `ServiceAway`: what would be refused
        after the form is filled in is said before.
        """
        contents, git, previous = await asyncio.gather(
            asyncio.to_thread(self._contents, path), asyncio.to_thread(self.git.facts, path), _previous(path, service)
        )
        return {**contents, "git": git_json(git), "previous": previous, "answers": await _answers(previous, service)}

    def _contents(self, path: str) -> Json:
        raw = self.home.read(path, self.limits.file_bytes)
        _check_name(path)
        notebook = read_notebook(path, raw)
        needed = find_dependencies(path, notebook.code, self.home)
        return {
            "notebook": {"path": path, "size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()},
            "title": notebook.title,
            "files": self._offered(needed.files, len(raw)),
            "missing": [
                {"path": item.path, "code": item.code.value, "facts": dict(item.facts)} for item in needed.missing
            ],
        }

    def _offered(self, files: Iterable[NeededFile], total: int) -> list[Json]:
        """Candidates; what is needed for certain is selected as far as the limits allow."""
        offered: list[Json] = []
        selected = 0
        for file in files:
            problem = self._problem(file)
            fits = total + file.size <= self.limits.total_bytes and selected < self.limits.files - 1
            choose = problem is None and file.sure and fits and file.size <= _SELECTED_BYTES
            if choose:
                total += file.size
                selected += 1
            offered.append(
                {
                    "path": file.path,
                    "size": file.size,
                    "role": file.role.value,
                    "use": {"code": file.use.code.value, "facts": dict(file.use.facts)},
                    "selected": choose,
                    "problem": problem,
                }
            )
        return offered

    def _problem(self, file: NeededFile) -> Json | None:
        """Why this file cannot be sent, None where it can."""
        path = bundle_path(file.path)
        if flaw := path_flaw(path):
            return {"code": flaw.value, "facts": {"path": shown_name(path)}}
        limit = self.limits.file_bytes
        return {"code": TOO_LARGE, "facts": {"bytes": limit}} if file.size > limit else None


def _check_name(path: str) -> None:
    try:
        check_path(bundle_path(path))
    except BadBundle as flaw:
        raise BadBundle(f"{flaw.message} Rename it, then send it.", facts=flaw.facts) from None


def bundle_path(path: str) -> str:
    """The path in a bundle: Unicode NFC, whatever the author's disk has."""
    return unicodedata.normalize("NFC", path)


async def _previous(path: str, service: ServiceClient) -> list[Json]:
    """The author's submissions of this notebook, those that live first."""
    query = urlencode({"filter": "sent", "path": bundle_path(path), "limit": _PREVIOUS})
    page = await _ask(f"/api/v1/submissions?{query}", service)
    items = page.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ServiceAway
    return sorted(items, key=lambda item: str(item.get("state")) in ENDED)


async def _answers(previous: list[Json], service: ServiceClient) -> object:
    """What the author wrote the last time, None at the first."""
    if not previous:
        return None
    newest = max(previous, key=lambda item: str(item.get("updated_at")))
    detail = await _ask(f"/api/v1/submissions/{int(str(newest.get('number')))}", service)
    versions = detail.get("versions")
    if not isinstance(versions, list) or not versions or not isinstance(versions[-1], dict):
        return None
    return versions[-1].get("answers")


async def _ask(path: str, service: ServiceClient) -> Json:
    answer = await service.open(ServiceRequest("GET", path, {"Accept": "application/json"}))
    body = await answer.read(_ANSWER_BYTES)
    return document_of(answer.status, body)
