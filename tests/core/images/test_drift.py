"""What is not as the image has it, and which packages a notebook's imports stand for."""

from __future__ import annotations

from enablement_ext.core.images.drift import Drift, DriftKind, PackageFolder, PackageLocation, drift

_LOCK = {"pandas": "2.3.1", "numpy": "2.1.0", "six": "1.16.0"}
_IMAGE = PackageFolder("/image", PackageLocation.IMAGE, {**_LOCK, "pip": "25.0"})


def _folder(place: PackageLocation, **packages: str) -> PackageFolder:
    return PackageFolder(f"/{place}", place, packages)


def test_an_image_as_it_was_made_has_no_drift() -> None:
    assert drift(_LOCK, [_IMAGE], {"pip"}) == []


def test_what_python_takes_first_counts() -> None:
    home = _folder(PackageLocation.HOME, pandas="2.1.0", cowsay="6.1")
    assert drift(_LOCK, [home, _IMAGE], {"pip"}) == [
        Drift("pandas", DriftKind.SHADOWS, "2.1.0", "2.3.1", PackageLocation.HOME),
        Drift("cowsay", DriftKind.ADDED, "6.1", None, PackageLocation.HOME),
    ]
    assert drift(_LOCK, [_IMAGE, home], {"pip"}) == [
        Drift("cowsay", DriftKind.ADDED, "6.1", None, PackageLocation.HOME)
    ]


def test_the_same_version_from_elsewhere_is_told_as_well() -> None:
    """Its bytes may be others, and the next release of the image will not move it."""
    (found,) = drift(_LOCK, [_folder(PackageLocation.PATH, six="1.16.0"), _IMAGE], {"pip"})
    assert found == Drift("six", DriftKind.SHADOWS, "1.16.0", "1.16.0", PackageLocation.PATH)


def test_what_was_installed_over_or_taken_out_of_the_image() -> None:
    changed = _folder(PackageLocation.IMAGE, pandas="3.0.0", numpy="2.1.0", cowsay="6.1")
    assert drift(_LOCK, [changed]) == [
        Drift("pandas", DriftKind.REPLACED, "3.0.0", "2.3.1", PackageLocation.IMAGE),
        Drift("cowsay", DriftKind.ADDED, "6.1", None, PackageLocation.IMAGE),
        Drift("six", DriftKind.MISSING, None, "1.16.0", PackageLocation.IMAGE),
    ]
