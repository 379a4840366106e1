"""No version with a known hole is asked for or locked: the floors of the catalog hold for this project's own packages too."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from enablement_ext.core.images.catalog_checks import FLOORS
from enablement_ext.core.images.python.locks import parse_lock

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_what_is_locked_is_not_below_a_floor(name: str) -> None:
    locked = [package for package in parse_lock((ROOT / "requirements.lock").read_text()) if package.name == name]
    assert not [package.version for package in locked if Version(package.version) < Version(FLOORS[name])]


def test_what_is_asked_for_starts_at_the_floor() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    asked = [Requirement(line) for lines in extras.values() for line in lines]
    floors = {name.replace("_", "-"): Version(floor) for name, floor in FLOORS.items()}
    for requirement in asked:
        floor = floors.get(requirement.name.replace("_", "-").lower())
        if floor is not None:
            below = Version(f"{floor.major - 1}.999.999") if floor.micro == floor.minor == 0 else _just_below(floor)
            assert not requirement.specifier.contains(below), f"{requirement} lets {below} in, the floor is {floor}"


def _just_below(floor: Version) -> Version:
    if floor.micro:
        return Version(f"{floor.major}.{floor.minor}.{floor.micro - 1}")
    return Version(f"{floor.major}.{floor.minor - 1}.999")
