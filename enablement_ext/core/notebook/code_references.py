"""What the code of a notebook's cells uses: imported modules and files, read from the source without running it.

Cells need not be valid Python: magics are set aside, and of a cell that still does not parse the import lines count.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class PathKind(StrEnum):
    """How a path stands in the code."""

    READ = "read"  # handed to something that reads it
    WRITTEN = "written"
    MENTIONED = "mentioned"  # looks like a file and may be one
    RUN = "run"  # %run
    SEARCHED = "searched"  # put on sys.path


@dataclass(frozen=True, slots=True)
class ImportUse:
    """An import. `module` is dotted; `names` what is taken from it; `level` the number of leading dots; `where` is a cell's number or a file's name.

    `optional`: the code goes on where it fails.
    """

    module: str
    names: tuple[str, ...]
    level: int
    where: int | str
    optional: bool = False

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that it may load, by full dotted name: what is taken from a package may be one. None of a relative import."""
        if self.level or not self.module:
            return ()
        taken = tuple(f"{self.module}.{name}" for name in self.names if name != "*")
        return taken or (self.module,)


@dataclass(frozen=True, slots=True)
class PathUse:
    """A path as it stands in the code; `by` is the function it was handed to."""

    path: str
    kind: PathKind
    by: str
    where: int | str


@dataclass(frozen=True, slots=True)
class Uses:
    """Everything in the order of the code."""

    imports: tuple[ImportUse, ...]
    paths: tuple[PathUse, ...]


_TABLES = (
    "csv",
    "table",
    "fwf",
    "excel",
    "json",
    "parquet",
    "feather",
    "orc",
    "pickle",
    "hdf",
    "stata",
    "sas",
    "spss",
    "xml",
    "ipc",
    "ndjson",
)
_OTHER_READERS = (
    *(
        "open",
        "load",
        "load_model",
        "loadtxt",
        "genfromtxt",
        "fromfile",
        "loadmat",
        "imread",
        "load_workbook",
        "connect",
        "Image",
    ),
    *("ImageFolder", "open_dataset", "open_zarr", "read_text", "read_bytes", "read_file", "read_image", "read_avro"),
)
_OTHER_WRITERS = (
    *(
        "savefig",
        "save",
        "savez",
        "savez_compressed",
        "savetxt",
        "tofile",
        "imsave",
        "imwrite",
        "write_html",
        "write_image",
    ),
    *("save_model", "write_text", "write_bytes"),
)
Walked = tuple[ast.stmt, Sequence[ast.AST]]
_SEEN = frozenset({ast.Import, ast.ImportFrom, ast.Call, ast.Constant, ast.Try})
_NOTHING: Mapping[int, Sequence[Walked]] = {}
READERS = frozenset({*(f"{verb}_{kind}" for verb in ("read", "scan") for kind in _TABLES), *_OTHER_READERS})
WRITERS = frozenset({*(f"{verb}_{kind}" for verb in ("to", "write") for kind in _TABLES), *_OTHER_WRITERS})
_GLOBS = ("glob", "rglob", "iglob")
_PATH_MAKERS = frozenset({"Path", "PurePath", "PosixPath", "join", "joinpath"})
_METHODS_ON_PATHS = frozenset({"open", "read_text", "read_bytes", "write_text", "write_bytes"})
_NAMED_ARGUMENTS = frozenset(
    {"filepath_or_buffer", "path", "io", "file", "filename", "fname", "path_or_buf", "source", "fp", "where"}
)
_PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "py"})
# The counts keep these linear on hostile lines.
_ASSIGNED_MAGIC = re.compile(r"[\w, .\[\]]{1,200}=[ \t]{0,20}[%!](?!=)")
_RUN = re.compile(r"^[ \t]{0,40}%run[ \t]+(?:-\w+[ \t]+){0,9}(?:\"([^\"\n]+)\"|'([^'\n]+)'|(\S+))", re.MULTILINE)
_IMPORT_LINE = re.compile(r"^[ \t]{0,40}((?:import|from)[ \t].{1,500})$", re.MULTILINE)
_LOOKS_LIKE_FILE = re.compile(r"[\w./ ~-]{0,200}[\w-]\.[A-Za-z][A-Za-z0-9]{0,7}")
_DEPTH = 40  # of an expression that is followed for a path
_SOURCE_CHARACTERS = 2_000_000  # of one cell; beyond it is data, not code


