"""Known vulnerabilities of everything that is locked in this checkout, by a file of records in the OSV format.

    python tools/advisories.py FILE [--accept FILE]

Looks through the development environment's lock, the lab extension's, and every release of every image. Exit code 1: something was found.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import semver

from enablement_ext.adapters.advisory_file import read_advisories
from enablement_ext.cli.image.advisories import accepted_in, as_text
from enablement_ext.core.images.python.advisories import (
    PYPI,
    AdvisoryIndex,
    BadAdvisories,
    Ecosystem,
    Vulnerability,
    judged,
)
from enablement_ext.core.images.python.locks import parse_lock

ROOT = Path(__file__).parents[1]
NPM = Ecosystem("npm", str, semver.Version.parse)
_YARN_ENTRY = re.compile(r'^  resolution: "(?P<name>(?:@[^/"]+/)?[^@"]+)@npm:(?P<version>[^"]+)"$', re.MULTILINE)
Locked = tuple[str, str]


def yarn_packages(text: str) -> Iterator[Locked]:
    """Name and version of every package from the registry in a lock of Yarn's."""
    for found in _YARN_ENTRY.finditer(text):
        yield found["name"], found["version"]


def python_packages(text: str) -> Iterator[Locked]:
    """Name and version of every line of a hash lock."""
    return ((each.name, each.version) for each in parse_lock(text))


def locks(root: Path) -> Iterator[tuple[Path, Ecosystem, Callable[[str], Iterator[Locked]]]]:
    """Every lock of a checkout, with how it is read."""
    for path in [root / "requirements.lock", *sorted(root.glob("images/**/requirements.lock"))]:
        yield path, PYPI, python_packages
    yield root / "labextension" / "yarn.lock", NPM, yarn_packages


def vulnerabilities(root: Path, advisories: Path) -> dict[str, Sequence[Vulnerability]]:
    """What each lock's packages are subject to. Raises `BadAdvisories`."""
    indexes = {each.name: AdvisoryIndex(each) for each in (PYPI, NPM)}
    for record in read_advisories(advisories):
        for index in indexes.values():
            index.add([record])
    return {
        path.relative_to(root).as_posix(): [
            one for name, version in packages(path.read_text()) for one in indexes[ecosystem.name].of(name, version)
        ]
        for path, ecosystem, packages in locks(root)
    }


def main(given: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Prints what was found; 0 nothing, 1 something, 2 for a file that is none."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path, help="records in the OSV format: zip, JSON, JSON lines or a folder")
    parser.add_argument("--accept", type=Path, help="TOML: what does not count, why and until when")
    options = parser.parse_args(given)
    try:
        where = vulnerabilities(root, options.file)
        acceptances = accepted_in(options.accept)
    except BadAdvisories as error:
        print(error, file=sys.stderr)
        return 2
    report = judged((one for found in where.values() for one in found), acceptances, datetime.now(UTC).date())
    print(as_text(report, where))
    return 1 if report.found else 0


if __name__ == "__main__":
    sys.exit(main())
