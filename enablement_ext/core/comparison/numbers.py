"""Numbers in text, compared by value. Time is linear in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from enablement_ext.core.comparison.models import Tolerance

# A number that is not part of a word, of a version (1.2.3) or of a date (2026-11-30). Nothing is given back once it matched (`++`), so
# that time is linear.
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?+(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?+[0-9]{1,4}+)?+(?!\w|\.\w|-[0-9])"
)
_MOST_DIGITS = 60  # a longer number is compared as text
_ALL_DIGITS = 12  # of a double: what is computed in another order differs beyond
# How numbers are set apart in an array: by blanks behind the bracket, and by a new line before its type.
_BEHIND_BRACKET = re.compile(r"(?<=[\[(]) +\Z")
_BEFORE_BRACKET = re.compile(r"\A +(?=[\])])")
_TYPE_BELOW = re.compile(r", ?\n {1,40}(?=dtype=)")
_BLANKS = re.compile(r"[ \t]+")


def same_numbers(one: str, other: str, tolerance: Tolerance) -> bool:
    """Whether the texts are equal but for numbers that are equal by value, and for the spaces that line numbers up."""
    one, other = (_TYPE_BELOW.sub(", ", each) for each in (one, other))
    ours, theirs = _tokens(one), _tokens(other)
    if len(ours) != len(theirs):
        return False
    pairs = list(zip(ours, theirs, strict=True))
    if not all(_same_space(mine, yours) for mine, yours in pairs[::2]):
        return False
    if not all(same_number(mine, yours, tolerance) for mine, yours in pairs[1::2]):
        return False
    return _only_moved(one, other, pairs)


def first_difference(one: str, other: str, tolerance: Tolerance) -> tuple[str, str] | None:
    """The first pair of numbers that differ where everything else is equal, None where something else differs too."""
    ours, theirs = _tokens(one), _tokens(other)
    if len(ours) != len(theirs):
        return None
    if not all(_same_space(mine, yours) for mine, yours in zip(ours[::2], theirs[::2], strict=True)):
        return None
    pairs = zip(ours[1::2], theirs[1::2], strict=True)
    return next(((mine, yours) for mine, yours in pairs if not same_number(mine, yours, tolerance)), None)


def same_number(one: str, other: str, tolerance: Tolerance) -> bool:
    """Whether two numbers as they are shown are the same: whole ones exactly; others within the tolerance, and the one that is shown with
    fewer digits is a rounding of the other. A whole number is never the same as one that is not (3 and 3.0 are two types), and two that have
    nothing behind the point (7.0 and 8.0) are counts: a column with a gap in it shows them so."""
    if one == other:
        return True
    if max(len(one), len(other)) > _MOST_DIGITS or _is_whole(one) or _is_whole(other):
        return False
    try:
        a, b = Decimal(one), Decimal(other)
    except InvalidOperation:
        return False
    if a == b:
        return True
    if _is_count(one, a) and _is_count(other, b):
        return False
    near = abs(a - b) <= Decimal(repr(tolerance.relative)) * max(abs(a), abs(b))
    return near and (_is_rounding(a, b) or all(len(each.as_tuple().digits) >= _ALL_DIGITS for each in (a, b)))


def _tokens(text: str) -> Sequence[str]:
    """What stands between numbers at even places, numbers at odd ones."""
    found, at = list[str](), 0
    for match in _NUMBER.finditer(text):
        found += [text[at : match.start()], match[0]]
        at = match.end()
    return [*found, text[at:]]


def _same_space(one: str, other: str) -> bool:
    """Runs of blanks count as one: a column is as wide as its widest number."""
    return one == other or _spaced(one) == _spaced(other)


def _spaced(text: str) -> str:
    """What stands between two numbers, without what sets numbers apart."""
    return _BLANKS.sub(" ", _BEFORE_BRACKET.sub("", _BEHIND_BRACKET.sub("", text)))


def _only_moved(one: str, other: str, pairs: Sequence[tuple[str, str]]) -> bool:
    """Blanks between two words belong to them, unless columns are wider or narrower as a whole: then something at a number's edge changed,
    and every line whose blanks changed changed its length."""
    words = [(mine.strip(" \t"), yours.strip(" \t")) for mine, yours in pairs[::2]]
    if all(mine == yours or _edges(mine) == _edges(yours) for mine, yours in words):
        return True
    if all(mine == yours for mine, yours in pairs[1::2]) and all(
        _outside(mine) == _outside(yours) for mine, yours in pairs[::2]
    ):
        return False
    lines = zip(one.split("\n"), other.split("\n"), strict=False)
    return all(mine == yours or len(mine) != len(yours) or mine.split() != yours.split() for mine, yours in lines)


def _edges(text: str) -> str:
    """The words with the blanks between them, lines without their ends."""
    return "\n".join(line.strip(" \t[]()") for line in text.split("\n"))


def _outside(text: str) -> tuple[str, str]:
    """The blanks at both ends, which touch a number."""
    return text[: len(text) - len(text.lstrip(" \t"))], text[len(text.rstrip(" \t")) :]


def _is_count(text: str, number: Decimal) -> bool:
    return "." in text and "e" not in text.lower() and number == number.to_integral_value()


def _is_whole(text: str) -> bool:
    return text.lstrip("+-").isdecimal()


def _is_rounding(a: Decimal, b: Decimal) -> bool:
    """Both are shown with as many digits, or the shorter is the longer one rounded to its own last digit (half either way)."""
    a_last, b_last = _last_place(a), _last_place(b)
    if a_last == b_last:
        return True
    longer, place = (a, b_last) if a_last < b_last else (b, a_last)
    shorter = b if longer is a else a
    return abs(longer - shorter) <= Decimal(5).scaleb(place - 1)


def _last_place(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
