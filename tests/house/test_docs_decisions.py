"""The decision records: numbered without gaps, each with its status and date, all of them in the index."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

RECORDS = Path(__file__).resolve().parents[2] / "docs" / "adr"
STATUS = re.compile(r"(proposed|accepted|rejected|superseded by \[|accepted; superseded in part by \[)")
HEADER = re.compile(r"# (\d+)\. (.+)\n\n- \*\*Status:\*\* (.+)\n- \*\*Date:\*\* (\d{4}-\d\d-\d\d)\n\n")
SECTIONS = ("**Question.**", "**Decision.**")


@dataclass(frozen=True, slots=True)
class Record:
    """What the header of one record says."""

    number: int
    title: str
    status: str
    date: str
    name: str
    text: str


def read(path: Path) -> Record:
    """The record in a file, refused where its header is not the fixed one."""
    text = path.read_text(encoding="utf-8")
    head = HEADER.match(text)
    assert head, f"{path.name} does not begin as template.md does"
    return Record(int(head[1]), head[2], head[3], head[4], path.name, text)


def records() -> list[Record]:
    return [read(path) for path in sorted(RECORDS.glob("[0-9]*.md"))]


def test_records_are_numbered_without_gaps_and_named_for_their_number() -> None:
    found = records()
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert [int(one.name[:4]) for one in found] == [one.number for one in found]


def test_each_record_has_a_known_status_and_a_date_that_exists() -> None:
    for one in records():
        assert STATUS.match(one.status), f"{one.name}: {one.status}"
        assert date.fromisoformat(one.date), one.name


def test_no_record_is_older_than_the_one_before() -> None:
    dates = [one.date for one in records()]
    assert dates == sorted(dates)


def test_each_record_asks_a_question_and_answers_it() -> None:
    tables_of_choices = {2}  # one decision for each dependency, as a table
    for one in records():
        if one.number not in tables_of_choices:
            assert all(section in one.text for section in SECTIONS), one.name


def test_the_index_lists_every_record_with_its_title_status_and_date() -> None:
    index = (RECORDS / "index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\d+) \| \[(.+)\]\((.+\.md)\) \| (.+) \| (\S+) \|$", index, re.MULTILINE)
    expected = [(str(one.number), one.title, one.name, one.status.split(":")[0], one.date) for one in records()]
    assert listed == expected


def test_the_template_has_the_fixed_header() -> None:
    text = (RECORDS / "template.md").read_text(encoding="utf-8")
    assert re.match(r"# NN\. .+\n\n- \*\*Status:\*\* .+\n- \*\*Date:\*\* YYYY-MM-DD\n\n", text)
    assert all(section in text for section in SECTIONS)


@pytest.mark.parametrize(
    "text", ["# 1. Title\n\n**Question.** Without a header?\n", "# Title\n\n- **Status:** accepted\n"]
)
def test_a_record_with_another_header_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "0001-other.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError, match="does not begin as"):
        read(path)
