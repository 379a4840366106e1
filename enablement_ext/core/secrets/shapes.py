"""What a secret looks like to an engine without look-around and back references (RE2): wider than the rule, never narrower.

A shape fits the text itself and the text as a stored notebook spells it, where quotes and control characters are escaped and lines
are members of a list. So a notebook is searched as it is stored, and only cells in which something may be are parsed.

`tests/core/secrets/test_prefilter.py` proves for planted and for random texts that a shape is found wherever its rule finds something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from enablement_ext.core.secrets.rules import KEYS, PASSWORDS, RULES
from enablement_ext.core.text.direction_marks import INVISIBLE

_NEXT_LINE = r'",\n +"'  # between two lines of a text in a stored notebook
_SPACES = rf"(?:[\s\x0b\x1c-\x1f]|[^\x00-\x7f]|\\[bfnrt]|\\u00|{_NEXT_LINE})*"
_NAME_END = r"(?:[\w-]|[^\x00-\x7f])*"
# The quote that ends a key stands before the sign in a stored notebook.
_SIGN = rf"(?:\\?[\"'`])?\]?{_SPACES}\"?{_SPACES}(?:=|:){{1,2}}>?{_SPACES}"
_QUOTE_BEGIN = r"[rbfuRBFU]{0,2}"


def _quoted(least: int) -> str:
    inner = rf"(?:[^\"\n]|{_NEXT_LINE}){{{least}}}"
    return rf"{_QUOTE_BEGIN}(?:\\?\"{inner}|'(?:[^'\n]|{_NEXT_LINE}){{{least}}})"


def _words(*words: str) -> str:
    return f"(?i:{'|'.join(map(re.escape, words))})"


def _named(words: tuple[str, ...], least: int) -> str:
    """An assignment; or a list under such a name, whose members are read as if each was assigned."""
    return rf"{_words(*words)}{_NAME_END}(?:{_SIGN}{_quoted(least)}|\":\s*\[)"


# One for each of `RULES`, in their order.
_RULE_SHAPES = (
    r"A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}",
    r"gh[pousr]_[A-Za-z0-9]{36}",
    r"github_pat_[A-Za-z0-9_]{50}",
    r"gl(?:pat|dt|rt|ptt|cbt)-[A-Za-z0-9_.-]{20}",
    r"(?:xox[bparse]|xapp)-[A-Za-z0-9-]{10}",
    r"hooks\.slack\.com/services/[A-Z0-9]{6}",
    r"AIza[0-9A-Za-z_-]{35}",
    r"GOCSPX-[A-Za-z0-9_-]{24}|ya29\.[A-Za-z0-9_-]{30}",
    r"(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16}",
    r"pypi-AgE[A-Za-z0-9_-]{50}",
    r"npm_[A-Za-z0-9]{36}",
    r"(?:hf|api_org)_[A-Za-z0-9]{30}",
    r"sk-ant-[A-Za-z0-9_-]{20}",
    r"sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20}|[A-Za-z0-9]{32})",
    r"dapi[a-f0-9]{32}",
    r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32}",
    r"do[opr]_v1_[a-f0-9]{64}",
    r"(?i:accountkey|sharedaccesskey)=[A-Za-z0-9+/]{40}",
    r"[&?]sig=[A-Za-z0-9%+/]{40}",
    r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16}",
    r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY",
    r"://[^\s:/?#@\"'`<>]*:[^\s/@\"'`<>]+@[A-Za-z0-9\[]",
    _named(PASSWORDS, 6),
    _named(KEYS, 12),
    rf"{_words(*PASSWORDS, *KEYS)}{_NAME_END}(?:=|: {{1,4}}| = )[^\s\"'`#,;(){{}}\[\]]{{8,}}(?:[ \t\r]|\\[rt])*(?:\n|\\n|\"|\z)",
    r"(?i:bearer|basic|token) [A-Za-z0-9._~+/-]{20}",
)

_ANCHORS = "|".join(
    (
        _words(*(anchor for rule in RULES if rule.any_case for anchor in rule.anchors)),
        *sorted({re.escape(anchor) for rule in RULES if not rule.any_case for anchor in rule.anchors}),
    )
)
# What stands between the beginning of a secret and a tag in the middle of it.
# Bounded for `re`, which would try a long run from each beginning in it; an engine has no such limit, nor need of one.
_RUN = "[A-Za-z0-9_.+/%=-]"
_TAG = r"(?:\\?[\"'`])?\]? {0,4}<[A-Za-z/!]"
BEFORE_TAG = f"{_RUN}{{0,80}}{_TAG}"

_CODES = r"\\b|\\u00|[\x7f\x{80}-\x{9f}" + "".join(sorted(INVISIBLE)) + "]"
# What makes a stored cell worth reading whatever is in it: letters may stand beside each other that do not in the bytes.
_BEFORE_TAG_SHAPE = f"(?:{_ANCHORS}){_RUN}*{_TAG}"
_READ_SHAPES = (
    # Control characters (escaped) and invisible ones, entities.
    _CODES,
    r"&(?:#|[A-Za-z][A-Za-z0-9]{1,31};)",
    _BEFORE_TAG_SHAPE,
    # What was printed in more than one piece.
    r'\},\n    \{\n     "name": "std',
)


@dataclass(frozen=True, slots=True)
class _Shapes:
    """`patterns` in the syntax of RE2, UTF-8; the first `rules` of them stand for `RULES`, the rest says that a cell is worth reading.

    `before_tag` is the position of the one that fits wherever `literals.broken_by_tags` says yes.
    """

    patterns: tuple[str, ...]
    rules: int
    before_tag: int


SHAPES = _Shapes(
    (*_RULE_SHAPES, *_READ_SHAPES), len(_RULE_SHAPES), len(_RULE_SHAPES) + _READ_SHAPES.index(_BEFORE_TAG_SHAPE)
)
