"""Locks, markers and records: the small rules under a catalog."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.python.locks import held_for, parse_lock, render_lock
from enablement_ext.core.images.python.markers import marker_holds
from enablement_ext.core.images.releases import Measured, OciBuild, Status, parse_release, render_record

IMAGES = Path(__file__).parents[2] / "images"
PYTHONS = ("3.11", "3.12", "3.13")


@pytest.mark.parametrize(
    ("marker", "pythons"),
    [
        ("python_full_version < '3.12'", ("3.11",)),
        ("python_full_version < '3.11.5'", ()),
        ("'3.12' <= python_version", ("3.12", "3.13")),
        ("sys_platform == 'win32' or (os_name == 'posix' and python_version >= '3.13')", ("3.13",)),
        ("sys_platform != 'win32' and sys_platform != 'darwin'", PYTHONS),
        ("implementation_name != 'PyPy'", PYTHONS),
        ("sys_platform in 'linux linux2' and 'win' not in sys_platform", PYTHONS),
        ("extra == 'tests'", ()),
    ],
)
def test_a_marker_holds_for_the_right_pythons(marker: str, pythons: tuple[str, ...]) -> None:
    assert tuple(python for python in PYTHONS if marker_holds(marker, python)) == pythons


@pytest.mark.parametrize(
    "marker", ["", "python", "python_version <", "colour == 'red'", "(os_name == 'nt'", "os_name 'nt'"]
)
def test_what_is_no_marker_is_refused(marker: str) -> None:
    with pytest.raises(BadCatalog, match="marker"):
        marker_holds(marker, "3.11")


def test_every_package_of_the_shipped_locks_stands_once_for_each_python() -> None:
    for image in read_catalog(IMAGES).images:
        for release in image.releases:
            for python in release.python:
                names = [package.name for package in release.packages_for(python)]
                assert len(names) == len(set(names)), (image.slug, release.version, python)


def test_a_lock_is_written_as_it_is_read() -> None:
    lock = parse_lock((IMAGES / "minimal/releases/2026.11.0/requirements.lock").read_text())
    assert parse_lock(render_lock(lock)) == lock
    assert len(held_for(lock, "3.11")) < len(lock)


@pytest.mark.parametrize("line", ["six", "six==1.17.0", "six>=1 --hash=sha256:HASH", "six==latest --hash=sha256:HASH"])
def test_what_is_no_line_of_a_lock_is_refused(line: str) -> None:
    with pytest.raises(BadCatalog, match="not `name==version` with hashes"):
        parse_lock(line.replace("HASH", "0" * 64))


def test_a_record_is_written_as_it_is_read() -> None:
    release = read_catalog(IMAGES).default
    full = replace(
        release,
        status=Status.WITHDRAWN,
        until=date(2027, 1, 1),
        reason='said "no"\nand \\ why',
        accepted="bigger on purpose",
        oci={"3.11": OciBuild("sha256:" + "a" * 64, "sha256:" + "b" * 64, 7)},
        measured={"3.11": Measured(2.5, 0.5, 9)},
    )
    assert parse_release(full.image, full.version, tomllib.loads(render_record(full)), full.lock) == full


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("status", "best", "unknown status"),
        ("published", "2026-11-24", "published"),
        ("python", [], "python"),
        ("digest", "sha256:abc", "64 hexadecimal"),
        ("lock_sha256", "0" * 64, "edited after publication"),
        ("class", "tiny", "unknown class"),
        ("oci", {"3.11": {"digest": "latest"}}, "oci"),
        ("oci", {"3.11": "latest"}, "oci"),
        ("measured", {"3.11": {"bytes": "many"}}, "measured"),
        ("reason", 7, "reason"),
    ],
)
def test_a_record_that_is_wrong_says_what_is(key: str, value: object, words: str) -> None:
    release = read_catalog(IMAGES).default
    record = tomllib.loads(render_record(release)) | {key: value}
    with pytest.raises(BadCatalog, match=words):
        parse_release(release.image, release.version, record, release.lock)


def test_a_lock_that_was_edited_after_publication_is_refused() -> None:
    release = read_catalog(IMAGES).default
    record = tomllib.loads(render_record(release))
    with pytest.raises(BadCatalog, match="edited after publication"):
        parse_release(release.image, release.version, record, release.lock.replace("pandas==", "pandas==9"))
    forged = replace(release, lock=release.lock.replace("pandas==", "pandas==9"))
    again = parse_release(release.image, release.version, tomllib.loads(render_record(forged)), forged.lock)
    with pytest.raises(BadCatalog, match="not the one that was published"):
        _ = again.packages
