"""Which files are committed: notebooks, code and text. Data, secrets and large files are held back, each with a code for the reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from enablement_ext.core.git.repository_names import is_plain
from enablement_ext.core.notebook.working.file import UnreadableReason

NOTEBOOK_BYTES = 50_000_000
TEXT_BYTES = 5_000_000
_WORDS = {
    "work": ".ipynb .py .pyi .r .rmd .qmd .jl .sql .sh .md .rst .txt .toml .cfg .ini .yml .yaml .html .css .js .ts .tex .bib .lock",
    "names": "dockerfile makefile license readme notice",
    "tables": ".csv .tsv .parquet .feather .arrow .xlsx .xls .ods .json .jsonl .ndjson .xml .h5 .hdf5 .npy .npz .rds .rdata .sav .dta",
    "stores": ".pkl .pickle .joblib .db .sqlite .sqlite3 .duckdb .zip .gz .bz2 .xz .zst .7z .tar .pt .pth .onnx .bin",
    "media": ".png .jpg .jpeg .gif .tif .tiff .pdf .wav .mp3 .mp4",
    "keys": ".pem .key .p12 .pfx .jks .env .kdbx",
}
_WORK, _NAMES, _KEYS = (frozenset(_WORDS[name].split()) for name in ("work", "names", "keys"))
_GITS_OWN = re.compile(
    r"(\.git|git~1)[ .]*([:\\].*)?", re.IGNORECASE
)  # also as Windows spells it; Git refuses the whole version
_DATA = frozenset(word for name in ("tables", "stores", "media") for word in _WORDS[name].split())


class HeldReason(StrEnum):
    """Why a file is not committed."""

    NAME = "name"  # characters that other tools stumble over, or a name that Git keeps for itself
    KEYS = "keys"  # a kind of file that holds keys or passwords
    DATA = "data"
    KIND = "kind"  # no kind of file that holds work
    SIZE = "size"  # facts: megabytes, the limit
    CREDENTIAL = "credential"  # facts: rule, the name of the rule that found it
    LINK = "link"
    UNREADABLE = "unreadable"
    RESULTS = "results"  # a notebook whose results cannot be taken out; facts: why
    COUNT = "count"  # facts: limit, others: how many more are beyond it


_UNEXPECTED = frozenset({HeldReason.UNREADABLE, HeldReason.RESULTS})


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """A regular file of the folder. `secret` is the rule that found a secret in it first, "" for none; `why`: why its results cannot be taken out."""

    path: str
    size: int
    secret: str = ""
    readable: bool = True
    why: UnreadableReason | None = None


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A file that is not committed, and why. `facts` are JSON values."""

    path: str
    code: HeldReason
    facts: Mapping[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """The JSON object of the contract's schema `HeldFile`."""
        return {"path": self.path, "code": self.code.value, "facts": dict(self.facts)}


def is_candidate(path: str) -> bool:
    """Whether files of this kind are committed, so that they are scanned for secrets."""
    return _kind(path) in _WORK or PurePosixPath(path).name.lower() in _NAMES


def most_bytes(path: str) -> int:
    """The size up to which such a file is committed."""
    return NOTEBOOK_BYTES if _kind(path) == ".ipynb" else TEXT_BYTES


def select_files(
    files: Iterable[CandidateFile], tracked: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[HeldBack, ...]]:
    """Paths to commit, and files held back; both in the order of the input. Of what is tracked, somebody said before that it is to go in."""
    kept, held = list[str](), list[HeldBack]()
    for file in files:
        reason = (None if file.path in tracked else _reason_by_name(file)) or _reason_inside(file)
        if reason is None:
            kept.append(file.path)
        else:
            held.append(reason)
    return tuple(kept), tuple(held)


def unexpected(held: Iterable[HeldBack], tracked: Collection[str]) -> tuple[HeldBack, ...]:
    """Those that the author has reason to think go into the next version: what is in the last one, and work of which only the contents stand in the way."""
    return tuple(each for each in held if each.code in _UNEXPECTED or each.path in tracked)


def _reason_inside(file: CandidateFile) -> HeldBack | None:
    """What holds back a file that is in a version already, too."""
    if not file.readable:
        return HeldBack(file.path, HeldReason.UNREADABLE)
    if file.secret:
        return HeldBack(file.path, HeldReason.CREDENTIAL, {"rule": file.secret})
    return HeldBack(file.path, HeldReason.RESULTS, {"why": file.why.value}) if file.why else None


def _reason_by_name(file: CandidateFile) -> HeldBack | None:
    kind = _kind(file.path)
    if not all(is_plain(part) and not _GITS_OWN.fullmatch(part) for part in file.path.split("/")):
        return HeldBack(file.path, HeldReason.NAME)
    if kind in _KEYS or PurePosixPath(file.path).name.lower().startswith(".env"):
        return HeldBack(file.path, HeldReason.KEYS)
    if kind in _DATA:
        return HeldBack(file.path, HeldReason.DATA)
    if not is_candidate(file.path):
        return HeldBack(file.path, HeldReason.KIND)
    if file.size > most_bytes(file.path):
        return HeldBack(file.path, HeldReason.SIZE, {"megabytes": most_bytes(file.path) // 1_000_000})
    return None


def _kind(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
