"""Makes a `ServiceContext` from ports and options, whatever adapters are behind the ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from enablement_ext.core.access.clients import LOOPBACK, Network
from enablement_ext.core.access.decision_origin import DecisionOrigin, Risk, ServersPlace
from enablement_ext.core.access.signed_values import ValueSigner
from enablement_ext.core.checks.models import FindingKind
from enablement_ext.core.checks.policy import CheckPolicy
from enablement_ext.core.checks.registry import OWN, kinds_of
from enablement_ext.core.git.forges.ports import Forge
from enablement_ext.core.images.ports import CatalogStore, Environments
from enablement_ext.core.images.requests.ports import PackageSolver
from enablement_ext.core.review.notifications.ports import Mailer, WebhookPoster
from enablement_ext.core.review.notifications.rules import NotificationRules
from enablement_ext.core.review.policy import Policy
from enablement_ext.core.review.ports import ArtifactStore, Clock, HubDirectory, ReviewStore
from enablement_ext.core.runs.models import RunLimits
from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.service.background.event_stream import EventStream, StreamIntervals
from enablement_ext.service.background.notifying import Notifying
from enablement_ext.service.background.package_solving import PackageSolving
from enablement_ext.service.background.rerunning import Rerunning, RerunOptions
from enablement_ext.service.background.search_indexing import SearchIndexing
from enablement_ext.service.caches.catalog import CurrentCatalog
from enablement_ext.service.caches.credentials import CredentialCache
from enablement_ext.service.caches.identified_hub import IdentifiedHub
from enablement_ext.service.caches.notebooks import NotebookCache
from enablement_ext.service.caches.platform_group import PlatformGroup
from enablement_ext.service.caches.release_facts import CatalogReleaseFacts
from enablement_ext.service.checking.pool import CheckingPool
from enablement_ext.service.checking.process import CheckingOptions
from enablement_ext.service.context import PublicUrls, ServiceContext, SizeLimits
from enablement_ext.service.reruns.held import MOST_BYTES, HeldTrials
from enablement_ext.service.reruns.running import VersionRuns
from enablement_ext.service.runtime.metrics import Metrics
from enablement_ext.service.runtime.rate_limit import RateLimit
from enablement_ext.service.runtime.thread_pools import ThreadPool
from enablement_ext.service.stored_files import StoredFiles
from enablement_ext.service.use_cases.arrival.checks import ArrivalChecks, Finder, without_secrets
from enablement_ext.service.use_cases.git.repositories import RepositoryContext
from enablement_ext.service.use_cases.review_context import SMALL_BYTES, ReviewContext


@dataclass(frozen=True, slots=True)
class ServicePorts:
    """The ports of one context, each with its adapter. `find` makes the checks of what arrives and is not large; None: processes of its own do. `environments`
    are those that versions are run again in; None: none is run again. `mailer` and `poster` carry notifications; None: there are none of that kind."""

    store: ReviewStore
    artifacts: ArtifactStore
    hub: HubDirectory
    clock: Clock
    forge: Forge
    catalog: CatalogStore
    solver: PackageSolver | None = None  # what is asked about requested packages
    prefilter: Prefilter = field(default_factory=LiteralPrefilter)
    find: Finder | None = None
    environments: Environments | None = None
    mailer: Mailer | None = None
    poster: WebhookPoster | None = None


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """What can be chosen of a service. `key` signs tickets and cookies; `cache_bytes` is for stored notebooks; `small_bytes` as `ReviewContext` says.

    `check_policy` and `check_kinds` are the rules for what arrives, and the findings there are.
    `servers` and `accepted`: where people's servers run, and which risks of the decision page's place an administrator accepted.
    """

    key: bytes
    policy: Policy = field(default_factory=Policy)
    urls: PublicUrls = field(default_factory=PublicUrls)
    limits: SizeLimits = field(default_factory=SizeLimits)
    intervals: StreamIntervals = field(default_factory=StreamIntervals)
    threads: int = 8
    cache_bytes: int = 128 * 1024 * 1024
    small_bytes: int = SMALL_BYTES
    servers: ServersPlace = ServersPlace.SAME_HOST
    accepted: frozenset[Risk] = frozenset()
    trusted_proxies: tuple[Network, ...] = LOOPBACK
    checking: CheckingOptions = field(default_factory=CheckingOptions)
    check_policy: CheckPolicy = field(default_factory=CheckPolicy)
    check_kinds: Mapping[str, FindingKind] = field(default_factory=lambda: kinds_of(without_secrets(OWN)))
    reruns: RerunOptions = field(default_factory=RerunOptions)
    run_limits: RunLimits = field(default_factory=RunLimits)
    notifications: NotificationRules | None = None
    reruns_off: str = "switched-off"  # a code for why, where there are no environments
    trial_bytes: int = MOST_BYTES


class _CommitSignal:
    """Tells the event stream of commits; made before it, because the stream reads through the context that signals."""

    def __init__(self) -> None:
        self.events: EventStream | None = None

    def __call__(self) -> None:
        if self.events is not None:
            self.events.announce()


def build_context(ports: ServicePorts, options: ServiceOptions) -> ServiceContext:
    """A context. It belongs to the event loop it is served on."""
    metrics, workers, signal = Metrics(), ThreadPool(options.threads), _CommitSignal()
    checking, writers = CheckingPool(options.checking), ThreadPool(options.threads)
    images = CurrentCatalog(ports.catalog)
    stored_files = StoredFiles(ports.store, ports.artifacts)
    review = ReviewContext(
        store=ports.store,
        artifacts=stored_files,
        notebooks=NotebookCache(stored_files, options.cache_bytes, metrics.looked_up),
        clock=ports.clock,
        policy=options.policy,
        announce=signal,
        small_bytes=options.small_bytes,
        bundle_limits=options.limits.bundle,
        compare=checking.compare,
        check_anchor=checking.check_anchor,
        place=checking.place,
        holding=checking.holding,
        prefilter=ports.prefilter,
        checks=ArrivalChecks(
            options.check_policy,
            options.check_kinds,
            ports.find or checking.finding,
            CatalogReleaseFacts(images),
            tuple(sorted(options.policy.all_tracks())),
        ),
        reruns=ports.environments is not None,
        notifications=options.notifications,
        passages=checking.passages,
        run_limits=options.run_limits,
    )
    hub = IdentifiedHub(ports.hub, review, writers)
    signal.events = EventStream(review, workers, metrics, options.intervals)
    return ServiceContext(
        review=review,
        repositories=RepositoryContext(review, ports.forge, CredentialCache(), RateLimit()),
        hub=hub,
        workers=workers,
        writers=writers,
        checkers=ThreadPool(options.checking.processes),
        large_checkers=ThreadPool(options.checking.processes),
        comparers=ThreadPool(options.checking.processes),
        readers=ThreadPool(options.threads),
        checking=checking,
        events=signal.events,
        metrics=metrics,
        signer=ValueSigner(options.key),
        images=images,
        package_solving=PackageSolving(review, images, ports.solver),
        search_indexing=SearchIndexing(review),
        rerunning=replace(_rerunning(review, images, ports, options), metrics=metrics.runs),
        notifying=Notifying(review, hub, ports.mailer, ports.poster),
        platform_group=PlatformGroup(hub),
        trusted_proxies=options.trusted_proxies,
        decisions=DecisionOrigin(options.urls.pages, options.urls.hub, options.servers, options.accepted),
        urls=options.urls,
        limits=options.limits,
    )


def _rerunning(
    review: ReviewContext, images: CurrentCatalog, ports: ServicePorts, options: ServiceOptions
) -> Rerunning:
    if ports.environments is None:
        return Rerunning(review, off_because=options.reruns_off)
    runs = VersionRuns(review, images, ports.environments, options.run_limits, warm=options.reruns.idle > 0)
    return Rerunning(review, runs, options.reruns, trials=HeldTrials(options.trial_bytes))
