"""`git add` of a notebook: standard input without results to standard output. What cannot be cleaned passes as it is."""

from __future__ import annotations

import sys

from enablement_ext.core.git.clean_filter import cleaned


def main() -> int:
    """Never fails where it can read and write."""
    sys.stdout.buffer.write(cleaned(sys.stdin.buffer.read()))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
