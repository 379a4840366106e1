"""Which release starts: redirects, withdrawals, unknown names, gates, and exact wishes."""

from __future__ import annotations

from datetime import date

import pytest

from enablement_ext.core.errors import Forbidden, UnknownImage
from enablement_ext.core.images.selection import (
    ImageAccess,
    ReleaseRequest,
    SelectedRelease,
    Substitution,
    select_release,
)
from tests.hub.catalogs import catalog_of, release_of

TODAY = date(2026, 11, 25)
CATALOG = catalog_of(
    release_of("ds", "2026.11.0", status="recommended"),
    release_of("ds", "2026.9.0", status="deprecated", redirect="2026.11.0", until=date(2027, 1, 31)),
    release_of("ds", "2026.8.0", status="deprecated", redirect="2026.9.0", until=date(2026, 10, 31)),
    release_of("ds", "2026.7.0", status="withdrawn", reason="numpy was wrong.", redirect="2026.8.0"),
    release_of("ds", "2026.6.0", status="withdrawn"),
    release_of("ml", "2026.11.0", status="recommended"),
    groups={"ml": ["gpu"]},
)
GATES = ImageAccess({})


def start(image: str, release: str = "", *, exact: bool = False, groups: tuple[str, ...] = ()) -> SelectedRelease:
    allowed = GATES.open_to(CATALOG, groups)
    assert allowed is not None
    return select_release(CATALOG, allowed, ReleaseRequest(image, release, exact), TODAY)


@pytest.mark.parametrize(
    ("wish", "note", "substitution"),
    [
        (("", ""), "", None),
        (("ds", ""), "", None),
        (("ds", "2026.11.0"), "", None),
        (("ds", "2026.9.0"), "Ds 2026.9.0 is being retired and is kept until 2027-01-31.", Substitution.RETIRED),
        (("ds", "2026.8.0"), "Ds 2026.8.0 was retired on 2026-10-31.", Substitution.RETIRED),
        (("ds", "2026.7.0"), "Ds 2026.7.0 was withdrawn: numpy was wrong.", Substitution.WITHDRAWN),
        (("ds", "2026.6.0"), "Ds 2026.6.0 was withdrawn.", Substitution.WITHDRAWN),
        (("ds", "1999.1.0"), "Ds has no release '1999.1.0'.", Substitution.UNKNOWN),
        (("nothing", "2026.11.0"), "There is no image 'nothing' here.", Substitution.UNKNOWN),
    ],
)
def test_what_starts_is_startable_and_said(wish: tuple[str, str], note: str, substitution: Substitution | None) -> None:
    found = start(*wish)
    assert (found.release.image, found.release.version) == ("ds", "2026.11.0")
    assert found.note == (f"{note} You get Ds 2026.11.0." if note else "")
    assert found.substitution is substitution


def test_an_exact_wish_gets_a_release_that_is_kept() -> None:
    assert start("ds", "2026.9.0", exact=True).release.version == "2026.9.0"


@pytest.mark.parametrize("version", ["2026.8.0", "2026.7.0", "1999.1.0"])
def test_an_exact_wish_that_cannot_be_fulfilled_is_refused_with_the_reason(version: str) -> None:
    with pytest.raises(UnknownImage, match=f"{version}.*nothing else was started"):
        start("ds", version, exact=True)


def test_a_withdrawn_release_never_starts() -> None:
    for release in CATALOG.images[0].releases:
        if release.status == "withdrawn":
            assert start("ds", release.version).release.status != "withdrawn"


def test_an_image_of_other_groups_is_refused_and_not_replaced() -> None:
    with pytest.raises(Forbidden, match="ml is for other groups"):
        start("ml", "2026.11.0")
    assert start("ml", groups=("gpu",)).release.image == "ml"


def test_the_hubs_gates_stand_above_the_catalogs() -> None:
    assert ImageAccess({"ml": ()}).open_to(CATALOG, ()) == CATALOG
    closed = ImageAccess({"ds": ("staff",)}).open_to(CATALOG, ("gpu",))
    assert closed is not None
    assert [image.slug for image in closed.images] == ["ml"]
    assert closed.default.image == "ml", "the default image is closed, so another one is the default"
    assert ImageAccess({"ds": ("staff",)}).open_to(CATALOG, ()) is None
