"""Names on a hosted forge. There all repositories lie in one organisation (or group), so a name says whose a repository is.

`dana.churn` where both parts are plain; else both parts reduced to plain characters and a digest of the whole path: two repositories never share a name.
The description of a repository carries its path, from which a name with a digest is resolved.
"""

from __future__ import annotations

import re
from hashlib import sha256

from enablement_ext.core.git.repository_names import RepositoryId, Space, repository_of_path

_PLAIN = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_MARK = re.compile(r"\[enablement:(git/[a-z0-9_./-]{1,900})\]")
_TAKEN = frozenset({"git", "wiki", "atom", "rss", "keys", "gpg"})  # endings that forges keep for themselves
_LONGEST_OWNER, _LONGEST_NAME = 36, 48


def hosted_name(repository: RepositoryId) -> str:
    """The repository's name in the organisation: it matches `repository_paths.HOSTED_NAME_PATTERN`."""
    owner, name = repository.owner, repository.name
    plain = _PLAIN.fullmatch(owner) and _PLAIN.fullmatch(name) and name not in _TAKEN
    if repository.space is Space.USER and plain and len(owner) <= _LONGEST_OWNER and len(name) <= _LONGEST_NAME:
        return f"{owner}.{name}"
    digest = sha256(repository.path.encode()).hexdigest()[:12]
    return f"{_word(owner, _LONGEST_OWNER)}.{_word(name, _LONGEST_NAME)}.{digest}"


def description(repository: RepositoryId) -> str:
    """What stands under the repository's name on the forge."""
    return f"Kept by Enablement for {repository.space.value} {_shown(repository.owner)} [enablement:{repository.path}]"


def repository_of(name: str, text: str = "") -> RepositoryId | None:
    """The repository with exactly this name, told by the name alone where it is plain, else by its description; None for one that is not ours."""
    owner, _, own = name.partition(".")
    if "." not in own and _PLAIN.fullmatch(owner) and _PLAIN.fullmatch(own) and len(own) <= _LONGEST_NAME:
        found: RepositoryId | None = RepositoryId(Space.USER, owner, own)
    else:
        marked = _MARK.search(text)
        found = repository_of_path(marked[1]) if marked else None
    return found if found is not None and hosted_name(found) == name else None


def _word(text: str, most: int) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:most].strip("-") or "x"


def _shown(owner: str) -> str:
    return "".join(mark for mark in owner if mark.isprintable() and mark not in "[]<>")[:60]
