"""Environment markers (PEP 508): whether a line of a lock holds for a Python on Linux. The library `packaging` decides."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from enablement_ext.core.errors import BadCatalog

_NEWEST_PATCH = 99


def linux(python: str) -> Mapping[str, str]:
    """The marker variables of CPython on 64-bit Linux. `python` is "3.11"; its patch release is taken as the newest."""
    return {
        "python_version": python,
        "python_full_version": f"{python}.{_NEWEST_PATCH}",
        "implementation_name": "cpython",
        "implementation_version": f"{python}.{_NEWEST_PATCH}",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
        "platform_release": "",
        "platform_version": "",
        "extra": "",
    }


@lru_cache(maxsize=4096)
def marker_holds(marker: str, python: str) -> bool:
    """Whether the marker is true for this Python on Linux. Raises BadCatalog when it is no marker."""
    # Imported here: the lab's extension loads this module when a server starts, and evaluates no marker.
    from packaging.markers import (  # noqa: PLC0415
        InvalidMarker,
        Marker,
        UndefinedComparison,
        UndefinedEnvironmentName,
    )

    try:
        return Marker(marker).evaluate(dict(linux(python)))
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        raise BadCatalog(f"this is no marker: {marker!r}") from None
