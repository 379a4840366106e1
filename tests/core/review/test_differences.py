"""Differences for people who read them: they lead from one side to the other, read the same from both, and are empty for equal content."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from enablement_ext.adapters.memory.comparison import MemoryTableReader
from enablement_ext.core.comparison.models import Tolerance
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.comparison.ports import Table
from enablement_ext.core.notebook.stored import StoredNotebook
from enablement_ext.core.review.differences.models import (
    CellDifference,
    Correspondence,
    LineDifference,
    NotebookDifference,
)
from enablement_ext.core.review.differences.notebooks import notebook_difference
from enablement_ext.core.review.differences.outputs import MOST_PICTURES
from enablement_ext.core.review.differences.sources import MOST_CHARACTERS, line_differences
from enablement_ext.core.review.differences.tables import MOST_ROWS, table_rows
from enablement_ext.core.review.differences.versions import (
    MOST_FILE_BYTES,
    ComparedVersion,
    compared_texts,
    version_difference,
)
from enablement_ext.core.review.models import FileEntry, FileRole, ImageRef
from tests.core.notebook.factories import Json, code, display, markdown, stored, stream

IMAGE = ImageRef("datascience", "2026.11.0", "sha256:" + "d" * 64, "3.11")
WORDS = "load frame customers plot score fit model split rows join group mean age spend visits clip date week".split()


def book(*cells: Json, **more: object) -> StoredNotebook:
    return StoredNotebook(stored(*cells, **more))


def compared(old: Sequence[Json], new: Sequence[Json], how: Comparer | None = None) -> NotebookDifference:
    return notebook_difference(book(*old), book(*new), how)


def standings(found: NotebookDifference) -> list[str]:
    """Each entry in a word; a run of equal cells with its length."""
    words = []
    for cell in found.cells:
        word = f"same {cell.count}" if cell.standing is Correspondence.SAME else cell.standing.value
        words.append(f"moved {word}" if cell.moved else word)
    return words


def side(lines: Sequence[LineDifference], name: str) -> str:
    """One side's text, out of the difference alone."""
    found = (getattr(line, name) for line in lines)
    return "\n".join("".join(pieces) for pieces in found if pieces is not None)


def applied(found: NotebookDifference, old: StoredNotebook, new: StoredNotebook) -> None:
    """The difference has every cell of both sides once and leads from the sources of one side to those of the other."""
    seen: tuple[list[int], list[int]] = ([], [])
    for cell in found.cells:
        for index, sided in enumerate((cell.old, cell.new)):
            if sided is not None:
                seen[index].extend(range(sided, sided + cell.count))
        if cell.standing is Correspondence.SAME:
            pairs = zip(range(cell.old or 0, (cell.old or 0) + cell.count), range(cell.new or 0, 10**6), strict=False)
            assert all(old.cell(one).source == new.cell(other).source for one, other in pairs)
            continue
        assert cell.lines is not None
        if cell.old is not None:
            assert side(cell.lines, "old") == old.cell(cell.old).source
        if cell.new is not None:
            assert side(cell.lines, "new") == new.cell(cell.new).source
    assert sorted(seen[0]) == list(range(len(old)))
    assert seen[1] == list(range(len(new)))  # in the order of the new side


def mirrored(cell: CellDifference) -> tuple[object, ...]:
    """What of a cell has to be there from the other side, with the sides exchanged."""
    turned = {Correspondence.ADDED: Correspondence.REMOVED, Correspondence.REMOVED: Correspondence.ADDED}
    lines = None if cell.lines is None else tuple(sorted(map(repr, (line.reversed() for line in cell.lines))))
    return turned.get(cell.standing, cell.standing), cell.new, cell.old, cell.moved, lines


def plain(cell: CellDifference) -> tuple[object, ...]:
    lines = None if cell.lines is None else tuple(sorted(map(repr, cell.lines)))
    return cell.standing, cell.old, cell.new, cell.moved, lines


def random_cell(chance: random.Random, number: int) -> Json:
    lines = [" ".join(chance.choices(WORDS, k=chance.randint(1, 6))) for _ in range(chance.randint(0, 7))]
    kind = chance.choice((code, code, markdown))
    return {**kind("\n".join(lines)), "id": f"i{number}"}


def edited(chance: random.Random, cells: Sequence[Json]) -> list[Json]:
    """Cells changed, moved, copied, dropped, added and given other ids, as people and tools do."""
    found = [dict(cell) for cell in cells]
    for _ in range(chance.randint(0, 6)):
        at = chance.randrange(len(found) + 1)
        act = chance.randrange(6)
        if act == 0 or not found or at == len(found):
            found.insert(at, random_cell(chance, chance.randrange(10**9)))
        elif act == 1:
            found.pop(at)
        elif act == 2:
            found.insert(chance.randrange(len(found)), found.pop(at))
        elif act == 3:
            found[at]["source"] = f"{found[at]['source']}\n{chance.choice(WORDS)} = {chance.randrange(99)}"
        elif act == 4:
            found[at] = {**found[at], "id": f"n{chance.randrange(10**9)}"}
        else:
            other = chance.randrange(len(found))
            found[at]["id"], found[other]["id"] = found[other]["id"], found[at]["id"]
    return found


