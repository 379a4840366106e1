"""A spawner class that starts servers in releases of the catalog, composed from the spawner class that the hub is configured with.

`compose(Base, wiring)` returns a subclass of `Base` that delegates everything but the choice of release and size: forms, hooks, options,
environment and state of `Base` are kept and ours are added.

- Spawners of local processes start the server out of the release's environment, made on first use.
- Spawners with an `image` trait (KubeSpawner, DockerSpawner) get the release's image reference.
- Spawners with a `profile_list` (KubeSpawner) get the catalog as their profiles, where the hub has none of its own.

What really runs is recorded in the spawner's state under "enablement"; the review service asks the hub for it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from jupyterhub.spawner import Spawner
from traitlets import default

from enablement_ext.core.errors import EnablementError
from enablement_ext.core.images.ports import ReleaseEnvironment
from enablement_ext.hub.kubespawner import Selected, profile_options_of, profiles
from enablement_ext.hub.spawn_errors import CannotStart
from enablement_ext.hub.spawn_policy import SpawnChoice
from enablement_ext.hub.spawner_form import SpawnerWiring, SpawnerWithForm, maybe_await, parse_last_started
from enablement_ext.hub.user_options import other_options

__all__ = ["CannotStart", "EnablementSpawner", "SpawnerWiring", "compose"]

PORT_PATIENCE = 60.0  # seconds that start() itself waits for the server to listen; the hub goes on waiting after that


class EnablementSpawner(SpawnerWithForm):
    """The mixin of a composed spawner: start, environment variables, state."""

    cmd: list[str]

    _environment: ReleaseEnvironment | None = None
    _record: dict[str, str] | None = None
    _making: str = ""

    def __init__(self, **kwargs: Any) -> None:
        self._started = {}
        super().__init__(**kwargs)

    # The start.

    async def start(self) -> Any:
        """Starts the server in the resolved release. Raises CannotStart when its environment cannot be made."""
        choice = self._choice or await self._resolve_choice(self.user_options)
        self._record = None
        if self._takes_images:
            address = await maybe_await(super().start())
        else:
            self._environment = await self._environment_of(choice)
            self._use_command_of(self._environment)
            address = await maybe_await(super().start())
            await self._wait_for_port(address)
        self._record = self._record_of(choice)
        if self._record is not None:
            said = {"release": choice.release.version, "at": self.wiring.clock.now().isoformat(timespec="seconds")}
            self._started = {**self._started, choice.release.image: said}
        return address

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """Events of the spawn-pending page: why another release starts than was requested, that an environment is made, then those of the base spawner."""
        if self._choice is not None and self._choice.note:
            yield {"progress": 5, "message": self._choice.note}
        if self._making:
            yield {"progress": 10, "message": self._making}
        async for event in super().progress():
            yield event

    async def _environment_of(self, choice: SpawnChoice) -> ReleaseEnvironment:
        release = choice.release
        try:
            ready = await asyncio.to_thread(self.wiring.environments.ready, release)
        except EnablementError as error:
            raise CannotStart(error) from error
        if ready is not None:
            return ready
        self._making = f"Making the environment {release.image} {release.version}; this happens once"
        try:
            return await asyncio.to_thread(self.wiring.environments.realise, release)
        except EnablementError as error:
            raise CannotStart(error) from error
        finally:
            self._making = ""

    def _use_command_of(self, environment: ReleaseEnvironment) -> None:
        """Takes `cmd` out of the release's environment. A command that the release does not have stays as it is."""
        name = Path(self.cmd[0]).name
        own = Path(environment.bin) / name
        if own.exists():
            self.cmd = [str(own), *self.cmd[1:]]

    async def _wait_for_port(self, address: object) -> None:
        """Returns as soon as the server listens or its process is gone: the hub's own polling starts slow and backs off."""
        if not (isinstance(address, tuple) and len(address) == 2 and not self.internal_ssl):
            return
        deadline = asyncio.get_running_loop().time() + PORT_PATIENCE
        while asyncio.get_running_loop().time() < deadline and await self.poll() is None:
            try:
                _, writer = await asyncio.open_connection(str(address[0]), int(address[1]))
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return

    # Environment variables and spawner state.

    def get_env(self) -> dict[str, str]:
        """Adds where the review service is, which release runs and the purpose of the server."""
        env: dict[str, str] = super().get_env()
        base = str(self.hub.base_url).removesuffix("hub/")
        path = f"{base}services/enablement"
        env["ENABLEMENT_SERVICE_URL"] = self.wiring.service_url.rstrip("/") + path
        env["ENABLEMENT_PUBLIC_URL"] = f"{self.wiring.pages_origin}{path}/"
        if self.wiring.lab_tour:
            env["ENABLEMENT_TOUR"] = "1"
        if self.wiring.forge_base:
            env["ENABLEMENT_FORGE_BASE"] = f"{self.wiring.forge_base.rstrip('/')}/"
        if self._choice is not None and (self._environment is not None or self._offers_releases):
            env["ENABLEMENT_IMAGE"] = self._choice.release.image
            env["ENABLEMENT_RELEASE"] = self._choice.release.version
        if self._choice is not None and self._choice.purpose:
            env["ENABLEMENT_PURPOSE"] = self._choice.purpose
        if self._environment is not None:
            env["PATH"] = os.pathsep.join(filter(None, (self._environment.bin, env.get("PATH", os.defpath))))
            env["VIRTUAL_ENV"] = str(Path(self._environment.bin).parent)
        return env

    def get_state(self) -> dict[str, Any]:
        """Adds the release that runs, and, running or not, the release of each image that was started last."""
        state: dict[str, Any] = super().get_state()
        if self._record is not None:
            state["enablement"] = self._record
        if self._started:
            state["enablement_started"] = dict(self._started)
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        """Restores our part of the state: after a restart of the hub, or before the next start."""
        super().load_state(state)
        self._record = state.get("enablement")
        self._started = parse_last_started(state)

    def clear_state(self) -> None:
        """Forgets the release that ran; the last started releases are kept."""
        super().clear_state()
        self._record = None
        self._choice = None

    def _record_of(self, choice: SpawnChoice) -> dict[str, str] | None:
        release = choice.release
        record = {"image": release.image, "release": release.version, "digest": release.digest}
        if self._environment is not None:
            return record | {"python": self._environment.python}
        # A profile of the hub's may have set another image during start(): then that one runs, and not a release.
        if self._offers_releases and self.image == self.wiring.containers.reference(choice):
            return record | {"python": choice.python}
        return None


