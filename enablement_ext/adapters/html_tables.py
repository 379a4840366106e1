"""Tables out of HTML with selectolax (the Lexbor parser): nothing runs, nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from enablement_ext.core.comparison.ports import Table

# What can show something that is neither text nor a table.
_SHOWS = "img, svg, canvas, video, audio, iframe, object, embed, script, input, math"
_STYLER_ID = re.compile(r"T_[0-9a-zA-Z]{1,40}")  # pandas makes one up for every drawing
# Attributes that say nothing by themselves: names for style sheets, and what the library that writes the table always says.
_NAMES = frozenset({"id", "class", "border", "rowspan", "colspan", "scope", "scoped", "valign", "halign", "type"})
_USUAL = "text-align: right;"


class SelectolaxTableReader:
    """Implements `TableReader` for what pandas, polars and people write: one header, rows that are as long as it, no joined cells."""

    def tables(self, html: str) -> Sequence[Table] | None:
        """Text beside the tables, and their style sheet, are a table of one cell each, so that they count."""
        tree = LexborHTMLParser(html)
        if tree.body is None or tree.css_first(_SHOWS) is not None:
            return None
        nodes = tree.css("table")
        read = [_table(node) for node in nodes]
        tables = [table for table in read if table is not None]
        if not tables or len(tables) < len(nodes) or tree.css_first("table table") is not None:
            return None
        styles = " ".join(_STYLER_ID.sub("T_", node.text()) for node in tree.css("style"))
        for node in [*nodes, *tree.css("style")]:
            node.decompose()
        beside = _text(tree.body)
        return [*tables, *(Table(("",), ((text,),)) for text in (beside, styles) if text.strip())]


def _table(node: LexborNode) -> Table | None:
    if node.css_first("[rowspan]:not([rowspan='1']), [colspan]:not([colspan='1'])") is not None:
        return None
    rows = [_cells(row) for row in node.css("tr")]
    shown = sum(len(cell.text(separator=" ").split()) for row in rows for cell in row)
    if shown != len(node.text(separator=" ").split()) or any(
        _attributes(each) for each in node.css("table, thead, tbody, tfoot, tr")
    ):
        return None  # a caption, or something else beside its cells
    heads = [row for row in rows if all(cell.tag == "th" for cell in row)]
    body = rows[len(heads) :]
    if len({len(row) for row in rows}) != 1 or rows[: len(heads)] != heads:
        return None
    labels = min((_labels(row) for row in body), default=0)
    width = len(rows[0])
    header = tuple(" / ".join(filter(None, (_text(row[at]) for row in heads))) for at in range(width))
    return Table(header, tuple(tuple(map(_text, row)) for row in body), labels)


def _cells(row: LexborNode) -> list[LexborNode]:
    return list(_children(row, ("th", "td")))


def _children(node: LexborNode, tags: tuple[str, ...]) -> Iterator[LexborNode]:
    return (child for child in node.iter() if child.tag in tags)


def _labels(row: Sequence[LexborNode]) -> int:
    return next((at for at, cell in enumerate(row) if cell.tag != "th"), len(row))


def _text(node: LexborNode) -> str:
    """What it shows, and how: a colour may be the result, and so may where a link leads."""
    inner = [
        each for each in node.css("[style], [href], [title], [value], [bgcolor], [color], [hidden]") if each != node
    ]
    how = filter(None, map(_attributes, [node, *inner]))
    return " ".join([*node.text(separator=" ").split(), *how])


def _attributes(node: LexborNode) -> str:
    found = ((name, value or "") for name, value in node.attributes.items() if name not in _NAMES)
    return " ".join(f'{name}="{value}"' for name, value in found if value != _USUAL)