@pytest.mark.parametrize("seed", range(12))
def test_a_difference_leads_from_one_side_to_the_other_and_reads_the_same_from_both(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(12):
        cells = [random_cell(chance, number) for number in range(chance.randint(0, 14))]
        old, new = book(*cells), book(*edited(chance, cells))
        there, back = notebook_difference(old, new), notebook_difference(new, old)
        applied(there, old, new)
        applied(back, new, old)
        ours = sorted(map(repr, (mirrored(cell) for cell in there.changed)))
        assert ours == sorted(map(repr, (plain(cell) for cell in back.changed)))
        assert notebook_difference(old, old).changed == ()


LOAD = code("frame = load('customers')\nframe = frame.dropna()\nprint(len(frame))", stream("120\n"), id="a")
PLOT = code("plot(frame, x='age', y='spend')", id="b")
FIT = code("model = fit(frame, rounds=50)\nmodel.score()", stream("0.91\n"), id="c")
TEXT = markdown("# Who leaves?\n\nA *weekly* list.", id="t")


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ([TEXT, LOAD, PLOT, FIT], ["same 4"]),
        ([TEXT, LOAD, {**PLOT, "execution_count": 9}, FIT], ["same 4"]),
        ([TEXT, LOAD, {**PLOT, "source": "plot(frame, x='age', y='visits')"}, FIT], ["same 2", "changed", "same 1"]),
        # ids lie: swapped, and all of them new
        ([TEXT, {**LOAD, "id": "b"}, {**PLOT, "id": "a"}, FIT], ["same 4"]),
        ([{**cell, "id": f"new{at}"} for at, cell in enumerate((TEXT, LOAD, PLOT, FIT))], ["same 4"]),
        ([TEXT, FIT, LOAD, PLOT], ["same 1", "moved changed", "same 2"]),
        ([TEXT, PLOT, {**LOAD, "source": str(LOAD["source"]) + "\nframe.head()", "id": "z"}, FIT], None),
        ([TEXT, LOAD, FIT], ["same 2", "removed", "same 1"]),
        ([TEXT, LOAD, PLOT, code("brand.new()", id="n"), FIT], ["same 3", "added", "same 1"]),
        # written anew in its place, under its id; and another cell under another id
        ([TEXT, LOAD, {**PLOT, "source": "import seaborn"}, FIT], ["same 2", "changed", "same 1"]),
        ([TEXT, LOAD, code("import seaborn", id="n"), FIT], ["same 2", "removed", "added", "same 1"]),
        ([TEXT, LOAD, PLOT, {**FIT, "metadata": {"tags": ["parameters"]}}], ["same 3", "changed"]),
        ([TEXT, LOAD, {**PLOT, "outputs": [stream("new\n")]}, FIT], ["same 2", "changed", "same 1"]),
    ],
)
def test_cells_are_aligned_by_what_they_hold(new: Sequence[Json], expected: list[str] | None) -> None:
    found = standings(compared([TEXT, LOAD, PLOT, FIT], new))
    assert found == expected if expected is not None else "moved changed" in found


def test_words_that_changed_are_marked_and_nothing_else() -> None:
    old = "frame = load('customers')\nold line here\nscore = 0.5"
    new = "frame = load('visitors')\nscore = 0.75\nplot(score)"
    assert line_differences(old, new) == (
        LineDifference(("frame = load('", "customers", "')"), ("frame = load('", "visitors", "')")),
        LineDifference(("old line here",), None),
        LineDifference(("score = 0.", "5"), ("score = 0.", "75")),
        LineDifference(None, ("plot(score)",)),
    )
    assert line_differences("x", "x" * MOST_CHARACTERS) is None


def test_outputs_go_through_the_comparer_and_correspond_by_what_they_show() -> None:
    outputs = [stream("<A at 0x7f00deadbeef>\n"), display({"text/plain": "0.91"}), display({"image/png": "QUJD"})]
    moved = [
        stream("first\n", "stderr"),
        stream("<A at 0x7f11deadbeef>\n"),
        display({"text/plain": "0.87"}),
        display({"image/png": "QUJD"}),
    ]
    (cell,) = compared([code("f()", *outputs)], [code("f()", *moved)]).cells
    assert [(each.standing.value, each.old, each.new) for each in cell.outputs] == [
        ("added", None, 0),
        ("equivalent", 0, 1),
        ("changed", 1, 2),
        ("same", 2, 3),
    ]
    assert cell.outputs[2].findings[0].facts == {"old": "0.91", "new": "0.87"}
    noise = compared([code("f()", outputs[0])], [code("f()", moved[1])])
    assert (standings(noise), noise.cells[0].equivalent) == (["same 1"], 1)


