"""The port `InstalledPackages`: a Python of this machine and its in-memory implementation."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from enablement_ext.adapters.installed_packages import PythonPackages
from enablement_ext.adapters.memory.packages import MemoryPackages
from enablement_ext.core.images.drift import PackageFolder, PackageLocation
from enablement_ext.core.images.ports import InstalledPackages


def install(folder: Path, name: str, version: str, module: str) -> None:
    """What an installer leaves."""
    record = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (record / "RECORD").write_text(f"{module}/__init__.py,,\n{record.name}/METADATA,,\n")
    (folder / module).mkdir()
    (folder / module / "__init__.py").write_text("")


@pytest.fixture(params=["python", "memory"])
def packages(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InstalledPackages:
    """One with `Cow-Say` 6.1 (module `cow`) in the home, before the image's own folder."""
    home = tmp_path / "home" / "extra"
    if request.param == "memory":
        ours = PackageFolder("/image", PackageLocation.IMAGE, {"pytest": "9"})
        theirs = PackageFolder(str(home), PackageLocation.HOME, {"cow-say": "6.1"})
        return MemoryPackages((theirs, ours), {"cow": ("cow-say",)})
    install(home, "Cow-Say", "6.1", "cow")
    monkeypatch.setenv("PYTHONPATH", str(home))
    return PythonPackages(str(tmp_path / "home"))


def test_folders_come_in_the_order_of_pythons_path(packages: InstalledPackages) -> None:
    named = [(folder.place, dict(folder.packages)) for folder in packages.folders() if folder.packages]
    assert named[0] == (PackageLocation.HOME, {"cow-say": "6.1"})
    assert any(place is PackageLocation.IMAGE and "pytest" in found for place, found in named[1:])


def test_imports_know_their_packages(packages: InstalledPackages) -> None:
    known = packages.imports()
    assert set(known["cow"]) == {"cow-say"}
    assert "pytest" in known["pytest"]


def test_names_are_those_of_the_files_whatever_else_a_package_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "elsewhere"
    for name, files in {
        "google-cloud-thing": ("google/cloud/thing/__init__.py", "google/cloud/thing/table.py", "../../../bin/thing"),
        "google-other": ("google/other.py", "google/_fast.cpython-311-x86_64-linux-gnu.so", "google/other.pyi"),
        "types-thing": ("thing-stubs/__init__.pyi", "docs/conf-x.py"),
    }.items():
        install(folder, name, "1", name.replace("-", "_"))
        record = folder / f"{name.replace('-', '_')}-1.dist-info"
        (record / "top_level.txt").write_text("google\n")
        (record / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    known = PythonPackages(str(tmp_path / "home")).imports()
    ours = {name: sorted(owners) for name, owners in known.items() if name.partition(".")[0] in ("google", "thing")}
    assert ours == {
        "google.cloud.thing": ["google-cloud-thing"],
        "google.other": ["google-other"],
        "google._fast": ["google-other"],
    }
    assert "thing-stubs" not in known
    assert known["yaml"] == {"pyyaml"}


def test_what_was_installed_meanwhile_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "elsewhere"
    install(folder, "first", "1", "first")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(tmp_path / "missing"), "relative"]))
    packages = PythonPackages(str(tmp_path / "home"))
    before = next(found for found in packages.folders() if found.path == str(folder))
    assert (before.place, dict(before.packages)) == (PackageLocation.PATH, {"first": "1"})
    install(folder, "second", "2", "second")
    (folder / "broken-3.dist-info").mkdir()
    os.utime(folder, ns=(1, 1))
    after = next(found for found in packages.folders() if found.path == str(folder))
    assert dict(after.packages) == {"first": "1", "second": "2"}
    assert packages.imports()["second"] == {"second"}


def test_an_environment_is_the_image_wherever_it_lies() -> None:
    packages = PythonPackages(str(Path(sys.prefix).parent))
    assert {found.place for found in packages.folders() if "pytest" in found.packages} == {PackageLocation.IMAGE}
