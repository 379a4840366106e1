"""The rules a linter does not know: module and function sizes, names that say nothing, unfinished marks.

Prints one line per slip and exits 1 if there is one.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MODULE_LINES = 400
FUNCTION_LINES = 60
NOTHING_NAMES = re.compile(r"^(utils?|helpers?|misc|common)\.(py|ts|tsx)$")
UNFINISHED = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")))


def tracked(*suffixes: str) -> Iterator[Path]:
    """The files git knows of (or would add) with one of these suffixes; what is generated is nobody's to shorten."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    for name in listing.stdout.splitlines():
        path = Path(name)
        if path.suffix in suffixes and path.is_file() and "generated" not in path.parts:
            yield path


def slips_of(path: Path) -> Iterator[str]:
    """What is off in one source file."""
    text = path.read_text()
    lines = text.count("\n")
    if lines > MODULE_LINES:
        yield f"{path}: {lines} lines (at most {MODULE_LINES})"
    if NOTHING_NAMES.match(path.name):
        yield f"{path}: the name says nothing"
    if path.name != Path(__file__).name and (mark := UNFINISHED.search(text)):
        yield f"{path}: unfinished mark {mark.group()}"
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {size} lines (at most {FUNCTION_LINES})"


def main() -> int:
    slips = [slip for path in tracked(".py", ".ts", ".tsx") for slip in slips_of(path)]
    for slip in slips:
        print(slip)
    return 1 if slips else 0


if __name__ == "__main__":
    sys.exit(main())
