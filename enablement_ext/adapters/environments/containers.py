"""Releases as container images, built by buildah without root daemons or registries: the same inputs give the same digest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from enablement_ext.adapters.environments.layer_files import (
    EPOCH,
    compile_tree,
    normalize_metadata,
    removals,
    stage_packages,
    stage_prefix,
)
from enablement_ext.adapters.environments.package import InstalledPackage, install_command, install_package
from enablement_ext.adapters.environments.pythons import Interpreter, find_interpreter
from enablement_ext.adapters.environments.virtual_environments import no_report
from enablement_ext.core.errors import EnvironmentUnavailable, NoSpace
from enablement_ext.core.images.oci.containerfile import HOME, ImagePlan, folder_of, render
from enablement_ext.core.images.oci.ports import OciRequest
from enablement_ext.core.images.releases import OciBuild


@dataclass(frozen=True, slots=True)
class Storage:
    """Where buildah keeps images ("" for its own place), and a folder to write the finished image to as an OCI layout (None: nowhere)."""

    root: str = ""
    layout: Path | None = None

    def options(self) -> list[str]:
        """Flags for buildah, podman and skopeo alike."""
        return ["--root", f"{self.root}/storage", "--runroot", f"{self.root}/run"] if self.root else []


class BuildahBuilder:
    """Implements the port `OciBuilder`."""

    def __init__(
        self, package: InstalledPackage, storage: Storage | None = None, report: Callable[[str], None] = no_report
    ) -> None:
        self._package = package
        self._storage = storage or Storage()
        self._report = report

    def build(self, request: OciRequest) -> OciBuild:
        if shutil.which("buildah") is None:
            raise EnvironmentUnavailable("buildah is not on this machine: install it (on Debian: apt install buildah)")
        interpreter = find_interpreter(request.python)
        if interpreter is None:
            raise EnvironmentUnavailable(f"Python {request.python} is not on this machine; layers are compiled with it")
        with tempfile.TemporaryDirectory(prefix="enablement-image-") as folder:
            context = Path(folder, "context")
            context.mkdir()
            self._stage(request, interpreter, context)
            base = self._base_digest(request.base)
            self._report("building the image")
            self._buildah("bud", *_BUILD, "--build-arg", f"BASE={request.base}", "--tag", request.tag, str(context))
            self._report("writing its layers")
            layout = self._storage.layout or Path(folder, "layout")
            self._buildah("push", "--quiet", request.tag, f"oci:{layout}:{request.python}")
            digest, size = _measured(layout)
        return OciBuild(digest, base, size)

    def _stage(self, request: OciRequest, interpreter: Interpreter, context: Path) -> None:
        stage_prefix(request.python, context / "skeleton")
        (context / "removals").mkdir()
        stages: list[Path] = []
        going: dict[str, tuple[str, ...]] = {}
        for number, layer in enumerate(request.layers):
            self._report(f"layer {number + 1} of {len(request.layers)}: {layer.name}, {len(layer.packages)} packages")
            stage = context / folder_of(number, layer)
            stage.mkdir(parents=True)
            stage_packages(layer.packages, interpreter, stage)
            gone = removals(stages, layer.removed, request.python)
            if gone:
                going[layer.name] = gone
                (context / "removals" / f"{number:02d}.txt").write_text("\n".join(gone) + "\n", encoding="utf-8")
            stages.append(stage)
        site = context / "enablement" / "lib" / f"python{request.python}" / "site-packages"
        install_package(self._package, site, context / "enablement", self._report)
        install_command(context / "enablement" / "bin", f"{HOME}/bin/python")
        compile_tree(site, interpreter)
        normalize_metadata(context / "enablement")
        plan = ImagePlan(request.release, request.python, request.layers, request.os_packages, going, request.command)
        (context / "Containerfile").write_text(render(plan), encoding="utf-8")
        normalize_metadata(context)

    def _base_digest(self, base: str) -> str:
        said = self._buildah("inspect", "--type", "image", "--format", "{{.FromImageDigest}}", base)
        return said.strip()

    def _buildah(self, *arguments: str) -> str:
        command = ["buildah", *self._storage.options(), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=os.environ | {"BUILDAH_ISOLATION": "chroot"}
        )
        if done.returncode == 0:
            return done.stdout
        said = " ".join(done.stderr.split())
        kind = NoSpace if "no space left" in said.lower() else EnvironmentUnavailable
        raise kind(f"buildah {arguments[0]} failed: {said[-700:]}")


# --layers: one layer per line of the Containerfile, so that they are shared; --no-cache: nothing of an older build counts.
_BUILD: Sequence[str] = (
    "--quiet",
    "--isolation",
    "chroot",
    "--no-cache",
    "--layers",
    "--pull=false",
    "--format",
    "oci",
    "--timestamp",
    str(EPOCH),
    "--identity-label=false",
)


def _measured(layout: Path) -> tuple[str, int]:
    """Digest of the manifest and bytes of its layers, packed as a registry keeps them."""
    index = json.loads((layout / "index.json").read_text(encoding="utf-8"))
    digest = str(index["manifests"][-1]["digest"])
    manifest = json.loads((layout / "blobs" / "sha256" / digest.removeprefix("sha256:")).read_text(encoding="utf-8"))
    return digest, sum(int(layer["size"]) for layer in manifest["layers"])
