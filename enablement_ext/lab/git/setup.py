"""The set-up in one click: plan, then step by step with a line about each, then a receipt. Every step may be repeated.

A server that is away stops nothing that can be done here: versions are kept, and copied when it is back.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from enablement_ext.core.errors import ForgeAway, NoService, ServiceAway, SetupRefused
from enablement_ext.core.git.ports import FolderStatus, WorkingCopy
from enablement_ext.core.git.repository_names import RepositoryId, Space, repository_name
from enablement_ext.core.git.setup.plan import SetupPlan, StepKey, make_plan
from enablement_ext.lab.progress import streamed
from enablement_ext.lab.service_client import ServiceClient, ServiceRequest
from enablement_ext.lab.service_responses import ServiceRefused, document_of

_ANSWER_BYTES = 256 * 1024
SET_UP = ("ours", "adopted")
_FIRST = "First version"
_SHOWN = 3

Json = dict[str, object]


@dataclass(slots=True)
class _Course:
    """One set-up on its way."""

    plan: SetupPlan
    commit: str = ""
    why: str = ""  # why it is not published, "" where it is
    theirs: bool = True  # whether the forge may have versions of it


@dataclass(frozen=True, slots=True)
class _Words:
    """What the author says about a version. `chosen`: the files of it, None for all that changed."""

    message: str
    chosen: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class GitSetup:
    """Answers the routes below `/enablement/git/`. One thing at a time: two tabs that press the button make one repository."""

    working_copy: WorkingCopy
    service: ServiceClient | None
    public_url: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def plan(self, folder: str) -> Json:
        """What would be done in this folder. Nothing is written."""
        return _plan_json(await asyncio.to_thread(self._plan, folder))

    async def status(self, path: str) -> Json:
        """How the folder, or the set-up folder it lies in, stands."""
        folder, found = await asyncio.to_thread(self.nearest, path)
        return {
            "folder": folder,
            "standing": found.state,
            "branch": found.branch,
            "changed": list(found.changed),
            "unpushed": found.unpushed,
            "message": suggested_message(found.changed),
            "page": self._page(folder) if found.state in SET_UP else None,
        }

    async def apply(self, folder: str) -> AsyncIterator[Json]:
        """Set up, or repair: lines about steps, then exactly one `receipt` or `problem`."""
        async with self.lock:
            lines: asyncio.Queue[Json] = asyncio.Queue()
            async for line in streamed(self._apply(folder, lines), lines):
                yield line

    async def save(self, path: str, message: str, chosen: Sequence[str] | None = None) -> AsyncIterator[Json]:
        """Keep a version of what changed, or of what of it was chosen, and copy it; lines as with `apply`."""
        async with self.lock:
            lines: asyncio.Queue[Json] = asyncio.Queue()
            async for line in streamed(self._save(path, _Words(message, chosen), lines), lines):
                yield line

    async def undo(self, folder: str) -> Json:
        """Take it back. Raises `SetupRefused`, `GitFailed`, `ForgeAway`."""
        async with self.lock:
            await asyncio.to_thread(self.working_copy.undo, folder)
        return {"folder": folder, "undone": True}

    async def _apply(self, folder: str, lines: asyncio.Queue[Json]) -> Json:
        course = _Course(_possible(await asyncio.to_thread(self._plan, folder)))
        plan = course.plan
        for step in plan.steps:
            lines.put_nowait({"step": {"key": step.key.value, "state": "running", "sentence": step.sentence}})
            await self._step(step.key, course)
            state = "waiting" if course.why and step.key in _ONLINE else "done"
            lines.put_nowait({"step": {"key": step.key.value, "state": state, "sentence": step.sentence}})
        return self._receipt(course)

    async def _step(self, key: StepKey, course: _Course) -> None:
        """One step. A server that is away is noted, and what needs it is left for later."""
        if course.why and key in _ONLINE:
            return
        try:
            await self._do(key, course)
        except (ForgeAway, ServiceAway, NoService) as away:
            course.why = away.message
        except ServiceRefused as refusal:
            if key is not StepKey.FORGE or refusal.problem.status not in (409, 422, 429, *range(500, 600)):
                raise
            course.why = refusal.problem.detail

    async def _do(self, key: StepKey, course: _Course) -> None:
        folder, plan = course.plan.folder, course.plan
        if key is StepKey.CONFIGURE:
            await asyncio.to_thread(self.working_copy.configure)
        elif key is StepKey.FORGE:
            course.theirs = await self._adopt(folder)
        elif key is StepKey.PREPARE:
            await asyncio.to_thread(self.working_copy.prepare, folder, plan.url)
            if course.theirs and not course.why:
                await asyncio.to_thread(self.working_copy.adopt_history, folder)
        elif key is StepKey.COMMIT:
            course.commit = await asyncio.to_thread(self.working_copy.commit, folder, plan.kept, _FIRST)
        elif key is StepKey.PUSH:
            await asyncio.to_thread(self.working_copy.push, folder)
        else:
            await self._verify(course)

    async def _verify(self, course: _Course) -> None:
        here, there = await asyncio.to_thread(self.working_copy.heads, course.plan.folder)
        course.commit = here
        if here != there:
            raise ForgeAway(
                "The server has another version than the one that was copied. Nothing was lost; press Repair."
            )

    async def _save(self, path: str, said: _Words, lines: asyncio.Queue[Json]) -> Json:
        folder, found = await asyncio.to_thread(self.nearest, path)
        if found.state not in SET_UP:
            raise SetupRefused("This folder is not under Git yet. Set up Git first.")
        course = _Course(_possible(await asyncio.to_thread(self._plan, folder)))
        await asyncio.to_thread(self.working_copy.configure)
        await asyncio.to_thread(self.working_copy.prepare, folder, course.plan.url)  # the service may have moved
        files = tuple(file for file in found.changed if said.chosen is None or file in said.chosen)
        words = said.message.strip() or suggested_message(files)
        for key, sentence in _SAVING:
            lines.put_nowait({"step": {"key": key.value, "state": "running", "sentence": sentence}})
            if key is StepKey.COMMIT:
                course.commit = await asyncio.to_thread(self.working_copy.commit, folder, files, words)
            else:
                await self._step(key, course)
            state = "waiting" if course.why and key in _ONLINE else "done"
            lines.put_nowait({"step": {"key": key.value, "state": state, "sentence": sentence}})
        return self._receipt(course)

    async def _adopt(self, folder: str) -> bool:
        """Make or find the repository; whether it has versions. Raises `NoService`, `ServiceAway`, `ServiceRefused`."""
        if self.service is None:
            raise NoService
        body = json.dumps({"name": self._repository(folder).name, "group": None}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        answer = await self.service.open(ServiceRequest("POST", "/api/v1/git/repositories", headers, body))
        try:
            found = document_of(answer.status, await answer.read(_ANSWER_BYTES))
            self._require_agreed(folder, found.get("url"))
            return bool(found.get("heads"))
        finally:
            answer.close()

    def _require_agreed(self, folder: str, told: object) -> None:
        """Raises `SetupRefused` where the service keeps the repository elsewhere than the hub told this server."""
        if (told or "") != (self._url(folder) if self.working_copy.owner.forge else ""):
            raise SetupRefused(
                "Hub and review service do not agree on where repositories are kept (Enablement.forge_base). Tell your platform engineers."
            )

    def _plan(self, folder: str) -> SetupPlan:
        return make_plan(self.working_copy.inspect(folder), self._url(folder))

    def nearest(self, path: str) -> tuple[str, FolderStatus]:
        """The folder itself where it is set up, else the nearest above it that is."""
        first, at = self.working_copy.status(path), path
        found = first
        while found.state not in SET_UP and at:
            at = at.rpartition("/")[0]
            found = self.working_copy.status(at) if at else first
        return (at, found) if found.state in SET_UP else (path, first)

    def _repository(self, folder: str) -> RepositoryId:
        return RepositoryId(Space.USER, self.working_copy.owner.person.name, repository_name(folder))

    def _url(self, folder: str) -> str:
        return self.working_copy.owner.url(self._repository(folder))

    def _page(self, folder: str) -> str:
        return f"{self.public_url.rstrip('/')}/{self._repository(folder).path}"

    def _receipt(self, course: _Course) -> Json:
        plan = course.plan
        return {
            "receipt": {
                "folder": plan.folder,
                "commit": course.commit,
                "url": plan.url,
                "page": self._page(plan.folder),
                "published": not course.why,
                "why": course.why,
                "kept": list(plan.kept),
                "held": [{"path": held.path, "why": held.why} for held in plan.held],
            }
        }


_ONLINE = (StepKey.FORGE, StepKey.PUSH, StepKey.VERIFY)
_SAVING = (
    (StepKey.COMMIT, "Keep a version of what changed."),
    (StepKey.PUSH, "Copy the versions to the server."),
    (StepKey.VERIFY, "Look whether they arrived."),
)


def _possible(plan: SetupPlan) -> SetupPlan:
    """The plan, where nothing stands in its way. Raises `SetupRefused`."""
    if not plan.possible:
        reasons = [refusal.code for refusal in plan.refusals]
        raise SetupRefused(plan.refusals[0].sentence, facts={"reasons": reasons})
    return plan


def suggested_message(changed: tuple[str, ...]) -> str:
    """A sentence about what changed, for a version that nobody wrote one for."""
    names = [path.rpartition("/")[2] for path in changed]
    shown = ["".join(mark for mark in name if mark.isprintable()) for name in names[:_SHOWN]]
    if not names:
        return "Change"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"Change {', '.join(shown)}{more}"


def _plan_json(plan: SetupPlan) -> Json:
    return {
        "folder": plan.folder,
        "url": plan.url,
        "possible": plan.possible,
        "steps": [
            {"key": step.key.value, "sentence": step.sentence, "idea": step.idea, "done": step.done}
            for step in plan.steps
        ],
        "kept": list(plan.kept),
        "held": [{"path": held.path, "why": held.why} for held in plan.held],
        "refusals": [{"code": refusal.code, "sentence": refusal.sentence} for refusal in plan.refusals],
    }