def uses_of_cells(sources: Iterable[tuple[int, str]], walked: Mapping[int, Sequence[Walked]] = _NOTHING) -> Uses:
    """What numbered code cells use, in order; constants assigned in one cell are known in the next. Never raises.

    `walked` has the statements of cells that were parsed already, each with its nodes.
    """
    reader = _Reader()
    for number, source in sources:
        reader.read(source, number, walked.get(number))
    return Uses(tuple(reader.imports), tuple(reader.paths))


def uses_of_module(source: str, where: str) -> Uses:
    """What a Python file uses. Never raises."""
    reader = _Reader()
    reader.read(source, where)
    return Uses(tuple(reader.imports), tuple(reader.paths))


@dataclass(slots=True)
class _Reader:
    imports: list[ImportUse] = field(default_factory=list)
    paths: list[PathUse] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)

    def read(self, source: str, where: int | str, walked: Sequence[Walked] | None = None) -> None:
        if len(source) > _SOURCE_CHARACTERS:
            return
        for match in _RUN.finditer(source):
            self.paths.append(PathUse(next(filter(None, match.groups())), PathKind.RUN, "%run", where))
        if walked is None:
            walked = [(statement, list(ast.walk(statement))) for statement in _statements(source)]
        for statement, nodes in walked:
            guarded = set[ast.AST]()
            for node in nodes:
                if node.__class__ not in _SEEN:
                    continue
                if isinstance(node, ast.Constant):
                    if isinstance(node.value, str) and _LOOKS_LIKE_FILE.fullmatch(node.value):
                        self.paths.append(PathUse(node.value, PathKind.MENTIONED, "", where))
                    continue
                if isinstance(node, ast.Try) and any(map(_catches_imports, node.handlers)):
                    guarded.update(node.body)  # seen before what is in it
                self._see(node, where, optional=node in guarded)
            self._remember(statement)

    def _see(self, node: ast.AST, where: int | str, *, optional: bool) -> None:
        if isinstance(node, ast.Import):
            self.imports.extend(ImportUse(name.name, (), 0, where, optional) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(name.name for name in node.names)
            self.imports.append(ImportUse(node.module or "", names, node.level, where, optional))
        elif isinstance(node, ast.Call):
            self.paths.extend(self._of_call(node, where))

    def _remember(self, statement: ast.stmt) -> None:
        """Keep `NAME = <path>` for later uses of the name."""
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            targets, value = [statement.target], statement.value
        else:
            return
        text = self._text(value)
        for target in targets:
            if isinstance(target, ast.Name):
                self.constants.pop(target.id, None)
                if text is not None:
                    self.constants[target.id] = text

    def _of_call(self, call: ast.Call, where: int | str) -> Iterator[PathUse]:
        name = _called(call)
        kind, nodes = PathKind.READ, call.args[:1]
        if name in ("append", "insert") and _is_sys_path(call.func):
            kind, nodes, name = PathKind.SEARCHED, call.args, "sys.path"
        elif name == "dump":  # joblib.dump(model, "model.joblib"): the path comes second
            kind, nodes = PathKind.WRITTEN, call.args[1:2]
        elif name in _PATH_MAKERS or name in _GLOBS:
            kind, nodes = PathKind.READ if name in _GLOBS else PathKind.MENTIONED, [call]
        elif name in READERS or name in WRITERS:
            if name in WRITERS or (name == "open" and _opens_for_writing(call)):
                kind = PathKind.WRITTEN
            nodes = nodes + [keyword.value for keyword in call.keywords if keyword.arg in _NAMED_ARGUMENTS]
            if name in _METHODS_ON_PATHS and isinstance(call.func, ast.Attribute) and self._is_path(call.func.value):
                nodes = [call.func.value]
        else:
            return
        yield from (PathUse(text, kind, name, where) for text in map(self._text, nodes) if text)

    def _is_path(self, node: ast.expr) -> bool:
        return not isinstance(node, ast.Constant) and self._text(node) is not None

    def _text(self, node: ast.expr, depth: int = 0) -> str | None:
        """The text of an expression made of literals, known names, joins and `Path`; None where it is not known."""
        if depth > _DEPTH:
            return None
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self.constants.get(node.id)
        if isinstance(node, ast.Call):
            return self._text_of_call(node, depth + 1)
        return self._text_of_sum(node, depth + 1)

    def _text_of_sum(self, node: ast.expr, depth: int) -> str | None:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Add)):
            between = "/" if isinstance(node.op, ast.Div) else ""
            return _joined([self._text(node.left, depth), self._text(node.right, depth)], between)
        if isinstance(node, ast.JoinedStr):
            values = [value.value if isinstance(value, ast.FormattedValue) else value for value in node.values]
            return _joined([self._text(value, depth) for value in values], "")
        return None

    def _text_of_call(self, call: ast.Call, depth: int) -> str | None:
        name = _called(call)
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        if name in ("cwd", "getcwd") and not call.args:
            return "."
        if name in ("resolve", "absolute", "expanduser", "as_posix") and receiver is not None:
            return self._text(receiver, depth)
        parts = [self._text(argument, depth) for argument in call.args]
        if name == "str" and len(parts) == 1:
            return parts[0]
        above = self._text(receiver, depth) if receiver is not None and name in ("joinpath", *_GLOBS) else None
        if name == "joinpath" or above is not None:
            parts[:0] = [above, "**"] if name == "rglob" else [above]
        return _joined(parts, "/") if name in ("joinpath", *_PATH_MAKERS, *_GLOBS) and parts else None


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {each.id for each in caught if isinstance(each, ast.Name)}
    return handler.type is None or not names.isdisjoint({"ImportError", "ModuleNotFoundError", "Exception"})


