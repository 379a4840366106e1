"""What differs between a version that was sent and the author's files as they are now, worked out in the author's own server."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.errors import EnablementError, NotFound
from enablement_ext.core.images.compatibility import RecordedImage
from enablement_ext.core.notebook.canonical import canonicalise
from enablement_ext.core.notebook.views import view_cells
from enablement_ext.core.review.differences.models import Correspondence, VersionDifference
from enablement_ext.core.review.differences.versions import ComparedVersion, compared_texts, version_difference
from enablement_ext.core.review.models import FileEntry, FileRole, ImageRef
from enablement_ext.core.submission.ports import Home
from enablement_ext.lab.service_client import ServiceClient, ServiceRequest
from enablement_ext.lab.service_responses import document_of
from enablement_ext.web.difference_json import version_difference_json

_ANSWER_BYTES = 16 * 1024 * 1024
_NOTEBOOK_BYTES = 256 * 1024 * 1024
_HASHED_BYTES = 512 * 1024 * 1024  # of all files that are read to see whether they changed

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WorkingCopyComparison:
    """Answers `GET /enablement/difference`. `here` is the image of this server, None where no hub started it out of a catalog."""

    home: Home
    here: RecordedImage | None

    async def of(self, submission: int, number: int, path: str, service: ServiceClient) -> Json:
        """The contract's `WorkingDifference`: the version on the old side, the notebook at `path` and the files that went with it on the new.

        Raises `NotFound`, `FileUnreadable`, `TooLarge`, `BadNotebook`, `ServiceAway`, `ServiceRefused`.
        """
        base = f"/api/v1/submissions/{submission}"
        version = _version(document_of(*await ask(base, service, _ANSWER_BYTES)), number)
        sent = await sent_file(f"{base}/versions/{number}/files/0", service)
        files, notebook_path = [_entry(each) for each in version["files"]], str(version["notebook"]["path"])
        image = ImageRef(*(str(version["image"][name]) for name in ("slug", "release", "digest", "python")))
        now = await asyncio.to_thread(self._files, files, path, notebook_path)
        wanted, texts = compared_texts(files, now)[0], dict[str, bytes]()
        for index, entry in enumerate(files, 1):
            if entry.sha256 in wanted:
                texts[entry.sha256] = await sent_file(f"{base}/versions/{number}/files/{index}", service)
        old = ComparedVersion(sent, files, image, notebook_path, texts)
        return {
            "submission": submission,
            "version": number,
            "path": path,
            **await asyncio.to_thread(self._compared, old, path, now),
        }

    def _compared(self, old: ComparedVersion, path: str, files: list[FileEntry]) -> Json:
        notebook = canonicalise(self.home.read(path, _NOTEBOOK_BYTES)).data
        wanted = set(compared_texts(old.files, files)[1])
        texts = {
            entry.sha256: self.home.read(_beside(entry.path, old.path, path), entry.size)
            for entry in files
            if entry.sha256 in wanted
        }
        new = ComparedVersion(notebook, files, self._image(old.image), old.path, texts)
        found = version_difference(old, new)
        return {"difference": version_difference_json(found), "cells": view_cells(notebook, _shown(found))}

    def _image(self, sent: ImageRef) -> ImageRef:
        """This server's; the sent one where nobody knows it."""
        here = self.here
        if here is None or (here.slug, here.release) == (sent.slug, sent.release):
            return sent
        return ImageRef(here.slug, here.release, here.digest, sent.python)

    def _files(self, sent: list[FileEntry], path: str, sent_path: str) -> list[FileEntry]:
        """The same files as they are now; those that cannot be read are gone."""
        left = _HASHED_BYTES
        found: list[FileEntry] = []
        for entry in sent:
            place = _beside(entry.path, sent_path, path)
            size = self.home.size(place)
            if size is None:
                continue
            left -= size
            hashed = self._hash(place) if left >= 0 else entry.sha256
            if hashed is not None:
                found.append(FileEntry(entry.path, hashed, size, entry.role))
        return found

    def _hash(self, path: str) -> str | None:
        hashed = hashlib.sha256()
        try:
            for chunk in self.home.chunks(path):
                hashed.update(chunk)
        except EnablementError:
            return None
        return hashed.hexdigest()


def _shown(found: VersionDifference) -> list[int]:
    return [
        cell.new for cell in found.notebook.cells if cell.new is not None and cell.standing is not Correspondence.SAME
    ]


def _beside(path: str, sent: str, now: str) -> str:
    """Where a file lies now: it moved with the folder of its notebook."""
    before, after = sent.rpartition("/")[0], now.rpartition("/")[0]
    inside = path.startswith(f"{before}/") if before else True
    if before == after or not inside:
        return path
    rest = path[len(before) + 1 :] if before else path
    return f"{after}/{rest}" if after else rest


def _version(detail: Json, number: int) -> Json:
    versions = detail.get("versions")
    found = (
        next((each for each in versions if each.get("number") == number), None) if isinstance(versions, list) else None
    )
    if not isinstance(found, dict):
        raise NotFound
    return found


def _entry(file: Mapping[str, Any]) -> FileEntry:
    return FileEntry(str(file["path"]), str(file["sha256"]), int(file["size"]), FileRole(file["role"]))


async def sent_file(path: str, service: ServiceClient) -> bytes:
    """The bytes of a stored file. Raises what the service says."""
    status, body = await ask(path, service, _NOTEBOOK_BYTES, "application/octet-stream")
    if status != 200:
        document_of(status, body)  # says why
    return body


async def ask(path: str, service: ServiceClient, most: int, media_type: str = "application/json") -> tuple[int, bytes]:
    """Status and body of an answer of the service. Raises `ServiceAway`, `TooLarge`."""
    answer = await service.open(ServiceRequest("GET", path, {"Accept": media_type}))
    try:
        return answer.status, await answer.read(most)
    finally:
        answer.close()
