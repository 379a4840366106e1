"""A canonical notebook without what the rules do not keep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from enablement_ext.core.notebook.canonical import canonicalise
from enablement_ext.core.notebook.outputs import is_json_mime
from enablement_ext.core.output_policy.rules import ERROR, STREAM, OutputRules

_PLAIN = "text/plain"


@dataclass(frozen=True, slots=True)
class TakenOut:
    """A value that is not kept, or not whole: `kept` of its `bytes`. Cells and outputs count from 1."""

    cell: int
    output: int
    mime: str
    bytes: int
    kept: int = 0

    def as_json(self) -> dict[str, object]:
        """As the contract has it."""
        return {"cell": self.cell, "output": self.output, "mime": self.mime, "bytes": self.bytes, "kept": self.kept}


def apply_rules(canonical: bytes, rules: OutputRules) -> tuple[bytes, tuple[TakenOut, ...]]:
    """The canonical notebook with what is kept, and what is not, in order. The same bytes where nothing is taken out.

    Idempotent: applied again, nothing more is taken out. Raises what `canonicalise` raises.
    """
    if rules.is_open:
        return canonical, ()
    notebook = json.loads(canonical)
    sieve = _Sieve(rules)
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "code":
            cell["outputs"] = list(sieve.kept(number, cell["outputs"]))
    if not sieve.taken:
        return canonical, ()
    return canonicalise(json.dumps(notebook, ensure_ascii=False).encode()).data, tuple(sieve.taken)


@dataclass(slots=True)
class _Sieve:
    rules: OutputRules
    taken: list[TakenOut] = field(default_factory=list)

    def kept(self, cell: int, outputs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for number, output in enumerate(outputs, 1):
            kind = output["output_type"]
            if kind == STREAM:
                text = self._text((cell, number, STREAM), _joined(output["text"]))
                if text is not None:
                    yield {**output, "text": text}
            elif kind == ERROR:
                traceback = self._text((cell, number, ERROR), "\n".join(output["traceback"]))
                if not self.rules.strips(ERROR):
                    said = self._text((cell, number, ERROR), output["evalue"]) or ""
                    yield {**output, "evalue": said, "traceback": traceback.split("\n") if traceback else []}
            else:
                data = dict(self._values(cell, number, output["data"]))
                if data:
                    metadata = {
                        key: value for key, value in output["metadata"].items() if key in data or "/" not in key
                    }
                    yield {**output, "data": data, "metadata": metadata}

    def _values(self, cell: int, number: int, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for mime, value in data.items():
            if mime == _PLAIN:
                text = self._text((cell, number, mime), _joined(value))
                if text is not None:
                    yield mime, text
                continue
            size = len((json.dumps(value, ensure_ascii=False) if is_json_mime(mime) else _joined(value)).encode())
            if self.rules.strips(mime) or (self.rules.largest is not None and size > self.rules.largest):
                self.taken.append(TakenOut(cell, number, mime, size))
            else:
                yield mime, value

    def _text(self, place: tuple[int, int, str], text: str) -> str | None:
        """What is kept of a text, None where nothing is."""
        cell, number, mime = place
        size, most = len(text.encode()), self.rules.truncate
        if self.rules.strips(mime):
            self.taken.append(TakenOut(cell, number, mime, size))
            return None
        if most is None or len(text) <= most:
            return text
        cut = text[: text.rfind("\n", 0, most) + 1]
        self.taken.append(TakenOut(cell, number, mime, size, len(cut.encode())))
        return cut or None


def _joined(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
