"""Which catalog `enablement image` works on, from a checkout and out of an installed package, in which nothing is ever written."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from enablement_ext.adapters.catalog_folder import CatalogFolder, copy_catalog, read_catalog
from enablement_ext.adapters.local_paths import PACKAGE, cache_folder
from enablement_ext.cli.app import main
from enablement_ext.core.errors import BadCatalog

IMAGES = PACKAGE.parent / "images"
COMMAND = "import sys; from enablement_ext.cli.app import main; sys.exit(main(sys.argv[1:]))"
WRITING = [
    ["new", "vision"],
    ["lock", "ml"],
    ["promote", "ml/2026.9.0", "--untested", "why"],
    ["deprecate", "ml/2026.9.0", "--redirect", "2026.11.0", "--until", "2030-01-01"],
    ["withdraw", "ml/2026.9.0", "--reason", "why", "--unchecked"],
    ["test", "ml", "--record"],
    ["build", "ml", "--oci", "--base", "base", "--record"],
]


@dataclass(frozen=True)
class Installed:
    """The package as a wheel lays it out, beside a working folder that is empty."""

    site: Path
    work: Path

    @property
    def shipped(self) -> Path:
        return self.site / "enablement_ext" / "shipped" / "images"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environ = {key: value for key, value in os.environ.items() if key != "ENABLEMENT_CATALOG"}
        command = [sys.executable, "-P", "-c", COMMAND, "image", *words]
        return subprocess.run(
            command,
            env=environ | {"PYTHONPATH": str(self.site), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=self.work,
            capture_output=True,
            text=True,
            check=False,
        )

    def hashes(self) -> dict[str, str]:
        files = sorted(path for path in self.site.rglob("*") if path.is_file())
        return {str(path.relative_to(self.site)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    found = Installed(tmp_path / "site-packages", tmp_path / "work")
    shutil.copytree(PACKAGE, found.site / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__", "shipped"))
    shutil.copytree(IMAGES, found.shipped)
    found.work.mkdir()
    for path in found.shipped.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)  # as a package of the system's is installed
    return found


def test_the_shipped_catalog_is_read_and_said_to_be_read_only(installed: Installed) -> None:
    done = installed.run("list", "--json")
    assert done.returncode == 0
    assert done.stderr == f"==> catalog: {installed.shipped} (it comes with Enablement, read-only)\n"
    assert "datascience" in {row["image"] for row in json.loads(done.stdout)}


@pytest.mark.slow
def test_nothing_is_written_into_an_installed_package(installed: Installed) -> None:
    before = installed.hashes()
    for words in WRITING:
        for named in ([], ["--catalog", str(installed.shipped)]):
            done = installed.run(*words, *named)
            assert done.returncode == 2, words
            refused = done.stderr.splitlines()[-1]
            assert (
                "comes with Enablement and is not written to. Start a catalog of your own with `enablement image init`"
                in refused
            )
    assert installed.run("withdraw", "ml/2026.9.0", "--reason", "why", "--unchecked", "--pretend").returncode == 0
    assert installed.hashes() == before
    with pytest.raises(BadCatalog, match="enablement image init"):
        CatalogFolder(installed.shipped, read_only=True).add_image("vision", "")


def test_a_catalog_of_ones_own_is_started_and_used_from_then_on(installed: Installed) -> None:
    before = installed.hashes()
    done = installed.run("init")
    assert (done.returncode, done.stdout.split(",")[0]) == (0, "wrote images")
    assert read_catalog(installed.work / "images") == read_catalog(installed.shipped)
    assert not (installed.work / "images" / "servers").exists()
    done = installed.run("new", "vision", "--extends", "datascience")
    assert done.returncode == 0
    assert done.stdout == "wrote images/vision/image.toml; edit it, then: enablement image lock vision\n"
    assert done.stderr == "==> catalog: images (your own)\n"
    done = installed.run("verify")
    assert (done.returncode, done.stdout) == (0, "all images agree with everything rendered from them\n")
    assert installed.run("init").returncode == 2
    assert installed.hashes() == before


def test_new_starts_the_catalog_where_it_is_asked_to(installed: Installed) -> None:
    done = installed.run("new", "vision", "--init")
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "==> wrote ./images, a copy of the catalog that comes with Enablement",
        "==> catalog: images (your own)",
    ]
    assert (installed.work / "images" / "vision" / "image.toml").is_file()
    assert installed.run("new", "speech", "--init").returncode == 0, "a catalog that is there is used as it is"


def test_in_a_checkout_the_catalog_is_the_teams_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ENABLEMENT_CATALOG", raising=False)
    monkeypatch.chdir(IMAGES.parent)
    assert main(["image", "list"]) == 0
    assert capsys.readouterr().err == "==> catalog: images (your own)\n"
    monkeypatch.chdir(tmp_path)  # the checkout's command, called somewhere else
    assert main(["image", "new", "vision"]) == 2
    assert "read-only" in capsys.readouterr().err
    monkeypatch.setenv("ENABLEMENT_CATALOG", str(IMAGES))
    assert main(["image", "list"]) == 0
    assert capsys.readouterr().err == f"==> catalog: {IMAGES} (named by $ENABLEMENT_CATALOG)\n"
    assert not (tmp_path / "images").exists()


def test_a_folder_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    copy_catalog(IMAGES, tmp_path / "images")  # an empty folder is as good as none
    with pytest.raises(BadCatalog, match="is a catalog already"):
        copy_catalog(IMAGES, tmp_path / "images")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "cat.png").write_bytes(b"")
    with pytest.raises(BadCatalog, match="is no catalog; name another folder"):
        copy_catalog(IMAGES, tmp_path / "pictures")
    with pytest.raises(BadCatalog, match="cannot be written"):
        copy_catalog(IMAGES, tmp_path / "pictures" / "cat.png" / "images")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images", "pictures"]


@pytest.mark.slow
def test_an_image_is_added_as_the_recipe_says(installed: Installed) -> None:
    before = installed.hashes()
    package = "opencv-python-headless>=4.10,<5"
    assert installed.run("new", "vision", "--init", "--extends", "datascience", "--package", package).returncode == 0
    dated = ("--cutoff", "2026-12-01", "--support-until", "2030-01-01", "--note", "Pictures can be read.")
    cache = ("--cache", str(cache_folder()))
    done = installed.run("lock", "vision", "--json", *dated, *cache)
    assert done.returncode == 0, done.stderr
    version = json.loads(done.stdout)["release"]
    record = (installed.work / "images/vision/releases" / version / "release.toml").read_text()
    assert all(given in record for given in dated[1::2])
    tried = ["test", "vision", "--record", "--no-compare"]
    for words in (
        tried,
        ["promote", f"vision/{version}"],
        ["verify"],
        ["build", "vision", "--venv", *cache],
        ["size", "vision"],
    ):
        done = installed.run(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    assert installed.hashes() == before


@pytest.mark.slow
def test_a_range_that_cannot_be_solved_is_refused_with_the_reason(installed: Installed) -> None:
    installed.run("new", "old", "--init", "--extends", "datascience", "--package", "pillow>=11,<13")
    refused = installed.run("lock", "old")
    assert refused.returncode == 1
    assert (
        "pillow: the intent asks for >=11,<13, datascience/2026.11.0 has 13.0.0, and what extends it has the same; "
        "widen the range, or lock datascience again"
    ) in refused.stderr
    installed.run("new", "torn", "--extends", "datascience", "--package", "numba==0.60.0")
    refused = installed.run("lock", "torn")
    assert refused.returncode == 1
    assert "there is no solution: Because" in refused.stderr
    assert "Versions with == are those of datascience/2026.11.0, which it extends." in refused.stderr


@pytest.mark.slow
def test_the_page_beside_the_catalog_says_the_same_after_every_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(IMAGES, tmp_path / "images")
    page = tmp_path / "docs" / "reference" / "images.md"
    page.parent.mkdir(parents=True)
    shutil.copyfile(IMAGES.parent / "docs" / "reference" / "images.md", page)
    monkeypatch.chdir(tmp_path)
    assert main(["image", "new", "demo"]) == 0
    assert main(["image", "lock", "demo"]) == 0
    assert "(`demo`)" in page.read_text()
    assert main(["image", "verify"]) == 0
    version = read_catalog(tmp_path / "images").image("demo").releases[0].version  # type: ignore[union-attr]
    assert main(["image", "promote", f"demo/{version}", "--untested", "a walk through the recipe"]) == 0
    assert f"| {version} | recommended |" in page.read_text()
    assert main(["image", "verify"]) == 0


def test_up_takes_the_teams_own_catalog_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the same rule; it is said before anything is started, here at an address that nobody agreed to."""
    monkeypatch.delenv("ENABLEMENT_CATALOG", raising=False)
    monkeypatch.chdir(tmp_path)
    started = ["up", "--address", "192.0.2.1", "--state", str(tmp_path / "state")]
    assert main(started) == 2
    assert capsys.readouterr().out == f"==> catalog: {IMAGES} (it comes with Enablement, read-only)\n"
    copy_catalog(IMAGES, Path("images"))
    assert main(started) == 2
    assert capsys.readouterr().out == "==> catalog: images (your own)\n"
