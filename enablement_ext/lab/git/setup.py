"""Set up, commit and push: a plan, then a line of progress for each step, then a receipt. Every step is idempotent.

An unreachable forge stops nothing local: commits are made, and pushed when it is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from enablement_ext.core.errors import ForgeAway, NoService, ServiceAway, SetupRefused
from enablement_ext.core.git.access.ports import Access
from enablement_ext.core.git.ports import FolderStatus, WorkingCopy
from enablement_ext.core.git.repository_names import RepositoryId
from enablement_ext.core.git.setup.plan import PlanRefusal, SetupPlan, StepKey, make_plan, shape_refusal
from enablement_ext.core.git.shape import LockHolder, ShapeCode, ShapeReason, shape_of
from enablement_ext.core.git.steps import PullStep, StepState
from enablement_ext.lab.git.access_memory import AccessMemory
from enablement_ext.lab.git.places import Place, Places
from enablement_ext.lab.progress import streamed
from enablement_ext.lab.service_client import ServiceClient
from enablement_ext.lab.service_responses import ServiceRefused, problem_of_any
from enablement_ext.web.problem import Problem

SET_UP = ("ours", "adopted")
_FIRST = "First version"
_SHOWN = 3

Json = dict[str, object]


@dataclass(slots=True)
class _SetupRun:
    """The state of a running set-up."""

    plan: SetupPlan
    place: Place
    commit: str = ""
    branch: str = "main"
    problem: Problem | None = None  # why it is not published
    has_remote_history: bool = True  # whether the forge may have commits


@dataclass(frozen=True, slots=True)
class _CommitRequest:
    """Message and files of a commit; None for all changed files."""

    message: str
    chosen: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class GitSetup:
    """Answers the routes below `/enablement/git/`. One thing at a time: two tabs that press the button make one repository."""

    working_copy: WorkingCopy
    service: ServiceClient | None
    public_url: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    access: AccessMemory = field(default_factory=AccessMemory)

    async def plan(self, folder: str, group: str = "") -> Json:
        """What would be done in this folder, for a group where one is named. Nothing is written."""
        place, plan = await self._plan(folder, group)
        return {**_plan_json(plan), **_place_json(place), "page": place.page or self._page(place.repository)}

    async def status(self, path: str) -> Json:
        """The status of the folder, or of the set-up folder that it lies in."""
        folder, found = await asyncio.to_thread(self.nearest, path)
        set_up = found.state in SET_UP
        shape = await asyncio.to_thread(self.shape, folder) if set_up else ()
        repository = await asyncio.to_thread(self.repository_of, folder) if set_up else None
        place = await self.access.of(self.places, repository) if repository else None
        return {
            "folder": folder,
            "standing": found.state,
            "branch": found.branch,
            "changed": list(found.changed),
            "held": [held.document() for held in found.held],
            "unpushed": found.unpushed,
            "message": suggested_message(found.changed),
            "page": self._page(repository) if repository else None,
            "shape": next((shape_refusal(reason).document() for reason in shape if not _passes_soon(reason)), None),
            "repository": place.shown if place else None,
            "access": place.access.value if place and place.access else None,
            "ask": place.ask if place else "",
        }

    def shape(self, folder: str) -> tuple[ShapeReason, ...]:
        """Why the folder's repository is left alone, nothing where it is understood."""
        return shape_of(self.working_copy.repository(folder), self.working_copy.owner.url(self.repository_of(folder)))

    def repository_of(self, folder: str) -> RepositoryId:
        """The repository that a folder was set up for."""
        return self.working_copy.place(folder) or self.working_copy.owner.repository_of(folder)

    @property
    def places(self) -> Places:
        """Which repository a folder belongs to."""
        return Places(self.working_copy, self.service)

    def require_understood(self, folder: str, unless: str = "") -> None:
        """Every button asks this at the moment it acts. `unless`: an operation that it is there to finish. Raises `SetupRefused`."""
        self.working_copy.release_locks(folder)
        left = [reason for reason in self.shape(folder) if not (unless and reason.facts.get("operation") == unless)]
        if left:
            raise refused([shape_refusal(left[0])])

    async def apply(self, folder: str, repair: bool = False, group: str = "") -> AsyncIterator[Json]:
        """Set up, or repair: lines about steps, then exactly one `receipt` or `problem`. A repair removes locks that are left behind."""
        async with self.lock:
            lines: asyncio.Queue[Json] = asyncio.Queue()
            await asyncio.to_thread(self.working_copy.release_locks, folder, repair)
            async for line in streamed(self._apply(folder, group, lines), lines):
                yield line

    async def save(self, path: str, message: str, chosen: Sequence[str] | None = None) -> AsyncIterator[Json]:
        """Commit what changed, or what of it was chosen, and push; lines as with `apply`."""
        async with self.lock:
            lines: asyncio.Queue[Json] = asyncio.Queue()
            async for line in streamed(self._save(path, _CommitRequest(message, chosen), lines), lines):
                yield line

    async def undo(self, folder: str) -> Json:
        """Remove what the set-up made; `kept` is the file with what the server does not have. Raises `SetupRefused`, `GitFailed`, `ForgeAway`."""
        async with self.lock:
            await asyncio.to_thread(self.require_understood, folder)
            name = await asyncio.to_thread(self.working_copy.undo, folder)
        above = folder.rpartition("/")[0]
        kept = {"kept": f"{above}/{name}".lstrip("/")} if name else {}
        return {"folder": folder, "undone": True, **kept}

    async def _apply(self, folder: str, group: str, lines: asyncio.Queue[Json]) -> Json:
        place, plan = await self._plan(folder, group)
        run = _SetupRun(_applicable(plan), place)
        for step in plan.steps:
            lines.put_nowait(step_line(step.key, StepState.RUNNING))
            await self._step(step.key, run)
            lines.put_nowait(step_line(step.key, _state_after(step.key, run)))
        if place.access is Access.READ:  # nothing was committed, and nothing is pushed
            found = await asyncio.to_thread(self.working_copy.status, folder)
            run.commit, run.branch = found.commit, found.branch
        return self._receipt(run)

    async def _step(self, key: StepKey, run: _SetupRun) -> None:
        """Run one step. Where the forge is unreachable, steps that need it are left for later."""
        if run.problem and key in _ONLINE:
            return
        try:
            await self._do(key, run)
        except (ForgeAway, ServiceAway, NoService) as away:
            run.problem = problem_of_any(away)
        except ServiceRefused as refusal:
            if key is not StepKey.FORGE or refusal.problem.status not in (409, 422, 429, *range(500, 600)):
                raise
            run.problem = refusal.problem

    async def _do(self, key: StepKey, run: _SetupRun) -> None:
        folder, plan = run.plan.folder, run.plan
        if key is StepKey.CONFIGURE:
            await asyncio.to_thread(self.working_copy.configure)
        elif key is StepKey.FORGE:
            run.has_remote_history = await self._adopt(run.place)
        elif key is StepKey.PREPARE:
            await asyncio.to_thread(self.working_copy.prepare, folder, run.place.repository)
            if run.has_remote_history and run.problem is None:
                await asyncio.to_thread(self.working_copy.adopt_history, folder)
        elif key is StepKey.COMMIT:
            run.commit = await asyncio.to_thread(self.working_copy.commit, folder, plan.kept, _FIRST)
        elif key is StepKey.PUSH:
            await asyncio.to_thread(self.working_copy.push, folder)
        else:
            await self._verify(run)

    async def _verify(self, run: _SetupRun) -> None:
        head, remote_head = await asyncio.to_thread(self.working_copy.heads, run.plan.folder)
        run.commit = head
        run.branch = (await asyncio.to_thread(self.working_copy.status, run.plan.folder)).branch
        if head != remote_head:
            raise ForgeAway(
                "The server has another version than the one that was copied. Nothing was lost; press Repair."
            )

    async def _save(self, path: str, request: _CommitRequest, lines: asyncio.Queue[Json]) -> Json:
        folder, found = await asyncio.to_thread(self.nearest, path)
        if found.state not in SET_UP:
            raise SetupRefused("This folder is not under Git yet. Set up Git first.")
        await asyncio.to_thread(self.require_understood, folder)
        place, plan = await self._plan(folder)
        run = _SetupRun(_applicable(plan), place, branch=found.branch)
        if place.access is Access.READ:
            raise refused([place.standing.refusal])  # before anything is written
        await asyncio.to_thread(self.working_copy.configure)
        await asyncio.to_thread(self.working_copy.prepare, folder, place.repository)  # the service may have moved
        files = tuple(file for file in found.changed if request.chosen is None or file in request.chosen)
        message = request.message.strip() or suggested_message(files)
        for key in (StepKey.COMMIT, StepKey.PUSH, StepKey.VERIFY):
            lines.put_nowait(step_line(key, StepState.RUNNING))
            if key is StepKey.COMMIT:
                run.commit = await asyncio.to_thread(self.working_copy.commit, folder, files, message)
            else:
                await self._step(key, run)
            lines.put_nowait(step_line(key, _state_after(key, run)))
        return self._receipt(run)

    async def _adopt(self, place: Place) -> bool:
        """Create or find the repository; whether it has commits. Raises `NoService`, `ServiceAway`, `ServiceRefused`."""
        if not place.own:
            return True  # somebody else's: it is there
        found = await self.places.make(place.repository)
        self._require_agreed(place.repository, found.get("url"))
        return bool(found.get("heads"))

    def _require_agreed(self, repository: RepositoryId, told: object) -> None:
        """Raises `SetupRefused` where the service keeps the repository elsewhere than the hub told this server."""
        if (told or "") != (self.working_copy.owner.url(repository) if self.working_copy.owner.forge else ""):
            raise SetupRefused(
                "Hub and review service do not agree on where repositories are kept (Enablement.forge_base). Tell your platform engineers."
            )

    async def _plan(self, folder: str, group: str = "") -> tuple[Place, SetupPlan]:
        place = await self.places.of(folder, group)
        self.access.keep(place)
        facts = await asyncio.to_thread(self.working_copy.inspect, folder)
        return place, make_plan(facts, self.working_copy.owner.url(place.repository), place.standing)

    def nearest(self, path: str) -> tuple[str, FolderStatus]:
        """The folder itself where it is set up, else the nearest above it that is."""
        first, at = self.working_copy.status(path), path
        found = first
        while found.state not in SET_UP and at:
            at = at.rpartition("/")[0]
            found = self.working_copy.status(at) if at else first
        return (at, found) if found.state in SET_UP else (path, first)

    def _page(self, repository: RepositoryId) -> str:
        return f"{self.public_url.rstrip('/')}/{repository.path}"

    def _receipt(self, run: _SetupRun) -> Json:
        plan = run.plan
        return {
            "receipt": {
                "folder": plan.folder,
                "commit": run.commit,
                "branch": run.branch,
                "url": plan.url,
                "page": run.place.page or self._page(run.place.repository),
                "published": run.problem is None,
                "problem": run.problem.document() if run.problem else None,
                "kept": list(plan.kept),
                "held": [held.document() for held in plan.held],
            }
        }


