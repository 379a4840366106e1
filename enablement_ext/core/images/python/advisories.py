"""Known vulnerabilities of locked packages, by records in the OSV format (https://ossf.github.io/osv-schema/). Pure.

Where a record cannot be judged (a version in it that its ecosystem's order does not know) the package counts as affected: whoever
reads the finding can look; whoever is told nothing cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.versions import parse_version
from enablement_ext.core.text.cleaning import is_visible

Record = Mapping[str, Any]
_EVENTS = ("introduced", "fixed", "last_affected")
_COUNTED = ("ECOSYSTEM", "SEMVER")  # ranges of Git commits say nothing of a locked version


class BadAdvisories(ValueError):
    """A file that was given as advisories is none, or a list of accepted ones cannot be read; the message says which and where."""


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """How one ecosystem names packages and orders versions: what `order` makes of them compares with `<`. It raises ValueError for what is no version."""

    name: str
    canonical: Callable[[str], str]
    order: Callable[[str], Any]


PYPI = Ecosystem("PyPI", canonical_name, parse_version)


@dataclass(frozen=True, slots=True, order=True)
class Vulnerability:
    """One advisory that one locked version of a package is subject to. `fixed` are versions that are not, as the advisory says."""

    package: str
    version: str
    advisory: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An advisory that does not count until a day, and why."""

    advisory: str
    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, apart from what was accepted; `stale` are acceptances that have run out or that nothing needs."""

    found: tuple[Vulnerability, ...] = ()
    accepted: tuple[Vulnerability, ...] = ()
    stale: tuple[Acceptance, ...] = ()


@dataclass(slots=True)
class AdvisoryIndex:
    """The records about one ecosystem's packages, ready to be asked for many locks."""

    ecosystem: Ecosystem = PYPI
    _by_name: dict[str, list[tuple[Record, Record]]] = field(default_factory=dict)

    def add(self, records: Iterable[Record]) -> None:
        """Takes what is about this ecosystem; a withdrawn record says nothing."""
        for record in records:
            if record.get("withdrawn"):
                continue
            for affected in _dicts(record.get("affected")):
                package = affected.get("package")
                if isinstance(package, Mapping) and package.get("ecosystem") == self.ecosystem.name:
                    name = self.ecosystem.canonical(str(package.get("name", "")))
                    self._by_name.setdefault(name, []).append((record, affected))

    def of(self, name: str, version: str) -> tuple[Vulnerability, ...]:
        """What this version of the package is subject to, by the advisories' ids; each advisory once."""
        entries = self._by_name.get(self.ecosystem.canonical(name), [])
        found = {
            str(record.get("id", "")): _vulnerability(name, version, record, affected)
            for record, affected in entries
            if self._is_affected(version, affected)
        }
        return tuple(found[advisory] for advisory in sorted(found))

    def _is_affected(self, version: str, affected: Record) -> bool:
        if version in _texts(affected.get("versions")):
            return True
        ranges = [each for each in _dicts(affected.get("ranges")) if each.get("type") in _COUNTED]
        return any(self._is_in(version, _events(each)) for each in ranges)

    def _is_in(self, version: str, events: Sequence[tuple[str, str]]) -> bool:
        order = self.ecosystem.order
        try:
            here = order(version)
            steps = sorted(((order(at), kind) for kind, at in events if at != "0"), key=lambda step: step[0])
        except ValueError:
            return True
        inside = ("introduced", "0") in events
        for at, kind in steps:
            if here < at or (kind == "last_affected" and not at < here):
                break
            inside = kind == "introduced"
        return inside


def read_acceptances(document: Mapping[str, Any]) -> tuple[Acceptance, ...]:
    """From TOML: a table by advisory with `reason` and `until`. Raises `BadAdvisories` naming the entry that lacks one of them."""
    return tuple(_acceptance(advisory, entry) for advisory, entry in document.items())


def _acceptance(advisory: str, entry: object) -> Acceptance:
    given = entry if isinstance(entry, dict) else {}
    reason, until = given.get("reason"), given.get("until")
    if not (isinstance(reason, str) and is_visible(reason) and type(until) is date):
        raise BadAdvisories(
            f'{advisory}: an accepted advisory needs a reason and a day: {{reason = "…", until = 2027-01-31}}'
        )
    return Acceptance(advisory, reason, until)


def judged(found: Iterable[Vulnerability], acceptances: Sequence[Acceptance], today: date) -> Report:
    """The findings, each once, apart from those that somebody accepted and whose day has not passed."""
    every = sorted(set(found))
    holding = {each.advisory for each in acceptances if each.until >= today}
    accepted = tuple(each for each in every if holding & {each.advisory, *each.aliases})
    named = {name for each in every for name in (each.advisory, *each.aliases)}
    stale = tuple(each for each in acceptances if each.until < today or each.advisory not in named)
    return Report(tuple(each for each in every if each not in accepted), accepted, stale)


def _vulnerability(name: str, version: str, record: Record, affected: Record) -> Vulnerability:
    fixed = {
        at
        for each in _dicts(affected.get("ranges"))
        if each.get("type") in _COUNTED
        for kind, at in _events(each)
        if kind == "fixed"
    }
    summary = str(record.get("summary") or record.get("details") or "").strip().split("\n", 1)[0]
    return Vulnerability(
        name,
        version,
        str(record.get("id", "")),
        tuple(sorted(_texts(record.get("aliases")))),
        summary[:300],
        tuple(sorted(fixed)),
    )


def _events(of: Record) -> list[tuple[str, str]]:
    return [(kind, str(each[kind])) for each in _dicts(of.get("events")) for kind in _EVENTS if kind in each]


def _dicts(value: object) -> list[Record]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _texts(value: object) -> frozenset[str]:
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
