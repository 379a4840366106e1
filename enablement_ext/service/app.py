"""The composition root of the review service: settings become adapters, adapters become a `ServiceContext`, a web server serves it."""

from __future__ import annotations

import asyncio
import copy
import errno
import logging
import os
import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from traitlets import Bool, Dict, Enum, Float, Int, List, TraitError, Unicode, default, validate
from traitlets.config import Application

from enablement_ext import __version__
from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.adapters.catalog_folder import CatalogFolder
from enablement_ext.adapters.clock import SystemClock
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import sqlite_file, upgrade
from enablement_ext.adapters.environments import InstalledPackage, UvEnvironments
from enablement_ext.adapters.git.bundled.forge import BundledForge
from enablement_ext.adapters.hub_api import HubAddress, HubApi, internal_tls
from enablement_ext.adapters.local_paths import PACKAGE, cache_folder, locate_catalog
from enablement_ext.adapters.notifications import SmtpMailer, WebhookClient
from enablement_ext.adapters.parent_process import ParentProcess
from enablement_ext.adapters.re2_prefilter import installed_prefilter
from enablement_ext.adapters.uv_solver import UvSolver
from enablement_ext.core.access.signed_values import ValueSigner
from enablement_ext.core.errors import DatabaseReplaced, EnablementError, StoreUnavailable
from enablement_ext.core.git.forges.ports import Forge
from enablement_ext.core.images.ports import Environments
from enablement_ext.core.review.models import ChangeKind
from enablement_ext.core.review.policy import Policy, parse_tracks
from enablement_ext.core.review.ports import ArtifactStore
from enablement_ext.core.secrets.not_secrets import ALWAYS_SECRET, HINTS, checked_rules
from enablement_ext.core.secrets.statements import USUAL_RULES
from enablement_ext.core.submission.bundle import BundleLimits
from enablement_ext.service.assembly import ServiceOptions, ServicePorts, build_context
from enablement_ext.service.background.rerunning import RerunOptions
from enablement_ext.service.background.serve import ServeIntervals, run
from enablement_ext.service.context import PublicUrls, SizeLimits
from enablement_ext.service.http.listeners import Listener
from enablement_ext.service.http.server import web_server
from enablement_ext.service.runtime.signing_key import key_at
from enablement_ext.service.runtime.start_checks import bind, refuse_absence
from enablement_ext.service.settings.checking import CheckingProcesses
from enablement_ext.service.settings.checks import ArrivalCheckSettings
from enablement_ext.service.settings.decisions import DecisionSettings
from enablement_ext.service.settings.forge import ForgeSettings
from enablement_ext.service.settings.notifications import MailSettings, NotificationSettings, WebhookSettings
from enablement_ext.service.settings.object_store import ObjectStore
from enablement_ext.service.settings.reruns import Reruns
from enablement_ext.web import logs

_MIB = 1024 * 1024
_SOLVER_SECONDS = 120.0  # a cold index and a hard question took 20
_SWITCH_SECONDS = 0.001  # how long the event loop waits at most for a thread that computes: a fifth of what Python sets
_ENVIRONMENT = 3  # exit code: this machine cannot run it
_OVERHEAD = 2 * _MIB  # of a bundle: headers, submission.json


class ClosingStore(ArtifactStore, Protocol):
    """An artifact store that is closed at the end."""

    def close(self) -> None:
        """Give back what it holds."""
        ...


