"""Whether what the notebook imports is in its image or comes along."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from enablement_ext.core.checks.models import (
    CheckedNotebook,
    Finding,
    FindingKind,
    Fix,
    Level,
    NotebookSurroundings,
    SentFile,
)
from enablement_ext.core.images.python.import_names import by_longest_prefix, is_python_own, is_shared, shared_folders
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.usual_imports import USUAL
from enablement_ext.core.notebook.code_references import ImportUse

_USUAL_FOLDERS = shared_folders(USUAL)
_ASK = "Ask for the package (Images → Ask for a package), or do without it."


class ImportCheck:
    """Against the lock of the release, by the files that its packages install where those are at hand, else by a table of the usual ones."""

    name = "imports"
    kinds = {  # noqa: RUF012 - a constant
        "imports.not-in-image": FindingKind(
            Level.WARN, "Cell {cell} imports {module}, which no package of {image} is known to bring.", _ASK
        ),
        "imports.only-here": FindingKind(
            Level.WARN,
            "Cell {cell} imports {module} from {package}, which you installed yourself: it is not in {image}.",
            _ASK,
        ),
        "imports.not-sent": FindingKind(
            Level.WARN, "Cell {cell} imports {module} from {file}, which is not sent along.", "Add the file."
        ),
    }

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """Each module once, where it is imported first; an import that may fail is left alone."""
        if notebook.language != "python":
            return
        said = set[str]()
        for use in notebook.uses.imports:
            if use.level or use.optional or use.module in said or not isinstance(use.where, int):
                continue
            said.add(use.module)
            finding = _finding(use, use.where, notebook)
            if finding is not None:
                yield finding


def _finding(use: ImportUse, cell: int, notebook: CheckedNotebook) -> Finding | None:
    around = notebook.around
    if is_python_own(use.module) or around.sent is None or _is_file(use, around.sent, around.path):
        return None
    near = _is_file(use, around.near, around.path)
    if not near and (around.release is None or not around.release.locked or _is_locked(use, around)):
        return None
    line = _line(notebook.cells[cell - 1].source, use.module)
    facts: dict[str, object] = {"cell": cell, "module": use.module}
    if near or around.release is None:
        return Finding("imports.not-sent", cell, line, {**facts, "file": near}, Fix.ADD_FILE)
    facts["image"] = around.release.name
    installed = _packages(use, around.modules or {})
    if installed:
        return Finding("imports.only-here", cell, line, {**facts, "package": installed[0]})
    return Finding("imports.not-in-image", cell, line, facts)


def _is_file(use: ImportUse, files: Mapping[str, SentFile], notebook: str) -> str:
    """The file of the bundle that the module is, from the notebook's folder on; "" where none is."""
    if not files:
        return ""
    folder = posixpath.dirname(notebook)
    parts = use.module.split(".")
    for length in range(len(parts), 0, -1):
        path = posixpath.join(folder, *parts[:length])
        for name in (f"{path}.py", f"{path}/__init__.py"):
            if name in files:
                return name
    below = posixpath.join(folder, parts[0]) + "/"
    return next((name for name in files if name.startswith(below) and name.endswith(".py")), "")


def _is_locked(use: ImportUse, around: NotebookSurroundings) -> bool:
    locked = around.release.locked if around.release else {}
    tables: list[Mapping[str, Iterable[str]]] = [USUAL] if around.modules is None else [around.modules, USUAL]
    if any(name in locked for table in tables for name in _packages(use, table)):
        return True
    if canonical_name(use.module.partition(".")[0]) in locked:
        return True
    if use.names:
        return False
    return use.module in _USUAL_FOLDERS if around.modules is None else is_shared(use.module, around.modules)


def _packages(use: ImportUse, table: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """`from google.cloud import storage` is about `google.cloud.storage`."""
    return next((found for module in use.modules if (found := by_longest_prefix(module, table))), ())


def _line(source: str, module: str) -> int | None:
    found = re.search(
        rf"^[ \t]{{0,40}}(?:import|from)[ \t].{{0,400}}?(?<![\w.]){re.escape(module)}(?![\w])", source, re.MULTILINE
    )
    return source.count("\n", 0, found.start()) + 1 if found else None
