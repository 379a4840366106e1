"""A spawner that starts servers in the catalog's releases, composed from whatever spawner the hub has.

`compose(Base, wiring)` returns a class that is a `Base` and asks `Base` for everything but the choice of release and size:
its forms, hooks, options, environment and state are kept and ours stand beside them.

- Spawners of local processes start the server out of the release's environment, made on first use.
- Spawners with an `image` trait (KubeSpawner, DockerSpawner) get the release's image reference.

What really runs is recorded in the spawner's state under "enablement"; the review service asks the hub for it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from jupyterhub.spawner import Spawner

from enablement_ext.core.catalog import Catalog
from enablement_ext.core.errors import EnablementError
from enablement_ext.core.ports import Environments, ReleaseEnvironment
from enablement_ext.hub.choice import KEY, Choice, choose, split_form
from enablement_ext.hub.page import SpawnPage

PORT_PATIENCE = 60.0  # seconds that start() itself waits for the server to listen; the hub goes on waiting after that


@dataclass(frozen=True, slots=True)
class SpawnerWiring:
    """What the composed spawner works with. `service_url` is an origin, without a path."""

    catalog: Catalog
    environments: Environments
    page: SpawnPage
    sizes: Mapping[str, Mapping[str, Any]]
    image_reference: str
    service_url: str


class CannotStart(Exception):
    """A server cannot start, and the hub's page says why to the person who wanted it."""

    def __init__(self, message: str) -> None:
        self.jupyterhub_message = message
        super().__init__(message)


