"""Hash locks: what their lines say, which of them hold for a Python, and the digest over all of it. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.python.markers import marker_holds
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.versions import is_version

_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*"
)
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Package:
    """One line of a lock. `marker` is "" where the package is for every platform; hashes are "sha256:…"."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def parse_lock(text: str) -> tuple[Package, ...]:
    """The packages of a hash lock, sorted. Raises BadCatalog when a line has no hash or is not `name==version`."""
    packages = [_package(line) for line in _logical_lines(text)]
    return tuple(sorted(packages, key=lambda p: (p.name, p.version, p.marker)))


def render_lock(packages: Iterable[Package]) -> str:
    """A hash lock of these packages, in order, as uv reads it."""
    lines = []
    for package in packages:
        marker = f" ; {package.marker}" if package.marker else ""
        hashes = "".join(f" \\\n    --hash={value}" for value in package.hashes)
        lines.append(f"{package.name}=={package.version}{marker}{hashes}\n")
    return "".join(lines)


def is_locked_for_all(text: str, name: str) -> bool:
    """Whether a lock's text has a line for this package, by its canonical name, that holds for every Python; without reading all of it.

    False says nothing: the line may be written in another way.
    """
    begin = 0 if text.startswith(f"{name}==") else text.find(f"\n{name}==") + 1
    if not begin and not text.startswith(f"{name}=="):
        return False
    end = text.find("\n", begin)
    return ";" not in text[begin : end if end >= 0 else len(text)]


def digest_of(packages: Iterable[Package]) -> str:
    """ "sha256:…" over a lock's canonical record: comments, order and layout of the file do not count, everything else does."""
    record = [[p.name, p.version, p.marker, sorted(p.hashes)] for p in packages]
    canonical = json.dumps(sorted(record), ensure_ascii=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def held_for(packages: Iterable[Package], python: str) -> tuple[Package, ...]:
    """Those that are installed on Linux with this Python ("3.11"); each name once. Raises BadCatalog for a marker nobody knows."""
    return tuple(package for package in packages if not package.marker or marker_holds(package.marker, python))


def _logical_lines(text: str) -> Iterable[str]:
    joined = re.sub(r"\\\n", " ", text)
    for line in joined.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield stripped


def _package(line: str) -> Package:
    head = line.split("--hash=", 1)[0]
    found = _REQUIREMENT.fullmatch(head)
    hashes = tuple(sorted(_HASH.findall(line)))
    if found is None or not hashes or not is_version(found["version"]):
        raise BadCatalog(f"this line of a lock is not `name==version` with hashes: {line[:80]!r}")
    return Package(canonical_name(found["name"]), found["version"], (found["marker"] or "").strip(), hashes)
