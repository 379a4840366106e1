"""Runs inside the environment that is tried, with that environment's Python: what is installed, what imports, does a kernel work.

Prints one JSON document. Standard library and what every image holds; it must not import the rest of this package.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import re
import sys
import time


def installed() -> dict[str, str]:
    """Every distribution, named as it names itself, and its version."""
    return {found.metadata["Name"]: found.version for found in importlib.metadata.distributions()}


def modules_of(names: list[str]) -> dict[str, list[str]]:
    """The top-level modules that each distribution brings."""
    brought: dict[str, list[str]] = {name: [] for name in names}
    called = {own: name for name in names if (own := own_name(name))}
    for module, distributions in importlib.metadata.packages_distributions().items():
        for distribution in distributions:
            if distribution in called and re.fullmatch(r"[A-Za-z]\w*", module):
                brought[called[distribution]].append(module)
    return brought


def own_name(name: str) -> str:
    """How a distribution spells its name itself, "" when it is not installed."""
    try:
        return importlib.metadata.distribution(name).metadata["Name"]
    except importlib.metadata.PackageNotFoundError:
        return ""


def imported(names: list[str]) -> dict[str, str]:
    """What went wrong with importing each distribution's modules; nothing for those that are fine."""
    wrong = {}
    for name, modules in modules_of(names).items():
        if not modules:
            wrong[name] = "brings no module"
        for module in modules:
            try:
                importlib.import_module(module)
            except BaseException as error:  # noqa: BLE001  # whatever a package does at import is the answer here
                wrong[name] = f"import {module}: {type(error).__name__}: {error}"[:300]
    return wrong


def smoked(source: str) -> tuple[str, float, float]:
    """A notebook with this source run in a real kernel: what went wrong, seconds to the first executed cell, seconds in all."""
    try:
        from nbclient import NotebookClient  # noqa: PLC0415  # an environment may lack it: that is an answer
        from nbclient.exceptions import CellExecutionError  # noqa: PLC0415
        from nbformat.v4 import new_code_cell, new_notebook  # noqa: PLC0415
    except ImportError as error:
        return str(error), 0.0, 0.0

    cells = [new_code_cell("print(6 * 7)"), *(new_code_cell(source) for _ in range(bool(source.strip())))]
    client = NotebookClient(new_notebook(cells=cells), timeout=120, kernel_name="python3")
    began = time.perf_counter()
    try:
        with client.setup_kernel():
            client.execute_cell(client.nb.cells[0], 0)
            first = time.perf_counter() - began
            for index, cell in enumerate(client.nb.cells[1:], 1):
                client.execute_cell(cell, index)
    except CellExecutionError as error:
        return str(error)[-600:], 0.0, 0.0
    if "42" not in json.dumps(client.nb.cells[0].outputs):
        return "the first cell did not print 42", first, 0.0
    return "", first, time.perf_counter() - began


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # packages print at import
    question = json.load(sys.stdin)
    wrong, first, total = smoked(question["smoke"])
    answer = {
        "installed": installed(),
        "imports": imported(question["direct"]),
        "kernel_problem": wrong,
        "kernel_seconds": first,
        "notebook_seconds": total,
    }
    json.dump(answer, answers)


if __name__ == "__main__":
    main()
