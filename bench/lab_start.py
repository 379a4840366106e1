"""How long JupyterLab's server takes to start with and without Enablement's extension.

Two environments with the same locked packages, byte-compiled; into one of them Enablement's wheel is installed too, as
in a pinned image: server extension, lab extension and the environment variables that a hub's spawner gives. A start is counted from the process's
birth until the page `/lab` has been served.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import (
    HOST,
    ROOT,
    WORKPLACE,
    Server,
    Started,
    free_port,
    processor_seconds,
    proportional_memory,
    running,
)
from bench.report import Report, Table, at_most, megabytes, milliseconds
from bench.rounds import Contender, Rounds, alternate

PLAIN, OURS = "plain lab", "lab with Enablement"
TARGET = 1.03
SPAWNED = {
    "ENABLEMENT_SERVICE_URL": f"http://{HOST}:9/services/enablement",  # nobody answers there, and nobody should be asked at a start
    "ENABLEMENT_PUBLIC_URL": "/services/enablement/",
    "ENABLEMENT_IMAGE": "datascience",
    "ENABLEMENT_RELEASE": "2026.11.0",
    "JUPYTERHUB_API_TOKEN": "bench-dana",
}


@dataclass(frozen=True, slots=True)
class Lab:
    """An environment with JupyterLab in it."""

    place: Path
    ours: bool
    seconds_of_processor: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def started(self, port: int) -> Started:
        """How to start its server, with a home of its own."""
        home = self.place / "home"
        home.mkdir(exist_ok=True)
        argv = [
            str(self.place / "bin" / "jupyter-lab"),
            *("--no-browser", "--allow-root", f"--ip={HOST}", f"--port={port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", f"--ServerApp.root_dir={home}", "--LabApp.news_url="),
        ]
        places = {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_DATA_DIR": str(home / "data")}
        return Started(argv, port, "/lab", places | (SPAWNED if self.ours else {}), self.place / "lab.log")

    def start_once(self, _round: int) -> float:
        """Seconds until the page is there."""
        how = self.started(free_port())
        began = time.perf_counter()
        with running(how) as server:
            took = time.perf_counter() - began
            self.seconds_of_processor.append(processor_seconds(server.pid))
            self.memory.append(proportional_memory(server.pid))
            self.check(server)
        return took

    def check(self, server: Server) -> None:
        """Raises `RuntimeError` where Enablement is loaded though it should not be, or the other way round."""
        status, _ = server.get("/enablement/context")
        if (status == 404) == self.ours:
            raise RuntimeError(f"{self.place}: /enablement/context answers {status}")


def make_lab(place: Path, wheel: Path | None) -> Lab:
    """An environment from the project's lock, with the wheel on top where there is one."""
    uv: list[str | Path] = [sys.executable, "-m", "uv"]
    python = place / "bin" / "python"
    environment = os.environ | {"UV_COMPILE_BYTECODE": "1"}
    if not python.exists():
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, place], check=True)
    lock = ROOT / "requirements.lock"
    subprocess.run([*uv, "pip", "sync", "--quiet", "--python", python, lock], check=True, env=environment)
    if wheel is None:
        return Lab(place, ours=False)
    install = [*uv, "pip", "install", "--quiet", "--no-deps", "--reinstall", "--python", python, wheel]
    subprocess.run(install, check=True, env=environment)
    return Lab(place, ours=True)


def make_wheel() -> Path:
    """Enablement's wheel; `make wheel` must have built the lab extension before."""
    out = WORKPLACE / "wheel"
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", out, ROOT], check=True)
    return next(out.glob("*.whl"))


def compare(rounds: int) -> Report:
    """Start both in turns."""
    plain = make_lab(WORKPLACE / "lab-plain", None)
    ours = make_lab(WORKPLACE / "lab-ours", make_wheel())
    wall = alternate([Contender(PLAIN, plain.start_once), Contender(OURS, ours.start_once)], rounds, warm_up=1)
    labs = {PLAIN: plain, OURS: ours}
    processor = Rounds({name: lab.seconds_of_processor[1:] for name, lab in labs.items()})
    memory = Rounds({name: lab.memory[1:] for name, lab in labs.items()})
    rows = [
        _row("until `/lab` is served", wall, milliseconds, TARGET),
        _row("processor time of it", processor, milliseconds, TARGET),
        _row("memory then (PSS)", memory, megabytes, None),
    ]
    table = Table(["", PLAIN, OURS, "ratio", "target"], rows)
    return Report(
        "lab_start", "Starting JupyterLab", (__doc__ or "").strip(), [table], [f"{rounds} starts each, in turns."]
    )


def _row(name: str, rounds: Rounds, unit: Callable[[float], str], target: float | None) -> list[object]:
    ratio = rounds.ratio(OURS, PLAIN)
    figures = [unit(rounds.median(PLAIN)), unit(rounds.median(OURS))]
    return [name, *figures, ratio, at_most(ratio, target) if target else ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    compare(parser.parse_args().rounds).write()


if __name__ == "__main__":
    main()
