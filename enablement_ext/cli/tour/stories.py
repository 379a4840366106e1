"""What happens in the tour: `tour.json` of the demo, read, and its notebooks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = "tour"  # in the home of whoever sends


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody does something; `text` is what they write, `cell` where a comment stands."""

    who: str
    what: str
    text: str = ""
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One submission: its notebook in as many versions as are sent, and what happens to it after the first."""

    author: str
    file: str
    answers: Mapping[str, Any]
    versions: Sequence[Sequence[Mapping[str, str]]]
    steps: Sequence[Step]

    @property
    def title(self) -> str:
        """What the queue shows; it says that it is an example."""
        return str(self.answers["title"])

    def notebook(self, version: int) -> bytes:
        """The notebook of a version, numbered from 1."""
        cells = [_cell(number, cell) for number, cell in enumerate(self.versions[version - 1])]
        kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
        document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
        return (json.dumps(document, indent=1) + "\n").encode()


def cell_id(number: int) -> str:
    """The id of a notebook's cell, by its place in the first version."""
    return f"tour-{number}"


def read_stories(path: Path) -> tuple[Story, ...]:
    """Every story of the file, in order."""
    return tuple(_story(entry) for entry in json.loads(path.read_text(encoding="utf-8"))["stories"])


def _story(entry: Mapping[str, Any]) -> Story:
    answers = {**entry["answers"], "title": f"{entry['answers']['title']} (demo)"}
    steps = tuple(Step(**step) for step in entry["steps"])
    return Story(entry["author"], entry["file"], answers, tuple(entry["versions"]), steps)


def _cell(number: int, cell: Mapping[str, str]) -> dict[str, Any]:
    if "markdown" in cell:
        return {"cell_type": "markdown", "id": cell_id(number), "metadata": {}, "source": cell["markdown"]}
    output = {"output_type": "stream", "name": "stdout", "text": cell.get("output", "")}
    return {
        "cell_type": "code",
        "id": cell_id(number),
        "metadata": {},
        "execution_count": number,
        "source": cell["code"],
        "outputs": [output] if "output" in cell else [],
    }
