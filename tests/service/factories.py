"""Notebooks and bundles, as the lab sends them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enablement_ext.core.submission.bundle import OutgoingFile, write_bundle

TITLE = "Which customers leave?"


def cell(identity: str, source: str, outputs: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A code cell."""
    return {
        "cell_type": "code",
        "id": identity,
        "metadata": {},
        "execution_count": 1,
        "source": source,
        "outputs": outputs or [],
    }


def notebook(*cells: dict[str, Any]) -> bytes:
    """A notebook of these cells, else of two."""
    shown = list(cells) or [cell("load", "import pandas as pd\nx = 1\ny = 2"), cell("plot", "x + y")]
    metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": shown}, indent=1).encode()


@dataclass(frozen=True)
class SubmissionDraft:
    """What is sent. Everything may be replaced, to send what a lab would not."""

    notebook: bytes = field(default_factory=notebook)
    path: str = "work/churn.ipynb"
    answers: Mapping[str, Any] = field(default_factory=lambda: {"title": TITLE})
    files: Mapping[str, bytes] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def bundle(self) -> bytes:
        """The tar."""
        sending = {
            "answers": dict(self.answers),
            "notebook": {"path": self.path, "sha256": hashlib.sha256(self.notebook).hexdigest()},
            "files": [{"path": path, "role": "module" if path.endswith(".py") else "data"} for path in self.files],
            **self.more,
        }
        contents = [(self.path, self.notebook), *self.files.items()]
        outgoing = write_bundle(sending, [OutgoingFile(path, len(data), (data,)) for path, data in contents])
        return b"".join(outgoing.chunks)
