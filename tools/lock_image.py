"""Writes the hash lock of a new image release from the image's intent.

    python tools/lock_image.py images/datascience 2026.11.0 --cutoff 2026-11-25

Releases are append-only: an existing lock is never written again. The lock names no registry's host.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from pathlib import Path

OPTIONS = [
    "--quiet",
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--no-annotate",
]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("image", type=Path, help="the image's folder")
    parser.add_argument("release", help="the new release's version")
    parser.add_argument("--cutoff", required=True, help="ignore packages published after this date (YYYY-MM-DD)")
    args = parser.parse_args()
    intent = tomllib.loads((args.image / "image.toml").read_text())
    lock = args.image / "releases" / args.release / "requirements.lock"
    if lock.exists():
        print(f"{lock} exists; releases are append-only", file=sys.stderr)
        return 1
    lock.parent.mkdir(parents=True, exist_ok=True)
    wanted = "\n".join(f"{name}{version}" for name, version in intent["packages"].items())
    oldest = min(intent["python"], key=lambda version: tuple(map(int, version.split("."))))
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, "--python-version", oldest]
    subprocess.run(
        [*command, "--exclude-newer", args.cutoff, "-", "-o", str(lock)], input=wanted, text=True, check=True
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
