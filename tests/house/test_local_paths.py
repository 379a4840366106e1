"""The lab extension names files by their path in the home: what a document's context says may begin with a drive."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "labextension/src"
_CONTEXT = re.compile(r"\bcontext\.path\b")


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.ts*")), ids=lambda path: path.name)
def test_the_path_of_a_context_goes_through_local_path(path: Path) -> None:
    if path.name == "send.ts":  # takes the drive away from whatever named the file
        assert "contents.localPath(path)" in path.read_text()
        return
    lines = [line for line in path.read_text().splitlines() if _CONTEXT.search(line)]
    assert [line for line in lines if not re.search(r"localPath\((\w+\.)*context\.path\)", line)] == []
