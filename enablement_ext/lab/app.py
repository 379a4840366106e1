"""Composition root of the lab extension: the one module here that imports adapters. `extension` imports it at the first request."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from enablement_ext.adapters.clock import SystemClock
from enablement_ext.adapters.git.provenance import GitProvenance
from enablement_ext.adapters.git.versions import GitVersionHistory
from enablement_ext.adapters.git.working_copy import GitWorkingCopy
from enablement_ext.adapters.home_folder import HomeFolder
from enablement_ext.adapters.installed_packages import PythonPackages
from enablement_ext.adapters.re2_prefilter import installed_prefilter
from enablement_ext.core.checks.own.python_lint import PythonLinter
from enablement_ext.core.checks.registry import CheckEngines
from enablement_ext.core.git.ports import WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import GitIdentity
from enablement_ext.core.submission.bundle import BundleLimits
from enablement_ext.lab.git.handlers import git_routes
from enablement_ext.lab.git.history import VersionActions
from enablement_ext.lab.git.setup import GitSetup
from enablement_ext.lab.handlers import LabHandler, LabServices, routes
from enablement_ext.lab.images.handlers import image_routes
from enablement_ext.lab.images.queries import ImageQueries
from enablement_ext.lab.preflight import Preflight
from enablement_ext.lab.send import NotebookSender
from enablement_ext.lab.send_candidates import Candidates
from enablement_ext.lab.service_client import ServiceClient, Timeouts
from enablement_ext.lab.settings import EnablementLab
from enablement_ext.lab.working_copy import WorkingCopyComparison


def make_services(settings: EnablementLab, root: str) -> LabServices:
    """What the handlers need, over the files below `root`, the root of the lab's file browser."""
    home, git = HomeFolder(root, settings.link_roots), GitProvenance(root, str(Path.home()))
    limits = BundleLimits(files=settings.max_files, file_bytes=settings.max_bytes, total_bytes=settings.max_bytes)
    timeouts = Timeouts(settings.connect_seconds, settings.answer_seconds, settings.receipt_seconds)
    token = settings.token()
    service = ServiceClient(settings.service_url, token, timeouts) if settings.service_url and token else None
    preflight = Preflight(home, git, make_images(settings, root), _engines, settings.max_bytes)
    sender, compared = NotebookSender(home, git, limits), WorkingCopyComparison(home, settings.image())
    return LabServices(settings, Candidates(home, git, limits), preflight, sender, service, compared)


def _engines() -> CheckEngines:
    return CheckEngines(PythonLinter(), installed_prefilter())


def make_git(settings: EnablementLab, root: str, service: ServiceClient | None) -> VersionActions | None:
    """Git in one click, None where no hub says who the author is and where the forge is."""
    user = os.environ.get("JUPYTERHUB_USER", "")
    if service is None or not user:
        return None
    base = settings.service_url.rstrip("/")
    told = {"ENABLEMENT_SERVICE_URL": base, "JUPYTERHUB_API_TOKEN": settings.token()}
    bin_folder = str(Path(sys.executable).parent)
    forge = os.environ.get("ENABLEMENT_FORGE_BASE", "")
    told |= {"ENABLEMENT_FORGE_BASE": forge} if forge else {}
    working_copy = GitWorkingCopy(
        root, str(Path.home()), bin_folder, WorkingCopyOwner(GitIdentity(user), f"{base}/git", forge), told
    )
    setup = GitSetup(working_copy, service, settings.public_url)
    # A copy's name says when, as the author's own clock has it.
    return VersionActions(setup, GitVersionHistory(working_copy), lambda: SystemClock().now().astimezone())


def make_images(settings: EnablementLab, root: str) -> ImageQueries:
    """What the lab says about images."""
    return ImageQueries(settings.image(), HomeFolder(root, settings.link_roots), PythonPackages(str(Path.home())))


def all_routes(settings: EnablementLab, root: str) -> list[tuple[str, type[LabHandler], dict[str, Any]]]:
    """Patterns below the server's base address, with their handlers. Without a hub every route but `context` answers `no-service`."""
    services = make_services(settings, root)
    git = git_routes(services, make_git(settings, root, services.service))
    return [*routes(services), *git, *image_routes(services, make_images(settings, root))]
