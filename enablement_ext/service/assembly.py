"""Putting a house together from its ports and settings, whatever adapters they are."""

from __future__ import annotations

from dataclasses import dataclass, field

from enablement_ext.core.access.signed_values import Seal
from enablement_ext.core.git.forges.ports import Forge
from enablement_ext.core.images.ports import CatalogStore
from enablement_ext.core.images.requests.package_requests import PackageSolver
from enablement_ext.core.review.policy import Policy
from enablement_ext.core.review.ports import ArtifactStore, Clock, HubDirectory, ReviewStore
from enablement_ext.service.background.event_stream import News, Rhythm
from enablement_ext.service.background.package_solving import PackageSolving
from enablement_ext.service.caches.catalog import CurrentCatalog
from enablement_ext.service.caches.notebooks import NotebookCache
from enablement_ext.service.caches.platform_group import PlatformPeople
from enablement_ext.service.context import Bounds, House, Place
from enablement_ext.service.runtime.metrics import Metrics
from enablement_ext.service.runtime.thread_pools import Workers
from enablement_ext.service.stored_files import Shelf
from enablement_ext.service.use_cases.review_context import SMALL_BYTES, Desk


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside things of one house."""

    store: ReviewStore
    artifacts: ArtifactStore
    hub: HubDirectory
    clock: Clock
    forge: Forge
    catalog: CatalogStore
    solver: PackageSolver | None = None  # what is asked about requested packages


@dataclass(frozen=True, slots=True)
class Fittings:
    """What of a house is chosen. `key` seals tickets and cookies; `cache_bytes` is for stored notebooks; `small_bytes` as `Desk` says."""

    key: bytes
    policy: Policy = field(default_factory=Policy)
    place: Place = field(default_factory=Place)
    bounds: Bounds = field(default_factory=Bounds)
    rhythm: Rhythm = field(default_factory=Rhythm)
    threads: int = 8
    cache_bytes: int = 128 * 1024 * 1024
    small_bytes: int = SMALL_BYTES


class _Bell:
    """Passes on that something was committed, once there is somebody to hear it."""

    def __init__(self) -> None:
        self.news: News | None = None

    def __call__(self) -> None:
        if self.news is not None:
            self.news.announce()


def build_house(ports: Ports, fittings: Fittings) -> House:
    """A house. It belongs to the event loop it is served on."""
    metrics, workers, bell = Metrics(), Workers(fittings.threads), _Bell()
    shelf = Shelf(ports.store, ports.artifacts)
    desk = Desk(ports.store, shelf, ports.clock, fittings.policy, bell, small_bytes=fittings.small_bytes)
    images = CurrentCatalog(ports.catalog)
    bell.news = News(desk, workers, metrics, fittings.rhythm)
    return House(
        desk=desk,
        hub=ports.hub,
        workers=workers,
        writers=Workers(fittings.threads),
        notebooks=NotebookCache(shelf, fittings.cache_bytes, metrics.looked_up),
        news=bell.news,
        metrics=metrics,
        seal=Seal(fittings.key),
        forge=ports.forge,
        images=images,
        solving=PackageSolving(desk, images, ports.solver),
        platform=PlatformPeople(ports.hub),
        place=fittings.place,
        bounds=fittings.bounds,
    )
