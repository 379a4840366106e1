"""What a person chose for a server: image release and size. Anything unknown or old becomes something that starts.

In `user_options` the choice stands under one key of its own, so that it never meets an option of the hub's:
`{"enablement": {"image": "datascience", "release": "2026.11.0", "size": "small"}}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.catalog import Catalog, Release

KEY = "enablement"
RELEASE_FIELD = "enablement-release"  # "datascience/2026.11.0"
SIZE_FIELD = "enablement-size"


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice that can be started. `asked_for` is what the options named, if that was something else."""

    release: Release
    size: str
    asked_for: str | None


def split_form(form: Mapping[str, list[Any]]) -> tuple[dict[str, str], dict[str, list[Any]]]:
    """Our fields of a submitted form or query as the value of KEY, and everything that is not ours."""
    ours: dict[str, str] = {}
    named = _first(form.get(RELEASE_FIELD))
    if named:
        image, _, release = named.partition("/")
        ours |= {"image": image, "release": release}
    size = _first(form.get(SIZE_FIELD))
    if size:
        ours["size"] = size
    return ours, {key: value for key, value in form.items() if key not in {RELEASE_FIELD, SIZE_FIELD}}


def choose(catalog: Catalog, sizes: Mapping[str, object], options: Mapping[str, Any] | None) -> Choice:
    """The choice that stored or posted `user_options` stand for. Never raises: options come from outside and grow old."""
    stored = (options or {}).get(KEY)
    wanted = stored if isinstance(stored, Mapping) else {}
    image, version = str(wanted.get("image", "")), str(wanted.get("release", ""))
    release = catalog.resolve(image, version) if image else catalog.default
    named = f"{image} {version}" if image else ""
    same = not named or (release.image, release.version) == (image, version)
    size = wanted.get("size")
    known = size if isinstance(size, str) and size in sizes else next(iter(sizes), "")
    return Choice(release, known, None if same else named[:80])


def _first(values: list[Any] | None) -> str:
    return values[0] if values and isinstance(values[0], str) else ""
