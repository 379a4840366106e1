"""One contract for both homes, and what only a disk can do."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from traitlets import TraitError

from enablement_ext.adapters.home_folder import HomeFolder
from enablement_ext.adapters.memory.home import MemoryHome
from enablement_ext.core.errors import FileUnreadable, TooLarge
from enablement_ext.core.submission.ports import Home
from enablement_ext.lab.settings import EnablementLab

Make = Callable[[Mapping[str, bytes]], Home]


@pytest.fixture(params=["disk", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    def on_disk(files: Mapping[str, bytes]) -> Home:
        for name, content in files.items():
            path = tmp_path / "home" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return HomeFolder(str(tmp_path / "home"))

    return on_disk if request.param == "disk" else MemoryHome


def test_files_are_there(make: Make) -> None:
    home = make({"a.csv": b"123", "b/c.py": "ü".encode(), "b/empty": b""})
    assert (home.size("a.csv"), home.size("b/empty"), home.size("b"), home.size("none")) == (3, 0, None, None)
    assert (home.is_folder("b"), home.is_folder("a.csv"), home.is_folder("none")) == (True, False, False)
    assert (home.text("b/c.py"), home.text("none")) == ("ü", None)
    assert home.read("a.csv", 3) == b"123"
    assert b"".join(home.chunks("a.csv")) == b"123"


def test_the_files_of_a_folder(make: Make) -> None:
    home = make({"b/z.csv": b"", "b/a/x.csv": b"", "b/.h": b"", "b/.d/x": b"", "c.csv": b""})
    assert sorted(home.below("b", 10)) == ["b/a/x.csv", "b/z.csv"]
    assert sorted(home.below("", 10)) == ["b/a/x.csv", "b/z.csv", "c.csv"]
    assert len(home.below("", 2)) == 2
    for path in ("none", "c.csv", "../x", ".d"):
        assert not home.below(path, 10)


def test_what_is_not_text_is_no_text(make: Make) -> None:
    assert make({"a.py": b"\xff"}).text("a.py") is None


def test_what_is_too_large_is_refused(make: Make) -> None:
    with pytest.raises(TooLarge, match=r"a\.csv"):
        make({"a.csv": b"1234"}).read("a.csv", 3)


def test_what_is_not_there_is_said(make: Make) -> None:
    home = make({"a.csv": b"", "b/.hidden": b"x", ".ssh/id": b"x"})
    for path in ("none", "b", "b/.hidden", ".ssh/id", "../x", "a\0b"):
        assert home.size(path) is None
        with pytest.raises(FileUnreadable) as caught:
            home.read(path, 10)
        assert caught.value.facts == {"path": path}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home beside a secret."""
    (tmp_path / "home" / "work").mkdir(parents=True)
    (tmp_path / "home" / "a.csv").write_text("inside")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("secret")
    (tmp_path / "homely").mkdir()
    (tmp_path / "homely" / "key").write_text("secret")
    return tmp_path / "home"


def test_a_link_inside_is_followed(folder: Path) -> None:
    (folder / "work" / "link").symlink_to("../a.csv")
    (folder / "also").symlink_to(folder / "work")
    assert HomeFolder(str(folder)).read("also/link", 100) == b"inside"


@pytest.mark.parametrize(
    "path",
    [
        "link",
        "work/up/secret/key",
        "sibling/key",
        "/etc/hostname",
        "../secret/key",
        "work/../../secret/key",
        "loop",
        "dangling",
    ],
)
def test_what_leads_outside_is_not_there(folder: Path, path: str) -> None:
    (folder / "link").symlink_to("../secret/key")
    (folder / "work" / "up").symlink_to("../..")
    (folder / "sibling").symlink_to(folder.parent / "homely")
    (folder / "loop").symlink_to("loop")
    (folder / "dangling").symlink_to("none")
    home = HomeFolder(str(folder))
    assert (home.size(path), home.is_folder(path)) == (None, False)
    with pytest.raises(FileUnreadable):
        home.read(path, 100)


def test_a_project_folder_that_is_a_link_says_that_it_is_one(folder: Path) -> None:
    (folder / "project").symlink_to(folder.parent / "secret")
    with pytest.raises(FileUnreadable, match="“project” is a symbolic link that leads out of your home") as caught:
        HomeFolder(str(folder)).read("project/key", 100)
    assert caught.value.facts == {"path": "project/key", "link": "project"}
    (folder / "also").symlink_to(folder / "work")
    (folder / ".env").write_text("x")
    (folder / "env").symlink_to(".env")
    for path in ("also/.hidden", "env"):
        with pytest.raises(FileUnreadable, match="is hidden or not in your home"):
            HomeFolder(str(folder)).read(path, 100)


def test_links_may_lead_to_the_roots_that_are_named(folder: Path) -> None:
    shared = folder.parent / "secret"
    (shared / ".hidden").write_text("x")
    (shared / "inner").mkdir()
    (shared / "inner" / "out").symlink_to(folder.parent / "homely")
    (folder / "project").symlink_to(shared)
    home = HomeFolder(str(folder), [str(shared)])
    assert (home.read("project/key", 100), home.size("project/key"), home.is_folder("project")) == (b"secret", 6, True)
    assert home.below("project", 10) == ["project/key"]
    assert home.read("a.csv", 100) == b"inside"
    for path in ("project/.hidden", "project/inner/out/key", "../secret/key", str(shared / "key")):
        with pytest.raises(FileUnreadable):
            home.read(path, 100)


@pytest.mark.parametrize("root", ["shared", "", "/", "/.."])
def test_a_root_for_links_is_an_absolute_path(root: str) -> None:
    with pytest.raises(TraitError, match="link_roots"):
        EnablementLab(link_roots=[root])
    assert EnablementLab(link_roots=["/shared/projects"]).link_roots == ["/shared/projects"]


def test_a_neighbour_of_a_named_root_is_not_in_it(folder: Path) -> None:
    (folder / "project").symlink_to(folder.parent / "homely")
    with pytest.raises(FileUnreadable):
        HomeFolder(str(folder), [str(folder.parent / "home")]).read("project/key", 100)


def test_a_root_that_is_a_link_is_the_root(folder: Path) -> None:
    (folder.parent / "alias").symlink_to(folder)
    assert HomeFolder(str(folder.parent / "alias")).read("a.csv", 100) == b"inside"


def test_a_hidden_file_behind_a_link_stays_hidden(folder: Path) -> None:
    (folder / ".env").write_text("secret")
    (folder / "env").symlink_to(".env")
    assert HomeFolder(str(folder)).size("env") is None


def test_only_regular_files_are_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
        home = HomeFolder(str(folder))
        for path in ("pipe", "socket", "work", "."):
            with pytest.raises(FileUnreadable):
                home.read(path, 100)


def test_a_link_put_there_in_between_is_not_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = HomeFolder(str(folder))
    resolve = os.path.realpath

    def swap(path: str) -> str:
        real = resolve(path)
        (folder / "a.csv").unlink()
        (folder / "a.csv").symlink_to("../secret/key")
        return real

    monkeypatch.setattr(os.path, "realpath", swap)
    with pytest.raises(FileUnreadable):
        home.read("a.csv", 100)
