"""What is kept of a re-run: its verdict as JSON within bounds, and the notebook with what the run showed, by the rules for what is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from enablement_ext.core.notebook import canonicalise
from enablement_ext.core.notebook.extraction import json_texts
from enablement_ext.core.output_policy.applying import apply_rules
from enablement_ext.core.output_policy.rules import OutputRules
from enablement_ext.core.runs.models import NotebookRun
from enablement_ext.core.runs.report import rerun_document, short_line, verdict_line
from enablement_ext.core.runs.rerun import RerunOutcome
from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.core.secrets.scan import find_secrets, secrets_in_notebook
from enablement_ext.core.text.cleaning import clean

_DIFFERENCES = 5  # of one cell
_FILES = 200
_LONGEST = 500  # characters of one text in it
_OUTPUT = re.compile(r"cell ([0-9]+), output ")
_WITHHELD = "It shows what looks like a secret, so what it showed is not kept."


@dataclass(frozen=True, slots=True)
class KeepingRules:
    """`outputs` is what the hub keeps of outputs; `prefilter` is what the search for secrets asks first. Details of differences are left out where
    the document has more than `most_bytes` with them."""

    outputs: OutputRules = field(default_factory=OutputRules)
    prefilter: Prefilter = field(default_factory=LiteralPrefilter)
    most_bytes: int = 1 << 20


@dataclass(frozen=True, slots=True)
class KeptRerun:
    """`line` for a reviewer, `document` as the contract has it, `notebook` in canonical form."""

    line: str
    document: str
    notebook: bytes


def kept(sent: bytes, outcome: RerunOutcome, environment: str, rules: KeepingRules) -> KeptRerun:
    """`sent` is the canonical notebook that was run. A secret that a run prints is stored nowhere: neither as an output nor in the verdict."""
    notebook, _ = apply_rules(canonicalise(_with_outputs(sent, outcome.runs[0])).data, rules.outputs)
    secret = {
        int(match[1]) - 1
        for finding in secrets_in_notebook(notebook, rules.prefilter)
        if (match := _OUTPUT.match(finding.where))
    }
    found = rerun_document(outcome, environment)
    cells = [_cell(each, secret, rules.prefilter) for each in found["cells"]]
    secret |= {each["cell"] for each in cells if each["withheld"]}
    if secret:
        notebook = canonicalise(_without_outputs(notebook, secret)).data
    line = clean(verdict_line(outcome, environment), one_line=True)
    if _is_secret(line, rules.prefilter):
        line = short_line(outcome)
    runs = [_run(each, rules.prefilter) for each in found["runs"]]
    document = {"same": found["same"], "line": line, "cells": cells, "runs": runs, "sandbox": found["sandbox"]}
    return KeptRerun(line, _text(document, rules.most_bytes), notebook)


def _with_outputs(sent: bytes, run: NotebookRun) -> bytes:
    """The notebook with what this run showed in place of what was sent."""
    ran = {cell.index: cell for cell in run.cells}
    document = json.loads(sent)
    for index, cell in enumerate(document["cells"]):
        if cell["cell_type"] == "code":
            found = ran.get(index)
            cell["outputs"] = [] if found is None else [dict(output) for output in found.run.outputs]
            cell["execution_count"] = None if found is None else found.execution_count
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


def _without_outputs(notebook: bytes, cells: Iterable[int]) -> bytes:
    document = json.loads(notebook)
    for index in cells:
        document["cells"][index]["outputs"] = []
    return json.dumps(document, ensure_ascii=False).encode()


def _cell(found: Mapping[str, Any], secret: set[int], prefilter: Prefilter) -> dict[str, Any]:
    """A cell's verdict within bounds, and without what looks like a secret."""
    differences = [_bounded(each) for each in found["differences"][:_DIFFERENCES]]
    cell: dict[str, Any] = {
        "cell": found["cell"],
        "id": found["id"],
        "verdict": found["verdict"],
        "step": found["step"],
        "sentence": clean(_cut(found["sentence"]), one_line=True),
        "differences": differences,
        "more_differences": len(found["differences"]) - len(differences),
        "withheld": False,
    }
    if found["cell"] in secret or _is_secret(cell, prefilter):
        return cell | {"sentence": _WITHHELD, "differences": [], "withheld": True}
    return cell


def _run(found: Mapping[str, Any], prefilter: Prefilter) -> dict[str, Any]:
    files = [_bounded(each) for each in found["files"][:_FILES]]
    facts = _bounded(found["facts"])
    if _is_secret(facts, prefilter):
        facts = {}
    if _is_secret(files, prefilter):
        files = []
    return {**found, "facts": facts, "files": files, "more_files": len(found["files"]) - len(files)}


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, Mapping):
        return {str(key): _bounded(inner) for key, inner in list(value.items())[: _DIFFERENCES * 4]}
    if isinstance(value, list | tuple):
        return [_bounded(inner) for inner in value[: _DIFFERENCES * 4]]
    return value


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _is_secret(value: object, prefilter: Prefilter) -> bool:
    return bool(find_secrets(json_texts("the run", value), prefilter))


def _text(document: dict[str, Any], most: int) -> str:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode("utf-8", "replace")) > most:
        cells = [
            cell | {"differences": [], "more_differences": len(cell["differences"]) + cell["more_differences"]}
            for cell in document["cells"]
        ]
        text = json.dumps(document | {"cells": cells}, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()
