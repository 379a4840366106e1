"""What a node pulls again after a patch release that changes one small package, beside the wheels that changed.

`python -m bench.image_layers [--package nbconvert] [--image minimal]`. Two real container images are built with buildah: the first release of
a line, and a patch that moves one package to the version of the next line. Compared are the bytes of the layers, manifest and configuration
that the second has and the first has not, with the bytes of the changed wheels.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench.report import Report, Table
from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.adapters.environments import BuildahBuilder, InstalledPackage, Storage
from enablement_ext.adapters.local_paths import PACKAGE
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.oci.layers import layers_of
from enablement_ext.core.images.oci.ports import OciRequest
from enablement_ext.core.images.python.locks import digest_of, render_lock
from enablement_ext.core.images.releases import Release, Status

IMAGES = Path(__file__).resolve().parent.parent / "images"
TOOL = Path(__file__).resolve().parent.parent / "tools" / "container-base"
BASE = "localhost/enablement/base:bookworm"
PYTHON = "3.11"
TARGET = 3.0


def patched(first: Release, newer: Release, package: str) -> Release:
    """A patch release of `first` in which only this package moves, to the version that `newer` has."""
    packages = [p for p in first.packages if p.name != package] + [p for p in newer.packages if p.name == package]
    line = ".".join(first.version.split(".")[:2])
    return replace(
        first,
        version=f"{line}.1",
        status=Status.SUPPORTED,
        lock=render_lock(sorted(packages, key=lambda p: (p.name, p.version))),
        digest=digest_of(packages),
        previous=first.version,
    )


def wheel_bytes(release: Release, package: str, folder: Path) -> int:
    """The size of the package's wheel as the index serves it."""
    wanted = f"{package}=={release.version_of(package, PYTHON)}"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--dest",
        str(folder),
        wanted,
    ]
    subprocess.run([*command, "--python-version", PYTHON, "--disable-pip-version-check"], check=True)
    return sum(path.stat().st_size for path in folder.glob("*.whl"))


def blobs(layout: Path, digest: str) -> dict[str, int]:
    """Everything a node fetches for an image: manifest, configuration, layers; digest -> bytes."""
    path = layout / "blobs" / "sha256" / digest.removeprefix("sha256:")
    manifest = json.loads(path.read_text())
    parts = {part["digest"]: int(part["size"]) for part in [manifest["config"], *manifest["layers"]]}
    return parts | {digest: path.stat().st_size}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--package", default="nbconvert")
    parser.add_argument("--image", default="minimal")
    args = parser.parse_args()
    catalog = read_catalog(IMAGES)
    image = catalog.image(args.image)
    if image is None:
        parser.error(f"there is no image {args.image}")
    newer, first = image.releases[0], image.releases[-1]
    patch = patched(first, newer, args.package)
    line = Catalog(tuple(replace(i, releases=(*i.releases, patch)) if i is image else i for i in catalog.images))
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        seen = [_built(line, release, root) for release in (first, patch)]
        wheels = wheel_bytes(patch, args.package, root / "wheels")
        subprocess.run(
            ["podman", *Storage(place).options(), "system", "reset", "--force"], check=False, capture_output=True
        )
    again = {digest: size for digest, size in seen[1].items() if digest not in seen[0]}
    ratio = sum(again.values()) / wheels
    whole = sum(seen[1].values())
    report = Report("image_layers", "What a patch release costs a node", (__doc__ or "").split("\n\n")[0])
    rows = [
        ("the changed wheel", f"{wheels:,}", ""),
        (
            "pulled again",
            f"{sum(again.values()):,}",
            f"{ratio:.2f} of the wheel; ≤ {TARGET}: {'met' if ratio <= TARGET else '**missed**'}",
        ),
        ("the whole image", f"{whole:,}", f"{sum(again.values()) / whole:.2%} of it is pulled again"),
    ]
    moved = f"{args.package} {first.version_of(args.package, PYTHON)} -> {patch.version_of(args.package, PYTHON)}"
    report.parts.append(
        Table(("what", "bytes", "ratio"), rows, f"{args.image} {first.version} -> {patch.version}: {moved}")
    )
    report.parts.append(
        Table(("blob", "bytes"), [(digest[:19], f"{size:,}") for digest, size in again.items()], "What is pulled again")
    )
    report.write()


def _built(catalog: Catalog, release: Release, root: Path) -> dict[str, int]:
    if not (root / "storage").exists():
        environ = {"ENABLEMENT_CONTAINER_STORAGE": str(root), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        subprocess.run([str(TOOL), "bookworm", BASE, "git", "tini"], check=True, env=environ, stdout=subprocess.DEVNULL)
    layers = layers_of(catalog, release, PYTHON)
    layout = root / f"layout-{release.version}"
    builder = BuildahBuilder(
        InstalledPackage(PACKAGE, "0.1.0"), Storage(str(root), layout), lambda line: print(line, flush=True)
    )
    built = builder.build(
        OciRequest(release, PYTHON, BASE, layers, ("git", "tini"), f"localhost/bench:{release.version}")
    )
    return blobs(layout, built.digest)


if __name__ == "__main__":
    main()