def test_a_cell_of_many_pictures_is_compared_within_its_bounds() -> None:
    pictures = [[display({"image/png": f"QUJD{side}{at:04}"}) for at in range(60)] for side in "AB"]
    (cell,) = compared([code("f()", *pictures[0])], [code("f()", *pictures[1])]).cells
    looked = [each for each in cell.outputs if each.findings[0].kind == "picture"]
    assert (len(cell.outputs), len(looked)) == (60, MOST_PICTURES)
    assert {each.findings[0].kind for each in cell.outputs} == {"picture", "too-large"}


HEADER = ("", "spend", "visits")
OLD_TABLE = Table(HEADER, (("ada", "10", "3"), ("bob", "20", "4"), ("cyn", "30", "5")), 1)


def test_tables_are_compared_cell_by_cell() -> None:
    new = Table(("", "spend", "age"), (("ada", "11", "33"), ("cyn", "30", "44"), ("dan", "1", "2")), 1)
    found = table_rows(OLD_TABLE, new, Tolerance())
    assert found.columns == ("spend", "age", "visits")
    assert [(row.label, row.cells) for row in found.rows] == [
        ("ada", (("10", "11"), (None, "33"), ("3", None))),
        ("cyn", (("30", "30"), (None, "44"), ("5", None))),
        ("dan", ((None, "1"), (None, "2"), (None, None))),
        ("bob", (("20", None), (None, None), ("4", None))),
    ]
    many = Table(HEADER, tuple((str(at), "1", "1") for at in range(200)), 1)
    found = table_rows(many, replace(many, rows=tuple((str(at), "2", "1") for at in range(200))), Tolerance())
    assert (len(found.rows), found.rows_left) == (MOST_ROWS, 200 - MOST_ROWS)
    reader = MemoryTableReader({"<old>": [OLD_TABLE], "<new>": [new]})
    (cell,) = compared(
        [code("f()", display({"text/html": "<old>"}))],
        [code("f()", display({"text/html": "<new>"}))],
        Comparer(tables=reader),
    ).cells
    assert cell.outputs[0].table is not None
    assert cell.outputs[0].table.rows[0].label == "ada"


def test_what_there_is_to_see_of_a_cell_has_the_same_name_while_its_content_is_the_same() -> None:
    changed = {**PLOT, "source": "plot(frame)"}
    first = compared([LOAD, PLOT], [LOAD, changed]).changed[0]
    later = compared([LOAD, PLOT], [TEXT, LOAD, {**changed, "id": "other", "execution_count": 7}]).changed
    assert first.seen_key in {cell.seen_key for cell in later}
    again = compared([LOAD, PLOT], [LOAD, {**changed, "source": "plot(frame )"}]).changed[0]
    gone = compared([LOAD, changed], [LOAD]).changed[0]
    twice = compared([], [changed, {**changed, "id": "copy"}]).changed
    assert len({first.seen_key, again.seen_key, gone.seen_key, *(cell.seen_key for cell in twice)}) == 4


def entry(path: str, content: str, size: int = 10) -> FileEntry:
    return FileEntry(path, content * 64, size, FileRole.MODULE)


def test_environment_and_files() -> None:
    old = ComparedVersion(
        stored(LOAD, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}),
        (entry("a.py", "a"), entry("gone.csv", "b"), entry("was.py", "c"), entry("big.py", "d", MOST_FILE_BYTES + 1)),
        IMAGE,
        "n.ipynb",
        {"a" * 64: b"x = 1\n"},
    )
    new = replace(
        old,
        notebook=stored(LOAD, metadata={"kernelspec": {"name": "r", "display_name": "R"}, "title": "T"}),
        files=(
            entry("a.py", "1"),
            entry("is.py", "c"),
            entry("big.py", "2", MOST_FILE_BYTES + 1),
            entry("new.py", "3"),
        ),
        image=replace(IMAGE, release="2026.12.0"),
        texts={"1" * 64: b"x = 2\n"},
    )
    assert compared_texts(old.files, new.files) == (["a" * 64], ["1" * 64])
    found = version_difference(old, new)
    assert [(each.standing.value, (each.new or each.old or entry("", "")).path) for each in found.files] == [
        ("changed", "a.py"),
        ("changed", "big.py"),
        ("removed", "gone.csv"),
        ("renamed", "is.py"),
        ("added", "new.py"),
    ]
    assert found.files[0].lines is not None
    assert found.files[0].lines[0] == LineDifference(("x = ", "1"), ("x = ", "2"))
    assert found.files[1].lines is None
    assert found.image == (IMAGE, new.image)
    assert found.notebook.kernel == ("Python 3", "R")
    assert [each.name for each in found.notebook.settings] == ["title"]
    assert not found.empty
    assert version_difference(old, old).empty
