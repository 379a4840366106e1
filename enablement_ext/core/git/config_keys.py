"""Which settings a repository may have of its own and still be understood: an allow-list of keys, each with the values it may have.

Nothing that this project runs obeys a repository's settings. They are read all the same: one that is not in the list says that somebody shaped the
repository in a way that the everyday buttons know nothing of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

Settings = Sequence[tuple[str, str]]

_BOOLEAN = "true|false|yes|no|on|off|1|0|"
_NAMED = r"[^\x00-\x1f\x7f]{1,250}"
_HEAD = rf"refs/heads/{_NAMED}"
_ANY = r"[^\x00-\x08\x0a-\x1f\x7f]*"
_ALLOWED = tuple(
    (re.compile(key), re.compile(value))
    for key, value in (
        (r"core\.repositoryformatversion", "0|1"),
        (r"core\.bare", "false|no|off|0"),
        (r"core\.(filemode|ignorecase|precomposeunicode|symlinks)", _BOOLEAN),
        (r"core\.logallrefupdates", f"{_BOOLEAN}|always"),
        (r"extensions\.objectformat", "sha1|sha256"),
        (rf"remote\.{_NAMED}\.url", _ANY),
        (rf"remote\.{_NAMED}\.fetch", rf"\+?{_HEAD}:refs/remotes/{_NAMED}"),
        (rf"branch\.{_NAMED}\.remote", _NAMED),
        (rf"branch\.{_NAMED}\.merge", _HEAD),
        (rf"branch\.{_NAMED}\.(rebase|description|vscode-merge-base|gh-merge-base)", _ANY),
        (r"user\.(name|email)", _ANY),
        (r"pull\.(rebase|ff)", f"{_BOOLEAN}|only|merges|interactive"),
        (r"push\.(default|autosetupremote)", "[a-z]*"),
        (r"fetch\.prune", _BOOLEAN),
        (r"init\.defaultbranch", _NAMED),
        (r"gui\.(wmstate|geometry)", _ANY),
    )
)
_ONCE = re.compile(rf"core\..*|extensions\..*|remote\.{_NAMED}\.url|branch\.{_NAMED}\.(remote|merge)")


def unknown_setting(settings: Settings) -> str:
    """The first key that is not in the list, has a value that is not, or stands twice where one is meant; "" where all are known."""
    often = Counter(key for key, _ in settings)
    return next(
        (key for key, value in settings if not _known(key, value) or (often[key] > 1 and _ONCE.fullmatch(key))), ""
    )


def is_partial(settings: Settings) -> bool:
    """Whether objects are fetched only when somebody asks for them."""
    return any(
        key == "extensions.partialclone" or re.fullmatch(r"remote\..*\.(promisor|partialclonefilter)", key, re.DOTALL)
        for key, _ in settings
    )


def wants_signatures(settings: Settings) -> bool:
    """Whether versions, tags or pushes are to be signed."""
    signs = {"commit.gpgsign", "tag.gpgsign", "push.gpgsign", "tag.forcesignannotated"}
    return any(key in signs and value.lower() not in ("false", "no", "off", "0") for key, value in settings)


def setting(settings: Settings, key: str) -> str:
    """The value that counts, the last one; "" for none."""
    return next((value for known, value in reversed(settings) if known == key), "")


def _known(key: str, value: str) -> bool:
    return any(name.fullmatch(key) and allowed.fullmatch(value) for name, allowed in _ALLOWED)
