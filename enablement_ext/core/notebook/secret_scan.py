"""Secrets are found before anything is stored.

Every rule starts from a literal (`AKIA`, `ghp_`, `-----BEGIN`, `password`): the literal is searched for at memory speed and a pattern
with bounded repetition is tried only where it occurs. So time is linear in the text, whatever the text, and images are not looked at.
The price is that only known shapes are found. A dedicated scanner (kingfisher: hundreds of rules, encoded and compressed values) finds
more provider tokens and is worth running as a check later; it finds generic passwords and connection strings less well than the rules
here, so it complements them.

A finding never contains the value, nor a part or hash of it: findings travel to logs, events and error messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from enablement_ext.core.notebook.outputs import is_json_mime
from enablement_ext.core.notebook.payloads import is_payload, without_payloads
from enablement_ext.core.notebook.secret_rules import RULES, Rule
from enablement_ext.core.notebook.stored import StoredCell, StoredNotebook

MOST_FINDINGS = 100
_SHORTEST = 8  # characters; no rule matches less
_BATCH = 1_000_000  # characters searched together
_NEAR_MISSES = 10_000  # matches of one rule in one part that are judged
_PROBE = 8_192  # bytes that decide whether a file is text
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _any_of(words: Iterable[str]) -> str:
    """A pattern for all of the words that tries each letter of a text once: their common beginnings are written once."""
    ends: dict[str, list[str]] = {}
    for word in words:
        ends.setdefault(word[:1], []).append(word[1:])
    if "" in ends:  # a word ends here, what goes on from here need not be told apart
        return ""
    return "(?:" + "|".join(re.escape(first) + _any_of(rest) for first, rest in ends.items()) + ")"


_EXACT = re.compile(_any_of(anchor for rule in RULES if not rule.any_case for anchor in rule.anchors))
_ANY_CASE = re.compile(_any_of(anchor for rule in RULES if rule.any_case for anchor in rule.anchors))


@dataclass(frozen=True, slots=True)
class ScannedText:
    """A piece of text and where it is, in words for the author ("cell 3", "cell 3, output 1", "src/load.py")."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class SecretFinding:
    """Something that looks like a secret. `line` is 1-based within the part; `hint` says what it is, never what it says."""

    where: str
    rule: str
    line: int
    hint: str


def find_secrets(parts: Iterable[ScannedText]) -> list[SecretFinding]:
    """What looks like a secret, in the order of `parts` and by line; one per rule and line, at most `MOST_FINDINGS` in all."""
    findings: list[SecretFinding] = []
    for batch in _batches(parts):
        rules = _possible("\n".join([part.text for part in batch]) if len(batch) > 1 else batch[0].text)
        for part in batch if rules else ():
            findings.extend(_in_part(part, rules, MOST_FINDINGS - len(findings)))
            if len(findings) >= MOST_FINDINGS:
                return findings
    return findings


def suspicious(data: bytes) -> bool:
    """Whether a canonical notebook (its bytes as they are stored) can hold anything that `find_secrets` finds in its parts.

    Mostly not, and then it need not be taken apart. Sound because canonical JSON spells texts as they are but for quotes, backslashes
    and control characters, breaks them only behind line ends, and no literal that a rule starts from holds any of these.
    """
    return bool(_possible(data.decode()))


def notebook_parts(data: bytes) -> Iterator[ScannedText]:
    """Everything in a canonical notebook that can hold a secret: sources, outputs but images, names of attachments, metadata."""
    notebook = StoredNotebook(without_payloads(data))
    for cell in notebook.cells:
        where = f"cell {cell.index + 1}"
        yield ScannedText(where, cell.source)
        yield from _json_part(f"{where}, metadata", cell.metadata)
        for name, bundle in cell.attachments.items():
            yield ScannedText(f"{where}, attachment name", name)
            yield from _bundle_parts(f"{where}, attachment", bundle)
        if cell.outputs_total:
            yield from _output_parts(where, cell)
    yield from _json_part("notebook metadata", notebook.metadata)


