"""Git in one click beside what it stands for.

Setting up a folder (look, plan, configure, repository on the forge, commit, push, verify) with the real service, beside the bare
commands of a practised hand: `init`, `add`, `commit`, `push` to a bare repository on the same disk. Pushing a version of 5 MB through
the bundled forge (HTTP, a key, every object checked), beside the same push over `file://`. The clean filter as Git runs it, beside the
smallest Python program that reads a notebook's JSON and writes it again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.notebooks import make
from bench.processes import HOST, WORKPLACE
from bench.report import Report, Table, milliseconds
from bench.rounds import Contender, Rounds, alternate
from bench.stack import PREFIX, stack
from enablement_ext.adapters.git.working_copy import GitWorkingCopy
from enablement_ext.core.git.ports import WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import GitIdentity
from enablement_ext.lab.git.setup import GitSetup
from enablement_ext.lab.service_client import ServiceClient, Timeouts

OURS, BARE, FORGE, DISK = "set up", "bare commands", "bundled forge", "file://"
FILTER, SMALLEST = "clean filter", "json in, json out"
_LEAST = "import json,sys; json.dump(json.load(sys.stdin), sys.stdout, indent=1)"
_PUSHED = 5_000_000
_AUTHOR = "dana"
_TOKEN = f"bench-{_AUTHOR}"


@dataclass(frozen=True, slots=True)
class Bench:
    """An author's home, and what the server offers in it."""

    home: Path
    base: str

    def folder(self, number: int, content: bytes) -> Path:
        """A new folder with a notebook and a module."""
        at = self.home / f"work{number}-{secrets.token_hex(3)}"
        at.mkdir(parents=True)
        (at / "churn.ipynb").write_bytes(content)
        (at / "features.py").write_text("x = 1\n")
        return at

    def set_up(self, number: int) -> float:
        """One click; seconds."""
        at = self.folder(number, make(20_000, number).notebook)
        began = time.perf_counter()
        asyncio.run(self._apply(at.name))
        return time.perf_counter() - began

    def by_hand(self, number: int) -> float:
        """The bare commands; seconds."""
        at = self.folder(number, make(20_000, number).notebook)
        bare = at.with_name(f"{at.name}.git")
        began = time.perf_counter()
        git(at, "init", "-q", "--bare", str(bare))
        git(at, "init", "-q", "-b", "main")
        git(at, "add", "churn.ipynb", "features.py")
        git(at, "commit", "-q", "-m", "First version")
        git(at, "remote", "add", "origin", str(bare))
        git(at, "push", "-q", "origin", "main")
        return time.perf_counter() - began

    def pushing(self, at: Path) -> float:
        """Push 5 MB that nobody has seen; seconds of the push."""
        (at / "big.txt").write_bytes(os.urandom(_PUSHED))
        git(at, "add", "big.txt")
        git(at, "commit", "-q", "-m", "big")
        began = time.perf_counter()
        git(at, "push", "-q", "origin", "HEAD:main", told=self.told, home=self.home)
        return time.perf_counter() - began

    @property
    def told(self) -> dict[str, str]:
        """What the helper needs."""
        return {"ENABLEMENT_SERVICE_URL": self.base, "JUPYTERHUB_API_TOKEN": _TOKEN}

    async def _apply(self, folder: str) -> None:
        owner = WorkingCopyOwner(GitIdentity(_AUTHOR), f"{self.base}/git")
        shop = GitWorkingCopy(str(self.home), str(self.home), str(Path(sys.executable).parent), owner, self.told)
        setup = GitSetup(shop, ServiceClient(self.base, _TOKEN, Timeouts()), PREFIX)
        last = [line async for line in setup.apply(folder)][-1]
        receipt = last.get("receipt")
        if not isinstance(receipt, dict) or not receipt["published"]:
            raise RuntimeError(str(last))

    def forge_repository(self) -> Path:
        """A folder that is set up."""
        at = self.folder(0, make(20_000, 0).notebook)
        asyncio.run(self._apply(at.name))
        return at


def git(at: Path, *arguments: str, told: dict[str, str] | None = None, home: Path | None = None) -> None:
    """Git as in a terminal."""
    identity = {
        "GIT_AUTHOR_NAME": "x",
        "GIT_AUTHOR_EMAIL": "x@y",
        "GIT_COMMITTER_NAME": "x",
        "GIT_COMMITTER_EMAIL": "x@y",
    }
    environment = {"PATH": os.environ["PATH"], "HOME": str(home or at), **identity, **(told or {})}
    subprocess.run(["git", *arguments], cwd=at, env=environment, check=True)


def piped(command: list[str], data: bytes) -> float:
    """Seconds of a whole process."""
    began = time.perf_counter()
    subprocess.run(command, input=data, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def filtering(bench: Bench, size: int, rounds: int) -> Rounds:
    """The filter as Git runs it, beside the smallest program."""
    data = make(size, 7).notebook
    tool = [str(bench.home / ".config/enablement/git/tool"), "clean"]
    return alternate(
        [
            Contender(FILTER, lambda _: piped(tool, data)),
            Contender(SMALLEST, lambda _: piped([sys.executable, "-I", "-c", _LEAST], data)),
        ],
        rounds,
    )


def row(name: str, found: Rounds, ours: str, theirs: str) -> list[str]:
    """Both middles and the ratio."""
    return [name, milliseconds(found.median(ours)), milliseconds(found.median(theirs)), str(found.ratio(ours, theirs))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    report = Report("git_setup", "Git in one click", __doc__ or "")
    home = WORKPLACE / "git-home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    with stack("git-setup") as running:
        bench = Bench(home, f"http://{HOST}:{running.service.port}{PREFIX}")
        ways = [Contender(OURS, bench.set_up), Contender(BARE, bench.by_hand)]
        rows = [row("setting up a folder", alternate(ways, rounds), OURS, BARE)]
        forge, disk = bench.forge_repository(), bench.folder(1, make(20_000, 1).notebook)
        git(disk, "init", "-q", "-b", "main")
        git(disk, "init", "-q", "--bare", f"{disk}.git")
        git(disk, "remote", "add", "origin", f"file://{disk}.git")
        pushes = [Contender(FORGE, lambda _: bench.pushing(forge)), Contender(DISK, lambda _: bench.pushing(disk))]
        rows.append(row("pushing 5 MB", alternate(pushes, rounds), FORGE, DISK))
        for name, size in (("cleaning 20 KB", 20_000), ("cleaning 5 MB", 5_000_000)):
            rows.append(row(name, filtering(bench, size, rounds), FILTER, SMALLEST))
    shutil.rmtree(home)
    report.parts.append(Table(["what", "ours", "beside it", "ratio"], rows))
    report.notes.append(
        "Setting up also looks for secrets, holds data back, asks the service and verifies; the bare commands do none of it."
    )
    report.notes.append("The filter beside nbstripout: see `clean_filter.md`.")
    report.write()


if __name__ == "__main__":
    main()
