"""Steps of what takes longer, as the user interface follows them; those of a set-up are in `git.setup.plan`."""

from __future__ import annotations

from enum import StrEnum


class StepState(StrEnum):
    """How a step goes. `WAITING`: it is left for later, because the forge is unreachable."""

    RUNNING = "running"
    DONE = "done"
    WAITING = "waiting"


class PullStep(StrEnum):
    """The steps of getting what others pushed, in their order."""

    FETCH = "fetch"
    JOIN = "join"
