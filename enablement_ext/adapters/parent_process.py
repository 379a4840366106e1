"""Whether the process that this one was started for still runs.

An adapter, because it asks the operating system: hub and service may not import each other, and both compose it in their `app.py`. The
`enablement` command does not need it: it asks Linux to end its children with it, which works for programs that are not ours.
"""

from __future__ import annotations

import os


class ParentProcess:
    """A process by its id. Where it started this one, it counts as gone as soon as another process took its place as our parent.

    So a parent that has ended and was not waited for yet (a zombie) is gone. For a process that is not our parent only its id is asked for.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._started_us = os.getppid() == pid

    def is_alive(self) -> bool:
        """False once it has ended; then always."""
        return os.getppid() == self.pid if self._started_us else _exists(self.pid)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
