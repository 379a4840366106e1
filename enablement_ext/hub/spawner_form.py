"""The options form of a composed spawner: rendering it, parsing user options, and applying the resolved choice to the spawner's traits."""

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
from enablement_ext.hub.user_options import (
    KEY,
    READING,
    RequestedOptions,
    other_options,
    parse_user_options,
    split_form,
    split_query,
)

# All that the token of a server for reading may hold; what is not of these kinds is taken away. `read` of ours is not among them:
# it would let somebody else's code see its owner's submissions, answer in their threads and fetch keys to clone repositories.
_READING_SCOPES = ("users:activity", "access:servers!server=")


@dataclass(frozen=True, slots=True)
class SpawnerWiring:
    """The dependencies of the composed spawner. `service_url` and `pages_origin` (as browsers see it) are origins, without a path."""

    catalog: CatalogSource
    policy: SpawnPolicy
    page: SpawnPage
    environments: Environments
    containers: Containers
    service_url: str
    clock: Clock
    forge_base: str = ""
    pages_origin: str = ""
    lab_tour: bool = False


class SpawnerWithForm(Spawner):
    """Delegates to the base spawner everything but the choice of release and size."""

    wiring: ClassVar[SpawnerWiring]

    _choice: SpawnChoice | None = None
    _catalog: Catalog | None = None  # what the choice was made from
    _started: Mapping[str, Mapping[str, str]]  # image -> the release that was last started, and when

    # The options form: our cards, then the form of the base spawner.

    async def get_options_form(self) -> str:
        """The image cards, followed by the base spawner's form where it has one."""
        theirs = await super().get_options_form()
        if not self.wiring.page.shown:
            return theirs or ""
        try:
            state = await self._page_state()
        except Forbidden as error:
            return self.wiring.page.closed(error.message) + (theirs or "")
        return await asyncio.to_thread(self.wiring.page.render, state) + (theirs or "")

    async def _page_state(self) -> SpawnPageState:
        now = await asyncio.to_thread(self.wiring.catalog.now)
        groups, today, policy = self._groups(), self.wiring.clock.now().date(), self.wiring.policy
        selected = policy.preselect(now.catalog, self._last_options(), groups, today)
        return SpawnPageState(
            catalog=policy.catalog_for(now.catalog, groups),
            sizes=policy.sizes_for(groups),
            view=CardContext(selected, self._last_started(), today),
            enforced=self._takes_images,
            offers_releases=self._offers_releases,
            problem=now.problem if self._viewed_by_operator() else "",
            quota_message=self._quota_message(groups),
        )

    def _quota_message(self, groups: frozenset[str]) -> str:
        try:
            self.wiring.policy.require_server_quota(groups, self._other_running_servers())
        except EnablementError as error:
            return error.message
        return ""

    # The options.

    async def run_options_from_form(self, form_data: Mapping[str, list[Any]]) -> dict[str, Any]:
        """Our fields under one key; the others are parsed by the base spawner. Who submits the page has seen the release, so it is requested exactly."""
        ours, rest = split_form(form_data)
        options: dict[str, Any] = {}
        if rest or await super().get_options_form():
            options = dict(await maybe_await(super().run_options_from_form(rest)) or {})
        return options | ({KEY: ours | {"exact": True}} if ours else {})

    async def options_from_query(self, query_data: Mapping[str, list[Any]]) -> dict[str, Any]:
        """The same for the query of a link such as /hub/spawn?opt-image=datascience&opt-release=2026.11.0."""
        ours, rest = split_query(query_data)
        options = dict(await maybe_await(super().options_from_query(rest)) or {}) if rest else {}
        return options | ({KEY: ours} if ours else {})

    async def _run_apply_user_options(self, user_options: Mapping[str, Any]) -> None:
        """Applies our options and hands the others to the base spawner. Raises CannotStart for what policy refuses."""
        theirs = other_options(user_options, profiles=self._profiles_are_ours)
        try:
            choice = await self._resolve_choice(user_options)
            self.wiring.policy.require_server_quota(self._groups(), self._other_running_servers())
        except EnablementError as error:
            self._keep_options(theirs)  # a refused option must not be repeated by the next start
            raise CannotStart(error) from error
        asked = self._parse(user_options)
        kept = _remembered(asked, choice)
        self._keep_options(theirs | ({KEY: kept} if kept else {}))
        if choice.purpose == READING:
            self._narrow_token()
        await super()._run_apply_user_options(theirs)

    async def _resolve_choice(self, user_options: Mapping[str, Any] | None) -> SpawnChoice:
        now = await asyncio.to_thread(self.wiring.catalog.now)
        today = self.wiring.clock.now().date()
        choice = self.wiring.policy.resolve(now.catalog, self._parse(user_options), self._groups(), today)
        if choice.note:
            self.log.warning("%s: %s", self._log_name, choice.note)
        if choice.size is not None:
            self._set_traits(size_overrides(choice.size))
        if self._takes_images and self._offers_releases:
            self._set_traits({"image": self.wiring.containers.reference(choice)})
        if choice.purpose == READING:
            self._set_traits({"extra_labels": READING_LABEL})
        self._choice, self._catalog = choice, now.catalog
        return choice

    def _set_traits(self, values: Mapping[str, Any]) -> None:
        """Sets the traits that this spawner class has; dictionaries are merged."""
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
        """Drops every scope of the review service from the token: a server for reading runs somebody else's code. Fails closed."""
        session = object_session(self.orm_spawner) if self.orm_spawner is not None else None
        token = APIToken.find(session, self.api_token) if session is not None else None
        if session is None or token is None:
            raise CannotStart(Forbidden("The token of this server cannot be narrowed, so it was not started."))
        token.update_scopes([scope for scope in token.scopes if scope.startswith(_READING_SCOPES)])
        session.commit()

    # The user: options, groups, servers.

    def _parse(self, user_options: Mapping[str, Any] | None) -> RequestedOptions:
        return parse_user_options(user_options, profiles=self._profiles_are_ours)

    def _groups(self) -> frozenset[str]:
        return frozenset(group.name for group in getattr(self.user, "groups", None) or ())

    def _other_running_servers(self) -> list[str]:
        spawners = getattr(self.user, "spawners", None) or {}
        return [spawner.name for spawner in spawners.values() if spawner is not self and spawner.active]

    def _last_options(self) -> RequestedOptions:
        """The options of this server's last start; for a new named server, those of the user's default server."""
        mine = self._parse(self.user_options)
        if mine != RequestedOptions() or not self.name:
            return mine
        default = self._stored_spawners().get("")
        return self._parse(default.user_options) if default is not None else mine

    def _last_started(self) -> dict[str, str]:
        """Image -> the release of it that this user started last, on any of the servers."""
        newest: dict[str, Mapping[str, str]] = {}
        states = [spawner.state or {} for spawner in self._stored_spawners().values()]
        for started in (*(parse_last_started(state) for state in states), self._started):
            for image, said in started.items():
                if said["at"] >= newest.get(image, {"at": ""})["at"]:
                    newest[image] = said
        return {image: said["release"] for image, said in newest.items()}

    def _stored_spawners(self) -> Mapping[str, Any]:
        return getattr(self.user, "orm_spawners", None) or {}

    def _viewed_by_operator(self) -> bool:
        viewer = getattr(self.handler, "current_user", None)
        if viewer is None:
            return False
        return bool(viewer.admin) or any(group.name == PLATFORM for group in viewer.groups)

    # JupyterHub requires every subclass of Spawner to define these itself.

    async def start(self) -> Any:
        return await maybe_await(super().start())

    async def stop(self, now: bool = False) -> None:
        await maybe_await(super().stop(now))

    async def poll(self) -> int | None:
        status: int | None = await maybe_await(super().poll())
        return status

    # Capabilities of the base spawner.

    @property
    def _takes_images(self) -> bool:
        return bool(self.has_trait("image"))

    @property
    def _offers_releases(self) -> bool:
        return not self._takes_images or self.wiring.containers.offered(self.wiring.catalog.now().catalog)

    @property
    def _profiles_are_ours(self) -> bool:
        return False


def parse_last_started(state: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The last started releases in a stored spawner state; entries that cannot be read are left out."""
    said = state.get("enablement_started")
    entries = said.items() if isinstance(said, Mapping) else ()
    return {
        str(image): {"release": str(entry["release"]), "at": str(entry["at"])}
        for image, entry in entries
        if isinstance(entry, Mapping) and "release" in entry and "at" in entry
    }


def _remembered(asked: RequestedOptions, choice: SpawnChoice) -> dict[str, Any]:
    """What is stored in user_options: the request, with the resolved image, release and size in the place of ones that are gone."""
    said = asked.to_user_option()
    if asked.release_request.image:
        said["image"] = choice.release.image
        if asked.release_request.release:
            said["release"] = choice.release.version
    if asked.size and choice.size:
        said["size"] = choice.size.key
    return said


async def maybe_await(value: Any) -> Any:
    """The value, or the result of it where it is awaitable: base spawners may have plain methods or coroutines."""
    return await value if asyncio.iscoroutine(value) or asyncio.isfuture(value) else value
