"""Preflight: what checks find in a notebook before it is sent, by the hub's rules, and what would be kept of its outputs.

The same checks as in the review service, with what only this server knows: files that lie near, and what is installed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from enablement_ext.core.checks.judging import Rules, finding_json, judged
from enablement_ext.core.checks.models import FindingKind, NotebookSurroundings, SentFile
from enablement_ext.core.checks.policy import CheckPolicy, policy_from
from enablement_ext.core.checks.reading import checked_notebook
from enablement_ext.core.checks.registry import CheckEngines, all_checks, findings_of, kinds_of
from enablement_ext.core.errors import BadRequest, EnablementError, FileUnreadable, ServiceAway
from enablement_ext.core.notebook import canonicalise
from enablement_ext.core.output_policy.applying import apply_rules
from enablement_ext.core.secrets.not_secrets import content_mark
from enablement_ext.core.submission.dependencies import NeededFile, find_dependencies
from enablement_ext.core.submission.ports import GitSource, Home
from enablement_ext.lab.images.queries import ImageQueries, ImageSurroundings
from enablement_ext.lab.notebook_file import read_notebook
from enablement_ext.lab.send_candidates import bundle_path
from enablement_ext.lab.service_client import ServiceClient, ServiceRequest
from enablement_ext.lab.service_responses import ServiceRefused, document_of

_RULES_BYTES = 1024 * 1024
_FILES = 5_000

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class PreflightQuestion:
    """Which notebook, and the files that the author has chosen to send with it."""

    path: str
    files: tuple[str, ...]


def preflight_question(body: Json) -> PreflightQuestion:
    """From the request's JSON object. Raises `BadRequest` naming the field."""
    path, files = body.get("path"), body.get("files")
    if not isinstance(path, str) or not path.endswith(".ipynb"):
        raise BadRequest("“path” is missing or not valid.", facts={"field": "path"})
    if not isinstance(files, list) or len(files) > _FILES or not all(isinstance(file, str) for file in files):
        raise BadRequest("“files” is missing or not valid.", facts={"field": "files"})
    return PreflightQuestion(path.lstrip("/"), tuple(sorted(set(files))))


@dataclass(frozen=True, slots=True)
class Preflight:
    """Answers `POST /enablement/preflight`. `engines` are made when they are needed: that looks for programs."""

    home: Home
    git: GitSource
    images: ImageQueries
    engines: Callable[[], CheckEngines]
    most_bytes: int

    async def of(self, question: PreflightQuestion, service: ServiceClient | None) -> Json:
        """Findings and what of the outputs is not kept; `policy` is None where the hub's rules cannot be asked for now: then it judges by the
        checks' own. Raises `FileUnreadable`, `TooLarge`, `BadNotebook`."""
        rules, image = await asyncio.gather(self._rules(service), self.images.surroundings(service))
        return await asyncio.to_thread(self._found, question, rules, image)

    async def _rules(self, service: ServiceClient | None) -> Mapping[str, object] | None:
        here = self.images.here
        if service is None:
            return None
        query = urlencode({"image": here.slug}) if here else ""
        try:
            answer = await service.open(
                ServiceRequest("GET", f"/api/v1/check-rules?{query}", {"Accept": "application/json"})
            )
            return document_of(answer.status, await answer.read(_RULES_BYTES))
        except (EnablementError, ServiceRefused):
            return None

    def _found(self, question: PreflightQuestion, told: Mapping[str, object] | None, image: ImageSurroundings) -> Json:
        raw = self.home.read(question.path, self.most_bytes)
        checks = all_checks(engines=self.engines())
        kinds = kinds_of(checks)
        policy = CheckPolicy() if told is None else _policy(told, kinds)
        kept, taken = apply_rules(canonicalise(raw).data, policy.outputs)
        notebook = checked_notebook(kept, self._around(question, raw, image))
        found = judged(findings_of(checks, notebook), Rules(kinds, policy))
        return {
            "policy": None if told is None else policy.version,
            "findings": [finding_json(each) for each in found],
            "taken_out": [each.as_json() for each in taken],
            "content": self._content(question, raw),
        }

    def _content(self, question: PreflightQuestion, raw: bytes) -> str | None:
        """The name that what would be sent now has; None where a file cannot be read."""
        try:
            files = [(bundle_path(path), self._sha256(path)) for path in question.files if path != question.path]
        except FileUnreadable:
            return None
        return content_mark(sha256(raw).hexdigest(), files)

    def _sha256(self, path: str) -> str:
        found = sha256()
        for chunk in self.home.chunks(path):
            found.update(chunk)
        return found.hexdigest()

    def _around(self, question: PreflightQuestion, raw: bytes, image: ImageSurroundings) -> NotebookSurroundings:
        chosen = self._sizes(question.files)
        needed = find_dependencies(question.path, read_notebook(question.path, raw).code, self.home).files
        near = {bundle_path(file.path): _file(file) for file in needed}
        return NotebookSurroundings(
            path=bundle_path(question.path),
            sent=chosen,
            near={path: file for path, file in near.items() if path not in chosen},
            release=image.release,
            modules=image.modules,
            drift=image.drift,
            git_known=True,
            git=self.git.facts(question.path),
        )

    def _sizes(self, files: Sequence[str]) -> dict[str, SentFile]:
        sizes = ((bundle_path(path), self.home.size(path)) for path in files)
        return {path: SentFile(path, size) for path, size in sizes if size is not None}


def _policy(told: Mapping[str, object], kinds: Mapping[str, FindingKind]) -> CheckPolicy:
    """Raises `ServiceAway` where what answered is no service of ours."""
    try:
        return policy_from(told, kinds)
    except (KeyError, ValueError, TypeError, AttributeError):
        raise ServiceAway from None


def _file(file: NeededFile) -> SentFile:
    return SentFile(bundle_path(file.path), file.size)
