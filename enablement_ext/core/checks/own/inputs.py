"""Which data the notebook reads: files with size and hash, addresses, databases by name. Facts of a submission, and warnings where data is missing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind, Fix, Level, NotebookSurroundings
from enablement_ext.core.checks.own.places_in_code import line_of
from enablement_ext.core.notebook.code_references import PathKind, PathUse
from enablement_ext.core.text.addresses import without_credentials

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}://")
_DATABASES = frozenset(
    "postgresql postgres mysql mariadb mssql oracle sqlite duckdb snowflake redshift bigquery trino presto hive impala clickhouse "
    "mongodb databricks teradata db2 cockroachdb".split()
)
_DATABASE = re.compile(r"[\"'](?P<address>(?P<kind>[a-z][a-z0-9]{1,20})(?:\+[a-z0-9_]{1,30})?://[^\"'\s]{0,500})[\"']")
_NAMED_DATABASE = re.compile(
    r"(?:create_engine|create_async_engine|connect|read_sql(?:_query|_table)?)\([^\n]{0,200}?"
    r"(?:environ(?:\.get)?[\[(]|getenv\()[ ]{0,5}[\"'](?P<name>\w{1,100})[\"']"
)
_WILD = re.compile(r"[*?\[]")
_ELSEWHERE = re.compile(r"[/~]|[A-Za-z]:[\\/]|\\\\")


class InputCheck:
    """What is read is told by what it is read with; what the notebook itself writes before is no input."""

    name = "inputs"
    kinds = {  # noqa: RUF012 - a constant
        "inputs.file": FindingKind(
            Level.ALLOW, "Cell {cell} reads {file} ({bytes} bytes, SHA-256 {sha256}).", "Nothing."
        ),
        "inputs.address": FindingKind(Level.ALLOW, "Cell {cell} reads {address}.", "Nothing."),
        "inputs.database": FindingKind(Level.ALLOW, "Cell {cell} uses the database {database}.", "Nothing."),
        "inputs.not-sent": FindingKind(
            Level.WARN,
            "Cell {cell} reads {file}, which is not sent along.",
            "Add the file, or say in “Data used” where it comes from.",
        ),
        "inputs.missing": FindingKind(
            Level.WARN,
            "Cell {cell} reads {path}, which is not among the files that are sent.",
            "Add the file, or say in “Data used” where it comes from.",
        ),
    }

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """Each input once, where it is used first."""
        said, written = set[str](), set[str]()
        for use in notebook.uses.paths:
            if use.kind is PathKind.WRITTEN:
                written.add(_resolved(use.path, notebook))
            elif use.kind is PathKind.READ and use.path not in said and isinstance(use.where, int):
                said.add(use.path)
                finding = _input(use, use.where, notebook, written)
                if finding is not None:
                    yield finding
        yield from _databases(notebook)


def _input(use: PathUse, cell: int, notebook: CheckedNotebook, written: set[str]) -> Finding | None:
    facts: dict[str, object] = {"cell": cell}
    line = line_of(notebook.cells[cell - 1].source, use.path)
    if _URL.match(use.path):
        if use.path.partition(":")[0].partition("+")[0] in _DATABASES:
            return None
        return Finding("inputs.address", cell, line, {**facts, "address": _address(use.path)})
    path = _resolved(use.path, notebook)
    if notebook.around.sent is None or path in written or _ELSEWHERE.match(use.path) or _WILD.search(use.path):
        return None
    return _file(path, Finding("inputs.missing", cell, line, {**facts, "path": use.path[:200]}), notebook.around)


def _file(path: str, missing: Finding, around: NotebookSurroundings) -> Finding | None:
    """What is to be said of a file; `missing` where it is nowhere."""
    sent, facts = around.sent or {}, {"cell": missing.cell, "file": path}
    if path in sent:
        found = sent[path]
        return replace(
            missing, code="inputs.file", facts={**facts, "bytes": found.size, "sha256": found.sha256 or "not computed"}
        )
    if path in around.near:
        return replace(missing, code="inputs.not-sent", facts=facts, fix=Fix.ADD_FILE)
    if any(name.startswith(f"{path}/") for name in sent) or "." not in posixpath.basename(path):
        return None  # a folder, or something that has a name only
    return missing


def _databases(notebook: CheckedNotebook) -> Iterator[Finding]:
    said = set[str]()
    for cell in notebook.code:
        found = [
            (match.start(), _address(match["address"]))
            for match in _DATABASE.finditer(cell.source)
            if match["kind"] in _DATABASES
        ]
        found += [
            (match.start(), f"named by the variable {match['name']}") for match in _NAMED_DATABASE.finditer(cell.source)
        ]
        for at, database in sorted(found):
            if database not in said:
                said.add(database)
                line = cell.source.count("\n", 0, at) + 1
                yield Finding("inputs.database", cell.number, line, {"cell": cell.number, "database": database})


def _address(address: str) -> str:
    """Without user, password, and what stands behind a question mark: both may be secrets."""
    return without_credentials(address.partition("?")[0].partition("#")[0])[:300] or "(an address)"


def _resolved(path: str, notebook: CheckedNotebook) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(notebook.around.path), path))
