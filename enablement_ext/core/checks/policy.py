"""The file of rules: which finding blocks, who may go on all the same, and what of the outputs is kept.

version = 1

[levels]
"order" = "block"              # every code of a check
"order.hidden-runs" = "allow"  # or one of them, which wins

[overrides]
allowed = ["order"]            # whoever sends may go on, with a reason

[outputs]
strip = ["text/html"]

[requirements]                 # what must hold before a version is approved (`core.review.evidence.rules`)
checks = ["personal"]
rerun = ["identical", "equivalent"]
override = ["rerun"]           # whoever approves may go on, with a reason

[image.datascience.levels]     # for what is made in this image, in place of the above
[track.clinical.levels]        # where this track reviews: the stricter level counts
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from enablement_ext.core.checks.models import FRAME, FindingKind, Level
from enablement_ext.core.output_policy.rules import OutputRules, mistakes_in, rules_from
from enablement_ext.core.review.evidence.rules import EvidenceRules, evidence_rules_from, mistakes_in_evidence

VERSION = 1
_STRICT = (Level.ALLOW, Level.WARN, Level.BLOCK)
_KEYS = ("version", "levels", "overrides", "outputs", "requirements", "image", "track")
_PART_KEYS = ("levels", "outputs", "requirements")
_NOT_OF_WHAT_IS_STORED = (
    "secrets",
    "release.drift",
)  # what has the one is never stored, and the other only a lab can see


class BadPolicy(ValueError):
    """The file of rules cannot be used; the message has every mistake, one a line."""


@dataclass(frozen=True, slots=True)
class PolicyPart:
    """Rules for one image or one track."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    outputs: OutputRules | None = None
    requirements: EvidenceRules | None = None


