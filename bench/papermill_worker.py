"""papermill in a process of its own, in an environment of its own. For each line on standard input, a path of a notebook, it runs that
notebook and prints the seconds that took."""

from __future__ import annotations

import logging
import sys
import time

import papermill


def main() -> None:
    logging.disable()
    print("ready", flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        papermill.execute_notebook(line.strip(), line.strip() + ".out.ipynb", progress_bar=False, kernel_name="python3")
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
