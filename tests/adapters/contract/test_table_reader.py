"""Tables out of HTML as pandas and people write it, and that nothing beside a table is lost."""

from __future__ import annotations

import pytest

from enablement_ext.adapters.html_tables import SelectolaxTableReader
from enablement_ext.adapters.memory.comparison import MemoryTableReader
from enablement_ext.core.comparison import compare_outputs
from enablement_ext.core.comparison.models import ComparisonStep, DifferenceKind, Output
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.comparison.ports import Table, TableReader

PANDAS = """\
<div><style scoped>.dataframe tbody tr th {{ vertical-align: top; }}</style>
<table border="1" class="dataframe">
  <thead><tr style="text-align: right;"><th></th><th>n</th><th>share</th></tr></thead>
  <tbody>
    <tr><th>a</th><td>1</td><td>{0}</td></tr>
    <tr><th>b</th><td>2</td><td>0.25</td></tr>
  </tbody>
</table>{1}</div>"""
STYLE = ".dataframe tbody tr th { vertical-align: top; }"
READ = (
    Table(("", "n", "share"), (("a", "1", "0.5"), ("b", "2", "0.25")), 1),
    Table(("",), ((STYLE,),)),
)
ODD = [
    "<p>no table</p>",
    "",
    "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>",
    '<table><tr><td colspan="2">1</td></tr></table>',
    "<table><tr><td><table><tr><td>1</td></tr></table></td></tr></table>",
    '<table><tr><td>1</td></tr></table><img src="data:,">',
    "<table><tr><td>1</td></tr></table><script>draw()</script>",
    "<table></table>",
]


def page(share: str = "0.5", beside: str = "") -> str:
    return PANDAS.format(share, beside)


@pytest.fixture(params=["memory", "selectolax"])
def reader(request: pytest.FixtureRequest) -> TableReader:
    return MemoryTableReader({page(): READ}) if request.param == "memory" else SelectolaxTableReader()


def test_a_table_is_read_with_its_labels(reader: TableReader) -> None:
    assert tuple(reader.tables(page()) or ()) == READ


@pytest.mark.parametrize("html", ODD)
def test_what_is_more_or_less_than_tables_is_none(reader: TableReader, html: str) -> None:
    assert reader.tables(html) is None


def compared(one: str, other: str) -> tuple[ComparisonStep, list[DifferenceKind]]:
    def shown(html: str) -> list[Output]:
        return [{"output_type": "execute_result", "data": {"text/html": html}}]

    found = compare_outputs(shown(one), shown(other), Comparer(tables=SelectolaxTableReader()))
    return found.step, [each.kind for each in found.differences]


def test_pages_are_compared_by_their_tables() -> None:
    styled = page().replace("<table", '<table id="T_a1b2c"').replace(".dataframe tbody", "#T_a1b2c tbody")
    assert compared(styled, styled.replace("T_a1b2c", "T_f00ba")) == (ComparisonStep.TABLE, [])
    assert compared(page(), page("0.6")) == (ComparisonStep.TABLE, [DifferenceKind.TABLE])
    rows = page().split("    <tr><th>")
    turned = (
        rows[0]
        + "    <tr><th>"
        + rows[2].split("</tr>")[0]
        + "</tr>\n    <tr><th>"
        + rows[1].rstrip()
        + "\n  </tbody></table></div>"
    )
    assert compared(page(), turned) == (ComparisonStep.TABLE, [DifferenceKind.ORDER])


def test_text_and_style_beside_a_table_count() -> None:
    assert compared(page(), page(beside="<p>9 rows</p>")) == (ComparisonStep.TABLE, [DifferenceKind.TABLE])
    assert compared(page(beside="<p>9 rows</p>"), page(beside="<p>8 rows</p>")) == (
        ComparisonStep.TABLE,
        [DifferenceKind.TABLE],
    )
    assert compared(page(), page().replace("vertical-align: top", "color: red")) == (
        ComparisonStep.TABLE,
        [DifferenceKind.TABLE],
    )


def test_how_pandas_aligns_its_tables_is_no_result() -> None:
    without = page().replace(f"<style scoped>{STYLE}</style>", "")
    assert "<style" not in without
    assert compared(page(), without)[1] == []
    joined = page().replace("<th>share</th>", "<th>share</th></tr><tr><th colspan='3'>x</th>")
    assert compared(joined, joined.replace("vertical-align: top", "text-align: left")) == (ComparisonStep.TEXT, [])
    assert compared(joined, joined.replace("vertical-align: top", "color: red"))[1] == [DifferenceKind.TEXT]


def test_what_a_cell_shows_beside_its_text_counts() -> None:
    for shown in (
        "<td style='color: red'>{}</td>",
        "<td bgcolor='{}'>1</td>",
        "<td><a href='https://example.org/{}'>here</a></td>",
        "<td><b style='color: {}'>1</b></td>",
        "<td><progress value='{}'></progress></td>",
        "<caption>as of {}</caption><td>1</td>",
        "<tr style='color: {}'><td>1</td></tr>",
        "<td>1</td></tr></table><p style='color: {}'>x</p><table><tr><td>1</td>",
    ):
        one, other = (f"<table><tr>{shown.format(each)}</tr></table>" for each in ("a1", "b2"))
        assert compared(one, one)[1] == []
        assert compared(one, other)[1], shown