@dataclass(frozen=True, slots=True)
class CheckPolicy:
    """The level of each code; what is not named has the level of its kind. `version` changes with the file, and is "" without one."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    overridable: frozenset[str] = frozenset()
    outputs: OutputRules = field(default_factory=OutputRules)
    requirements: EvidenceRules = field(default_factory=EvidenceRules)
    images: Mapping[str, PolicyPart] = field(default_factory=dict)
    tracks: Mapping[str, PolicyPart] = field(default_factory=dict)
    version: str = ""

    def level(self, code: str, kind: FindingKind) -> Level:
        """The code's own rule, else that of its check, else the kind's level."""
        return self.levels.get(code, self.levels.get(code.partition(".")[0], kind.level))

    def may_override(self, code: str) -> bool:
        """Whether whoever sends may go on where this blocks."""
        return code in self.overridable or code.partition(".")[0] in self.overridable

    def for_submission(self, image: str, tracks: Iterable[str], kinds: Mapping[str, FindingKind]) -> CheckPolicy:
        """The rules for what is made in this image and reviewed by these tracks."""
        part = self.images.get(image, PolicyPart())
        merged = replace(
            self,
            levels={**self.levels, **part.levels},
            outputs=part.outputs or self.outputs,
            requirements=self.requirements if part.requirements is None else part.requirements,
        )
        for stricter in (self.tracks[name] for name in tracks if name in self.tracks):
            merged = _stricter(merged, stricter, kinds)
        return replace(merged, images={}, tracks={})


def _stricter(policy: CheckPolicy, part: PolicyPart, kinds: Mapping[str, FindingKind]) -> CheckPolicy:
    levels = dict(policy.levels)
    theirs = CheckPolicy(part.levels)
    for code, kind in kinds.items() if part.levels else ():
        if code in part.levels or code.partition(".")[0] in part.levels:
            levels[code] = max(policy.level(code, kind), theirs.level(code, kind), key=_STRICT.index)
    outputs = policy.outputs if part.outputs is None else policy.outputs.and_those(part.outputs)
    asked = policy.requirements if part.requirements is None else policy.requirements.and_those(part.requirements)
    return replace(policy, levels=levels, outputs=outputs, requirements=asked)


def read_policy(text: str, kinds: Mapping[str, FindingKind]) -> CheckPolicy:
    """Raises `BadPolicy` with all mistakes: a policy that is half understood protects from nothing."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"not TOML: {error}") from error
    known = {*kinds, *(code.partition(".")[0] for code in kinds)}
    mistakes = [*_mistakes(document, known)]
    if mistakes:
        raise BadPolicy("\n".join(sorted(mistakes)))
    general = _part(document)
    return CheckPolicy(
        general.levels,
        frozenset(document.get("overrides", {}).get("allowed", ())),
        general.outputs or OutputRules(),
        general.requirements or EvidenceRules(),
        {slug: _part(part) for slug, part in document.get("image", {}).items()},
        {name: _part(part) for name, part in document.get("track", {}).items()},
        hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def policy_from(value: Mapping[str, Any], kinds: Mapping[str, FindingKind]) -> CheckPolicy:
    """What `policy_json` wrote; codes that no check here finds are left out: the other side may have checks of its own."""
    levels = {code: Level(level) for code, level in value["levels"].items() if code in kinds}
    return CheckPolicy(levels, frozenset(value["overridable"]), rules_from(value["outputs"]), version=value["version"])


def policy_json(policy: CheckPolicy, kinds: Mapping[str, FindingKind]) -> dict[str, Any]:
    """Rules for one submission with the level of every code, as another process judges by them."""
    return {
        "version": policy.version,
        "levels": {code: policy.level(code, kind).value for code, kind in sorted(kinds.items())},
        "overridable": sorted(policy.overridable),
        "outputs": policy.outputs.as_json(),
    }


def _part(table: Mapping[str, Any]) -> PolicyPart:
    levels = {code: Level(level) for code, level in table.get("levels", {}).items()}
    return PolicyPart(
        levels,
        rules_from(table["outputs"]) if "outputs" in table else None,
        evidence_rules_from(table["requirements"]) if "requirements" in table else None,
    )


def _mistakes(document: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    yield from (f"{key}: there is no such key; there are {', '.join(_KEYS)}" for key in document if key not in _KEYS)
    if document.get("version") != VERSION:
        yield f"version: must be {VERSION}"
    yield from _mistakes_in_part(document, "", known)
    overrides = document.get("overrides", {})
    allowed = overrides.get("allowed", []) if isinstance(overrides, dict) else None
    if not isinstance(allowed, list) or (isinstance(overrides, dict) and overrides.keys() - {"allowed"}):
        yield "overrides: must be a table with the list “allowed”"
    else:
        yield from (_unknown("overrides.allowed: ", str(code), known) for code in allowed if code not in known)
    for kind in ("image", "track"):
        parts = document.get(kind, {})
        if not isinstance(parts, dict) or not all(isinstance(part, dict) for part in parts.values()):
            yield f"{kind}: must be tables such as [{kind}.NAME.levels]"
            continue
        for name, part in parts.items():
            there = f"{kind}.{name}."
            yield from (
                f"{there}{key}: there is no such key; there are {', '.join(_PART_KEYS)}"
                for key in part.keys() - {*_PART_KEYS}
            )
            yield from _mistakes_in_part(part, there, known)


def _mistakes_in_part(part: Mapping[str, Any], where: str, known: set[str]) -> Iterator[str]:
    levels = part.get("levels", {})
    if not isinstance(levels, dict):
        yield f"{where}levels: must be a table of code = level"
        levels = {}
    yield from (_unknown(f"{where}levels.", code, known) for code in levels if code not in known)
    for code, level in levels.items():
        if level not in list(Level):
            yield f"{where}levels.{code}: {level!r} is none of {', '.join(Level)}"
    if "outputs" in part:
        yield from mistakes_in(part["outputs"], f"{where}outputs.")
    if "requirements" in part:
        of_what_is_stored = {
            name for name in known if not name.startswith((*_NOT_OF_WHAT_IS_STORED, FRAME)) and f"{name}." != FRAME
        }
        yield from mistakes_in_evidence(part["requirements"], f"{where}requirements.", of_what_is_stored)


def _unknown(where: str, code: str, known: set[str]) -> str:
    near = get_close_matches(code, known, 1)
    return f"{where}{code}: no check finds this" + (f"; did you mean {near[0]}?" if near else "")
