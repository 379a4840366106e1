"""The content id: what a decision binds to.

A version's canonical manifest names its notebook, its other files and the image release it was made in, and nothing else. Not in it:

- author, times and submission: the same content sent twice is the same content, and that is how it is recognised;
- what the author wrote in the send dialog: a better problem statement does not change what would run in production;
- Git facts: the author's server claims them, nobody has verified them, so no decision may rest on them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from enablement_ext.core.review.models import FileEntry, ImageRef

FORMAT = "enablement-manifest/1"


def manifest(notebook: FileEntry, files: Sequence[FileEntry], image: ImageRef) -> bytes:
    """The canonical manifest: UTF-8 JSON with sorted keys and no spaces, files sorted by path whatever their order here."""
    value = {
        "format": FORMAT,
        "notebook": _entry(notebook),
        "files": [_entry(entry) for entry in sorted(files, key=lambda entry: entry.path)],
        "image": {"slug": image.slug, "release": image.release, "digest": image.digest, "python": image.python},
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_id(notebook: FileEntry, files: Sequence[FileEntry], image: ImageRef) -> str:
    """SHA-256 of the manifest, lower-case hex."""
    return hashlib.sha256(manifest(notebook, files, image)).hexdigest()


def _entry(entry: FileEntry) -> dict[str, object]:
    return {"path": entry.path, "sha256": entry.sha256, "size": entry.size, "role": entry.role.value}
