"""The demo's hub ends with the command that started it, even when that one is killed and cannot say so."""

from __future__ import annotations

import os
import signal
import threading
import time

INTERVAL = 1.0  # seconds


def watch_parent(pid: int) -> None:
    """From now on this process ends itself, in order, once its parent is no longer `pid`."""

    def watch() -> None:
        while os.getppid() == pid:
            time.sleep(INTERVAL)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="follow-supervisor", daemon=True).start()
