"""Makes composed spawners for tests: real spawner classes over a catalog in memory, with a person who is only said to be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from jupyterhub import orm
from jupyterhub.roles import create_role
from jupyterhub.scopes import define_custom_scopes
from jupyterhub.spawner import Spawner
from kubespawner import KubeSpawner
from sqlalchemy.orm import object_session
from traitlets.config import Config

from enablement_ext.adapters.memory.environments import MemoryEnvironments
from enablement_ext.adapters.memory.images import MemoryCatalogSource
from enablement_ext.core.access.groups import SCOPE_PREFIX
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.deploy.exports import References, built_pythons
from enablement_ext.core.images.ports import Environments
from enablement_ext.core.images.selection import ImageAccess
from enablement_ext.hub.hub_configuration import SCOPES
from enablement_ext.hub.kubespawner import Containers
from enablement_ext.hub.sizes import parse_quotas, parse_sizes
from enablement_ext.hub.spawn_page import SpawnPage
from enablement_ext.hub.spawn_policy import SpawnPolicy
from enablement_ext.hub.spawner import compose
from enablement_ext.hub.spawner_form import SpawnerWiring

SIZES: Mapping[str, Mapping[str, Any]] = {
    "small": {"title": "S", "hint": "Explore", "cpu": 1, "memory": "2G"},
    "large": {
        "title": "L",
        "hint": "Train",
        "cpu": 4,
        "memory": "8G",
        "cpu_request": 0.5,
        "memory_request": "1G",
        "node_selector": {"pool": "big"},
    },
}
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class StoppedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


@dataclass(frozen=True, slots=True)
class HubSettings:
    """The settings of the hub that is made up."""

    reference: str = ""
    sizes: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: SIZES)
    image_access: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quotas: Mapping[str, Any] = field(default_factory=dict)
    environments: Environments = field(default_factory=MemoryEnvironments)


def policy_of(settings: HubSettings, *, containers: bool = False) -> SpawnPolicy:
    sizes = parse_sizes(settings.sizes)
    pythons = built_pythons if containers else (lambda release: (release.python[0],))
    return SpawnPolicy(ImageAccess(settings.image_access), sizes, parse_quotas(settings.quotas, sizes), pythons)


def composed(
    base: type[Spawner],
    catalog: Catalog | MemoryCatalogSource,
    settings: HubSettings | None = None,
    config: Config | None = None,
) -> Any:
    """A spawner of the composed class, outside a hub."""
    settings = settings or HubSettings()
    source = catalog if isinstance(catalog, MemoryCatalogSource) else MemoryCatalogSource(catalog)
    policy = policy_of(settings, containers="image" in base.class_traits())
    wiring = SpawnerWiring(
        catalog=source,
        policy=policy,
        page=SpawnPage(policy),
        environments=settings.environments,
        containers=Containers(References(settings.reference)),
        service_url="http://127.0.0.1:1",
        clock=StoppedClock(),
    )
    mocked = {"_mock": True} if issubclass(base, KubeSpawner) else {}  # KubeSpawner's own way to be made without a user
    return compose(base, wiring)(config=config or Config(), **mocked)


def belongs_to(
    spawner: Any,
    *groups: str,
    states: Mapping[str, Mapping[str, Any]] | None = None,
    running: Iterable[str] = (),
) -> Any:
    """Lets the spawner's user be in these groups, have stored servers with these states, and run these servers. Returns the spawner."""
    if spawner.user is None:
        spawner.user = SimpleNamespace(name="dana")
    spawner.user.groups = [SimpleNamespace(name=group) for group in groups]
    spawner.user.orm_spawners = {
        server: SimpleNamespace(state=dict(state), user_options={}) for server, state in (states or {}).items()
    }
    spawner.user.spawners = {server: SimpleNamespace(name=server, active=True) for server in running}
    return spawner


def with_token(spawner: Any, *scopes: str) -> Any:
    """Gives the spawner a real token with these scopes in a hub's database of its own. Returns the spawner."""
    define_custom_scopes({SCOPE_PREFIX + name: {"description": text} for name, text in SCOPES.items()})
    session = orm.new_session_factory("sqlite://")()
    create_role(session, {"name": "user", "scopes": ["self", *(SCOPE_PREFIX + name for name in SCOPES)]})
    create_role(session, {"name": "token", "scopes": ["inherit"]})
    dana = orm.User(name="dana", roles=[orm.Role.find(session, "user")])
    session.add_all([dana, orm.OAuthClient(identifier="jupyterhub")])
    session.commit()
    spawner.api_token = dana.new_api_token(scopes=scopes)
    server = orm.Spawner(name="", user=dana)
    session.add(server)
    session.commit()
    spawner.orm_spawner, spawner.keeps = server, session  # a session that nobody holds is gone
    return spawner


def scopes_of(spawner: Any) -> set[str]:
    """The scopes that the spawner's token has in the database."""
    return set(orm.APIToken.find(object_session(spawner.orm_spawner), spawner.api_token).scopes)
