"""Makes what the tests run against, before they start: real servers from their Go modules, the environment of the oldest JupyterHub.

    python -m tests.servers                    everything
    python -m tests.servers helm versitygw     only these

What was made before is kept, so that the second time takes a second.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial

from tests.servers import collaboration, oldest_hub
from tools.go_server import Refusal, build

MAKERS: dict[str, Callable[[], object]] = {name: partial(build, name) for name in ("helm", "versitygw", "gitea")}
MAKERS |= {"oldest-hub": oldest_hub.make, "collaboration": collaboration.make}


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 3 with one message when something cannot be made here."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MAKERS))
    names = parser.parse_args(arguments).names or list(MAKERS)
    if unknown := set(names) - set(MAKERS):
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(MAKERS)}")
    try:
        for name in names:
            MAKERS[name]()
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
