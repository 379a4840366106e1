"""One release of an image: its record and its lock, read and written. Pure: the caller reads and writes the files.

A release's digest is computed from its lock. The record keeps it together with the hash of the lock's file, so that a
catalog of thousands of releases is read without parsing their locks, and a lock that was edited after publication is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.python.locks import Package, digest_of, held_for, parse_lock
from enablement_ext.core.images.python.names import canonical_name

# The names of images and releases, and a lock's digest. The JSON schemas and the contract of the HTTP interface hold the same patterns; a test compares.
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
VERSION = re.compile(r"[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,4}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
Choice = TypeVar("Choice", bound=StrEnum)


class Status(StrEnum):
    """What a release may be used for."""

    PREVIEW = "preview"
    RECOMMENDED = "recommended"  # exactly one per image
    SUPPORTED = "supported"
    DEPRECATED = "deprecated"  # has a redirect
    WITHDRAWN = "withdrawn"  # not startable


class ReleaseClass(StrEnum):
    """What a release may move, measured from the one before it. The record says it; the solver is bounded by it."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class OciBuild:
    """The container image of a release for one Python: digest of its manifest, digest of the base, bytes of all its layers packed."""

    digest: str
    base: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What `enablement image test` saw for one Python: seconds until the server answers and until the first cell is done, bytes on disk."""

    server_seconds: float
    kernel_seconds: float
    bytes: int


@dataclass(frozen=True)
class Release:
    """One immutable version of an image. `lock` is the file's text, `digest` "sha256:…" over what it says."""

    image: str
    version: str
    status: Status
    lock: str
    digest: str
    published: date
    support_end: date | None
    python: tuple[str, ...]  # the Python versions the lock was made for, oldest first
    changelog: str
    redirect: str | None  # the release to take instead
    until: date | None = None  # deprecated: until when it is kept
    reason: str = ""  # withdrawn: why
    release_class: ReleaseClass | None = None  # None for records that were written by hand
    previous: str | None = None
    cutoff: date | None = None  # packages published after it were not considered
    direct: frozenset[str] = frozenset()  # the packages that the intent named when it was locked
    accepted: str = ""  # why it may be slower or larger than the one before it
    oci: Mapping[str, OciBuild] = field(default_factory=dict)  # by Python
    measured: Mapping[str, Measured] = field(default_factory=dict)  # by Python
    reference: str = ""  # where its container images are found, a pattern; stands above the hub's setting

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """All lines of the lock, for every platform and Python. Raises BadCatalog when the lock says other than was published."""
        packages = parse_lock(self.lock)
        if digest_of(packages) != self.digest:
            raise BadCatalog(
                f"{self.image} {self.version}: the lock is not the one that was published with {self.digest}"
            )
        return packages

    @property
    def offered(self) -> bool:
        """Whether a person may choose it: neither withdrawn nor redirected."""
        return self.status is not Status.WITHDRAWN and self.redirect is None

    def packages_for(self, python: str) -> tuple[Package, ...]:
        """What is installed on Linux with this Python ("3.11"), by name."""
        return held_for(self.packages, python)

    def version_of(self, package: str, python: str | None = None) -> str | None:
        """The locked version of a package, None when it is not in the release. Without a Python: for the oldest one."""
        wanted = canonical_name(package)
        packages = self.packages_for(python or self.python[0])
        return next((p.version for p in packages if p.name == wanted), None)


