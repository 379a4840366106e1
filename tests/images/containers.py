"""What tests of container images share: a base made once per machine, buildah storages of their own, and podman."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from enablement_ext.adapters.environments import BuildahBuilder, InstalledPackage, Storage
from enablement_ext.core.catalog import Release
from enablement_ext.core.image_ports import OciRequest
from enablement_ext.core.layers import Layer
from enablement_ext.core.releases import OciBuild

TOOL = Path(__file__).parents[2] / "tools" / "container-base"
ROOM = 3_000_000_000
BASE = "localhost/enablement/base:bookworm"
# Root of a machine without CAP_SYS_RESOURCE cannot raise limits; runc knows hybrid cgroups.
RUN = (
    "--runtime",
    "runc",
    "run",
    "--rm",
    "--interactive",
    "--network",
    "host",
    "--ulimit",
    "nofile=1024:1024",
    "--ulimit",
    "nproc=1024:1024",
)


@dataclass(frozen=True)
class Workshop:
    """A buildah storage with the base in it, and the place where finished images are written as OCI layouts."""

    root: Path
    package: Path

    @property
    def layout(self) -> Path:
        return self.root / "layout"

    @property
    def options(self) -> list[str]:
        return Storage(str(self.root)).options()

    def build(self, release: Release, layers: tuple[Layer, ...], tag: str) -> OciBuild:
        """A build that knows nothing of earlier ones in other workshops."""
        builder = BuildahBuilder(InstalledPackage(self.package, "0.1.0"), Storage(str(self.root), self.layout))
        return builder.build(OciRequest(release, "3.11", BASE, layers, ("git", "tini"), tag))

    def run(self, tag: str, *command: str, given: str = "", flags: tuple[str, ...] = ()) -> str:
        """What a command in a container of the image prints."""
        argv = ["podman", *self.options, *RUN, *flags, tag, *command]
        done = subprocess.run(argv, input=given, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


def workshop(package: Path) -> Workshop:
    """A storage with nothing but the base, in memory where there is room: builds sync every file to the disk they lie on.

    The base's files are kept in the account's cache: making them takes a minute.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    root = Path(tempfile.mkdtemp(prefix="enablement-workshop-", dir=memory if roomy else None))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "enablement-tests"
    cache.mkdir(parents=True, exist_ok=True)
    environ = os.environ | {
        "ENABLEMENT_CONTAINER_STORAGE": str(root),
        "ENABLEMENT_BASE_TAR": str(cache / "base-bookworm.tar"),
    }
    done = subprocess.run(
        [str(TOOL), "bookworm", BASE, "git", "tini"], capture_output=True, text=True, check=False, env=environ
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Workshop(root, package)


def remove(root: Path) -> None:
    """A storage holds files of other accounts and mounts; podman knows how to let go of them."""
    for command in (["podman", *Storage(str(root)).options(), "system", "reset", "--force"],):
        subprocess.run(command, capture_output=True, check=False)
    shutil.rmtree(root, ignore_errors=True)
