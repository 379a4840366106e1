"""Output of `enablement image`: the result on stdout as text or JSON, progress on stderr."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """The output of one command. With `as_json` the result is one JSON document and nothing else stands on stdout."""

    as_json: bool = False

    def progress(self, line: str) -> None:
        """One line about long work, flushed at once."""
        print(f"==> {line}", file=sys.stderr, flush=True)

    def result(self, document: object, text: str) -> None:
        """The answer: `document` as JSON, or `text` for a person."""
        print(json.dumps(document, indent=2, sort_keys=True, default=str) if self.as_json else text, flush=True)

    def document(self, document: object) -> None:
        """An answer that is JSON whatever was asked for."""
        print(json.dumps(document, indent=2, default=str), flush=True)
