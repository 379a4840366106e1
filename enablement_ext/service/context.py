"""What handlers work with: ports, pools, caches and limits of one service process."""

from __future__ import annotations

from dataclasses import dataclass, field

from enablement_ext.core.access.signed_values import ValueSigner
from enablement_ext.core.review.ports import HubDirectory
from enablement_ext.core.submission.bundle import BundleLimits
from enablement_ext.service.background.event_stream import EventStream
from enablement_ext.service.background.package_solving import PackageSolving
from enablement_ext.service.caches.catalog import CurrentCatalog
from enablement_ext.service.caches.pages import PageCache
from enablement_ext.service.caches.platform_group import PlatformGroup
from enablement_ext.service.caches.submission_json import SubmissionJsonCache
from enablement_ext.service.runtime.draining import Draining
from enablement_ext.service.runtime.metrics import Metrics
from enablement_ext.service.runtime.thread_pools import KeyLocks, ThreadPool
from enablement_ext.service.use_cases.repositories import RepositoryContext
from enablement_ext.service.use_cases.review_context import ReviewContext


@dataclass(frozen=True, slots=True)
class PublicUrls:
    """The service's addresses, as a browser sees them.

    `prefix` is the service's path with slashes around it; `hub` the address of the hub's pages, a path or with a host, ending in a slash.
    """

    prefix: str = "/services/enablement/"
    hub: str = "/hub/"
    client_id: str = "service-enablement"
    redirect_uri: str = "/services/enablement/oauth_callback"


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """Sizes in bytes: of one bundle, of all large bodies in flight, of a JSON body, of one push. And how many requests are worked on at once."""

    bundle: BundleLimits = field(default_factory=BundleLimits)
    body: int = 320 * 1024 * 1024
    in_flight: int = 1024 * 1024 * 1024
    json: int = 256 * 1024
    push: int = 256 * 1024 * 1024
    requests: int = 600  # some more than wait for the threads of one pool; open event streams do not count


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """Everything a handler may need. `workers` are the threads for reads, `writers` those for changes: reads do not wait behind fsyncs."""

    review: ReviewContext
    repositories: RepositoryContext
    hub: HubDirectory
    workers: ThreadPool
    writers: ThreadPool
    events: EventStream
    metrics: Metrics
    signer: ValueSigner
    images: CurrentCatalog
    package_solving: PackageSolving
    platform_group: PlatformGroup
    urls: PublicUrls = field(default_factory=PublicUrls)
    limits: SizeLimits = field(default_factory=SizeLimits)
    key_locks: KeyLocks = field(default_factory=KeyLocks)
    submission_json: SubmissionJsonCache = field(default_factory=SubmissionJsonCache)
    page_cache: PageCache = field(default_factory=PageCache)
    draining: Draining = field(default_factory=Draining)
