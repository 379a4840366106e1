"""A kernel's messages made into the outputs of one cell, as JupyterLab would show them. Nothing of a message is trusted to be well-formed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enablement_ext.core.comparison.models import Output
from enablement_ext.core.errors import BadNotebook, TooLarge
from enablement_ext.core.notebook.limits import NotebookLimits
from enablement_ext.core.notebook.outputs import outputs as canonical_outputs
from enablement_ext.core.notebook.writing import to_bytes

OUTPUT_TYPES = frozenset({"stream", "display_data", "execute_result", "error", "update_display_data", "clear_output"})


@dataclass(slots=True)
class OutputCollector:
    """The outputs of the cell that runs. `spoiled` says why they cannot be trusted to be whole, "" while they can."""

    spoiled: str = ""
    _outputs: list[dict[str, Any]] = field(default_factory=list)
    _displays: dict[str, list[int]] = field(default_factory=dict)
    _clear: bool = False

    def take(self, kind: str, content: Mapping[str, Any]) -> None:
        """One message of `OUTPUT_TYPES`; others are left alone."""
        if kind == "clear_output":
            self._clear = content.get("wait") is True
            if not self._clear:
                self._empty()
        elif kind == "update_display_data":
            self._update(content)
        elif kind in OUTPUT_TYPES:
            if self._clear:
                self._empty()
            self._add(kind, content)

    def owns(self, display: object) -> bool:
        """Whether this cell shows the display of that id."""
        return isinstance(display, str) and display in self._displays

    def outputs(self) -> list[Output]:
        """What was shown, in canonical form. What is no output spoils the cell and is left out."""
        whole = [_joined(output) for output in self._outputs]
        try:
            found = json.loads(to_bytes(canonical_outputs(whole, "The run", NotebookLimits())))
        except (BadNotebook, TooLarge, UnicodeEncodeError, RecursionError):
            self.spoiled = self.spoiled or "malformed-output"
            return []
        return found if isinstance(found, list) else []

    def _add(self, kind: str, content: Mapping[str, Any]) -> None:
        if kind == "stream":
            last = self._outputs[-1] if self._outputs else {}
            if last.get("output_type") == "stream" and last.get("name") == content.get("name"):
                last["text"].append(content.get("text"))
                return
            self._outputs.append({"output_type": "stream", "name": content.get("name"), "text": [content.get("text")]})
            return
        keys = ("ename", "evalue", "traceback") if kind == "error" else ("data", "metadata", "execution_count")
        self._outputs.append({"output_type": kind} | {key: content[key] for key in keys if key in content})
        display = display_of(content)
        if isinstance(display, str):
            self._displays.setdefault(display, []).append(len(self._outputs) - 1)

    def _update(self, content: Mapping[str, Any]) -> None:
        display = display_of(content)
        for at in self._displays.get(display, []) if isinstance(display, str) else []:
            for key in ("data", "metadata"):
                self._outputs[at][key] = content.get(key)

    def _empty(self) -> None:
        self._outputs.clear()
        self._displays.clear()
        self._clear = False


def display_of(content: Mapping[str, Any]) -> object:
    """The id of the display that a message shows or updates, None where it has none."""
    transient = content.get("transient")
    return transient.get("display_id") if isinstance(transient, dict) else None


def _joined(output: dict[str, Any]) -> dict[str, Any]:
    if output["output_type"] != "stream":
        return output
    pieces = output["text"]
    # What is no text is left to the canonical form, which refuses it.
    return output | {"text": "".join(pieces) if all(isinstance(piece, str) for piece in pieces) else pieces}
