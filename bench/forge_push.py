"""A push through the bundled forge beside the same push over `file://`.

Through the forge a push asks for a key (our credential helper, a process of its own), speaks HTTP three times, and every object is checked
before it counts. Over `file://` Git copies from one folder into another. Both push one new version of the given size that nobody has
seen; what is timed is `git push` alone. The forge's own part without the key: the same push with a key that is there already.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from bench.git_setup import Bench, git
from bench.notebooks import make
from bench.processes import HOST, WORKPLACE
from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, alternate
from bench.stack import PREFIX, stack

TARGET = 3.0  # of a small push
FORGE, KEYED, DISK = "bundled forge", "with a key at hand", "file://"
SIZES = (("20 KB", 20_000), ("1 MB", 1_000_000), ("20 MB", 20_000_000))


@dataclass(frozen=True, slots=True)
class Pushing:
    """Folders that are set up, and how each is pushed."""

    bench: Bench
    forge: Path
    keyed: Path
    disk: Path

    def push(self, at: Path, size: int) -> float:
        """Seconds of a push of that many bytes that do not compress."""
        (at / "more.bin").write_bytes(os.urandom(size))
        git(at, "add", "more.bin")
        git(at, "commit", "-q", "-m", "more")
        told = self.bench.told if at == self.forge else None
        began = time.perf_counter()
        git(at, "push", "-q", "origin", "HEAD:main", told=told, home=self.bench.home if told else None)
        return time.perf_counter() - began

    def use_key(self) -> None:
        """Give the keyed folder a new key: good for ten minutes, and nobody gets more than sixty a minute."""
        git(self.keyed, "remote", "set-url", "origin", self._with_key(self.keyed.name))

    def _with_key(self, name: str) -> str:
        """An address with a key in it, as nobody should keep one: only to leave the helper out of the time."""
        host, _, below = self.bench.base.partition("://")[2].partition("/")
        asked = http.client.HTTPConnection(host)
        headers = {
            "Authorization": f"token {self.bench.told['JUPYTERHUB_API_TOKEN']}",
            "Content-Type": "application/json",
        }
        path = f"git/user/dana/{name}"
        asked.request("POST", f"/{below}/api/v1/git/credentials", json.dumps({"path": path}), headers)
        key = json.loads(asked.getresponse().read())
        asked.close()
        return f"http://{key['username']}:{key['password']}@{host}/{below}/{path}"


def prepared(bench: Bench) -> Pushing:
    """Three folders with a version each."""
    forge, keyed = bench.forge_repository(), bench.forge_repository()
    disk = bench.folder(1, make(20_000, 1).notebook)
    git(disk, "init", "-q", "-b", "main")
    git(disk, "init", "-q", "--bare", f"{disk}.git")
    git(disk, "remote", "add", "origin", f"file://{disk}.git")
    return Pushing(bench, forge, keyed, disk)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    rounds = parser.parse_args().rounds
    report = Report("forge_push", "A push through the bundled forge", __doc__ or "")
    home = WORKPLACE / "push-home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    rows = []
    with stack("forge-push") as running:
        pushing = prepared(Bench(home, f"http://{HOST}:{running.service.port}{PREFIX}"))
        for name, size in SIZES:
            pushing.use_key()
            places = ((FORGE, pushing.forge), (KEYED, pushing.keyed), (DISK, pushing.disk))
            ways = [Contender(what, lambda _, at=at, size=size: pushing.push(at, size)) for what, at in places]  # type: ignore[misc]
            found = alternate(ways, rounds)
            ratio, keyed = (found.ratio(what, DISK) for what in (FORGE, KEYED))
            target = at_most(ratio, TARGET) if name == SIZES[0][0] else ""
            rows.append([name, *(milliseconds(found.median(what)) for what, _ in places), ratio, target, keyed])
    shutil.rmtree(home)
    report.parts.append(Table(["pushed", FORGE, KEYED, DISK, "ratio", "target", "ratio without the key"], rows))
    report.notes.append(
        "The credential helper is a Python process that asks the service; `tests/git/test_tool.py` counts what it imports."
    )
    report.notes.append("Each repository grows by what is pushed, up to its quota of 1 GiB.")
    report.write()


if __name__ == "__main__":
    main()
