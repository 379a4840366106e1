"""How a command fails: a message for a person and an exit code."""

from __future__ import annotations

from enum import IntEnum

EXIT_CODES = "exit codes: 0 success, 1 check failed, 2 usage error, 3 environment error"


class Exit(IntEnum):
    """What the exit code of a command means."""

    OK = 0
    NO = 1  # a check failed or a rule refuses, for example: the event log was edited
    USAGE = 2
    ENVIRONMENT = 3  # port taken, no space, wrong Python, a server that does not answer


class CliError(Exception):
    """A command stops here. The message is one line that says what to do."""

    def __init__(self, message: str, code: Exit = Exit.ENVIRONMENT) -> None:
        self.code = code
        super().__init__(message)
