"""HTML without what is the same in every output of a library."""

from __future__ import annotations

import re

# One that lines up the cells of pandas' tables, which it writes since 2017: as many rules as there are, each for `.dataframe` alone.
_ALIGNING = re.compile(
    r"<style(?: scoped)?(?: type=\"text/css\")?>\s{0,40}"
    r"(?:\.dataframe [a-z :-]{1,60}\{\s{0,40}(?:(?:text|vertical)-align: ?[a-z]{1,20};\s{0,40}){1,4}\}\s{0,40}){1,8}</style>\s{0,40}"
)


def without_alignment(html: str) -> str:
    """The page without the style sheet that says nothing but how pandas' tables are aligned."""
    return _ALIGNING.sub("", html) if "<style" in html else html
