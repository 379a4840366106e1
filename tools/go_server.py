"""Builds a real server that the tests run against from its own Go module, once, and prints the folder that its programs are in.

    python tools/go_server.py gitea
    python tools/go_server.py helm versitygw

The versions are pinned below. A finished build is kept in the user's cache folder (`$ENABLEMENT_SERVERS`, or `enablement/servers` below
`$XDG_CACHE_HOME`) under its name and version; an interrupted one leaves nothing that could be mistaken for it. One build runs at a time.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """A pinned module and the programs to build from it.

    `packages` are import paths; a program is named after the last part of its path. Replacements of the module by folders of its own
    tree cannot be repeated from outside, so they point at `siblings`, the version under which those folders are published.
    `extras` are folders of the module that the program needs beside it."""

    module: str
    version: str
    packages: tuple[str, ...]
    tags: str = ""
    ldflags: str = "-s -w"
    siblings: str = ""
    extras: tuple[str, ...] = ()
    cgo: bool = False


SERVERS = {
    "helm": Server("helm.sh/helm/v3", "v3.19.5", ("helm.sh/helm/v3/cmd/helm",)),
    "versitygw": Server("github.com/versity/versitygw", "v1.8.0", ("github.com/versity/versitygw/cmd/versitygw",)),
    "gitea": Server(
        "code.gitea.io/gitea",
        "v1.26.0",
        ("code.gitea.io/gitea",),
        tags="sqlite sqlite_unlock_notify",
        extras=("templates", "options", "public"),
        cgo=True,
    ),
    "kubernetes": Server(
        "k8s.io/kubernetes",
        "v1.36.3",
        tuple(
            f"k8s.io/kubernetes/cmd/{name}"
            for name in (
                "kube-apiserver",
                "kube-controller-manager",
                "kube-scheduler",
                "kubelet",
                "kube-proxy",
                "kubectl",
            )
        ),
        ldflags="-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3",
        siblings="v0.36.3",
    ),
    "containerd": Server(
        "github.com/containerd/containerd/v2",
        "v2.4.2",
        tuple(
            f"github.com/containerd/containerd/v2/cmd/{name}"
            for name in ("containerd", "containerd-shim-runc-v2", "ctr")
        ),
        tags="no_btrfs no_devmapper no_zfs",
        siblings="v2.4.2",
        cgo=True,
    ),
    "runc": Server(
        "github.com/opencontainers/runc", "v1.5.2", ("github.com/opencontainers/runc",), tags="seccomp", cgo=True
    ),
    "coredns": Server("github.com/coredns/coredns", "v1.15.0", ("github.com/coredns/coredns",)),
}


class Refusal(Exception):
    """A build cannot be made; the message says what stands in the way."""


def programs_folder() -> Path:
    """The folder that finished builds are kept in."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("ENABLEMENT_SERVERS") or cache / "enablement" / "servers")


def finished(name: str) -> Path:
    """The folder that the programs of `name` are in once they are built."""
    return programs_folder() / f"{name}-{SERVERS[name].version.removeprefix('v')}"


def build(name: str) -> Path:
    """The folder with the programs of `name`, built now if it was not before. Raises Refusal."""
    server, place = SERVERS[name], finished(name)
    if place.is_dir():
        return place
    if shutil.which("go") is None:
        raise Refusal(
            f"{name} is built from its Go module, and there is no go here. Install Go 1.26 or newer (https://go.dev/dl)."
        )
    programs_folder().mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(programs_folder() / ".lock"):
        if place.is_dir():
            return place
        begun = time.monotonic()
        print(f"==> building {name} {server.version} from its Go module (once)", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=programs_folder()) as work:
            made = _make(server, Path(work))
            made.rename(place)
        print(f"==> {name} is built ({time.monotonic() - begun:.0f} s)", file=sys.stderr, flush=True)
    return place


def replacements(text: str, siblings: str) -> list[str]:
    """The replace lines of a go.mod, as a module that requires it has to repeat them."""
    lines = re.findall(r"^(?:replace\s+|\s+)(\S+(?:\s+v\S+)?)\s+=>\s+(\S+)(?:\s+(v\S+))?", text, flags=re.MULTILINE)
    repeated = []
    for old, new, version in lines:
        if new.startswith("."):
            if not siblings:
                raise Refusal(
                    f"the module replaces {old} by a folder of its own tree; say under which version it is published"
                )
            repeated.append(f"replace {old} => {old.split()[0]} {siblings}")
        else:
            repeated.append(f"replace {old} => {new} {version}")
    return repeated


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("==> another build is under way; waiting for it", file=sys.stderr, flush=True)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _make(server: Server, work: Path) -> Path:
    """Builds into `work` and returns the finished folder. The module of our own only requires the server's."""
    source, made = work / "source", work / "made"
    source.mkdir()
    made.mkdir()
    module = json.loads(_go(["mod", "download", "-json", f"{server.module}@{server.version}"], work, server))
    repeated = replacements(Path(module["GoMod"]).read_text(), server.siblings)
    requires = [f"require {server.module} {server.version}"]
    imports = "".join(f"import _ {json.dumps(package)}\n" for package in server.packages)
    version = re.search(r"^go (\S+)", Path(module["GoMod"]).read_text(), flags=re.MULTILINE)
    head = ["module enablement.invalid/server", f"go {version[1] if version else '1.26'}"]
    (source / "go.mod").write_text("\n".join([*head, *requires, *repeated, ""]))
    # Programs cannot be imported, but a file that says so behind a build tag keeps `go mod tidy` from dropping the requirement.
    (source / "programs.go").write_text(f"//go:build never\n\npackage programs\n\n{imports}")
    for package in server.packages:
        out = made / package.rsplit("/", 1)[-1]
        print(f"    {out.name}", file=sys.stderr, flush=True)
        flags = ["-mod=mod", "-trimpath", "-ldflags", server.ldflags, *(["-tags", server.tags] if server.tags else [])]
        _go(["build", *flags, "-o", str(out), package], source, server)
    for extra in server.extras:
        shutil.copytree(Path(module["Dir"]) / extra, made / extra, copy_function=shutil.copyfile)
    for folder in [made, *(each for each in made.rglob("*") if each.is_dir())]:
        folder.chmod(0o755)  # the module cache is read-only, and so would be what is copied from it
    return made


def _go(arguments: Sequence[str], folder: Path, server: Server) -> str:
    environment = {**os.environ, "CGO_ENABLED": "1" if server.cgo else "0", "GOWORK": "off", "GOTOOLCHAIN": "local"}
    done = subprocess.run(["go", *arguments], check=False, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Refusal(
            f"go {' '.join(arguments[:2])} of {server.module} {server.version} failed:\n{done.stderr[-3000:]}"
        )
    return done.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Builds what is named and prints one folder a line; exits 3 with one message when a build cannot be made."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("names", nargs="+", choices=sorted(SERVERS), metavar="NAME", help=", ".join(sorted(SERVERS)))
    try:
        for name in parser.parse_args(arguments).names:
            print(build(name), flush=True)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
