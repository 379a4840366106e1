"""How a command fails: one line for a person and an exit code."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code of a command means."""

    OK = 0
    NO = 1  # the answer is "no", for example: the audit log is broken
    USAGE = 2
    ENVIRONMENT = 3  # this machine does not let it: port taken, no space, wrong Python


class CliError(Exception):
    """A command stops here. The message is one line that says what to do."""

    def __init__(self, message: str, code: Exit = Exit.ENVIRONMENT) -> None:
        self.code = code
        super().__init__(message)