class ProfilesFromCatalog(EnablementSpawner):
    """For spawners with a `profile_list`: the catalog is that list, unless the hub has one."""

    @default("profile_list")
    def _default_profile_list(self) -> Any:
        return self.catalog_profiles if self._offers_releases else []

    @default("options_form")
    def _default_options_form(self) -> Any:
        return "" if self._profiles_are_ours else self._options_form_default()

    def catalog_profiles(self, _spawner: Any = None) -> list[dict[str, Any]]:
        """The part of the catalog that this user may start, as profiles; the resolved choice is the default."""
        if self._choice is None or self._catalog is None:
            return []
        groups, policy = self._groups(), self.wiring.policy
        allowed = policy.catalog_for(self._catalog, groups)
        selected = Selected(self._choice, self.wiring.clock.now().date())
        return profiles(allowed, policy.sizes_for(groups), self.wiring.containers, selected)

    async def load_user_options(self) -> None:
        """KubeSpawner validates the options against the profiles: it is handed the resolved choice, never an old or unknown one."""
        if not self._profiles_are_ours:
            await super().load_user_options()
            return
        choice = self._choice or await self._resolve_choice(self.user_options)
        asked = self.user_options
        self.user_options = other_options(asked, profiles=True) | profile_options_of(choice)
        try:
            await super().load_user_options()
        finally:
            self.user_options = asked

    @property
    def _profiles_are_ours(self) -> bool:
        return bool(self.profile_list == self.catalog_profiles)


def compose(base: type[Spawner], wiring: SpawnerWiring) -> type[EnablementSpawner]:
    """A class that is `base` and EnablementSpawner. Configuration of `base` by its own name stays in force."""
    ours = ProfilesFromCatalog if "profile_list" in base.class_traits() else EnablementSpawner
    return type(
        f"Enablement{base.__name__}",
        (ours, base),
        {"wiring": wiring, "__module__": __name__, "__doc__": base.__doc__},
    )
