"""The images of the cluster, built by the project's own commands on Debian packages, once for each content; kept as OCI layouts.

Hub, review service and people's servers are releases of the two catalogs and built with `enablement image build --oci`; the proxy has a
Containerfile of its own. Everything is built on the machine, as the cluster's network reaches nothing outside.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from enablement_ext import __version__
from enablement_ext.adapters.catalog_folder import CatalogFolder, read_catalog
from enablement_ext.adapters.environments import InstalledPackage, Storage
from enablement_ext.adapters.local_paths import PACKAGE, cache_folder
from enablement_ext.cli.node import find_node
from enablement_ext.cli.reverse_proxy import proxy_command
from enablement_ext.core.images.release_diff import named_release
from enablement_ext.core.images.releases import OciBuild
from tests.servers.kubernetes.plan import REGISTRY, cache
from tests.servers.up import ENABLEMENT

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tools" / "container-base"
_ROOM = 6_000_000_000
_EPOCH = "1767225600"
_BUILD = (
    "--quiet",
    "--isolation",
    "chroot",
    "--pull=false",
    "--format",
    "oci",
    "--timestamp",
    _EPOCH,
    "--identity-label=false",
)


@dataclass(frozen=True, slots=True)
class Base:
    """An image made from Debian packages, and the name it is built under."""

    suite: str
    packages: tuple[str, ...]

    @property
    def tag(self) -> str:
        return f"localhost/enablement/base:{self.suite}"

    @property
    def tar(self) -> Path:
        """Where its root file system is kept, so that it does not change because the package archive did."""
        key = hashlib.sha256(" ".join(self.packages).encode()).hexdigest()[:8]
        return cache() / f"base-{self.suite}-{key}.tar"


PYTHON = Base("bookworm", ("git", "tini"))
NODE = Base("trixie", ("nodejs", "tini"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """An image to have: a release of a catalog, or ("" for the catalog) one of our Containerfiles."""

    slug: str
    version: str
    catalog: Path | None = None

    @property
    def name(self) -> str:
        """Its repository in the registry, and its tag."""
        return f"enablement/{self.slug}:{self.version}"


@dataclass(frozen=True, slots=True)
class Built:
    """A finished image: an OCI layout and the digest of its manifest."""

    wanted: Wanted
    layout: Path
    digest: str
    bytes: int

    @property
    def reference(self) -> str:
        """By digest, as pods name it."""
        return f"{REGISTRY}/enablement/{self.wanted.slug}@{self.digest}"


def everything(user_catalog: Path, user: Sequence[str]) -> list[Wanted]:
    """All images of the cluster; `user` are releases of the catalog that people choose from, `slug/version`."""
    servers = ROOT / "images" / "servers"
    ours = [Wanted(image.slug, image.recommended.version, servers) for image in read_catalog(servers).images]
    theirs = [Wanted(slug, version, user_catalog) for slug, version in (name.split("/") for name in user)]
    return [*theirs, *ours, Wanted("proxy", "5.3.0"), Wanted("pause", "1")]


def build_all(wanted: Sequence[Wanted], say: Callable[[str], None]) -> dict[str, Built]:
    """The finished images by `slug:version`; what is finished already is not built again."""
    cache().mkdir(parents=True, exist_ok=True)
    kept = {one: _layout_of(one) for one in wanted}
    missing = [one for one in wanted if not (kept[one] / "index.json").is_file()]
    if missing:
        with _storage() as environ:
            for base in {_base_of(one): None for one in missing}:
                say(f"base {base.suite} with {', '.join(base.packages)}")
                _run(
                    [str(BASE), base.suite, base.tag, *base.packages], {**environ, "ENABLEMENT_BASE_TAR": str(base.tar)}
                )
            for one in missing:
                say(f"image {one.slug} {one.version}")
                _build(one, kept[one], environ)
    return {f"{one.slug}:{one.version}": _measured(one, kept[one]) for one in wanted}


def push(built: Built) -> None:
    """Into the cluster's registry, byte for byte."""
    source, target = f"oci:{built.layout}", f"docker://{REGISTRY}/{built.wanted.name}"
    _run(["skopeo", "copy", "--quiet", "--preserve-digests", "--dest-tls-verify=false", source, target], os.environ)


def record(catalog: Path, built: Built) -> None:
    """Write an image's digest into its release's record, as `enablement image build --record` does."""
    said = json.loads((built.layout / "built.json").read_text(encoding="utf-8"))
    store = CatalogFolder(catalog)
    release = named_release(store.read(), f"{built.wanted.slug}/{built.wanted.version}")
    made = OciBuild(said["digest"], said["base"], said["bytes"])
    store.replace_record(replace(release, oci={said["python"]: made}))


