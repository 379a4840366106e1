"""A hub that ends with the command that started it, even when that one is killed and cannot say so."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

INTERVAL = 1.0  # seconds


def terminate_with_parent(is_alive: Callable[[], bool]) -> None:
    """From now on this process sends itself SIGTERM once `is_alive` is false, so that the hub stops in order."""

    def watch() -> None:
        while is_alive():
            time.sleep(INTERVAL)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
