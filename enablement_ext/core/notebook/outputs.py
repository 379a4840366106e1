"""Outputs and attachments, rebuilt from the allow-list and written in canonical form."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from enablement_ext.core.errors import BadNotebook, TooLarge
from enablement_ext.core.notebook.limits import NotebookLimits
from enablement_ext.core.notebook.metadata import allowed_output_metadata
from enablement_ext.core.notebook.payloads import is_payload
from enablement_ext.core.notebook.strict import named
from enablement_ext.core.notebook.writing import Pieces, block, compact, items, lines, members, number, payload, string

_MIME = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}(?:; ?[A-Za-z0-9_-]+=[A-Za-z0-9_.-]+)?"
)
_NAME = 255  # characters of an attachment's name
_TRACEBACK = 10_000  # lines
_COUNT = 2**31
# Written as lines, as Jupyter does; every other text is one string.
_SPLIT = frozenset({"application/javascript", "image/svg+xml"})
_OUTPUT, _DATA, _NAMED = (
    5,
    6,
    5,
)  # indentation of an output's keys, of the mime types in it, and of those in an attachment


def is_json_mime(mime: str) -> bool:
    """Whether values of this mime type are JSON values rather than text."""
    return mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))


def text_of(value: object, where: str) -> str:
    """A text, which notebooks hold as one string or as a list of lines. Raises `BadNotebook`."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        with suppress(TypeError):  # a member that is no text
            return "".join(value)
    raise BadNotebook(f"{where}: a text or a list of lines is expected, not {named(value)}.")


