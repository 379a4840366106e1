"""What a sandbox enforces on a host, layer by layer as it was tried, and the grade that follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SandboxLayer(StrEnum):
    """One thing that a sandbox keeps a notebook from."""

    NETWORK = "network"  # any address, the host's own and every family of sockets
    HOME = "home"  # the files, environment and processes of the host
    MEMORY = "memory"
    PIDS = "pids"
    IMAGE = "image"  # the environment is read-only
    NAMESPACES = "namespaces"  # no new ones, of users or otherwise
    SECCOMP = "seccomp"
    LANDLOCK = "landlock"


class SandboxGrade(StrEnum):
    """How much a host's sandbox keeps."""

    FULL = "full"
    REDUCED = "reduced"  # enough to run in, and something is missing or weaker
    OFF = "off"  # nothing is run


# Without these nothing is run.
REQUIRED = (SandboxLayer.NETWORK, SandboxLayer.HOME, SandboxLayer.MEMORY)


class Strength(StrEnum):
    """How well a layer holds."""

    HOLDS = "holds"
    WEAKER = "weaker"  # something stands in for it: the detail says what
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class LayerState:
    """One layer as it was found, with what enforces it or what is missing, for a person."""

    layer: SandboxLayer
    strength: Strength
    detail: str


@dataclass(frozen=True, slots=True)
class SandboxReport:
    """The outcome of a self-test."""

    layers: tuple[LayerState, ...]

    @property
    def grade(self) -> SandboxGrade:
        """Off without a required layer; full when every layer holds."""
        found = {state.layer: state.strength for state in self.layers}
        if any(found.get(layer, Strength.MISSING) is Strength.MISSING for layer in REQUIRED):
            return SandboxGrade.OFF
        whole = all(found.get(layer) is Strength.HOLDS for layer in SandboxLayer)
        return SandboxGrade.FULL if whole else SandboxGrade.REDUCED

    @property
    def sentence(self) -> str:
        """What the grade means, and what is missing where something is."""
        lacking = [state for state in self.layers if state.strength is not Strength.HOLDS]
        if self.grade is SandboxGrade.FULL:
            return "Notebooks are run in a full sandbox."
        if self.grade is SandboxGrade.OFF:
            lacking = [state for state in lacking if state.layer in REQUIRED and state.strength is Strength.MISSING]
        said = "; ".join(f"{state.layer}: {state.detail}" for state in lacking) or "nothing was tried"
        if self.grade is SandboxGrade.OFF:
            return f"Re-running is off on this host, and nothing is run without a sandbox. Missing: {said}."
        return f"Notebooks are run in a reduced sandbox. {said}."
