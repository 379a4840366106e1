"""The content id binds a decision to exactly this content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from enablement_ext.core.review.content_id import content_id, manifest
from enablement_ext.core.review.models import FileEntry, FileRole, ImageRef

_NOTEBOOK = FileEntry("nb/a.ipynb", "a" * 64, 10, FileRole.NOTEBOOK)
_FILES = (FileEntry("lib/ü.py", "b" * 64, 20, FileRole.MODULE), FileEntry("data.csv", "c" * 64, 30, FileRole.DATA))
_IMAGE = ImageRef("datascience", "2026.11.0", "sha256:" + "d" * 64, "3.11")


def test_the_manifest_is_written_down() -> None:
    """Ids are stored for ever: this text must never change for the same content."""
    assert manifest(_NOTEBOOK, _FILES[1:], _IMAGE).decode() == (
        '{"files":[{"path":"data.csv","role":"data","sha256":"'
        + "c" * 64
        + '","size":30}],"format":"enablement-manifest/1",'
        '"image":{"digest":"sha256:' + "d" * 64 + '","python":"3.11","release":"2026.11.0","slug":"datascience"},'
        '"notebook":{"path":"nb/a.ipynb","role":"notebook","sha256":"' + "a" * 64 + '","size":10}}'
    )


def test_the_id_is_the_hash_of_the_manifest_and_knows_no_order_of_files() -> None:
    made = manifest(_NOTEBOOK, _FILES, _IMAGE)
    assert content_id(_NOTEBOOK, _FILES, _IMAGE) == hashlib.sha256(made).hexdigest()
    assert content_id(_NOTEBOOK, _FILES[::-1], _IMAGE) == content_id(_NOTEBOOK, _FILES, _IMAGE)
    assert "lib/ü.py" in [entry["path"] for entry in json.loads(made)["files"]]


def test_every_part_counts() -> None:
    ids = {
        content_id(_NOTEBOOK, _FILES, _IMAGE),
        content_id(replace(_NOTEBOOK, path="b.ipynb"), _FILES, _IMAGE),
        content_id(replace(_NOTEBOOK, sha256="e" * 64), _FILES, _IMAGE),
        content_id(_NOTEBOOK, _FILES[:1], _IMAGE),
        content_id(_NOTEBOOK, (replace(_FILES[0], role=FileRole.OTHER), _FILES[1]), _IMAGE),
        *(
            content_id(_NOTEBOOK, _FILES, replace(_IMAGE, **{field: "x"}))
            for field in ("slug", "release", "digest", "python")
        ),
    }
    assert len(ids) == 9
