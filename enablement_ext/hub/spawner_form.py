"""The part of a composed spawner that lets a person choose: the page, the options, and what a choice sets on the spawner."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jupyterhub.orm import APIToken
from jupyterhub.spawner import Spawner
from sqlalchemy.orm import object_session

from enablement_ext.core.access.groups import PLATFORM
from enablement_ext.core.errors import EnablementError, Forbidden
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.ports import CatalogSource, Environments
from enablement_ext.core.review.ports import Clock
from enablement_ext.hub.image_cards import CardContext
from enablement_ext.hub.kubespawner import READING_LABEL, Containers, size_overrides
from enablement_ext.hub.spawn_errors import CannotStart
from enablement_ext.hub.spawn_page import SpawnPage, SpawnPageState
from enablement_ext.hub.spawn_policy import SpawnChoice, SpawnPolicy
from enablement_ext.hub.user_options import KEY, READING, RequestedOptions, asked_by, split_form, split_query, theirs_in

# All that the token of a server for reading may hold; what is not of these kinds is taken away. `read` of ours is not among them:
# it would let somebody else's code see its owner's submissions, answer in their threads and fetch keys to clone repositories.
_READING_SCOPES = ("users:activity", "access:servers!server=")


@dataclass(frozen=True, slots=True)
class SpawnerWiring:
    """What the composed spawner works with. `service_url` is an origin, without a path."""

    catalog: CatalogSource
    rules: SpawnPolicy
    page: SpawnPage
    environments: Environments
    containers: Containers
    service_url: str
    clock: Clock
    forge_base: str = ""


class SpawnerWithForm(Spawner):
    """Asks the hub's own spawner for everything but the choice of release and size."""

    wiring: ClassVar[SpawnerWiring]

    _choice: SpawnChoice | None = None
    _catalog: Catalog | None = None  # what the choice was made from
    _started: Mapping[str, Mapping[str, str]]  # image -> the release that was last started, and when

    # The form: ours, then theirs.

    async def get_options_form(self) -> str:
        """Our cards and below them the form that the hub had, if any."""
        theirs = await super().get_options_form()
        if not self.wiring.page.shown:
            return theirs or ""
        try:
            situation = await self._situation()
        except Forbidden as error:
            return self.wiring.page.closed(error.message) + (theirs or "")
        return await asyncio.to_thread(self.wiring.page.render, situation) + (theirs or "")

    async def _situation(self) -> SpawnPageState:
        now = await asyncio.to_thread(self.wiring.catalog.now)
        groups, today, rules = self._groups(), self.wiring.clock.now().date(), self.wiring.rules
        selected = rules.preselect(now.catalog, self._remembered(), groups, today)
        return SpawnPageState(
            catalog=rules.catalog_for(now.catalog, groups),
            sizes=rules.sizes_for(groups),
            view=CardContext(selected, self._last_started(), today),
            enforced=self._takes_images,
            offers_releases=self._offers_releases,
            problem=now.problem if self._shown_to_operator() else "",
            room=self._no_room(groups),
        )

    def _no_room(self, groups: frozenset[str]) -> str:
        try:
            self.wiring.rules.require_room(groups, self._others_running())
        except EnablementError as error:
            return error.message
        return ""

    # The options.

    async def run_options_from_form(self, form_data: Mapping[str, list[Any]]) -> dict[str, Any]:
        """Our fields under one key; the rest goes through what the hub had. Who sends the page has seen what is chosen: it is meant exactly."""
        ours, rest = split_form(form_data)
        options: dict[str, Any] = {}
        if rest or await super().get_options_form():
            options = dict(await awaited(super().run_options_from_form(rest)) or {})
        return options | ({KEY: ours | {"exact": True}} if ours else {})

    async def options_from_query(self, query_data: Mapping[str, list[Any]]) -> dict[str, Any]:
        """As a form, for links such as /hub/spawn?opt-image=datascience&opt-release=2026.11.0."""
        ours, rest = split_query(query_data)
        options = dict(await awaited(super().options_from_query(rest)) or {}) if rest else {}
        return options | ({KEY: ours} if ours else {})

    async def _run_apply_user_options(self, user_options: Mapping[str, Any]) -> None:
        """Takes our part; everything else goes where the hub sends it. Raises CannotStart for what this person cannot have."""
        theirs = theirs_in(user_options, profiles=self._profiles_are_ours)
        try:
            choice = await self._take(user_options)
            self.wiring.rules.require_room(self._groups(), self._others_running())
        except EnablementError as error:
            self._keep_options(theirs)  # what was refused is not asked for again by the next start
            raise CannotStart(error) from error
        asked = self._asked(user_options)
        kept = _stored(asked, choice)
        self._keep_options(theirs | ({KEY: kept} if kept else {}))
        if choice.purpose == READING:
            self._narrow_token()
        await super()._run_apply_user_options(theirs)

    async def _take(self, user_options: Mapping[str, Any] | None) -> SpawnChoice:
        now = await asyncio.to_thread(self.wiring.catalog.now)
        today = self.wiring.clock.now().date()
        choice = self.wiring.rules.choose(now.catalog, self._asked(user_options), self._groups(), today)
        if choice.note:
            self.log.warning("%s: %s", self._log_name, choice.note)
        if choice.size is not None:
            self._set(size_overrides(choice.size))
        if self._takes_images and self._offers_releases:
            self._set({"image": self.wiring.containers.reference(choice)})
        if choice.purpose == READING:
            self._set({"extra_labels": READING_LABEL})
        self._choice, self._catalog = choice, now.catalog
        return choice

    def _set(self, values: Mapping[str, Any]) -> None:
        """Sets what this kind of spawner has; dictionaries are added to."""
        for key, said in values.items():
            if self.has_trait(key):
                value = said(self) if callable(said) else said
                has = getattr(self, key)
                setattr(self, key, {**has, **value} if isinstance(value, dict) and isinstance(has, dict) else value)

    def _keep_options(self, options: dict[str, Any]) -> None:
        self.user_options = options
        if self.orm_spawner is not None:
            self.orm_spawner.user_options = options

    def _narrow_token(self) -> None:
        """A server for reading runs somebody else's code: its token opens nothing of the review service. Fails closed."""
        session = object_session(self.orm_spawner) if self.orm_spawner is not None else None
        token = APIToken.find(session, self.api_token) if session is not None else None
        if session is None or token is None:
            raise CannotStart(Forbidden("The token of this server cannot be narrowed, so it was not started."))
        token.update_scopes([scope for scope in token.scopes if scope.startswith(_READING_SCOPES)])
        session.commit()

    # What is known of the person.

    def _asked(self, user_options: Mapping[str, Any] | None) -> RequestedOptions:
        return asked_by(user_options, profiles=self._profiles_are_ours)

    def _groups(self) -> frozenset[str]:
        return frozenset(group.name for group in getattr(self.user, "groups", None) or ())

    def _others_running(self) -> list[str]:
        spawners = getattr(self.user, "spawners", None) or {}
        return [spawner.name for spawner in spawners.values() if spawner is not self and spawner.active]

    def _remembered(self) -> RequestedOptions:
        """What this server was started with last; for a new one, what the person's default server was."""
        mine = self._asked(self.user_options)
        if mine != RequestedOptions() or not self.name:
            return mine
        default = self._stored_spawners().get("")
        return self._asked(default.user_options) if default is not None else mine

    def _last_started(self) -> dict[str, str]:
        """Image -> the release of it that this person started last, in whichever server."""
        newest: dict[str, Mapping[str, str]] = {}
        states = [spawner.state or {} for spawner in self._stored_spawners().values()]
        for started in (*(started_in(state) for state in states), self._started):
            for image, said in started.items():
                if said["at"] >= newest.get(image, {"at": ""})["at"]:
                    newest[image] = said
        return {image: said["release"] for image, said in newest.items()}

    def _stored_spawners(self) -> Mapping[str, Any]:
        return getattr(self.user, "orm_spawners", None) or {}

    def _shown_to_operator(self) -> bool:
        viewer = getattr(self.handler, "current_user", None)
        if viewer is None:
            return False
        return bool(viewer.admin) or any(group.name == PLATFORM for group in viewer.groups)

    # JupyterHub asks every subclass of Spawner to define these itself.

    async def start(self) -> Any:
        """Theirs."""
        return await awaited(super().start())

    async def stop(self, now: bool = False) -> None:
        """Theirs."""
        await awaited(super().stop(now))

    async def poll(self) -> int | None:
        """Theirs."""
        status: int | None = await awaited(super().poll())
        return status

    # What kind of spawner this is.

    @property
    def _takes_images(self) -> bool:
        return bool(self.has_trait("image"))

    @property
    def _offers_releases(self) -> bool:
        return not self._takes_images or self.wiring.containers.offered(self.wiring.catalog.now().catalog)

    @property
    def _profiles_are_ours(self) -> bool:
        return False


def started_in(state: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What a stored state says was last started, as far as it can be read."""
    said = state.get("enablement_started")
    entries = said.items() if isinstance(said, Mapping) else ()
    return {
        str(image): {"release": str(entry["release"]), "at": str(entry["at"])}
        for image, entry in entries
        if isinstance(entry, Mapping) and "release" in entry and "at" in entry
    }


def _stored(asked: RequestedOptions, choice: SpawnChoice) -> dict[str, Any]:
    """What is remembered: as it was asked for, with what came of it in the place of what is gone."""
    said = asked.as_option()
    if asked.requested.image:
        said["image"] = choice.release.image
        if asked.requested.release:
            said["release"] = choice.release.version
    if asked.size and choice.size:
        said["size"] = choice.size.key
    return said


async def awaited(value: Any) -> Any:
    """The value, or what comes of it where it is awaitable."""
    return await value if asyncio.iscoroutine(value) or asyncio.isfuture(value) else value
