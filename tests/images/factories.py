"""A context for the verbs of `enablement image`: real code over the in-memory implementations of its ports."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date

from enablement_ext.adapters.advisory_file import read_advisories
from enablement_ext.adapters.memory.environments import MemoryEnvironmentManager, MemoryOciBuilder, MemorySmokeTester
from enablement_ext.adapters.memory.image_usage import MemoryImageUsage
from enablement_ext.adapters.memory.images import MemoryCatalog, MemorySolver
from enablement_ext.cli.image.context import ImageContext
from enablement_ext.cli.image.lock import lock
from enablement_ext.cli.image.output import Output

TODAY = date(2026, 11, 24)
INTENT = """\
slug = "ds"
title = "Data"
description = "For data."
python = ["3.11", "3.12"]

[packages]
numpy = ">=2,<4"
pandas = ">=2,<4"
"""
INDEX = {
    "numpy": {
        "2.1.0": date(2026, 1, 1),
        "2.1.3": date(2026, 6, 1),
        "2.4.0": date(2026, 7, 1),
        "3.0.0": date(2026, 9, 1),
    },
    "pandas": {"2.2.0": date(2026, 1, 1), "2.2.1": date(2026, 6, 1), "3.1.0": date(2026, 9, 1)},
    "polars": {"1.0.0": date(2026, 1, 1)},
}


BASE = "localhost/base"


def context(*, as_json: bool = False, intents: Mapping[str, str] | None = None) -> ImageContext:
    """A context over a catalog with one intent and no release."""
    return ImageContext(
        store=MemoryCatalog(intents or {"ds": INTENT}),
        solver=MemorySolver(INDEX),
        environments=MemoryEnvironmentManager(),
        smoke_tester=MemorySmokeTester(),
        builder=MemoryOciBuilder({BASE: "sha256:" + "b" * 64}),
        usage=MemoryImageUsage(),
        advisories=read_advisories,
        out=Output(as_json),
        today=TODAY,
        folder="images",
    )


def options(**given: object) -> argparse.Namespace:
    """Parsed options, with the parser's defaults."""
    usual: dict[str, object] = {
        "image": "ds",
        "release_class": "minor",
        "cutoff": None,
        "only": [],
        "note": "",
        "support_until": None,
        "dry_run": False,
        "python": None,
        "json": False,
        "untested": "",
        "redirect": None,
        "unchecked": False,
        "pretend": False,
        "compare": True,
        "record": False,
        "markdown": False,
        "against": "HEAD",
        "reference": "enablement/{image}:{release}-py{python}",
        "redirected": False,
    }
    return argparse.Namespace(**(usual | given))


def locked(where: ImageContext, *cutoffs: tuple[date, str]) -> None:
    """Releases as of these dates and in these classes."""
    for cutoff, kind in cutoffs:
        assert lock(where, options(cutoff=cutoff, release_class=kind)) == 0
