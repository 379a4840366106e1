"""What handlers work with: ports, pools, caches and limits of one service process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from enablement_ext.core.access.clients import LOOPBACK, Network
from enablement_ext.core.access.decision_origin import DecisionOrigin, origin_of
from enablement_ext.core.access.signed_values import ValueSigner
from enablement_ext.core.review.ports import HubDirectory
from enablement_ext.core.submission.bundle import BundleLimits
from enablement_ext.service.background.event_stream import EventStream
from enablement_ext.service.background.notifying import Notifying
from enablement_ext.service.background.package_solving import PackageSolving
from enablement_ext.service.background.rerunning import Rerunning
from enablement_ext.service.background.search_indexing import SearchIndexing
from enablement_ext.service.caches.catalog import CurrentCatalog
from enablement_ext.service.caches.differences import DifferenceCache
from enablement_ext.service.caches.pages import PageCache
from enablement_ext.service.caches.platform_group import PlatformGroup
from enablement_ext.service.caches.submission_json import SubmissionJsonCache
from enablement_ext.service.checking.pool import CheckingPool
from enablement_ext.service.runtime.draining import Draining
from enablement_ext.service.runtime.metrics import Metrics
from enablement_ext.service.runtime.thread_pools import KeyLocks, ThreadPool
from enablement_ext.service.use_cases.git.repositories import RepositoryContext
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.web.messages import Request, Response


@dataclass(frozen=True, slots=True)
class PublicUrls:
    """The service's addresses, as a browser sees them.

    `prefix` is the service's path with slashes around it; `hub` the address of the hub's pages, `pages` that of the service's own pages,
    `api` that of everything else it serves: each a path or with a host, ending in a slash.
    """

    prefix: str = "/services/enablement/"
    hub: str = "/hub/"
    pages: str = "/services/enablement/"
    api: str = "/services/enablement/"
    client_id: str = "service-enablement"
    redirect_uri: str = "/services/enablement/oauth_callback"

    def on_pages(self, path: str) -> str:
        """The address of a path at the origin of the pages."""
        return _at(self.pages, path)

    def on_api(self, path: str) -> str:
        """The address of a path where the API and Git's protocol are served."""
        return _at(self.api, path)


def _at(base: str, path: str) -> str:
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}{path}" if origin_of(base) else path


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
    """Everything a handler may need. `workers` are the threads for reads, `writers` those for changes: reads do not wait behind fsyncs.

    `checkers` are the threads for bundles that a process of `checking` examines, `large_checkers` those for the largest of them: other changes do not
    wait behind those, and somebody's two megabytes not behind somebody else's hundred. `comparers` are the threads that ask for differences, `readers`
    those in which notebooks are read: lists do not wait behind those. What `trusted_proxies` say of whom a request came from is believed.
    """

    review: ReviewContext
    repositories: RepositoryContext
    hub: HubDirectory
    workers: ThreadPool
    writers: ThreadPool
    checkers: ThreadPool
    large_checkers: ThreadPool
    comparers: ThreadPool
    readers: ThreadPool
    checking: CheckingPool
    events: EventStream
    metrics: Metrics
    signer: ValueSigner
    images: CurrentCatalog
    package_solving: PackageSolving
    rerunning: Rerunning
    notifying: Notifying
    search_indexing: SearchIndexing
    platform_group: PlatformGroup
    decisions: DecisionOrigin
    trusted_proxies: tuple[Network, ...] = LOOPBACK
    urls: PublicUrls = field(default_factory=PublicUrls)
    limits: SizeLimits = field(default_factory=SizeLimits)
    key_locks: KeyLocks = field(default_factory=KeyLocks)
    submission_json: SubmissionJsonCache = field(default_factory=SubmissionJsonCache)
    page_cache: PageCache = field(default_factory=PageCache)
    difference_cache: DifferenceCache = field(default_factory=DifferenceCache)
    draining: Draining = field(default_factory=Draining)


Work = Callable[[ServiceContext, Request], Response]
Flow = Callable[[ServiceContext, Request], Awaitable[Response]]


def in_readers(work: Work) -> Flow:
    """Blocking work that reads notebooks, as a flow in one of the context's `readers`."""

    async def flow(context: ServiceContext, request: Request) -> Response:
        return await context.readers.run(work, context, request)

    return flow
