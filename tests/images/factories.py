"""Desks for the verbs of `enablement image`: real code over the in-memory catalog and solver."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from enablement_ext.adapters.memory.images import MemoryCatalog, MemorySolver
from enablement_ext.cli.image.context import ImageContext
from enablement_ext.cli.image.lock import lock
from enablement_ext.cli.image.output import Output
from enablement_ext.core.images.oci.ports import OciRequest
from enablement_ext.core.images.ports import (
    LocalEnvironment,
    ServerInUse,
    SmokeTestResult,
    StartUpTimes,
    SubmissionInUse,
)
from enablement_ext.core.images.releases import OciBuild, Release

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


@dataclass
class Shelf:
    """Environments that are only names, for the verbs that decide about them."""

    made: list[LocalEnvironment] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    def make(self, release: Release, python: str | None) -> LocalEnvironment:
        made = LocalEnvironment(
            release.image,
            release.version,
            python or release.python[0],
            release.digest,
            "/nowhere",
            self.sizes.get(release.version, 1000),
        )
        self.made.append(made)
        return made

    def listed(self) -> Sequence[LocalEnvironment]:
        return self.made

    def pythons(self) -> Mapping[str, str]:
        return {"3.11": "python3.11"}

    def package_sizes(self, environment: LocalEnvironment) -> Mapping[str, int]:
        return {"numpy": 600, "pandas": 400}

    def collect(self, keep: frozenset[str], *, pretend: bool) -> Sequence[LocalEnvironment]:
        return [environment for environment in self.made if environment.digest not in keep]


@dataclass
class Bench:
    """Trials with prepared outcomes by release: problems, and the times that start-ups take, one after the other."""

    problems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    rounds: int = 0

    def attempt(self, environment: LocalEnvironment, release: Release, smoke: str) -> SmokeTestResult:
        return SmokeTestResult(("imports",), self.problems.get(release.version, ()))

    def start_up(self, environment: LocalEnvironment) -> StartUpTimes:
        self.rounds += 1
        times = self.seconds.get(environment.release, [2.0])
        return StartUpTimes(times.pop(0) if len(times) > 1 else times[0], 1.0)


@dataclass
class Usage:
    """Who uses what, as prepared."""

    in_use: list[ServerInUse] = field(default_factory=list)
    open: list[SubmissionInUse] = field(default_factory=list)

    def servers(self) -> Sequence[ServerInUse]:
        return self.in_use

    def submissions(self) -> Sequence[SubmissionInUse]:
        return self.open


class Builder:
    """Answers every request with the digest of the release's lock."""

    def build(self, request: OciRequest) -> OciBuild:
        return OciBuild(request.release.digest, "sha256:" + "b" * 64, 1000)


def context(*, as_json: bool = False, intents: Mapping[str, str] | None = None) -> ImageContext:
    """A desk over a catalog with one intent and no release."""
    return ImageContext(
        store=MemoryCatalog(intents or {"ds": INTENT}),
        solver=MemorySolver(INDEX),
        environments=Shelf(),
        bench=Bench(),
        builder=Builder(),
        usage=Usage(),
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
