"""The composition root of the hub door: `configure(c)`."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from pathlib import Path
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.spawner import LocalProcessSpawner, Spawner
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from enablement_ext import __version__
from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.adapters.environments import InstalledPackage, UvEnvironments
from enablement_ext.adapters.places import PACKAGE, cache_folder, shipped
from enablement_ext.hub.additions import (
    ServiceWiring,
    add_groups,
    add_named_servers,
    add_roles,
    add_scopes,
    add_service,
    configured,
)
from enablement_ext.hub.page import SpawnPage
from enablement_ext.hub.settings import Enablement, lasting_port
from enablement_ext.hub.spawner import SpawnerWiring, compose

START_TIMEOUT = 300  # seconds; a release's environment is made at its first start


def configure(c: Config) -> None:
    """Adds Enablement to a hub. Call it last, with everything else already set; `c.Enablement` holds its settings.

    Authenticator, spawner, roles, groups, services, forms and hooks that are there stay, and ours are composed with them; the
    log lists at start what was added. Raises BadCatalog when the image catalog is not valid.
    """
    settings = Enablement(config=c)
    notes = [*add_scopes(c), *add_roles(c), *add_groups(c)]
    service = _service(settings)
    notes += [*add_service(c, service), *add_named_servers(c), *_add_spawner(c, settings, service)]
    JupyterHub.instance().log.info(
        "Enablement %s was added to this hub:\n%s", __version__, "\n".join(f"  - {note}" for note in notes)
    )


def _service(settings: Enablement) -> ServiceWiring:
    if settings.service_url:
        return ServiceWiring(url=settings.service_url, api_token=settings.service_token)
    state = settings.state_folder()
    port = lasting_port(state / "service.port", settings.service_port)
    environment = {
        "ENABLEMENT_STATE": str(state),
        "ENABLEMENT_CATALOG": str(_catalog_folder(settings)),
        # The service ends when its hub does, however the hub ends.
        "ENABLEMENT_PARENT_PID": str(os.getpid()),
    }
    if settings.database_url:
        environment["ENABLEMENT_DATABASE_URL"] = settings.database_url
    command = (sys.executable, "-m", "enablement_ext.service")
    return ServiceWiring(url=f"http://127.0.0.1:{port}", command=command, environment=environment)


def _add_spawner(c: Config, settings: Enablement, service: ServiceWiring) -> list[str]:
    base = _spawner_class(configured(c, "JupyterHub", "spawner_class", LocalProcessSpawner))
    catalog = read_catalog(_catalog_folder(settings))
    sizes, notes = _sizes(c, settings)
    wiring = SpawnerWiring(
        catalog=catalog,
        environments=_environments(settings),
        page=SpawnPage(catalog, sizes, shown=settings.spawn_page),
        sizes=sizes,
        image_reference=settings.image_reference,
        service_url=settings.service_url_for_servers or service.url,
    )
    c.JupyterHub.spawner_class = compose(base, wiring)
    releases = ", ".join(f"{release.image} {release.version}" for release in catalog.offered())
    notes.insert(0, f"spawner: {base.__name__} (yours, kept) starts servers in a chosen release: {releases}")
    if base.class_traits().get("image") is not None and not settings.image_reference:
        notes.append("no release is offered: set c.Enablement.image_reference to where their images are")
    if configured(c, "Spawner", "cmd", None):
        notes.append("Spawner.cmd (yours) is taken out of the chosen release where the release has that command")
    if not any(configured(c, section, "start_timeout", None) for section in c if section.endswith("Spawner")):
        c.Spawner.start_timeout = START_TIMEOUT
        notes.append(
            f"Spawner.start_timeout: {START_TIMEOUT} s, because a release's environment is made at its first start"
        )
    return notes


def _sizes(c: Config, settings: Enablement) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The sizes to offer. A hub that has limits of its own keeps them, unless it asks for sizes."""
    limits = [
        f"{s}.{key}"
        for s in c
        if s.endswith("Spawner")
        for key in ("mem_limit", "cpu_limit")
        if configured(c, s, key, None)
    ]
    if limits and not configured(c, "Enablement", "sizes", None):
        return {}, [f"sizes: none offered, {' and '.join(limits)} (yours) stay; set c.Enablement.sizes to offer some"]
    return dict(settings.sizes), [f"sizes: {', '.join(settings.sizes)}"] if settings.sizes else []


def _catalog_folder(settings: Enablement) -> Path:
    return Path(settings.catalog or shipped("images")).expanduser().absolute()


def _environments(settings: Enablement) -> UvEnvironments:
    return UvEnvironments(
        root=Path(settings.environments or cache_folder() / "environments").expanduser().absolute(),
        package=InstalledPackage(PACKAGE, __version__),
        python=settings.python,
        report=JupyterHub.instance().log.info,
    )


def _spawner_class(named: Any) -> type[Spawner]:
    """What JupyterHub makes of `spawner_class`: a class, the name of an entry point, or a dotted path."""
    if isinstance(named, type):
        return named
    for entry in importlib.metadata.entry_points(group="jupyterhub.spawners"):
        if entry.name.lower() == str(named).lower():
            return entry.load()  # type: ignore[no-any-return]
    return import_item(str(named))  # type: ignore[no-any-return]