def parse_release(image: str, version: str, record: Mapping[str, object], lock: str) -> Release:
    """One release from its record (release.toml, loaded) and its lock's text. Raises BadCatalog."""
    where = f"{image} {version}"
    if not VERSION.fullmatch(version):
        raise BadCatalog(f"{where}: a release is named year.month.number")
    fields = _Fields(where, record)
    published = fields.date("published")
    if published is None:
        raise BadCatalog(f"{where}: `published` is missing; it is the date of the release")
    return Release(
        image=image,
        version=version,
        status=fields.choice("status", Status),
        lock=lock,
        digest=_digest(where, record, lock),
        published=published,
        support_end=fields.date("support_end"),
        python=fields.texts("python"),
        changelog=fields.text("changelog"),
        redirect=fields.text("redirect") or None,
        until=fields.date("until"),
        reason=fields.text("reason"),
        release_class=fields.choice("class", ReleaseClass) if "class" in record else None,
        previous=fields.text("previous") or None,
        cutoff=fields.date("cutoff"),
        direct=frozenset(canonical_name(name) for name in fields.texts("direct"))
        if "direct" in record
        else frozenset(),
        accepted=fields.text("accepted"),
        oci=_builds(where, fields.table("oci")),
        measured=_measured(where, fields.table("measured")),
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    """A record's entries, each read as what it must be. Every method raises BadCatalog."""

    where: str
    record: Mapping[str, object]

    def text(self, key: str) -> str:
        value = self.record.get(key, "")
        if not isinstance(value, str):
            raise BadCatalog(f"{self.where}: `{key}` is a text")
        return value

    def date(self, key: str) -> date | None:
        value = self.record.get(key)
        if value is not None and not isinstance(value, date):
            raise BadCatalog(f"{self.where}: `{key}` is a date such as 2026-11-24, without quotes")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.record.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            raise BadCatalog(f"{self.where}: `{key}` is a list of texts")
        return tuple(value)

    def table(self, key: str) -> Mapping[str, Mapping[str, object]]:
        value = self.record.get(key, {})
        if not isinstance(value, Mapping) or not all(isinstance(entry, Mapping) for entry in value.values()):
            raise BadCatalog(f"{self.where}: [{key}] holds one table per Python")
        return value

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        try:
            return kind(str(self.record.get(key, "")))
        except ValueError:
            known = ", ".join(kind)
            raise BadCatalog(f"{self.where}: unknown {key} {self.record.get(key)!r}; it is one of {known}") from None


def _digest(where: str, record: Mapping[str, object], lock: str) -> str:
    recorded = record.get("digest")
    if recorded is None:
        return digest_of(parse_lock(lock))
    if not isinstance(recorded, str) or not DIGEST.fullmatch(recorded):
        raise BadCatalog(f"{where}: `digest` is sha256: and 64 hexadecimal digits")
    if record.get("lock_sha256") != sha256_of(lock):
        raise BadCatalog(
            f"{where}: requirements.lock was edited after publication; bring the published file back and make a new release"
        )
    return recorded


def sha256_of(lock: str) -> str:
    """The hash of a lock's file, as its record keeps it."""
    return hashlib.sha256(lock.encode()).hexdigest()


def _builds(where: str, table: Mapping[str, Mapping[str, object]]) -> Mapping[str, OciBuild]:
    builds = {}
    for python, entry in table.items():
        digest, base, size = entry.get("digest"), entry.get("base"), entry.get("bytes")
        if not all(isinstance(value, str) and DIGEST.fullmatch(value) for value in (digest, base)):
            raise BadCatalog(f"{where}: [oci.{python!r}] `digest` and `base` are sha256: and 64 hexadecimal digits")
        builds[python] = OciBuild(str(digest), str(base), size if isinstance(size, int) else 0)
    return builds


def _measured(where: str, table: Mapping[str, Mapping[str, object]]) -> Mapping[str, Measured]:
    seen = {}
    for python, entry in table.items():
        values = [entry.get(key) for key in ("server_seconds", "kernel_seconds", "bytes")]
        if not all(isinstance(value, (int, float)) for value in values):
            raise BadCatalog(f"{where}: [measured.{python!r}] has three numbers: server_seconds, kernel_seconds, bytes")
        server, kernel, size = (float(str(value)) for value in values)
        seen[python] = Measured(server, kernel, int(size))
    return seen


_HEAD = "# The record of one immutable release, written by `enablement image`. What it holds is in requirements.lock.\n"


def render_record(release: Release) -> str:
    """The text of release.toml: what `parse_release` reads back as the same release."""
    lines = [_HEAD, _line("status", release.status.value)]
    optional: Iterable[tuple[str, object]] = (
        ("class", release.release_class.value if release.release_class else None),
        ("previous", release.previous),
        ("published", release.published),
        ("cutoff", release.cutoff),
        ("support_end", release.support_end),
        ("redirect", release.redirect),
        ("until", release.until),
        ("reason", release.reason or None),
        ("accepted", release.accepted or None),
        ("python", list(release.python)),
        ("changelog", release.changelog),
        ("digest", release.digest),
        ("lock_sha256", sha256_of(release.lock)),
        ("direct", sorted(release.direct) or None),
    )
    lines += [_line(key, value) for key, value in optional if value is not None]
    for python, build in sorted(release.oci.items()):
        entries = (("digest", build.digest), ("base", build.base), ("bytes", build.bytes))
        lines.append(f'\n[oci."{python}"]\n' + "".join(_line(key, value) for key, value in entries))
    for python, seen in sorted(release.measured.items()):
        numbers = (
            ("server_seconds", seen.server_seconds),
            ("kernel_seconds", seen.kernel_seconds),
            ("bytes", seen.bytes),
        )
        lines.append(f'\n[measured."{python}"]\n' + "".join(_line(key, value) for key, value in numbers))
    return "".join(lines)


def _line(key: str, value: object) -> str:
    return f"{key} = {_toml(value)}\n"


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    printable = re.sub(r"[\x00-\x1f\x7f]", " ", escaped)
    return f'"{printable}"'
