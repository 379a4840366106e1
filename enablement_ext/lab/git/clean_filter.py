"""`git add` of a notebook: standard input without results to standard output. What cannot be cleaned passes as it is."""

from __future__ import annotations

import gc
import os
import sys

from enablement_ext.core.git.clean_filter import clean


def main() -> None:
    """Never fails where it can read and write. The argument is the descriptor that has the file as it is in the index; nothing is in it for a new one."""
    gc.disable()  # nothing here is in a circle, and looking for some takes a tenth of the time that this process lives
    data = sys.stdin.buffer.read()
    sys.stdout.buffer.write(clean(data, _committed(sys.argv[1:])).data)
    sys.stdout.buffer.flush()


def _committed(arguments: list[str]) -> bytes | None:
    try:
        with os.fdopen(int("".join(arguments)), "rb") as index:
            return index.read()
    except (OSError, ValueError):
        return None


if __name__ == "__main__":
    main()