def file_part(path: str, data: bytes) -> ScannedText | None:
    """A file sent along, None where it is not text (a NUL byte near its start). Broken characters do not hide the rest."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ScannedText(path, data.decode("utf-16", errors="replace"))
    if b"\x00" in data[:_PROBE]:
        return None
    return ScannedText(path, data.decode("utf-8", errors="replace"))


def _output_parts(where: str, cell: StoredCell) -> Iterator[ScannedText]:
    for number, output in enumerate(cell.outputs, 1):
        place = f"{where}, output {number}"
        for key in ("text", "ename", "evalue"):
            if key in output:
                yield ScannedText(place, _joined(output[key]))
        if isinstance(traceback := output.get("traceback"), list):
            yield ScannedText(place, "\n".join(map(str, traceback)))
        if isinstance(data := output.get("data"), dict):
            yield from _bundle_parts(place, data)
        yield from _json_part(f"{place}, metadata", output.get("metadata"))


def _bundle_parts(where: str, bundle: dict[str, object]) -> Iterator[ScannedText]:
    for mime, value in bundle.items():
        if is_json_mime(mime):
            yield from _json_part(f"{where} ({mime})", value)
        elif mime.startswith("text/") or mime == "image/svg+xml" or not is_payload(mime):
            yield ScannedText(f"{where} ({mime})", _joined(value))


def _joined(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _json_part(where: str, value: object) -> Iterator[ScannedText]:
    if text := "\n".join(_texts(value)):
        yield ScannedText(where, text)


def _texts(value: object) -> Iterator[str]:
    """Texts in a JSON value, a line each; a key stands with its text, so that assignments are recognised."""
    stack: list[tuple[str, object]] = [("", value)]
    while stack:
        key, inner_value = stack.pop()
        if isinstance(inner_value, dict):
            stack.extend((name, inner) for name, inner in reversed(inner_value.items()))
        elif isinstance(inner_value, list):
            stack.extend((key, inner) for inner in reversed(inner_value))
        elif isinstance(inner_value, str):
            yield f'{key} = "{inner_value}"' if key else inner_value
        elif key:
            yield key


def _batches(parts: Iterable[ScannedText]) -> Iterator[list[ScannedText]]:
    """Parts with text enough to look at, in order, many small ones together."""
    batch: list[ScannedText] = []
    size = 0
    for part in parts:
        if len(part.text) < _SHORTEST:
            continue
        batch.append(part)
        size += len(part.text)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _possible(text: str) -> list[Rule]:
    """The rules with an anchor somewhere in the text. Mostly none: one search for all literals together tells."""
    lower = text.lower()
    if len(lower) != len(text):
        lower += text.translate(_ASCII_LOWER)  # one or the other is what a part is searched in
    if not _EXACT.search(text) and not _ANY_CASE.search(lower):
        return []
    return [rule for rule in RULES if any(anchor in (lower if rule.any_case else text) for anchor in rule.anchors)]


def _in_part(part: ScannedText, rules: Iterable[Rule], most: int) -> list[SecretFinding]:
    text = part.text
    lower = text.lower()
    if len(lower) != len(text):  # a few letters change length; positions must be those of the text
        lower = text.translate(_ASCII_LOWER)
    places: set[tuple[int, str, str]] = set()
    for rule in rules:
        for at, _ in zip(_matches(rule, text, lower), range(most), strict=False):
            places.add((at, rule.name, rule.hint))
    found: dict[tuple[int, str], SecretFinding] = {}
    line, counted = 1, 0
    for at, name, hint in sorted(places):
        line += text.count("\n", counted, at)
        counted = at
        found.setdefault((line, name), SecretFinding(part.where, name, line, hint))
    return list(found.values())[:most]


def _matches(rule: Rule, text: str, lower: str) -> Iterator[int]:
    """Where the rule matches. A text with more near misses than are worth judging counts as a match: nobody hides behind them."""
    searched = lower if rule.any_case else text
    near = 0
    for anchor in rule.anchors:
        at = searched.find(anchor)
        while at >= 0:
            match = rule.pattern.match(text, at)
            if match is not None:
                near += 1
                if near > _NEAR_MISSES or rule.accept(match):
                    yield at
            at = searched.find(anchor, at + len(anchor))
