"""What the handlers work with: everything `app.py` has put together, named by ports."""

from __future__ import annotations

from dataclasses import dataclass, field

from enablement_ext.core.access.signed_values import Seal
from enablement_ext.core.git.forges.ports import Forge
from enablement_ext.core.review.ports import HubDirectory
from enablement_ext.core.submission.bundle import BundleLimits
from enablement_ext.service.background.event_stream import News
from enablement_ext.service.background.package_solving import PackageSolving
from enablement_ext.service.caches.catalog import CurrentCatalog
from enablement_ext.service.caches.credentials import Keyring
from enablement_ext.service.caches.notebooks import NotebookCache
from enablement_ext.service.caches.pages import KeptPages
from enablement_ext.service.caches.platform_group import PlatformPeople
from enablement_ext.service.caches.submission_json import SubmissionTexts
from enablement_ext.service.runtime.draining import Leaving
from enablement_ext.service.runtime.metrics import Metrics
from enablement_ext.service.runtime.rate_limit import Pace
from enablement_ext.service.runtime.thread_pools import KeyLocks, Workers
from enablement_ext.service.use_cases.review_context import Desk


@dataclass(frozen=True, slots=True)
class Place:
    """Where the service stands, as a browser sees it.

    `prefix` is the service's path with slashes around it; `hub` the address of the hub's pages, a path or with a host, ending in a slash.
    """

    prefix: str = "/services/enablement/"
    hub: str = "/hub/"
    client_id: str = "service-enablement"
    redirect_uri: str = "/services/enablement/oauth_callback"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Sizes in bytes: of one bundle, of all large bodies in work at once, of a JSON body, of one push."""

    bundle: BundleLimits = field(default_factory=BundleLimits)
    body: int = 320 * 1024 * 1024
    in_flight: int = 1024 * 1024 * 1024
    json: int = 256 * 1024
    push: int = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class House:
    """Everything a handler may need. `workers` are the threads that look, `writers` those that change something."""

    desk: Desk
    hub: HubDirectory
    workers: Workers
    writers: Workers
    notebooks: NotebookCache
    news: News
    metrics: Metrics
    seal: Seal
    forge: Forge
    images: CurrentCatalog
    solving: PackageSolving
    platform: PlatformPeople
    place: Place = field(default_factory=Place)
    bounds: Bounds = field(default_factory=Bounds)
    keys: KeyLocks = field(default_factory=KeyLocks)
    texts: SubmissionTexts = field(default_factory=SubmissionTexts)
    pages: KeptPages = field(default_factory=KeptPages)
    keys_minted: Pace = field(default_factory=Pace)
    keyring: Keyring = field(default_factory=Keyring)
    leaving: Leaving = field(default_factory=Leaving)
