"""Names of Python packages, as PEP 503 compares them. The library `packaging` decides."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=8192)
def canonical_name(name: str) -> str:
    """The name in the one form in which two spellings of it are equal: Scikit_Learn -> scikit-learn."""
    # Imported here: the lab's extension loads this module when a server starts, and reads names only when somebody asks for packages.
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    return str(canonicalize_name(name))
