"""One side of a difference on its way into a checking process: facts in the question, bytes in memory that both map."""

from __future__ import annotations

from collections.abc import Mapping

from enablement_ext.core.review.differences.versions import ComparedVersion
from enablement_ext.core.review.models import FileEntry, FileRole, ImageRef
from enablement_ext.service.checking.wire import Json


def side_facts(version: ComparedVersion) -> Json:
    """What goes into the question; `texts` are the SHA-256 and size of each text, in the order of `side_texts`."""
    image = version.image
    return {
        "path": version.path,
        "image": [image.slug, image.release, image.digest, image.python],
        "files": [[entry.path, entry.sha256, entry.size, entry.role.value] for entry in version.files],
        "texts": [[sha256, len(text)] for sha256, text in version.texts.items()],
    }


def side_texts(version: ComparedVersion) -> bytes:
    """The texts of its files behind each other."""
    return b"".join(version.texts.values())


def side_of(facts: object, notebook: bytes | memoryview, texts: bytes | memoryview) -> ComparedVersion:
    """The side again, from `side_facts` and the bytes."""
    told = facts if isinstance(facts, Mapping) else {}
    found: dict[str, bytes] = {}
    start = 0
    for sha256, size in told["texts"]:
        found[sha256] = bytes(texts[start : start + size])
        start += size
    return ComparedVersion(
        notebook=bytes(notebook),
        files=[FileEntry(path, sha256, size, FileRole(role)) for path, sha256, size, role in told["files"]],
        image=ImageRef(*told["image"]),
        path=told["path"],
        texts=found,
    )
