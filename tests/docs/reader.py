"""Somebody who does what a page says, in a shell, block after block."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.blocks import ROOT, Page, fill, page, unseen
from tests.docs.run_list import RUN

BIN = ROOT / ".venv" / "bin"
LONGEST = 900


@dataclass(slots=True)
class Reader:
    """Reads one page in one folder; `values` are what stands for the placeholders, nothing else is changed."""

    page: Page
    folder: Path
    values: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def script(self, name: str, values: Mapping[str, str] | None = None) -> str:
        """The block of that first line as it is run; from then on it counts as run."""
        block = self.page[name]
        assert not block.reason, f"{name} is marked as not run"
        self.done.append(name)
        return block.script({**self.values, **(values or {})})

    def run(self, name: str, values: Mapping[str, str] | None = None, *, or_says: str = "") -> str:
        """Run the block of that first line: it succeeds and prints what the page shows, or ends with 1 and says `or_says`. Return what it printed."""
        script = self.script(name, values)
        ended = self._shell(script)
        if or_says and ended.returncode == 1 and or_says in ended.stdout:
            return ended.stdout
        assert ended.returncode == 0, f"{script}\nended with {ended.returncode}:\n{ended.stdout[-4000:]}"
        missing = list(unseen(self._filled(name, values), ended.stdout))
        assert not missing, f"{script}\nthe page shows {missing}, it printed:\n{ended.stdout[-4000:]}"
        return ended.stdout

    def fails(self, name: str, values: Mapping[str, str] | None = None) -> str:
        """Run a block that was run before once more, where the page says that it is refused now. Return what it printed."""
        script = self.page[name].script({**self.values, **(values or {})})
        ended = self._shell(script)
        assert ended.returncode in (1, 2), f"{script}\nended with {ended.returncode}:\n{ended.stdout[-4000:]}"
        return ended.stdout

    def finish(self) -> None:
        """Every block of the run list was run, in its order, and there was no value to spare."""
        assert self.done == list(RUN[self.page.name])
        used = frozenset[str]().union(*(self.page[block].placeholders for block in self.done))
        assert set(self.values) <= used, "values for placeholders that the page does not have"

    def _filled(self, name: str, values: Mapping[str, str] | None) -> tuple[str, ...]:
        everything = {**self.values, **(values or {})}
        return tuple(fill(line, everything) for line in self.page[name].shown)

    def _shell(self, script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-eu", "-c", script],
            cwd=self.folder,
            env=clean(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=LONGEST,
        )


@contextmanager
def reading(
    name: str, folder: Path, values: Mapping[str, str] | None = None, environ: Mapping[str, str] | None = None
) -> Iterator[Reader]:
    """A reader of a page who has run every block of its run list in the end, and had no value to spare."""
    reader = Reader(page(name), folder, values or {}, environ or {})
    yield reader
    reader.finish()


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a shell in which nothing of ours is set yet but the path to the checkout's commands."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ENABLEMENT", "JUPYTERHUB"))}
    return {**kept, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environ}
