"""The image catalog of the tests: three releases of one image, one of another."""

from __future__ import annotations

from datetime import date

from enablement_ext.adapters.memory.images import MemoryCatalog, MemorySolver
from enablement_ext.core.images.python.locks import Package, digest_of, render_lock
from enablement_ext.core.images.releases import Release, Status

INTENTS = {
    "datascience": 'slug = "datascience"\ntitle = "Data science"\ndescription = "The usual stack."\n'
    'python = ["3.11", "3.12"]\n[packages]\nnumpy = ">=2"\npandas = ">=2"\n',
    "minimal": 'slug = "minimal"\ntitle = "Minimal"\ndescription = "A kernel."\npython = ["3.11"]\n'
    '[packages]\nipykernel = ">=6"\n',
}
VERSIONS = {
    "2026.8.0": {"numpy": "1.26.0", "pandas": "2.1.0", "six": "1.16.0"},
    "2026.9.0": {"numpy": "2.1.0", "pandas": "2.2.0", "six": "1.16.0"},
    "2026.11.0": {"numpy": "2.1.3", "pandas": "3.0.0", "tzdata": "2026.1"},
}


def release(image: str, version: str, packages: dict[str, str], status: Status = Status.SUPPORTED) -> Release:
    """A release that was locked by hand."""
    found = tuple(Package(name, number, "", ("sha256:" + "0" * 64,)) for name, number in sorted(packages.items()))
    year, month, _ = version.split(".")
    return Release(
        image=image,
        version=version,
        status=status,
        lock=render_lock(found),
        digest=digest_of(found),
        published=date(int(year), int(month), 1),
        support_end=date(2027, 6, 30),
        python=("3.11", "3.12") if image == "datascience" else ("3.11",),
        changelog=f"What is new in {version}.",
        redirect=None,
        reason="it loses rows when it sorts" if status is Status.WITHDRAWN else "",
        cutoff=date(int(year), int(month), 1),
        direct=frozenset(packages) & {"numpy", "pandas", "ipykernel"},
    )


def solver() -> MemorySolver:
    """An index with what the releases hold and a little more."""
    index = {
        "numpy": ("2.1.0", "2.1.3", "2.4.0"),
        "pandas": ("2.2.0", "3.0.0"),
        "cowsay": ("6.0", "6.1"),
    }
    early = date(2026, 1, 1)
    known = {name: dict.fromkeys(versions, early) for name, versions in index.items()}
    return MemorySolver(known, {"cowsay==6.1": 25_560})


def filled() -> MemoryCatalog:
    """A catalog of its own for each test."""
    catalog = MemoryCatalog(INTENTS)
    statuses = {"2026.8.0": Status.WITHDRAWN, "2026.9.0": Status.SUPPORTED, "2026.11.0": Status.RECOMMENDED}
    for version, packages in VERSIONS.items():
        catalog.add_release(release("datascience", version, packages, statuses[version]))
    catalog.add_release(release("minimal", "2026.11.0", {"ipykernel": "7.0.0"}, Status.RECOMMENDED))
    return catalog
