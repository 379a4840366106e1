"""The composition root of the hub extension: `configure(c)`."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.spawner import LocalProcessSpawner, Spawner
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from enablement_ext import __version__
from enablement_ext.adapters.catalog_folder import WatchedCatalog
from enablement_ext.adapters.clock import SystemClock
from enablement_ext.adapters.environments import InstalledPackage, UvEnvironments
from enablement_ext.adapters.environments.pythons import probe_interpreter
from enablement_ext.adapters.local_paths import PACKAGE, CatalogLocation, cache_folder, locate_catalog, shipped
from enablement_ext.adapters.parent_process import ParentProcess
from enablement_ext.core.images.deploy.exports import References, built_pythons
from enablement_ext.core.images.releases import Release
from enablement_ext.core.images.selection import ImageAccess
from enablement_ext.hub.decision_pages import DecisionPages, decision_pages
from enablement_ext.hub.hub_configuration import (
    ServiceWiring,
    add_groups,
    add_home_line,
    add_named_servers,
    add_roles,
    add_scopes,
    add_service,
    add_supervisor,
    configured,
)
from enablement_ext.hub.kubespawner import Containers
from enablement_ext.hub.parent_watch import terminate_with_parent
from enablement_ext.hub.settings import Enablement, lasting_port
from enablement_ext.hub.sizes import parse_image_access, parse_quotas, parse_sizes
from enablement_ext.hub.spawn_page import SpawnPage
from enablement_ext.hub.spawn_policy import SpawnPolicy
from enablement_ext.hub.spawner import compose
from enablement_ext.hub.spawner_form import SpawnerWiring

_INDEX = frozenset({"SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"})
# What a spawner waits for, in seconds, where the hub does not say: JupyterHub's own defaults are for servers of a dozen packages.
_PATIENCE = {
    "start_timeout": (300, "a release's environment is made at its first start"),
    "http_timeout": (
        120,
        "a first server reads everything from disk, and on a busy machine that takes longer than half a minute",
    ),
}


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the service listens, the origin of its pages as browsers see it, and the catalog."""

    service: str
    pages: str
    catalog: CatalogLocation


def configure(c: Config) -> None:
    """Adds Enablement to a hub. Call it last, with everything else already set; `c.Enablement` holds its settings.

    Authenticator, spawner, roles, groups, services, forms and hooks that are there stay, and ours are composed with them; the
    log lists at start what was added. Raises BadCatalog when the image catalog is not valid, BadSetting when a setting is not.
    """
    settings = Enablement(config=c)
    if supervisor := os.environ.get("ENABLEMENT_SUPERVISOR_PID"):  # set by `enablement up`
        terminate_with_parent(ParentProcess(int(supervisor)).is_alive)
        add_supervisor(c, os.environ.pop("ENABLEMENT_SUPERVISOR_TOKEN", ""))
    notes = [*add_scopes(c), *add_roles(c), *add_groups(c)]
    base = _spawner_class(configured(c, "JupyterHub", "spawner_class", LocalProcessSpawner))
    pages = decision_pages(c, settings, base)
    images = _catalog(settings)
    service = _service(settings, pages, images.folder)
    notes += [*add_service(c, service), pages.note, *add_named_servers(c), *add_home_line(c)]
    notes += _add_spawner(c, settings, base, _Places(service.url, pages.origin, images))
    JupyterHub.instance().log.info(
        "Enablement %s was added to this hub:\n%s", __version__, "\n".join(f"  - {note}" for note in notes)
    )


def _service(settings: Enablement, pages: DecisionPages, images: Path) -> ServiceWiring:
    if settings.service_url:
        return ServiceWiring(settings.service_url, api_token=settings.service_token, redirect_uri=pages.redirect_uri)
    state = settings.state_folder()
    port = lasting_port(state / "service.port", settings.service_port)
    environment = {
        "ENABLEMENT_STATE": str(state),
        "ENABLEMENT_CATALOG": str(images),
        # The service ends when its hub does, however the hub ends.
        "ENABLEMENT_PARENT_PID": str(os.getpid()),
        # How packages are found from this machine: the service asks the solver about requested ones.
        **{name: value for name, value in os.environ.items() if name.upper() in _INDEX or name.startswith("UV_")},
        **pages.environment,
        # What versions are run again in.
        "ENABLEMENT_ENVIRONMENTS": str(_environments_folder(settings)),
        "ENABLEMENT_ENVIRONMENTS_PYTHON": settings.python,
        "ENABLEMENT_RULES": os.environ.get("ENABLEMENT_RULES", ""),
        "ENABLEMENT_RERUNS": os.environ.get("ENABLEMENT_RERUNS", ""),
    }
    if settings.database_url:
        environment["ENABLEMENT_DATABASE_URL"] = settings.database_url
    more = (f"--config={Path(settings.service_config).absolute()}",) if settings.service_config else ()
    command = (sys.executable, "-m", "enablement_ext.service.watchdog", *more)
    return ServiceWiring(f"http://127.0.0.1:{port}", command, environment, redirect_uri=pages.redirect_uri)