def count_of(value: object, where: str) -> int | None:
    """An execution count. Raises `BadNotebook`."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _COUNT):
        return value
    raise BadNotebook(
        f"{where}: the execution count must be a whole number or null. Run the cell again, save and send again."
    )


def attachments(value: object, where: str, limits: NotebookLimits) -> Pieces:
    """The attachments of a cell: name -> mime bundle. Raises `BadNotebook`."""
    if not isinstance(value, dict):
        raise BadNotebook(f"{where}: attachments must be an object, not {named(value)}.")
    written: list[tuple[bytes, Pieces]] = []
    for name in sorted(value):
        if not _sound_name(name):
            raise BadNotebook(
                f"{where}: an attachment has a name that cannot be accepted (empty, longer than {_NAME} characters, or with a slash, "
                "dots only, or unprintable characters). Remove the image and paste it again."
            )
        bundle = value[name]
        if not isinstance(bundle, dict):
            raise BadNotebook(f"{where}: an attachment must be an object, not {named(bundle)}.")
        written.append((string(name), _bundle(bundle, _NAMED, where, limits)))
    return members(written, _NAMED - 1)


def outputs(value: object, where: str, limits: NotebookLimits) -> Pieces:
    """The outputs of a code cell. Raises `BadNotebook`."""
    if not isinstance(value, list):
        raise BadNotebook(f"{where}: outputs must be a list, not {named(value)}.")
    written = [_output(output, f"{where}, output {number}", limits) for number, output in enumerate(value, 1)]
    return items(written, _OUTPUT - 1)


def _output(output: object, where: str, limits: NotebookLimits) -> Pieces:
    if not isinstance(output, dict):
        raise BadNotebook(f"{where} must be an object, not {named(output)}.")
    kind = output.get("output_type")
    write = _KINDS.get(kind) if isinstance(kind, str) else None
    if write is None:
        raise BadNotebook(
            f"{where} has the type {named(kind)}; only stream, display_data, execute_result and error are accepted. "
            "Clear this output, run the cell again, save and send again."
        )
    return write(output, where, limits)


def _content(output: dict[str, object], name: str, where: str) -> object:
    if name not in output:
        raise BadNotebook(f"{where} has no {name}. Clear this output, run the cell again, save and send again.")
    return output[name]


def _stream(output: dict[str, object], where: str, _: NotebookLimits) -> Pieces:
    name = output.get("name", "stdout")
    if name not in ("stdout", "stderr"):
        raise BadNotebook(
            f"{where} is a stream named {named(name)}; only stdout and stderr are accepted. Run the cell again."
        )
    return members(
        (
            (b'"name"', string(str(name))),
            (b'"output_type"', b'"stream"'),
            (b'"text"', lines(text_of(_content(output, "text", where), where), _OUTPUT)),
        ),
        _OUTPUT,
    )


def _display(output: dict[str, object], where: str, limits: NotebookLimits) -> Pieces:
    data, metadata = _content(output, "data", where), output.get("metadata", {})
    if not isinstance(data, dict) or not isinstance(metadata, dict):
        raise BadNotebook(f"{where}: data and metadata must be objects. Run the cell again.")
    pairs: list[tuple[bytes, bytes | Pieces]] = [(b'"data"', _bundle(data, _DATA, where, limits))]
    kind = str(output["output_type"])
    if kind == "execute_result":
        pairs.append((b'"execution_count"', number(count_of(output.get("execution_count"), where))))
    pairs.append((b'"metadata"', block(allowed_output_metadata(metadata, data), _OUTPUT)))
    pairs.append((b'"output_type"', string(kind)))
    return members(pairs, _OUTPUT)


def _error(output: dict[str, object], where: str, _: NotebookLimits) -> Pieces:
    name, value, traceback = output.get("ename", ""), output.get("evalue", ""), output.get("traceback", [])
    if not isinstance(name, str) or not isinstance(value, str):
        raise BadNotebook(f"{where}: name and value of an error must be texts. Run the cell again.")
    if not isinstance(traceback, list) or not all(isinstance(line, str) for line in traceback):
        raise BadNotebook(f"{where}: the traceback of an error must be a list of texts. Run the cell again.")
    if len(traceback) > _TRACEBACK:
        raise TooLarge(f"{where}: the traceback has more than {_TRACEBACK:,} entries. Clear this output.")
    return members(
        (
            (b'"ename"', string(name)),
            (b'"evalue"', string(value)),
            (b'"output_type"', b'"error"'),
            (b'"traceback"', block(traceback, _OUTPUT)),
        ),
        _OUTPUT,
    )


_KINDS: dict[str, Callable[[dict[str, object], str, NotebookLimits], Pieces]] = {
    "stream": _stream,
    "display_data": _display,
    "execute_result": _display,
    "error": _error,
}


def _bundle(bundle: dict[str, object], indent: int, where: str, limits: NotebookLimits) -> Pieces:
    pairs: list[tuple[bytes, bytes | Pieces]] = []
    for mime in sorted(bundle):
        if not _MIME.fullmatch(mime):
            raise BadNotebook(
                f"{where} has a value under {named(mime)}, which is not a mime type. Clear it, save and send again."
            )
        pairs.append((b'"' + mime.encode() + b'"', _value(mime, bundle[mime], indent, (where, limits))))
    return members(pairs, indent)


def _value(mime: str, value: object, indent: int, context: tuple[str, NotebookLimits]) -> bytes | Pieces:
    where, limits = context
    if is_json_mime(mime):
        try:
            written = compact(value)
        except ValueError as wrong:
            if isinstance(wrong, UnicodeError):
                raise
            raise BadNotebook(f"{where}: {mime} contains a number that is not finite. Clear this output.") from None
        if len(written) > limits.json_value:
            raise TooLarge(f"{where}: {mime} is larger than {limits.json_value // 1024 // 1024} MB. Clear this output.")
        return written
    text = text_of(value, f"{where}, {mime}")
    if mime.startswith("text/") or mime in _SPLIT:
        return lines(text, indent)
    return payload(text) if is_payload(mime) else string(text)


def _sound_name(name: str) -> bool:
    return 0 < len(name) <= _NAME and name.isprintable() and not set(name) & {"/", "\\"} and bool(name.strip(". "))