class ReviewService(Application):
    """The review service: the queue of submissions, its API, its event stream, its decision page."""

    name = "enablement-service"
    version = __version__
    description = (
        "The Enablement review service. The hub starts it and tells it where it stands (JUPYTERHUB_… variables)."
    )

    aliases = {  # noqa: RUF012 - traitlets' way
        "log-level": "Application.log_level",
        "config": "ReviewService.config_file",
        "state": "ReviewService.state",
        "database": "ReviewService.database_url",
        "url": "ReviewService.service_url",
    }
    flags = {}  # noqa: RUF012
    classes = [ArrivalCheckSettings, CheckingProcesses, DecisionSettings, ForgeSettings, MailSettings]  # noqa: RUF012
    classes += [NotificationSettings, ObjectStore, Reruns, WebhookSettings]

    config_file = Unicode("", help="A file with further settings (Python or JSON, as traitlets reads them).").tag(
        config=True
    )
    service_url = Unicode(help="The address to listen on, http://HOST:PORT. Default: $JUPYTERHUB_SERVICE_URL.").tag(
        config=True
    )
    state = Unicode(
        help="The folder with the SQLite database, the artifacts and the sealing key. Default: $ENABLEMENT_STATE, else .enablement-state."
    ).tag(config=True)
    database_url = Unicode(
        help="Where the queue is kept: postgresql://… or sqlite:///FILE. Default: $ENABLEMENT_DATABASE_URL, else enablement.sqlite in the state folder. "
        "SQLite is brought to this version's tables at start; for PostgreSQL run `enablement db upgrade`."
    ).tag(config=True)
    artifact_store = Enum(
        ["directory", "s3"],
        "directory",
        help="Where the bytes of notebooks and files are kept: in the state folder, or in the bucket that c.ObjectStore names, which any "
        "number of replicas share. Default: $ENABLEMENT_ARTIFACT_STORE, else directory.",
    ).tag(config=True)
    catalog = Unicode(
        help="Folder of the image catalog (images/<slug>/…). Default: $ENABLEMENT_CATALOG, else your own in ./images, else the one that comes with Enablement."
    ).tag(config=True)
    ask_solver = Bool(
        True,
        help="Whether the solver (uv, and through it the package index of this machine) is asked what a requested package would change.",
    ).tag(config=True)
    key_file = Unicode(
        "",
        help="The file with the key that seals tickets and sessions (at least 32 bytes; made when missing). Replicas share one. "
        "Default: service.key in the state folder.",
    ).tag(config=True)
    tracks = Dict(
        {"technical": {"group": "enablement-reviewers", "approvals": 1}},
        help="The kinds of review. For each its name, the hub group whose members review it, and how many of them must approve.",
    ).tag(config=True)
    survive = List(
        Enum([kind.value for kind in ChangeKind if kind is not ChangeKind.UNKNOWN]),
        help="The kinds of change between two versions that leave an approval standing. None by default: what was approved is exactly what was read. "
        '"metadata" would leave approvals standing when tags that mark parameters change.',
    ).tag(config=True, weakens="an approval stands for a version that its reviewer has not seen")
    not_secret_rules = List(
        Unicode(),
        default_value=list(USUAL_RULES),
        help="The rules of the search for secrets of whose findings an author may say, with a reason that reviewers read, that they are none: "
        f"{', '.join(sorted(HINTS.keys() - ALWAYS_SECRET))}. None where it is empty; a private key never.",
    ).tag(config=True, weakens="what a rule of the search for secrets finds is stored on its author's word")
    threads_block = Bool(False, help="Whether an open thread stands in the way of an approval.").tag(config=True)
    lease_hours = Float(4.0, help="How long a claim lasts without activity of its holder, in hours.").tag(config=True)
    token_seconds = Float(
        60.0,
        help="How long the hub's answer about a token is remembered, in seconds, at most 300: so late is a revocation seen. While the hub "
        "cannot be asked the last answer serves for 300; 0: nothing is remembered.",
    ).tag(config=True, weakens="the longer, the longer a withdrawn permission still works (never for a decision)")
    hub_timeout = Float(10.0, help="How long to wait for the hub, in seconds.").tag(config=True)
    most_files = Int(500, help="The most files in one bundle.").tag(config=True)
    most_bytes = Int(256 * _MIB, help="The most bytes of all files of one bundle.").tag(config=True)
    in_flight_bytes = Int(
        1024 * _MIB,
        help="The most bytes of large bundles that are worked on at once; what comes beyond is asked to come again.",
    ).tag(config=True)
    cache_bytes = Int(128 * _MIB, help="The most bytes of stored notebooks that are kept in memory for readers.").tag(
        config=True
    )
    small_bytes = Int(
        128 * 1024,
        min=0,
        help="Files of at most so many bytes are kept in the queue's database, written together with what names them; 0: none.",
    ).tag(config=True)
    threads = Int(8, min=1, max=64, help="Worker threads that read, and as many that write.").tag(config=True)
    drain_seconds = Float(
        0.0,
        help="How long to go on serving after being told to stop, in seconds, with /readyz saying no, so that whoever passes requests on "
        "takes this replica out first. 5 behind a Kubernetes Service.",
    ).tag(config=True)
    sweep_seconds = Float(60.0, help="How often claims whose lease ran out are ended, in seconds.").tag(config=True)

    @default("service_url")
    def _default_service_url(self) -> str:
        return os.environ.get("JUPYTERHUB_SERVICE_URL") or "http://127.0.0.1:18300"

    @default("state")
    def _default_state(self) -> str:
        return os.environ.get("ENABLEMENT_STATE") or ".enablement-state"

    @default("database_url")
    def _default_database_url(self) -> str:
        return os.environ.get("ENABLEMENT_DATABASE_URL") or f"sqlite:///{Path(self.state).absolute()}/enablement.sqlite"

    @default("artifact_store")
    def _default_artifact_store(self) -> str:
        return os.environ.get("ENABLEMENT_ARTIFACT_STORE") or "directory"

    @default("catalog")
    def _default_catalog(self) -> str:
        return os.environ.get("ENABLEMENT_CATALOG", "")

    @default("log_level")
    def _default_log_level(self) -> int:
        return logging.INFO

    @validate("tracks")
    def _checked_tracks(self, proposal: Any) -> Any:
        try:
            parse_tracks(proposal["value"])
        except (ValueError, AttributeError) as problem:
            raise TraitError(f"ReviewService.tracks: {problem}") from None
        return proposal["value"]

    @validate("not_secret_rules")
    def _checked_rules(self, proposal: Any) -> Any:
        try:
            checked_rules(proposal["value"])
        except ValueError as problem:
            raise TraitError(f"ReviewService.not_secret_rules: {problem}") from None
        return proposal["value"]

    @validate("token_seconds")
    def _checked_seconds(self, proposal: Any) -> Any:
        if not 0 <= proposal["value"] <= 300:
            raise TraitError("ReviewService.token_seconds is from 0 to 300")
        return proposal["value"]

    def initialize(self, argv: Any = None) -> None:
        """Read the command line, then the settings file; the command line wins."""
        super().initialize(argv)
        if self.config_file:
            wins = copy.deepcopy(self.cli_config)
            self.load_config_file(self.config_file)
            self.update_config(wins)

    def exit(self, exit_status: int | str | None = 0) -> None:
        """traitlets leaves with 1 where a setting is wrong; here that is 2."""
        super().exit(2 if exit_status == 1 else exit_status)

    def start(self) -> None:
        """Open everything, listen, and serve until SIGTERM. Raises `OSError` for a taken port, `StoreUnavailable`, `NoSpace`."""
        logs.log_to_stderr(self.log_level)
        sys.setswitchinterval(_SWITCH_SECONDS)
        state = Path(self.state).absolute()
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        artifacts = self._artifacts(state)
        key = key_at(Path(self.key_file or state / "service.key"))
        asyncio.run(self._serve(self._store(artifacts), artifacts, self._options(key)))
        artifacts.close()

    def _store(self, artifacts: ArtifactStore) -> DatabaseReviewStore:
        """SQLite brought to this version's tables; a PostgreSQL that is away now is waited for by `/readyz`."""
        sqlite = self.database_url.startswith("sqlite")
        if sqlite:
            refuse_absence(Path(sqlite_file(self.database_url)), artifacts)
            upgrade(self.database_url)
        store = DatabaseReviewStore(self.database_url)
        try:
            bind(store, artifacts)
        except StoreUnavailable as error:
            if sqlite or isinstance(error, DatabaseReplaced):
                raise
        return store

    def _artifacts(self, state: Path) -> ClosingStore:
        if self.artifact_store == "directory":
            return DirectoryArtifactStore(state / "artifacts")
        settings = ObjectStore(parent=self)
        if not settings.bucket:
            raise TraitError("ObjectStore.bucket: say in which bucket artifacts are kept")
        if find_spec("obstore") is None:
            raise StoreUnavailable('Artifacts in a bucket need the extra "cluster": pip install "enablement[cluster]".')
        from enablement_ext.adapters.artifacts_s3 import S3ArtifactStore, S3Place  # noqa: PLC0415 - an extra

        keys = Path(settings.keys) if settings.keys else None
        bucket = S3Place(
            settings.bucket,
            settings.endpoint,
            settings.region,
            settings.prefix,
            settings.path_style,
            keys,
            settings.timeout,
        )
        return S3ArtifactStore(bucket)

    async def _serve(self, store: DatabaseReviewStore, artifacts: ClosingStore, options: ServiceOptions) -> None:
        context = build_context(self._ports(store, artifacts, ValueSigner(options.key)), options)
        address, pages = urlsplit(self.service_url), DecisionSettings(parent=self).address()
        servers = [web_server(context, Listener.API if pages else Listener.ALL)]
        servers[0].listen(address.port or 80, address.hostname or "127.0.0.1")
        if pages:
            servers.append(web_server(context, Listener.PAGES, pages.tls))
            servers[1].listen(pages.port, pages.host)
        parent = os.environ.get("ENABLEMENT_PARENT_PID", "")
        intervals = ServeIntervals(sweep=self.sweep_seconds, drain=self.drain_seconds)
        await run(context, servers, ParentProcess(int(parent)).is_alive if parent.isdecimal() else None, intervals)

    def _ports(self, store: DatabaseReviewStore, artifacts: ClosingStore, signer: ValueSigner) -> ServicePorts:
        catalog = locate_catalog(self.catalog, "c.ReviewService.catalog", "").folder.absolute()
        hub, clock, forge = HubApi(self._hub_address()), SystemClock(), self._forge(signer)
        mail, hooks = MailSettings(parent=self).server(), WebhookSettings(parent=self)
        return ServicePorts(
            store,
            artifacts,
            hub,
            clock,
            forge,
            CatalogFolder(catalog),
            UvSolver(_SOLVER_SECONDS) if self.ask_solver else None,
            installed_prefilter(),
            environments=self._environments(),
            mailer=None if mail is None else SmtpMailer(mail, clock.now),
            poster=WebhookClient(hooks.networks(), hooks.ca_file) if hooks.hooks else None,
        )

    def _environments(self) -> Environments | None:
        """Those of this machine, None where nothing is run again."""
        settings = Reruns(parent=self)
        if not settings.enabled:
            return None
        if find_spec("jupyter_client") is None:
            raise StoreUnavailable('Running again needs the extra "runs": pip install "enablement[runs]".')
        root = Path(settings.environments or cache_folder() / "environments").expanduser().absolute()
        return UvEnvironments(root, InstalledPackage(PACKAGE, __version__), settings.python)

    def _forge(self, signer: ValueSigner) -> Forge:
        settings = ForgeSettings(parent=self)
        if settings.bundled:
            return BundledForge(Path(self.state).absolute() / "repositories", signer=signer)
        from enablement_ext.adapters.forges import factory  # noqa: PLC0415 - cryptography is heavy, and most need none

        try:
            return factory.open_forge(settings.account_at(factory.api_of))
        except ValueError as problem:
            raise TraitError(f"ForgeSettings: {problem}") from None

    def _hub_address(self) -> HubAddress:
        return HubAddress(
            api_url=os.environ.get("JUPYTERHUB_API_URL", "http://127.0.0.1:8081/hub/api"),
            token=os.environ.get("JUPYTERHUB_API_TOKEN", ""),
            client_id=self._urls().client_id,
            redirect_uri=self._urls().redirect_uri,
            timeout=self.hub_timeout,
            remember=self.token_seconds,
            tls=internal_tls(os.environ),
        )

    def _urls(self) -> PublicUrls:
        prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/services/enablement/")
        base, client = os.environ.get("JUPYTERHUB_BASE_URL", "/"), os.environ.get("JUPYTERHUB_CLIENT_ID", "")
        return DecisionSettings(parent=self).urls(prefix, base, client or "service-enablement")

    def _options(self, key: bytes) -> ServiceOptions:
        policy = Policy(
            tracks=parse_tracks(self.tracks),
            survive=frozenset(ChangeKind(kind) for kind in self.survive),
            threads_block=self.threads_block,
            lease=timedelta(hours=self.lease_hours),
            not_secret_rules=frozenset(self.not_secret_rules),
        )
        limits = SizeLimits(
            bundle=BundleLimits(files=self.most_files, file_bytes=self.most_bytes, total_bytes=self.most_bytes),
            body=self.most_bytes + _OVERHEAD + 2048 * self.most_files,
            in_flight=self.in_flight_bytes,
        )
        decisions, checks = DecisionSettings(parent=self), ArrivalCheckSettings(parent=self)
        servers, accepted = decisions.place()
        reruns = Reruns(parent=self)
        return ServiceOptions(
            key,
            policy,
            self._urls(),
            limits,
            threads=self.threads,
            cache_bytes=self.cache_bytes,
            small_bytes=self.small_bytes,
            servers=servers,
            accepted=accepted,
            trusted_proxies=decisions.networks(),
            checking=CheckingProcesses(parent=self).options(),
            check_policy=checks.policy(),
            check_kinds=checks.kinds(),
            reruns=RerunOptions(reruns.at_once, idle=reruns.warm_seconds),
            run_limits=reruns.limits(),
            notifications=NotificationSettings(parent=self).rules(policy.all_tracks(), self._urls().prefix),
            reruns_off=reruns.off_because(),
            trial_bytes=reruns.trial_bytes,
        )


def main(argv: list[str] | None = None) -> int:
    """Run the service; the exit code: 0 stopped, 2 settings error, 3 environment error."""
    try:
        service = ReviewService()
        service.initialize(argv)
        service.start()
    except TraitError as problem:
        return _print_error(str(problem), 2)
    except EnablementError as problem:
        return _print_error(problem.message, _ENVIRONMENT)
    except OSError as problem:
        taken = problem.errno == errno.EADDRINUSE
        return _print_error("This address is taken already." if taken else str(problem), _ENVIRONMENT)
    return 0


def _print_error(message: str, code: int) -> int:
    sys.stderr.write(f"enablement-service: {message}\n")
    return code