def _add_spawner(c: Config, settings: Enablement, base: type[Spawner], places: _Places) -> list[str]:
    takes_images = base.class_traits().get("image") is not None
    catalog = WatchedCatalog(places.catalog.folder, JupyterHub.instance().log.warning)
    sizes, notes = _sizes(c, settings)
    policy = _spawn_policy(settings, sizes, takes_images)
    notes += [
        f"image {slug}: for {', '.join(groups) or 'everybody'}" for slug, groups in policy.image_access.by_hub.items()
    ]
    wiring = SpawnerWiring(
        catalog=catalog,
        policy=policy,
        page=SpawnPage(policy, shown=settings.spawn_page),
        environments=_environments(settings),
        containers=Containers(References(settings.image_reference or catalog.now().catalog.reference)),
        service_url=settings.service_url_for_servers or places.service,
        pages_origin=places.pages,
        forge_base=settings.forge_base,
        lab_tour=settings.lab_tour,
        clock=SystemClock(),
    )
    c.JupyterHub.spawner_class = compose(base, wiring)
    releases = ", ".join(f"{release.image} {release.version}" for release in catalog.now().catalog.offered())
    notes.insert(0, f"spawner: {base.__name__} (yours, kept) starts servers in a chosen release: {releases}")
    notes.insert(0, str(places.catalog))
    if takes_images and not wiring.containers.offered(catalog.now().catalog):
        notes.append("no release is offered: set c.Enablement.image_reference to where their images are")
    if configured(c, "Spawner", "cmd", None):
        notes.append("Spawner.cmd (yours) is taken out of the chosen release where the release has that command")
    for name, (seconds, why) in _PATIENCE.items():
        if not any(configured(c, section, name, None) for section in c if section.endswith("Spawner")):
            c.Spawner[name] = seconds
            notes.append(f"Spawner.{name}: {seconds} s, because {why}")
    return notes


def _spawn_policy(settings: Enablement, sizes: dict[str, dict[str, Any]], takes_images: bool) -> SpawnPolicy:
    parsed = parse_sizes(sizes)
    return SpawnPolicy(
        image_access=ImageAccess(parse_image_access(settings.image_groups)),
        sizes=parsed,
        quotas=parse_quotas(settings.quotas, parsed),
        pythons=built_pythons if takes_images else _python_here(settings),
    )


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


def _python_here(settings: Enablement) -> Callable[[Release], tuple[str, ...]]:
    """Local environments are made with one Python: the one that is set, else the hub's own where the release is for it."""
    named = probe_interpreter(settings.python) if settings.python else None
    here = named.version if named else f"{sys.version_info.major}.{sys.version_info.minor}"
    return lambda release: (here if here in release.python else release.python[-1],)


def _catalog(settings: Enablement) -> CatalogLocation:
    """Where it is. In a cluster one that is empty was mounted before anybody deployed images: then the shipped one."""
    found = locate_catalog(settings.catalog, "c.Enablement.catalog", os.environ.get("ENABLEMENT_CATALOG", ""))
    if found.folder.is_dir() and not any(found.folder.iterdir()):
        return CatalogLocation(shipped("images"), f"it comes with Enablement; {found.folder} is empty", read_only=True)
    return replace(found, folder=found.folder.absolute())


def _environments_folder(settings: Enablement) -> Path:
    return Path(settings.environments or cache_folder() / "environments").expanduser().absolute()


def _environments(settings: Enablement) -> UvEnvironments:
    return UvEnvironments(
        root=_environments_folder(settings),
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
