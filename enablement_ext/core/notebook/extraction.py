"""The texts of a stored notebook, of files and of JSON values: decoded, lines joined, what a person reads as one text in one piece.

One extraction for everything that looks for something in texts. A place ("cell 3, output 1") is made of numbers and known words only:
names that somebody chose are texts themselves, and a place travels to messages and logs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from enablement_ext.core.errors import BadNotebook, TooLarge
from enablement_ext.core.notebook.limits import NotebookLimits
from enablement_ext.core.notebook.outputs import is_json_mime
from enablement_ext.core.notebook.payloads import is_payload, without_payloads
from enablement_ext.core.notebook.stored import StoredCell, StoredNotebook
from enablement_ext.core.notebook.strict import parse

_PROBE = 8_192  # bytes that decide whether a file is text
_JSON_FILES = (".ipynb", ".json")
_MARKUP = frozenset({"text/html", "image/svg+xml", "text/markdown", "application/xhtml+xml", "text/xml"})
_KNOWN = _MARKUP | {"text/plain", "text/latex", "application/json", "application/javascript"}


@dataclass(frozen=True, slots=True)
class ExtractedText:
    """A text and where it is, in words for the author. `markup`: it is shown with its tags taken as tags."""

    where: str
    text: str
    markup: bool = False


def notebook_texts(data: bytes, wanted: Callable[[bytes], bool] = bool) -> Iterator[ExtractedText]:
    """Every text of a canonical notebook but base64: sources, outputs, tracebacks, attachments, metadata, ids, mime types, names.

    `wanted` is asked for each cell, and for the notebook's metadata, with the bytes as they are stored: parts that are not wanted
    are not parsed. Cells come in order, the metadata last.
    """
    notebook = StoredNotebook(without_payloads(data))
    for cell in notebook.cells:
        if wanted(cell.raw):
            yield from _cell_texts(cell)
    if wanted(notebook.raw_metadata):
        yield from json_texts("notebook metadata", notebook.metadata)


def file_texts(where: str, path: str, data: bytes) -> Iterator[ExtractedText]:
    """The text of a file, nothing where it is not text (a NUL byte near its start); of a JSON file its strings, decoded, as well."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield ExtractedText(where, data.decode("utf-16", errors="replace"))
        return
    if b"\x00" in data[:_PROBE]:
        return
    yield ExtractedText(where, data.decode("utf-8", errors="replace"))
    if path.lower().endswith(_JSON_FILES) and b"\\" in data:
        yield from _decoded(where, data)


def json_texts(where: str, value: object) -> Iterator[ExtractedText]:
    """Every text in a JSON value; a key stands with its text, so that assignments are recognised, and by itself elsewhere."""
    stack: list[tuple[str, object]] = [("", value)]
    while stack:
        key, inner_value = stack.pop()
        if isinstance(inner_value, str):
            yield ExtractedText(where, f'{key} = "{inner_value}"' if key else inner_value)
            continue
        if isinstance(inner_value, list) and inner_value:
            stack.extend((key, inner) for inner in reversed(inner_value))
            continue
        if isinstance(inner_value, dict):
            stack.extend((name, inner) for name, inner in reversed(inner_value.items()))
        if key:
            yield ExtractedText(where, key)


def _decoded(where: str, data: bytes) -> Iterator[ExtractedText]:
    try:
        value = parse(data, NotebookLimits())
    except (BadNotebook, TooLarge):
        return
    yield from json_texts(where, _joined_lines(value))


def _joined_lines(value: object) -> object:
    """The value with each list of lines in one text, as notebooks hold them."""
    if isinstance(value, dict):
        return {key: _joined_lines(inner) for key, inner in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(line, str) for line in value) and all(line.endswith("\n") for line in value[:-1]):
            return "".join(value)
        return [_joined_lines(inner) for inner in value]
    return value


def _cell_texts(cell: StoredCell) -> Iterator[ExtractedText]:
    where, whole = f"cell {cell.index + 1}", cell.whole
    yield ExtractedText(where, _joined(whole["source"]), markup=whole["cell_type"] == "markdown")
    yield ExtractedText(f"{where}, id", str(whole["id"]))
    yield from json_texts(f"{where}, metadata", whole.get("metadata"))
    if isinstance(attachments := whole.get("attachments"), dict):
        for name, bundle in attachments.items():
            yield ExtractedText(f"{where}, attachment name", name)
            yield from _bundle_texts(f"{where}, attachment", bundle)
    if isinstance(outputs := whole.get("outputs"), list):
        yield from _output_texts(where, outputs)


def _output_texts(where: str, outputs: list[dict[str, object]]) -> Iterator[ExtractedText]:
    yield from _streams(where, outputs)
    for number, output in enumerate(outputs, 1):
        place = f"{where}, output {number}"
        for key in ("ename", "evalue"):
            if key in output:
                yield ExtractedText(place, _joined(output[key]))
        if isinstance(traceback := output.get("traceback"), list):
            yield ExtractedText(place, "\n".join(map(str, traceback)))
        if isinstance(data := output.get("data"), dict):
            yield from _bundle_texts(place, data)
        yield from json_texts(f"{place}, metadata", output.get("metadata"))


def _streams(where: str, outputs: list[dict[str, object]]) -> Iterator[ExtractedText]:
    """What was printed: neighbouring chunks of one stream are one text, named by the first."""
    place, name, chunks = "", None, list[str]()
    for number, output in enumerate(outputs, 1):
        if chunks and output.get("name") != name:
            yield ExtractedText(place, "".join(chunks))
            chunks = []
        if "text" not in output:
            name = None
            continue
        if not chunks:
            place, name = f"{where}, output {number}", output.get("name")
        chunks.append(_joined(output["text"]))
    if chunks:
        yield ExtractedText(place, "".join(chunks))


def _bundle_texts(where: str, bundle: dict[str, object]) -> Iterator[ExtractedText]:
    for mime, value in bundle.items():
        place = f"{where} ({mime if mime in _KNOWN else 'another kind'})"
        if mime not in _KNOWN:
            yield ExtractedText(f"{where}, mime type", mime)
        if is_json_mime(mime):
            yield from json_texts(place, value)
        elif mime.startswith("text/") or mime == "image/svg+xml" or not is_payload(mime):
            yield ExtractedText(place, _joined(value), markup=mime in _MARKUP)


def _joined(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