_ONLINE = (StepKey.FORGE, StepKey.PUSH, StepKey.VERIFY)


def step_line(key: StepKey | PullStep, state: StepState) -> Json:
    """A line of progress."""
    return {"step": {"key": key.value, "state": state.value}}


def _state_after(key: StepKey, run: _SetupRun) -> StepState:
    return StepState.WAITING if run.problem and key in _ONLINE else StepState.DONE


def _applicable(plan: SetupPlan) -> SetupPlan:
    """The plan where it has no refusal. Raises `SetupRefused`."""
    if not plan.possible:
        raise refused(plan.refusals)
    return plan


def refused(refusals: Sequence[PlanRefusal]) -> SetupRefused:
    """The error that carries these refusals."""
    reasons = [refusal.code.value for refusal in refusals]
    return SetupRefused(facts={"reasons": reasons, "refusals": [refusal.document() for refusal in refusals]})


def _passes_soon(reason: ShapeReason) -> bool:
    """Whether it is a Git at work, which is nothing to tell."""
    return reason.code is ShapeCode.LOCKED and reason.facts.get("held") == LockHolder.RUNNING


def suggested_message(changed: tuple[str, ...]) -> str:
    """The message of a commit for which nobody wrote one."""
    names = [path.rpartition("/")[2] for path in changed]
    shown = ["".join(mark for mark in name if mark.isprintable()) for name in names[:_SHOWN]]
    if not names:
        return "Change"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"Change {', '.join(shown)}{more}"


def _place_json(place: Place) -> Json:
    return {
        "space": place.repository.space.value,
        "repository": place.shown,
        "access": place.access.value if place.access else None,
        "ask": place.ask,
        "groups": list(place.groups),
    }


def _plan_json(plan: SetupPlan) -> Json:
    return {
        "folder": plan.folder,
        "url": plan.url,
        "possible": plan.possible,
        "steps": [{"key": step.key.value, "facts": dict(step.facts), "done": step.done} for step in plan.steps],
        "kept": list(plan.kept),
        "held": [held.document() for held in plan.held],
        "refusals": [refusal.document() for refusal in plan.refusals],
    }
