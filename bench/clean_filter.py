"""The clean filter beside nbstripout, each as the whole process that Git starts for every notebook it adds.

Both read the same notebook from standard input and write it without results to standard output. Ours is in a repository that has the notebook, and asks
it for the kernel that was committed. nbstripout comes from an environment of its own, compiled, as its users have it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench.notebooks import make
from bench.processes import WORKPLACE
from bench.report import Report, Table, milliseconds
from bench.rounds import Contender, Rounds, alternate
from enablement_ext.core.git.clean_filter import cleaned
from enablement_ext.core.git.setup.config_files import tool_text

OURS, THEIRS = "clean filter", "nbstripout"
NAME = "churn.ipynb"
NBSTRIPOUT = "nbstripout==0.9.1"
SIZES = (("20 KB", 20_000), ("5 MB", 5_000_000))


def nbstripout() -> Path:
    """The program; the first use makes its environment."""
    place = WORKPLACE / "nbstripout"
    if not (place / "bin" / "nbstripout").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, place], check=True)
        install: list[str | Path] = [*uv, "pip", "install", "--quiet", "--python", place / "bin/python", NBSTRIPOUT]
        subprocess.run(install, check=True, env=os.environ | {"UV_COMPILE_BYTECODE": "1"})
    return place / "bin" / "nbstripout"


def tool(folder: Path) -> Path:
    """The tool, as the set-up writes it into a home."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / "tool"
    place.write_text(tool_text(str(Path(sys.executable).parent)))
    place.chmod(0o755)
    return place


def repository(folder: Path, data: bytes) -> Path:
    """One with this notebook, cleaned."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_bytes(cleaned(data))
    for arguments in (["init", "--quiet"], ["add", NAME]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


def piped(command: list[str], data: bytes, at: Path) -> float:
    """Seconds of a whole process. Raises `RuntimeError` where what comes out still has results."""
    began = time.perf_counter()
    ran = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True, cwd=at)
    took = time.perf_counter() - began
    if any(cell.get("outputs") for cell in json.loads(ran.stdout)["cells"]):
        raise RuntimeError(f"{command[0]} left results in")
    return took


def measured(size: int, rounds: int, ours: list[str], theirs: list[str]) -> Rounds:
    """One size."""
    data = make(size, 7).notebook
    at = repository(WORKPLACE / "clean-filter" / str(size), data)
    ways = [Contender(OURS, lambda _: piped(ours, data, at)), Contender(THEIRS, lambda _: piped(theirs, data, at))]
    return alternate(ways, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    home = WORKPLACE / "clean-filter"
    ours, theirs = [str(tool(home)), "clean", NAME], [str(nbstripout())]
    rows = []
    for name, size in SIZES:
        found = measured(size, rounds, ours, theirs)
        middle = [milliseconds(found.median(each)) for each in (OURS, THEIRS)]
        rows.append([name, *middle, str(found.ratio(OURS, THEIRS))])
    shutil.rmtree(home)
    report = Report("clean_filter", "Cleaning notebooks for Git", __doc__ or "")
    report.parts.append(Table(["notebook", OURS, NBSTRIPOUT.replace("==", " "), "ratio"], rows))
    report.notes.append(
        "Most of it is starting Python; nbstripout also imports nbformat, which checks the notebook's form."
    )
    report.write()


if __name__ == "__main__":
    main()
