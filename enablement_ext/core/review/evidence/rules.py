"""What must be known of a version before it may be approved, as it is written in a file of rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.comparison import RunVerdict

RERUN = "rerun"
CHECK = "check:"
MOST_DAYS = 366
_MOST_CHECKS = 15
_KEYS = ("checks", "rerun", "override", "override_days")


def check_key(name: str) -> str:
    """The key of the requirement that this check, or this code, found nothing."""
    return f"{CHECK}{name}"


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """Nothing is asked for where nothing is said.

    `checks`: checks, or codes of findings, of which none may have been found. `rerun`: the verdicts that every cell may have when the version is
    run again; None: no run is asked for. `overridable`: keys of requirements that whoever approves may override with a reason, for at most `days`.
    """

    checks: tuple[str, ...] = ()
    rerun: frozenset[RunVerdict] | None = None
    overridable: frozenset[str] = frozenset()
    days: int = 30

    @property
    def keys(self) -> tuple[str, ...]:
        """Of everything that is asked for."""
        return (*(() if self.rerun is None else (RERUN,)), *map(check_key, self.checks))

    def and_those(self, others: EvidenceRules) -> EvidenceRules:
        """What both ask for. What one of the two does not let be overridden cannot be."""
        if not others.keys or not self.keys:
            return self if self.keys else others
        kept = {
            key
            for key in (*self.keys, *others.keys)
            if all(key in each.overridable for each in (self, others) if key in each.keys)
        }
        both = [each.rerun for each in (self, others) if each.rerun is not None]
        return EvidenceRules(
            tuple(dict.fromkeys((*self.checks, *others.checks))),
            frozenset.intersection(*both) if both else None,
            frozenset(kept),
            min(self.days, others.days),
        )


def evidence_rules_from(table: Mapping[str, Any]) -> EvidenceRules:
    """From a table in which there are no mistakes."""
    rerun = table.get("rerun")
    return EvidenceRules(
        tuple(dict.fromkeys(table.get("checks", ()))),
        None if rerun is None else frozenset(map(RunVerdict, rerun)),
        frozenset(name if name == RERUN else check_key(name) for name in table.get("override", ())),
        table.get("override_days", EvidenceRules().days),
    )


def mistakes_in_evidence(value: object, where: str, known: Collection[str]) -> Iterator[str]:
    """Every mistake in a table; `where` stands in front of its keys, `known` are the checks and codes there are."""
    if not isinstance(value, Mapping):
        yield f"{where.rstrip('.')}: must be a table"
        return
    yield from (f"{where}{key}: there is no such key; there are {', '.join(_KEYS)}" for key in value.keys() - {*_KEYS})
    lists = {key: value.get(key, []) for key in ("checks", "rerun", "override")}
    for key, names in lists.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            yield f"{where}{key}: must be a list of names"
            lists[key] = []
    yield from _mistakes_in_checks(lists["checks"], where, known)
    if lists["rerun"] or value.get("rerun") == []:
        yield from _mistakes_in_verdicts(lists["rerun"], where)
    asked = {*lists["checks"], *([RERUN] if "rerun" in value else [])}
    yield from (f"{where}override: {name} is not required here" for name in lists["override"] if name not in asked)
    days = value.get("override_days", 1)
    if type(days) is not int or not 1 <= days <= MOST_DAYS:
        yield f"{where}override_days: must be a number from 1 to {MOST_DAYS}"


def _mistakes_in_checks(names: list[str], where: str, known: Collection[str]) -> Iterator[str]:
    yield from (f"{where}checks: {name}: no check of what was sent finds this" for name in names if name not in known)
    if len(names) > _MOST_CHECKS:
        yield f"{where}checks: more than {_MOST_CHECKS}"


def _mistakes_in_verdicts(names: list[str], where: str) -> Iterator[str]:
    yield from (
        f"{where}rerun: {name!r} is none of {', '.join(RunVerdict)}" for name in names if name not in [*RunVerdict]
    )
    if RunVerdict.IDENTICAL not in names:
        yield f"{where}rerun: {RunVerdict.IDENTICAL} must be among them"
