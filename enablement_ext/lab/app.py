"""The lab door's composition root: the one place here that names adapters. Jupyter Server loads it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from jupyter_server.utils import url_path_join

from enablement_ext.adapters.clock import SystemClock
from enablement_ext.adapters.git.provenance import GitCommand
from enablement_ext.adapters.git.versions import GitVersions
from enablement_ext.adapters.git.working_copy import GitWorkshop
from enablement_ext.adapters.home_folder import HomeFolder
from enablement_ext.adapters.installed_packages import PythonPackages
from enablement_ext.core.git.ports import Owner
from enablement_ext.core.git.setup.config_files import Person
from enablement_ext.core.submission.bundle import BundleLimits
from enablement_ext.lab.git.handlers import git_routes
from enablement_ext.lab.git.history import Everyday
from enablement_ext.lab.git.setup import GitSetup
from enablement_ext.lab.handlers import LabDoor, routes
from enablement_ext.lab.images.handlers import image_routes
from enablement_ext.lab.images.queries import ImageDesk
from enablement_ext.lab.send import Sender
from enablement_ext.lab.send_candidates import Candidates
from enablement_ext.lab.service_client import ServiceClient, Timeouts
from enablement_ext.lab.settings import EnablementLab


def make_door(settings: EnablementLab, root: str) -> LabDoor:
    """The door to the files below `root`, the root of the lab's file browser."""
    home, git = HomeFolder(root), GitCommand(root, str(Path.home()))
    limits = BundleLimits(files=settings.max_files, file_bytes=settings.max_bytes, total_bytes=settings.max_bytes)
    timeouts = Timeouts(settings.connect_seconds, settings.answer_seconds, settings.receipt_seconds)
    token = settings.token()
    service = ServiceClient(settings.service_url, token, timeouts) if settings.service_url and token else None
    return LabDoor(settings, Candidates(home, git, limits), Sender(home, git, limits), service)


def make_git(settings: EnablementLab, root: str, service: ServiceClient | None) -> Everyday | None:
    """Git in one click, None where no hub says who the author is and where the forge is."""
    user = os.environ.get("JUPYTERHUB_USER", "")
    if service is None or not user:
        return None
    base = settings.service_url.rstrip("/")
    told = {"ENABLEMENT_SERVICE_URL": base, "JUPYTERHUB_API_TOKEN": settings.token()}
    bin_folder = str(Path(sys.executable).parent)
    forge = os.environ.get("ENABLEMENT_FORGE_BASE", "")
    told |= {"ENABLEMENT_FORGE_BASE": forge} if forge else {}
    workshop = GitWorkshop(root, str(Path.home()), bin_folder, Owner(Person(user), f"{base}/git", forge), told)
    setup = GitSetup(workshop, service, settings.public_url)
    # A copy's name says when, as the author's own clock has it.
    return Everyday(setup, GitVersions(workshop), lambda: SystemClock().now().astimezone())


def make_images(settings: EnablementLab, root: str) -> ImageDesk:
    """What the lab says about images."""
    return ImageDesk(settings.image(), HomeFolder(root), PythonPackages(str(Path.home())))


def _load_jupyter_server_extension(server: Any) -> None:
    """Called by Jupyter Server. Loads without a hub, too; then every route but `context` answers `no-service`."""
    root = str(getattr(server.contents_manager, "root_dir", "") or server.root_dir)
    settings = EnablementLab(parent=server)
    door = make_door(settings, root)
    table = [*routes(door), *git_routes(door, make_git(settings, root, door.service))]
    table += image_routes(door, make_images(settings, root))
    base = server.web_app.settings["base_url"]
    server.web_app.add_handlers(".*$", [(url_path_join(base, pattern), *rest) for pattern, *rest in table])
    server.log.info(
        "Enablement: %s",
        "ready to send to engineering" if door.service else "no review service is known to this server",
    )
