"""The outcome of a benchmark: printed, and kept as a page under docs/benchmarks/."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.rounds import Ratio

PAGES = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"


@dataclass(frozen=True, slots=True)
class Table:
    """A table in GitHub's Markdown."""

    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    title: str = ""

    def __str__(self) -> str:
        lines = [f"## {self.title}", ""] if self.title else []
        lines.append("| " + " | ".join(self.head) + " |")
        lines.append("| " + " | ".join("---" for _ in self.head) + " |")
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in self.rows]
        return "\n".join(lines)


@dataclass(slots=True)
class Report:
    """One page: what is compared with what, the figures, and what to know before quoting them."""

    name: str
    title: str
    about: str
    parts: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def write(self) -> None:
        """Print the page and keep it."""
        page = str(self)
        print(page)
        PAGES.mkdir(parents=True, exist_ok=True)
        (PAGES / f"{self.name}.md").write_text(page)

    def __str__(self) -> str:
        arguments = " ".join(("", *sys.argv[1:]))
        parts = [
            f"# {self.title}",
            self.about,
            f"Made by `.venv/bin/python -m bench.{self.name}{arguments}` on {datetime.now(UTC):%Y-%m-%d}. {_machine()}",
            *(str(part) for part in self.parts),
        ]
        if self.notes:
            parts.append("\n".join(f"- {note}" for note in self.notes))
        return "\n\n".join(parts) + "\n"


def at_most(ratio: Ratio, target: float) -> str:
    """Whether a ratio that should be small is."""
    return f"≤ {target}: {'met' if ratio.middle <= target else '**missed**'}"


def at_least(ratio: Ratio, target: float) -> str:
    """Whether a ratio that should be big is."""
    return f"≥ {target}: {'met' if ratio.middle >= target else '**missed**'}"


def milliseconds(seconds: float) -> str:
    """A duration for a table."""
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"


def megabytes(size: float) -> str:
    """An amount of memory for a table."""
    return f"{size / 1_000_000:.1f} MB"


def _machine() -> str:
    load = os.getloadavg()[1]
    return (
        f"{os.cpu_count()} cores (virtual, shared with other work: load {load:.1f} over the last five minutes), {platform.system()} "
        f"{platform.release().split('-')[0]}, Python {platform.python_version()}. "
        "Read the ratios, not the times; in brackets the middle half of the rounds."
    )