def _base_of(wanted: Wanted) -> Base:
    return NODE if wanted.slug == "proxy" else PYTHON


def _layout_of(wanted: Wanted) -> Path:
    """Where a finished image is kept: its name and everything that it is made of."""
    made_of = hashlib.sha256(f"{wanted.name} {_base_of(wanted)}".encode())
    if wanted.catalog:
        made_of.update(named_release(read_catalog(wanted.catalog), f"{wanted.slug}/{wanted.version}").digest.encode())
        made_of.update(InstalledPackage(PACKAGE, __version__).key().encode())
    elif wanted.slug == "proxy":
        made_of.update((ROOT / "images/servers/proxy/Containerfile").read_bytes())
    return cache() / "layouts" / f"{wanted.slug}-{wanted.version}-{made_of.hexdigest()[:12]}"


def _build(wanted: Wanted, layout: Path, environ: Mapping[str, str]) -> None:
    """Builds beside the place and moves the finished layout there; older ones of the same name go."""
    layout.parent.mkdir(parents=True, exist_ok=True)
    half = layout.with_name(f".{layout.name}")
    shutil.rmtree(half, ignore_errors=True)
    if wanted.catalog:
        _build_release(wanted, half, environ)
    else:
        _build_plain(wanted, half, environ)
    for old in layout.parent.glob(f"{wanted.slug}-{wanted.version}-*"):
        shutil.rmtree(old)
    half.rename(layout)


def _build_release(wanted: Wanted, layout: Path, environ: Mapping[str, str]) -> None:
    name = f"{wanted.slug}/{wanted.version}"
    options = [
        "--oci",
        "--base",
        PYTHON.tag,
        "--python",
        "3.11",
        "--layout",
        str(layout),
        "--catalog",
        str(wanted.catalog),
    ]
    said = _run([*ENABLEMENT, "image", "build", name, *options, "--json"], environ)
    (layout / "built.json").write_text(said, encoding="utf-8")


def _build_plain(wanted: Wanted, layout: Path, environ: Mapping[str, str]) -> None:
    base = _base_of(wanted)
    with tempfile.TemporaryDirectory(prefix="enablement-image-") as folder:
        if wanted.slug == "proxy":
            shutil.copyfile(ROOT / "images/servers/proxy/Containerfile", Path(folder, "Containerfile"))
            script = Path(proxy_command(find_node(), cache_folder(), lambda _: None)[1])
            shutil.copytree(script.parents[3], Path(folder, "proxy"), symlinks=True)
        else:
            text = 'ARG BASE\nFROM ${BASE}\nUSER 65534:65534\nCMD ["sleep", "infinity"]\n'
            Path(folder, "Containerfile").write_text(text, encoding="utf-8")
        storage = Storage(environ["ENABLEMENT_CONTAINER_STORAGE"]).options()
        tag = f"localhost/{wanted.name}"
        _run(["buildah", *storage, "bud", *_BUILD, "--build-arg", f"BASE={base.tag}", "--tag", tag, folder], environ)
        _run(["buildah", *storage, "push", "--quiet", tag, f"oci:{layout}:{wanted.version}"], environ)


@contextmanager
def _storage() -> Iterator[dict[str, str]]:
    """An image storage of its own for buildah, in memory where there is room: builds sync every file to the disk they lie on."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > _ROOM
    root = tempfile.mkdtemp(prefix="enablement-kube-images-", dir=memory if roomy else None)
    environ = {**os.environ, "ENABLEMENT_CONTAINER_STORAGE": root, "BUILDAH_ISOLATION": "chroot"}
    try:
        yield environ
    finally:
        subprocess.run(
            ["podman", *Storage(root).options(), "system", "reset", "--force"], capture_output=True, check=False
        )
        shutil.rmtree(root, ignore_errors=True)


def _measured(wanted: Wanted, layout: Path) -> Built:
    index = json.loads((layout / "index.json").read_text(encoding="utf-8"))
    digest = str(index["manifests"][-1]["digest"])
    manifest = json.loads((layout / "blobs" / "sha256" / digest.removeprefix("sha256:")).read_text(encoding="utf-8"))
    return Built(wanted, layout, digest, sum(int(layer["size"]) for layer in manifest["layers"]))


def _run(command: Sequence[str], environ: Mapping[str, str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:6])} … failed:\n{done.stderr.strip()[-2000:]}")
    return done.stdout
