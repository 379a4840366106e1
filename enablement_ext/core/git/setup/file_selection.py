"""Which files are committed: notebooks, code and text. Data, secrets and large files are held back, each with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from enablement_ext.core.git.repository_names import is_plain

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
_DATA = frozenset(word for name in ("tables", "stores", "media") for word in _WORDS[name].split())


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """A regular file of the folder; `secret` describes the first secret found in it, "" for none."""

    path: str
    size: int
    secret: str = ""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A file that is not committed, and why, in one sentence for the author."""

    path: str
    why: str


def is_candidate(path: str) -> bool:
    """Whether files of this kind are committed, so that they are scanned for secrets."""
    return _kind(path) in _WORK or PurePosixPath(path).name.lower() in _NAMES


def most_bytes(path: str) -> int:
    """The size up to which such a file is committed."""
    return NOTEBOOK_BYTES if _kind(path) == ".ipynb" else TEXT_BYTES


def select_files(files: Iterable[CandidateFile]) -> tuple[tuple[str, ...], tuple[HeldBack, ...]]:
    """Paths to commit, and files held back; both in the order of the input."""
    kept, held = list[str](), list[HeldBack]()
    for file in files:
        why = _why_held(file)
        if why:
            held.append(HeldBack(file.path, why))
        else:
            kept.append(file.path)
    return tuple(kept), tuple(held)


def _why_held(file: CandidateFile) -> str:
    kind = _kind(file.path)
    if not all(is_plain(part) for part in file.path.split("/")):
        return "Its name has characters that other tools stumble over; give it a plain name."
    if kind in _KEYS or PurePosixPath(file.path).name.lower().startswith(".env"):
        return "It is a kind of file that holds keys or passwords."
    if kind in _DATA:
        return "It is data: Git keeps every version for ever, so data stays where it is."
    if not is_candidate(file.path):
        return "It is not a kind of file that holds work; add it yourself if it should go in."
    if file.size > most_bytes(file.path):
        return f"It is larger than {most_bytes(file.path) // 1_000_000} MB."
    return f"It looks as if it holds a secret: {file.secret}" if file.secret else ""


def _kind(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
