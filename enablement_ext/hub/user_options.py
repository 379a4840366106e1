"""Parsing `user_options`, which may come from a form, a link, the API or an old start. Parsing never raises.

The choice has one key of its own, so that it cannot collide with an option of the hub:
`{"enablement": {"image": "datascience", "release": "2026.11.0", "size": "small"}}`. Programs may write it without that key,
`{"image": "datascience", "release": "2026.11.0"}`; an `image` that is no slug is an option of the hub's and stays one.

| key | what it says |
|---|---|
| `image`, `release` | what to start in; without a release the recommended one |
| `python` | "3.12", for container spawners with several builds |
| `size` | one of the hub's sizes |
| `exact` | true: this release or a refusal, also one that is being retired and still kept |
| `purpose` | "reading": the server's token opens nothing of the review service |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enablement_ext.core.images.catalog import SLUG
from enablement_ext.core.images.selection import ReleaseRequest

KEY = "enablement"
RELEASE_FIELD = "enablement-release"  # "datascience/2026.11.0" or "datascience/2026.11.0/3.12"
SIZE_FIELD = "enablement-size"
READING = "reading"

_FIELDS = {RELEASE_FIELD, SIZE_FIELD}
_PLAIN = ("image", "release", "python", "size", "exact", "purpose")
_PREFIX = "opt-"  # JupyterHub 6 takes it away, 5.5 does not
_PROFILE_RELEASE = re.compile(r"v([0-9]{4})-([0-9]{1,2})-([0-9]{1,4})(?:-py([0-9])([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class RequestedOptions:
    """The options that were parsed; empty texts where nothing was requested."""

    release_request: ReleaseRequest = field(default_factory=ReleaseRequest)
    python: str = ""
    size: str = ""
    purpose: str = ""

    def to_user_option(self) -> dict[str, Any]:
        """The value of KEY for these options, without `exact`, which holds for one start only."""
        said = {
            "image": self.release_request.image,
            "release": self.release_request.release,
            "python": self.python,
            "size": self.size,
            "purpose": self.purpose,
        }
        return {key: value for key, value in said.items() if value}


def parse_user_options(options: Mapping[str, Any] | None, *, profiles: bool = False) -> RequestedOptions:
    """Parses stored or posted `user_options`. With `profiles`, also the keys of KubeSpawner's profile list."""
    options = options or {}
    ours = options.get(KEY)
    if isinstance(ours, Mapping):
        return _parse_options(ours)
    if _is_plain(options):
        return _parse_options(options)
    if profiles and isinstance(options.get("profile"), str):
        return _parse_profile_options(options)
    return RequestedOptions()


def other_options(options: Mapping[str, Any], *, profiles: bool = False) -> dict[str, Any]:
    """The options that belong to the hub or its base spawner."""
    ours = {KEY}
    if KEY not in options and _is_plain(options):
        ours |= set(_PLAIN)
    if profiles:
        ours |= {"profile", "release", "size"}
    return {key: value for key, value in options.items() if key not in ours}


def split_form(form: Mapping[str, list[Any]]) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Our fields of the submitted form as the value of KEY, and all other fields."""
    ours: dict[str, Any] = {}
    named = _first(form.get(RELEASE_FIELD))
    if named:
        image, release, python = (*named.split("/", 2), "", "")[:3]
        ours |= {key: value for key, value in (("image", image), ("release", release), ("python", python)) if value}
    size = _first(form.get(SIZE_FIELD))
    if size:
        ours["size"] = size
    return ours, {key: value for key, value in form.items() if key not in _FIELDS}


def split_query(query: Mapping[str, list[Any]]) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The same for a link: fields of the page, or `image=datascience&release=2026.11.0` and the other plain keys."""
    bare = {key.removeprefix(_PREFIX): value for key, value in query.items()}
    ours, rest = split_form(bare)
    plain = {key: _first(rest.get(key)) for key in _PLAIN if key in rest}
    if _is_plain(plain):
        ours = {key: value for key, value in plain.items() if value} | ours
        rest = {key: value for key, value in rest.items() if key not in _PLAIN}
    return ours, rest


def _is_plain(options: Mapping[str, Any]) -> bool:
    image, release = options.get("image"), options.get("release")
    return isinstance(image, str) and isinstance(release, str) and SLUG.fullmatch(image) is not None


def _parse_options(said: Mapping[str, Any]) -> RequestedOptions:
    texts = {key: str(said[key])[:80] if isinstance(said.get(key), (str, int, float)) else "" for key in _PLAIN}
    exact = said.get("exact") is True or texts["exact"].lower() in {"true", "1", "yes"}
    return RequestedOptions(
        ReleaseRequest(texts["image"], texts["release"], exact), texts["python"], texts["size"], texts["purpose"]
    )


def _parse_profile_options(options: Mapping[str, Any]) -> RequestedOptions:
    found = _PROFILE_RELEASE.fullmatch(str(options.get("release", "")))
    release = f"{found[1]}.{found[2]}.{found[3]}" if found else ""
    python = f"{found[4]}.{found[5]}" if found and found[4] else ""
    return RequestedOptions(ReleaseRequest(options["profile"][:80], release), python, str(options.get("size", ""))[:80])


def _first(values: list[Any] | None) -> str:
    return values[0] if values and isinstance(values[0], str) else ""
