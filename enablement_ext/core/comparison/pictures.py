"""Pictures: the same pixels, or how much of them changed and how densely."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from enablement_ext.core.comparison.models import DifferenceKind
from enablement_ext.core.comparison.ports import PictureComparer

FORMS = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

PictureFinding = tuple[DifferenceKind, dict[str, Any]]


def compare_pictures(mime: str, one: str, other: str, comparer: PictureComparer) -> PictureFinding | None:
    """None where every pixel is the same, so that only the file's own notes differ. Both are in base64.

    A pixel that differs in its anti-aliasing alone counts: a line that moved by less than a pixel may be another result."""
    try:
        ours, theirs = (base64.b64decode("".join(each.split()), validate=True) for each in (one, other))
    except (binascii.Error, ValueError):
        return DifferenceKind.PICTURE, {"unreadable": True}
    found = None if ours == theirs else comparer.compare(mime, ours, theirs)
    if ours == theirs:
        return None
    if found is None:
        return DifferenceKind.PICTURE, {"unreadable": True}
    if found.sizes[0] != found.sizes[1]:
        return DifferenceKind.PICTURE_SIZE, {"sizes": [list(size) for size in found.sizes]}
    if not found.changed:
        return None
    return DifferenceKind.PICTURE, {
        "changed": found.changed,
        "solid": found.solid,
        "densest": round(found.densest, 3),
        "size": list(found.sizes[0]),
    }
