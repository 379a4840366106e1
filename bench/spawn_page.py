"""Reading the image catalog and drawing the spawn page, at 100 images with 20 releases each of 125 packages.

Reading is compared with the least that could be done: `json.loads` of one text that holds the same records and locks, read from
disk. "Looking again" is what the hub does at most once a second when somebody opens the page or starts a server. The page is compared
with KubeSpawner's own profile page, rendered by the real class from the same catalog as `profile_list`; that page names the same 2,000
releases, but not what is inside them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("KUBECONFIG", str(Path(__file__).parent.parent / "tests" / "hub" / "kubeconfig.yaml"))

from kubespawner import KubeSpawner

from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, Rounds, alternate
from enablement_ext.adapters.catalog_folder import WatchedCatalog, read_catalog
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.deploy.exports import References
from enablement_ext.hub.image_cards import CardContext
from enablement_ext.hub.kubespawner import Containers, Selected, profiles
from enablement_ext.hub.spawn_page import SpawnPage, SpawnPageState
from enablement_ext.hub.user_options import RequestedOptions
from tests.hub.catalogs import big_catalog, write_catalog, write_release
from tests.hub.factories import NOW, HubSettings, policy_of

TARGET = 3.0  # of reading
JSON, LOAD, AGAIN, CHANGED = "json.loads", "read the catalog", "look again", "one release changed"
THEIRS, OURS = "KubeSpawner's page", "our page"


@dataclass(frozen=True, slots=True)
class Folder:
    """The catalog on disk, as a folder and as one JSON text."""

    images: Path
    text: Path


def laid_out(place: Path, catalog: Catalog) -> Folder:
    """Writes both."""
    write_catalog(place / "images", catalog)
    releases = [
        {"record": tomllib.loads(path.read_text()), "lock": path.with_name("requirements.lock").read_text()}
        for path in sorted((place / "images").glob("*/releases/*/release.toml"))
    ]
    (place / "catalog.json").write_text(json.dumps(releases, default=str))
    return Folder(place / "images", place / "catalog.json")


def timed(once: Callable[[int], Any]) -> Callable[[int], float]:
    """Seconds that a call takes."""

    def run(number: int) -> float:
        began = time.perf_counter()
        once(number)
        return time.perf_counter() - began

    return run


def loading(folder: Folder, catalog: Catalog, rounds: int) -> Rounds:
    """Reads, looks again, and reads again after a change, in turns."""
    watched = WatchedCatalog(folder.images, look_again=0)
    some = catalog.images[0].releases[-1]

    def changed(number: int) -> None:
        before = watched.now().catalog
        write_release(folder.images, some, more=f'changelog = "{number}"\n')
        if watched.now().catalog is before:
            raise RuntimeError("the change was not seen")

    contenders = [
        Contender(JSON, timed(lambda _: json.loads(folder.text.read_bytes()))),
        Contender(LOAD, timed(lambda _: read_catalog(folder.images))),
        Contender(AGAIN, timed(lambda _: watched.now())),
        Contender(CHANGED, timed(changed)),
    ]
    return alternate(contenders, rounds)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of drawing: times, the first drawing, and how many bytes each page has."""

    rounds: Rounds
    first: float
    sizes: dict[str, int]


async def drawing(catalog: Catalog, rounds: int) -> Drawn:
    """Draws both pages in turns. A coroutine, as KubeSpawner wants a running loop when it is made."""
    policy = policy_of(HubSettings())
    page = SpawnPage(policy)
    selected = policy.preselect(catalog, RequestedOptions(), frozenset(), NOW.date())
    last = {"team-0": catalog.images[0].releases[3].version}
    state = SpawnPageState(
        catalog, policy.sizes, CardContext(selected, last, NOW.date()), enforced=True, offers_releases=True
    )
    listed = profiles(catalog, policy.sizes, Containers(References()), Selected(selected, NOW.date()))
    theirs = KubeSpawner(_mock=True)
    pages: dict[str, str] = {}

    def draw(name: str, render: Callable[[], str]) -> Callable[[int], float]:
        def once(_: int) -> None:
            pages[name] = render()

        return timed(once)

    ours = draw(OURS, lambda: page.render(state))
    first = ours(0)
    contenders = [Contender(THEIRS, draw(THEIRS, lambda: theirs._render_options_form(listed))), Contender(OURS, ours)]
    found = alternate(contenders, rounds)
    return Drawn(found, first, {name: len(text.encode()) for name, text in pages.items()})


def compare(images: int, releases: int, rounds: int) -> Report:
    """Both comparisons as a page."""
    catalog = big_catalog(images, releases)
    with tempfile.TemporaryDirectory(prefix="enablement-bench-") as place:
        read = loading(laid_out(Path(place), catalog), catalog, rounds)
        drawn = asyncio.run(drawing(read_catalog(Path(place) / "images"), rounds))
    reading = Table(
        ["", "time", f"ratio to {JSON}", "target"],
        [_reading(read, name) for name in (JSON, LOAD, AGAIN, CHANGED)],
        title="Reading",
    )
    ratio = drawn.rounds.ratio(OURS, THEIRS)
    rows = [
        [name, milliseconds(drawn.rounds.median(name)), f"{drawn.sizes[name] / 1000:.0f} kB"] for name in (THEIRS, OURS)
    ]
    table = Table(["", "time", "size"], [*rows, ["ratio", ratio, at_most(ratio, 1.0)]], title="Drawing")
    notes = [
        f"{rounds} rounds each, in turns; {images} images, {releases} releases each.",
        f"The first page after a start reads the locks of what is recommended: {milliseconds(drawn.first)}, in a worker thread.",
    ]
    about = (__doc__ or "").strip()
    return Report("spawn_page", "The catalog and the spawn page", about, [reading, table], notes)


def _reading(read: Rounds, name: str) -> list[object]:
    ratio = read.ratio(name, JSON)
    return [name, milliseconds(read.median(name)), ratio, at_most(ratio, TARGET) if name == LOAD else ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--releases", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=11)
    arguments = parser.parse_args()
    compare(arguments.images, arguments.releases, arguments.rounds).write()


if __name__ == "__main__":
    main()