class EnablementSpawner(Spawner):
    """The part of a composed spawner that is ours."""

    wiring: ClassVar[SpawnerWiring]
    cmd: list[str]

    _choice: Choice | None = None
    _environment: ReleaseEnvironment | None = None
    _record: dict[str, str] | None = None
    _making: str = ""

    # The form: ours, then theirs.

    async def get_options_form(self) -> str:
        """Our cards and below them the form that the hub had, if any."""
        theirs = await super().get_options_form()
        if not self.wiring.page.shown:
            return theirs or ""
        chosen = choose(self.wiring.catalog, self.wiring.sizes, self.user_options)
        return self.wiring.page.render(chosen, enforced=self._takes_images, offers_releases=self._offers_releases) + (
            theirs or ""
        )

    async def run_options_from_form(self, form_data: Mapping[str, list[Any]]) -> dict[str, Any]:
        """Our fields under one key; the rest goes through what the hub had."""
        ours, rest = split_form(form_data)
        options: dict[str, Any] = {}
        if rest or await super().get_options_form():
            options = dict(await _awaited(super().run_options_from_form(rest)) or {})
        return options | ({KEY: ours} if ours else {})

    async def options_from_query(self, query_data: Mapping[str, list[Any]]) -> dict[str, Any]:
        """As a form, for links such as /hub/spawn?opt-enablement-release=datascience/2026.11.0."""
        ours, rest = split_form(query_data)
        options = dict(await _awaited(super().options_from_query(rest)) or {}) if rest else {}
        return options | ({KEY: ours} if ours else {})

    async def _run_apply_user_options(self, user_options: Mapping[str, Any]) -> None:
        """Takes our part, whatever it says; everything else goes where the hub sends it."""
        self._take(user_options)
        await super()._run_apply_user_options({key: value for key, value in user_options.items() if key != KEY})

    def _take(self, user_options: Mapping[str, Any] | None) -> Choice:
        choice = choose(self.wiring.catalog, self.wiring.sizes, user_options)
        if choice.asked_for:
            self.log.warning(
                "%s asked for %r; starting %s %s",
                self._log_name,
                choice.asked_for,
                choice.release.image,
                choice.release.version,
            )
        size = self.wiring.sizes.get(choice.size)
        if size is not None:
            self.cpu_limit = float(size["cpu"])
            self.mem_limit = str(size["memory"])
        if self._takes_images and self._offers_releases:
            self.image = self._reference(choice)
        self._choice = choice
        return choice

    # The start.

    async def start(self) -> Any:
        """Starts in the chosen release. Raises CannotStart when its environment cannot be made."""
        choice = self._choice or self._take(self.user_options)
        self._record = None
        if self._takes_images:
            address = await _awaited(super().start())
        else:
            self._environment = await self._realised(choice)
            self._use_command_of(self._environment)
            address = await _awaited(super().start())
            await self._listening(address)
        self._record = self._recorded(choice)
        return address

    # JupyterHub asks every subclass of Spawner to define these two itself.

    async def stop(self, now: bool = False) -> None:
        """Theirs."""
        await _awaited(super().stop(now))

    async def poll(self) -> int | None:
        """Theirs."""
        status: int | None = await _awaited(super().poll())
        return status

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What the waiting page says: ours while an environment is made, then theirs."""
        if self._making:
            yield {"progress": 10, "message": self._making}
        async for event in super().progress():
            yield event

    async def _realised(self, choice: Choice) -> ReleaseEnvironment:
        release = choice.release
        try:
            ready = await asyncio.to_thread(self.wiring.environments.ready, release)
        except EnablementError as error:
            raise CannotStart(error.message) from error
        if ready is not None:
            return ready
        self._making = f"Making the environment {release.image} {release.version}; this happens once"
        try:
            return await asyncio.to_thread(self.wiring.environments.realise, release)
        except EnablementError as error:
            raise CannotStart(error.message) from error
        finally:
            self._making = ""

    def _use_command_of(self, environment: ReleaseEnvironment) -> None:
        """The hub's command, out of the release. A command that the release does not have stays as it is."""
        name = Path(self.cmd[0]).name
        own = Path(environment.bin) / name
        if own.exists():
            self.cmd = [str(own), *self.cmd[1:]]

    async def _listening(self, address: object) -> None:
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

    # What a server is told, and what is recorded of it.

    def get_env(self) -> dict[str, str]:
        """Theirs, and where the review service is and which release this is."""
        env: dict[str, str] = super().get_env()
        base = str(self.hub.base_url).removesuffix("hub/")
        path = f"{base}services/enablement"
        env["ENABLEMENT_SERVICE_URL"] = self.wiring.service_url.rstrip("/") + path
        env["ENABLEMENT_PUBLIC_URL"] = f"{path}/"
        if self._choice is not None and (self._environment is not None or self._offers_releases):
            env["ENABLEMENT_IMAGE"] = self._choice.release.image
            env["ENABLEMENT_RELEASE"] = self._choice.release.version
            env["ENABLEMENT_DIGEST"] = self._choice.release.digest
        if self._environment is not None:
            env["PATH"] = os.pathsep.join(filter(None, (self._environment.bin, env.get("PATH", os.defpath))))
            env["VIRTUAL_ENV"] = str(Path(self._environment.bin).parent)
        return env

    def get_state(self) -> dict[str, Any]:
        """Theirs, and the release that runs."""
        state: dict[str, Any] = super().get_state()
        if self._record is not None:
            state["enablement"] = self._record
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        """After a restart of the hub."""
        super().load_state(state)
        self._record = state.get("enablement")

    def clear_state(self) -> None:
        """The server has stopped: nothing runs, nothing is recorded."""
        super().clear_state()
        self._record = None
        self._choice = None

    def _recorded(self, choice: Choice) -> dict[str, str] | None:
        release = choice.release
        record = {"image": release.image, "release": release.version, "digest": release.digest}
        if self._environment is not None:
            return record | {"python": self._environment.python}
        # A profile of the hub's may have set another image while the spawner started: then that runs, not ours.
        if self._offers_releases and self.image == self._reference(choice):
            return record | {"python": release.python[0]}
        return None

    def _reference(self, choice: Choice) -> str:
        return self.wiring.image_reference.format(image=choice.release.image, release=choice.release.version)

    @property
    def _takes_images(self) -> bool:
        return bool(self.has_trait("image"))

    @property
    def _offers_releases(self) -> bool:
        return not self._takes_images or bool(self.wiring.image_reference)


def compose(base: type[Spawner], wiring: SpawnerWiring) -> type[EnablementSpawner]:
    """A class that is `base` and EnablementSpawner. Configuration of `base` by its own name stays in force."""
    return type(
        f"Enablement{base.__name__}",
        (EnablementSpawner, base),
        {"wiring": wiring, "__module__": __name__, "__doc__": base.__doc__},
    )


async def _awaited(value: Any) -> Any:
    return await value if asyncio.iscoroutine(value) or asyncio.isfuture(value) else value