def _called(call: ast.Call) -> str:
    """The last name of what is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_sys_path(function: ast.expr) -> bool:
    """Whether this is a method of `sys.path`."""
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Attribute):
        return False
    owner = function.value
    return owner.attr == "path" and isinstance(owner.value, ast.Name) and owner.value.id == "sys"


def _joined(parts: list[str | None], between: str) -> str | None:
    known = [part for part in parts if part is not None]
    return between.join(known) if len(known) == len(parts) else None


def _opens_for_writing(call: ast.Call) -> bool:
    """Whether `open(path, mode)` or `path.open(mode)` writes."""
    modes = [keyword.value for keyword in call.keywords if keyword.arg == "mode"] + call.args[:2]
    texts = [mode.value for mode in modes if isinstance(mode, ast.Constant) and isinstance(mode.value, str)]
    return any(re.fullmatch(r"[wax][bt+]*", text) for text in texts)


def _statements(source: str) -> list[ast.stmt]:
    """The statements of a cell; of one that is not Python its import lines, of one in another language none."""
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        words = first[2:].split()
        return _statements(rest) if words and words[0] in _PYTHON_CELL_MAGICS else []
    imports = _IMPORT_LINE.findall(source)
    for text in dict.fromkeys((source, _without_magics(source), "\n".join(imports))):
        statements = _parsed(text)
        if statements is not None:
            return statements
    return [statement for line in imports for statement in _parsed(line) or ()]


def _without_magics(source: str) -> str:
    """The source with `pass` for each magic line, so that the blocks around it stay whole."""
    lines = source.split("\n")
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + "pass" if _is_magic(line.strip()) else line for line in lines
    )


def _is_magic(line: str) -> bool:
    if line.startswith(("%", "!", "?")) or _ASSIGNED_MAGIC.match(line):
        return True
    return line.endswith("?") and not line.startswith("#")


def _parsed(text: str) -> list[ast.stmt] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
