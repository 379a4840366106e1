"""`nbgrader submit` in process, in an environment of its own (nbgrader pins what it likes).

Started with the folder it may use. For each line on standard input, a path of a notebook, it submits that notebook as
assignment `work` through nbgrader's own `ExchangeSubmit` and prints the seconds that took.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeSubmit
from traitlets.config import Config

COURSE = "course"
ASSIGNMENT = "work"


def settings(folder: Path) -> Config:
    """nbgrader's configuration for one course below `folder`, with an assignment that is released already."""
    exchange = folder / "exchange"
    inbound = exchange / COURSE / "inbound"
    released = exchange / COURSE / "outbound" / ASSIGNMENT
    for made in (inbound, released, folder / "home" / ASSIGNMENT, folder / "cache"):
        made.mkdir(parents=True, exist_ok=True)
    exchange.chmod(0o777)
    (released / "work.ipynb").write_text("{}")
    config = Config()
    config.CourseDirectory.root = str(folder / "home")
    config.CourseDirectory.course_id = COURSE
    config.CourseDirectory.assignment_id = ASSIGNMENT
    config.Exchange.root = str(exchange)
    config.Exchange.cache = str(folder / "cache")
    config.Exchange.assignment_dir = str(folder / "home")
    config.Exchange.timestamp_format = (
        "%Y-%m-%d %H:%M:%S.%f %Z"  # its own has whole seconds: two in one second would clash
    )
    return config


def submit(config: Config) -> float:
    """Submit what is in the home folder; seconds."""
    began = time.perf_counter()
    ExchangeSubmit(
        coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config
    ).start()
    return time.perf_counter() - began


def main() -> None:
    folder = Path(sys.argv[1])
    config = settings(folder)
    os.chdir(folder / "home")
    print("ready", flush=True)
    for line in sys.stdin:
        shutil.copyfile(line.strip(), folder / "home" / ASSIGNMENT / "work.ipynb")
        os.sync()
        print(submit(config), flush=True)


if __name__ == "__main__":
    main()
