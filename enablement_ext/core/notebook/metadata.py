"""Metadata is kept from an allow-list; whatever is not on it, or not of the expected form, is left out.

Left out on purpose: `trusted` and `signature` (a file must not say of itself that it is safe), widget state (unbounded and runnable),
execution timings, and every extension's own data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_WORD = 200  # characters of one name or version
_TAGS = 50
_NAME = re.compile(r"^.+$")  # as in nbformat's schema
_OWN_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FORBIDDEN = frozenset({"trusted", "signature"})

Keep = Callable[[object], object]  # the value to keep, None for: leave out


def _word(value: object) -> object:
    return value if isinstance(value, str) and len(value) <= _WORD else None


def _flag(value: object) -> object:
    return value if isinstance(value, bool) else None


def _scrolled(value: object) -> object:
    return value if isinstance(value, bool) or value == "auto" else None


def _whole(value: object) -> object:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100_000 else None


def _number(value: object) -> object:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100_000 else None


def _tags(value: object) -> object:
    if not isinstance(value, list) or len(value) > _TAGS:
        return None
    return list(
        dict.fromkeys(tag for tag in value if isinstance(tag, str) and 0 < len(tag) <= _WORD and "," not in tag)
    )


def _name(value: object) -> object:
    """A cell's name: nbformat wants one line that is not empty."""
    return value if _word(value) and _NAME.search(str(value)) else None


def _of(rules: Mapping[str, Keep]) -> Keep:
    def keep(value: object) -> object:
        return allowed_metadata(value, rules) if isinstance(value, dict) else None

    return keep


def _with(required: tuple[str, ...], keep: Keep) -> Keep:
    """What `keep` makes of an object, left out where nbformat's required members are not in it."""

    def keep_whole(value: object) -> object:
        kept = keep(value)
        return kept if isinstance(kept, dict) and kept.keys() >= set(required) else None

    return keep_whole


def _mode(value: object) -> object:
    return _word(value) if isinstance(value, str) else _of({"name": _word, "version": _whole})(value)


def _own(value: object) -> object:
    """What Enablement itself remembers in a notebook: a few short texts, and the image it was made in."""
    if not isinstance(value, dict) or len(value) > 20:
        return None
    rules = {key: _word for key in value if _OWN_KEY.fullmatch(key) and key not in _FORBIDDEN}
    return allowed_metadata(value, {**rules, "image": _image} if "image" in value else rules)


def _image(value: object) -> object:
    """Slug, release and digest as the lab records them; a plain name, too."""
    return _word(value) if isinstance(value, str) else _of(_IMAGE)(value)


_IMAGE: Mapping[str, Keep] = {"slug": _word, "release": _word, "digest": _word}
NOTEBOOK: Mapping[str, Keep] = {
    "enablement": _own,
    "kernelspec": _with(("name", "display_name"), _of({"display_name": _word, "language": _word, "name": _word})),
    "language_info": _with(
        ("name",),
        _of(
            {
                "codemirror_mode": _mode,
                "file_extension": _word,
                "mimetype": _word,
                "name": _word,
                "nbconvert_exporter": _word,
                "pygments_lexer": _word,
                "version": _word,
            }
        ),
    ),
    "title": _word,
}
# Where the tools that run cells in several languages write a cell's own (SoS; .NET Interactive and Polyglot Notebooks; VS Code): "" is the
# key itself. What decides how a cell runs is part of what is reviewed.
_LANGUAGE_KEYS = {
    "dotnet_interactive": "language",
    "kernel": "",
    "polyglot_notebook": "kernelName",
    "vscode": "languageId",
}
_LANGUAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+#._ -]{0,39}")


def _language(value: object) -> object:
    return value if isinstance(value, str) and _LANGUAGE.fullmatch(value) else None


def _language_in(inner: str) -> Keep:
    """The language alone; nothing, not even an empty object, where there is none."""

    def keep(value: object) -> object:
        return (allowed_metadata(value, {inner: _language}) or None) if isinstance(value, dict) else None

    return keep if inner else _language


def language_of_cell(metadata: object) -> str:
    """The language that a cell names for itself, "" where it names none."""
    found: Mapping[str, object] = metadata if isinstance(metadata, dict) else {}
    for key, inner in _LANGUAGE_KEYS.items():
        value = found.get(key)
        word = value.get(inner) if inner and isinstance(value, dict) else value
        if isinstance(word, str):
            return word
    return ""


CELL: Mapping[str, Keep] = {
    **{key: _language_in(inner) for key, inner in _LANGUAGE_KEYS.items()},
    "collapsed": _flag,
    "deletable": _flag,
    "editable": _flag,
    "enablement": _own,
    "format": _word,
    "jupyter": _of({"outputs_hidden": _flag, "source_hidden": _flag}),
    "name": _name,
    "raw_mimetype": _word,
    "scrolled": _scrolled,
    "slideshow": _of({"slide_type": _word}),
    "tags": _tags,
}
_SHOWN: Mapping[str, Keep] = {
    "expanded": _flag,
    "height": _number,
    "isolated": _flag,
    "needs_background": _word,
    "width": _number,
}


def allowed_metadata(metadata: Mapping[str, object], rules: Mapping[str, Keep]) -> dict[str, object]:
    """The keys that have a rule, each with the value its rule makes of it; None from a rule drops the key."""
    result: dict[str, object] = {}
    if not metadata:
        return result
    for key, keep in rules.items():
        if key in metadata:
            value = keep(metadata[key])
            if value is not None:
                result[key] = value
    return result


def allowed_output_metadata(metadata: Mapping[str, object], mimes: Mapping[str, object]) -> dict[str, object]:
    """Display hints of an output: its own flags, and width, height and the like per mime type that it really has."""
    result = allowed_metadata(metadata, _SHOWN)
    for mime in mimes:
        hints = metadata.get(mime)
        if isinstance(hints, dict):
            result[mime] = allowed_metadata(hints, _SHOWN)
    return result
