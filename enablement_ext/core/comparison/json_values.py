"""JSON values: equal as data, with numbers by value; what a plot library writes anew for every drawing does not count."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.comparison.models import Tolerance

# Keys under which plot libraries put names that they make up, by what a form's name holds: plotly's traces, Bokeh's models and documents.
# In other data such a key is a column like others.
_MADE_UP = {
    "plotly": frozenset({"uid"}),
    "bokeh": frozenset({"id", "docid", "root_ids", "roots", "root_id", "elementid", "plot_id"}),
}


def same_json(one: object, other: object) -> bool:
    """Whether two values are the same JSON, whatever the order of keys. `1`, `1.0` and `true` are three values."""
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def same_data(form: str, one: object, other: object, tolerance: Tolerance) -> bool:
    """Whether two values show the same data in the same way: names that a plot library makes up correspond, floats are within the tolerance,
    the rest is equal. `form` is the mime type."""
    keys = frozenset[str]().union(*(found for library, found in _MADE_UP.items() if library in form))
    ours, theirs = list(_made_up(one, keys)), list(_made_up(other, keys))
    pairs = set(zip(ours, theirs, strict=False))
    one_to_one = len(ours) == len(theirs) and len(pairs) == len(set(ours)) == len(set(theirs))
    return one_to_one and _same(one, other, tolerance, _Names(dict(pairs), frozenset(theirs)))


@dataclass(frozen=True, slots=True)
class _Names:
    """What each made-up name of one side is called on the other, and all of the other's."""

    ours: Mapping[str, str]
    theirs: frozenset[str]

    def correspond(self, one: str, other: str) -> bool:
        return self.ours[one] == other if one in self.ours else one == other and other not in self.theirs


def _same(one: object, other: object, tolerance: Tolerance, names: _Names) -> bool:
    """Without recursion: a specification may be nested deeply."""
    waiting: list[tuple[Any, Any]] = [(one, other)]
    while waiting:
        mine, yours = waiting.pop()
        if isinstance(mine, dict) and isinstance(yours, dict):
            if len(mine) != len(yours) or not all(key in yours for key in mine):
                return False
            waiting.extend((value, yours[key]) for key, value in mine.items())
        elif isinstance(mine, list) and isinstance(yours, list):
            if len(mine) != len(yours):
                return False
            waiting.extend(zip(mine, yours, strict=True))
        elif not _same_leaf(mine, yours, tolerance, names):
            return False
    return True


def _same_leaf(one: object, other: object, tolerance: Tolerance, names: _Names) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return names.correspond(one, other)
    if type(one) is not type(other):
        return False
    if isinstance(one, float) and isinstance(other, float):
        counts = one.is_integer() and other.is_integer()  # counts and ids become floats where one of them is missing
        near = not counts and math.isclose(one, other, rel_tol=tolerance.relative)
        return one == other or near or (math.isnan(one) and math.isnan(other))
    return one == other


def _made_up(value: object, keys: frozenset[str]) -> Iterator[str]:
    """The texts under such keys, in the order in which they stand."""
    waiting: list[Any] = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            for key in sorted(here):
                if key in keys:
                    yield from _texts(here[key])
            waiting.extend(here[key] for key in sorted(here, reverse=True))
        elif isinstance(here, list):
            waiting.extend(reversed(here))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, str))
