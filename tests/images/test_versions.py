"""Versions, ranges and names of packages are what the Python ecosystem says they are: a table of pairs, pre-releases and floors among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.catalog_checks import FLOORS, catalog_findings
from enablement_ext.core.images.python.locks import digest_of
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.versions import Move, is_empty, is_version, move, satisfies, specifiers

IMAGES = Path(__file__).parents[2] / "images"

# A range, the versions that are in it, and those that are not.
RANGES = [
    (">=5.5.1", "5.5.1 5.5.1.post1 5.5.1+cpu 5.5.2rc1 5.6 6", "5.5.1rc1 5.5.1.dev0 5.5.1a2 5.5 5.5.0.post3"),
    (">=5.5.1rc1", "5.5.1rc1 5.5.1rc2 5.5.1", "5.5.1b1 5.5.1.dev4 5.5.0"),
    (">=2.2,<3", "2.2 2.2.0 2.31.0 2.99 2.3rc1", "3 3.0 3.0rc1 3.0.dev1 2.2rc1 2.1.9 3.0.post1"),
    ("<3", "2.9 2.9.post1 0", "3.0a1 3.0rc1 3 3.0.post1"),
    ("<=3", "3 3.0 3.0rc1 2.9 3.0+cpu", "3.0.post1 3.0.1 3.1"),
    (">3", "3.0.1 3.1 4a1 3.1rc1", "3 3.0 3.0.post1 3.0+cpu 3.0rc1"),
    (">3.0.post1", "3.0.post2 3.0.1", "3.0.post1 3.0"),
    ("~=1.4.2", "1.4.2 1.4.9 1.4.2.post1 1.4.3rc1", "1.5 1.4.1 1.4.2rc1 2"),
    ("~=2.2", "2.2 2.9 2.3rc1", "3.0 2.1 2.2rc1 3.0rc1"),
    ("==1.4.*", "1.4 1.4.9 1.4rc1 1.4.dev0 1.4.1.post2", "1.40 1.5 1.3.9"),
    ("!=1.4.*", "1.40 1.5 1.3.9 2", "1.4 1.4.9 1.4rc1"),
    ("==1.4", "1.4 1.4.0 1.4+cu126", "1.4rc1 1.4.post1 1.4.1"),
    ("==1.4+cu126", "1.4+cu126", "1.4 1.4+cpu"),
    ("!=2.1", "2 2.1rc1 2.1.post1 2.2", "2.1 2.1.0 2.1+cpu"),
    ("==3.2rc1", "3.2rc1 3.2c1 3.2.0-rc.1", "3.2 3.2rc2"),
    (">=1!2", "1!2 1!2.1 2!0", "2 99 1!1.9"),
    (">=2024.1,!=2025.1,<2027", "2024.1 2025.2 2026.12.1", "2025.1 2027.1 2023.4 2027.0a1"),
]
PAIRS = [(wanted, version, True) for wanted, inside, _ in RANGES for version in inside.split()] + [
    (wanted, version, False) for wanted, _, outside in RANGES for version in outside.split()
]


@pytest.mark.parametrize(("wanted", "version", "expected"), PAIRS)
def test_a_version_is_in_a_range_or_not(wanted: str, version: str, expected: bool) -> None:
    assert satisfies(version, wanted) is expected


def test_the_table_is_what_packaging_says() -> None:
    assert len(PAIRS) > 100
    for wanted, version, expected in PAIRS:
        assert SpecifierSet(wanted).contains(version, prereleases=True) is expected, (wanted, version)


@pytest.mark.parametrize("text", ["2.0", "latest", ">=", ">=2,", ">=2;<3", "2.*", ">=2.*", "~=2", "=>2", ""])
def test_what_is_no_range_is_refused_with_the_part(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not like >=2\.2"):
        specifiers(text)


@pytest.mark.parametrize("text", ["", "latest", "1.0-gold", "2.x", "1..2"])
def test_what_is_no_version_is_refused(text: str) -> None:
    assert not is_version(text)
    with pytest.raises(ValueError, match="Invalid version"):
        satisfies(text, ">=1")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1.2.3", "1.2.3", Move.NONE),
        ("1.2", "1.2.0", Move.NONE),
        ("1.2.3", "1.2.4", Move.PATCH),
        ("1.2.3rc1", "1.2.3", Move.PATCH),
        ("1.2.3", "1.2.3.post1", Move.PATCH),
        ("1.2.3", "1.2.3+cpu", Move.PATCH),
        ("1.2", "1.2.1", Move.PATCH),
        ("1.2.3", "1.10", Move.MINOR),
        ("1", "2.0.0", Move.MAJOR),
        ("2025.1", "2026.1", Move.MAJOR),
        ("1.2", "1!1.2", Move.MAJOR),
    ],
)
def test_what_moved_between_two_versions(old: str, new: str, expected: Move) -> None:
    assert move(old, new) is expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (">=3,<3", True),
        (">=3,<2", True),
        (">3,<=3", True),
        (">=3,<=3", False),
        (">=3a1,<3", True),  # what is before 3 and not before 3a1 are its own pre-releases, which `<3` leaves out
        (">=3,!=3.*,<4", True),
        (">=3,!=3.*", False),
        ("==2.*,<2.0.1", False),
        ("~=1.4.2,>=1.5", True),
        ("<0", True),
        ("<=0", False),
        (">3,<3.0.1", False),
        (">=1!1,<2", True),
    ],
)
def test_a_range_in_which_nothing_can_be(wanted: str, expected: bool) -> None:
    assert is_empty(wanted) is expected


def _parts() -> st.SearchStrategy[str]:
    version = st.sampled_from(["0", "1", "1.0.1", "1.1", "2", "2.0rc1", "2.0.post1", "3"])
    plain = st.builds(str.__add__, st.sampled_from([">=", ">", "<=", "<", "==", "!="]), version)
    prefix = st.builds(lambda sign, bound: f"{sign}{bound}.*", st.sampled_from(["==", "!="]), st.sampled_from("123"))
    return st.one_of(plain, prefix, st.sampled_from(["~=1.0", "~=1.0.1", "~=2.0"]))


@given(
    st.lists(_parts(), min_size=1, max_size=4),
    st.sampled_from("0.dev0 0.5 1 1.0.0.1 1.0.1 1.5 2rc1 2 2.post1 2.5 3 9".split()),
)
def test_a_range_that_holds_a_version_is_not_empty(parts: list[str], version: str) -> None:
    wanted = ",".join(parts)
    if satisfies(version, wanted):
        assert not is_empty(wanted)


def test_names_are_compared_in_one_form() -> None:
    assert {canonical_name(name) for name in ("Scikit_Learn", "scikit.learn", "scikit--learn", "SCIKIT-LEARN")} == {
        "scikit-learn"
    }


def _with_version(catalog: Catalog, name: str, version: str) -> Catalog:
    """The shipped catalog with another version of a package in the newest release of `minimal`."""
    image = next(image for image in catalog.images if image.slug == "minimal")
    newest = image.releases[0]
    lock = newest.lock.replace(f"\n{name}=={newest.version_of(name)}", f"\n{name}=={version}")
    packages = tuple(replace(p, version=version) if p.name == name else p for p in newest.packages)
    edited = replace(newest, lock=lock, digest=digest_of(packages), release_class=None)
    return Catalog(
        tuple(replace(i, releases=(edited, *i.releases[1:])) if i is image else i for i in catalog.images),
        catalog.default_slug,
    )


def _floor_messages(catalog: Catalog) -> Iterator[str]:
    yield from (finding.message for finding in catalog_findings(catalog) if finding.rule == "floor")


@pytest.mark.parametrize("name", ["jupyterhub", "jupyter-server", "jupyterlab", "nbconvert"])
def test_a_release_candidate_of_the_floor_is_below_it(name: str) -> None:
    catalog, floor = read_catalog(IMAGES), FLOORS[name]
    assert not list(_floor_messages(_with_version(catalog, name, floor)))
    assert any(
        f"{name} {floor}rc1 is below {floor}" in m for m in _floor_messages(_with_version(catalog, name, f"{floor}rc1"))
    )
