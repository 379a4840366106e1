"""The clean filter beside nbstripout, each as the whole process that Git starts for every notebook it adds.

Both read the same notebook from standard input and write it without results to standard output. Ours is in a repository that has the notebook, and asks
it for the kernel that was committed. nbstripout comes from an environment of its own, compiled, as its users have it.

`--history REPOSITORY …` instead takes versions of notebooks out of the histories of real repositories, a sample that is the same each time, and
compares the time on the processor of all of them, which other work on the machine changes little.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

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


def versions(history: Path, most: int) -> list[bytes]:
    """A sample of all notebooks of all commits; what a partial copy of the repository lacks is left out."""

    def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["git", *arguments], cwd=history, capture_output=True, check=False)

    listed = git("rev-list", "--all", "--objects", "--missing=allow-any").stdout.decode(errors="replace").splitlines()
    blobs = sorted(line.partition(" ")[0] for line in listed if line.endswith(".ipynb"))
    random.Random(1).shuffle(blobs)
    read = (git("cat-file", "blob", blob) for blob in blobs[:most])
    return [found.stdout for found in read if found.returncode == 0]


def processor_time(command: list[str], data: bytes, at: Path) -> float | None:
    """Seconds on the processor of a whole process and its children, None where it failed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(command, input=data, capture_output=True, check=False, cwd=at)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent if ran.returncode == 0 else None


def of_history(history: Path, most: int, ours: list[str], theirs: list[str]) -> str:
    """One line about the versions that both can clean."""
    times = []
    for data in versions(history, most):
        at = repository(WORKPLACE / "clean-filter" / "history", data)
        pair = processor_time(ours, data, at), processor_time(theirs, data, at)
        if pair[0] is not None and pair[1] is not None:
            times.append((pair[0], pair[1], len(data)))
    if not times:
        return f"{history}: no notebook that both can clean"
    mine, other, size = (sum(each) for each in zip(*times, strict=True))
    middle = median(each[0] / each[1] for each in times)
    return f"{history}: {len(times)} versions, {size / len(times) / 1000:.0f} KB each: {mine / other:.3f} of {NBSTRIPOUT}, median {middle:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--history", type=Path, nargs="+", default=[])
    parser.add_argument("--most", type=int, default=120, help="versions of each history")
    arguments = parser.parse_args()
    home = WORKPLACE / "clean-filter"
    ours, theirs = [str(tool(home)), "clean", NAME], [str(nbstripout())]
    for history in arguments.history:
        print(of_history(history.absolute(), arguments.most, ours, theirs), flush=True)
    if arguments.history:
        return
    rounds, rows = arguments.rounds, []
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
