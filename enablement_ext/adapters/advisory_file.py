"""Records in the OSV format from a file or folder on this machine: what databases publish as a download, so that nothing has to be asked."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from enablement_ext.core.images.python.advisories import BadAdvisories, Record


def read_advisories(path: Path) -> Iterator[Record]:
    """Every record in a zip of JSON files (as OSV publishes per ecosystem), a JSON file with one, a list or `{"vulns": [...]}`, a file
    with a record a line, or a folder of these. Raises `BadAdvisories` with the file that is none of them."""
    try:
        yield from _records(path)
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BadAdvisories(f"{path} cannot be read as advisories in the OSV format: {error}") from error


def _records(path: Path) -> Iterator[Record]:
    if path.is_dir():
        for each in sorted(path.iterdir()):
            if each.suffix in (".json", ".jsonl", ".zip") or each.is_dir():
                yield from read_advisories(each)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".json"):
                    yield from _of(json.loads(archive.read(name)), f"{path}: {name}")
    elif path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from _of(json.loads(line), str(path))
    else:
        yield from _of(json.loads(path.read_text(encoding="utf-8")), str(path))


def _of(document: object, where: str) -> Iterator[Record]:
    if isinstance(document, dict) and "vulns" in document:
        document = document["vulns"]
    for record in document if isinstance(document, list) else [document]:
        if not (isinstance(record, dict) and isinstance(record.get("id"), str)):
            raise BadAdvisories(
                f"{where} has something in it that is no record in the OSV format (an object with an `id`)"
            )
        yield record
