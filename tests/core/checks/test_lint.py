"""Rules of ruff's by ruff and by Python's own parser: the same findings, at the same lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from enablement_ext.adapters.linters.ruff import RuffLinter, installed_linter
from enablement_ext.core.checks.models import CheckedCell, CheckedNotebook
from enablement_ext.core.checks.own.lint import RULES, LintCheck
from enablement_ext.core.checks.own.python_lint import PythonLinter

Hits = list[tuple[str, int]]

CASES: dict[str, Hits] = {
    "x == None\nx is None\nNone != x\nx == 1 == None": [("E711", 1), ("E711", 3)],
    "x is 1\nx is not 'a'\nx is None\nx is True\nx is ()\nx is []\nx is ...": [
        ("F632", 1),
        ("F632", 2),
        ("F632", 5),
        ("F632", 6),
    ],
    "x is (1, y)\n'a' is x\nx is -1\nx is {1: 2}\nx is f'{y}'\nx is b'a'": [("F632", 2), ("F632", 4), ("F632", 6)],
    "assert (x, 'message')\nassert ()\nassert x, 'message'": [("F631", 1)],
    "if (x, y): pass\nif x: pass\nelif (x,): pass\n1 if (x, 2) else 3\nif (): pass": [("F634", 1), ("F634", 3)],
    "try: pass\nexcept: pass\ntry: pass\nexcept:\n    print(1)\n    raise\ntry: pass\nexcept ValueError: pass": [
        ("E722", 2)
    ],
    "d = {1: 2, 1: 3}\ne = {'a': 1, 'b': 2,\n     'a': 3}\nf = {1: 1, 1: 1}": [("F601", 1), ("F601", 3), ("F601", 4)],
    "def f(a=[], *, b={}): pass\ndef g(a=(), b=None): pass\nlambda a={1}: a": [("B006", 1)] * 2,
    "async def f(a=list(), b=dict(), c=set(), d=tuple()): pass\ndef g(a=[x for x in y]): pass": [("B006", 1)] * 3
    + [("B006", 2)],
    "import collections\nfrom collections import deque as d\ndef f(a=collections.defaultdict(int), b=d()): pass": [
        ("B006", 3)
    ]
    * 2,
    "from typing import Sequence\ndef f(a: Sequence[int] = [], b: list[int] = []): pass": [("B006", 2)],
    "import typing as t\nfrom collections.abc import Mapping\ndef f(a: t.Optional[Mapping[str, int]] = {}, b: Mapping | None = {}, c: dict = {}): pass": [
        ("B006", 3)
    ],
    "x = 1 # noqa\nx == None # noqa\nx == None # noqa: E711\nx == None # noqa: F632": [("E711", 4)],
    "%time x == None\n!ls\nx == None\n%matplotlib inline": [("E711", 1), ("E711", 3)],
    "%%time\nx == None": [("E711", 2)],
    "files = !ls\ny = files == None": [("E711", 2)],
}


def notebook(*sources: str) -> CheckedNotebook:
    return CheckedNotebook(tuple(CheckedCell(at, f"c{at}", "code", source) for at, source in enumerate(sources, 1)))


def found(check: LintCheck, sources: list[str]) -> list[Hits]:
    hits: list[Hits] = [[] for _ in sources]
    for each in check.findings(notebook(*sources)):
        hits[(each.cell or 0) - 1].append((each.code.removeprefix("lint."), each.line or 0))
    return [sorted(each) for each in hits]


@pytest.mark.parametrize("linter", [PythonLinter(), installed_linter()], ids=["own", "installed"])
def test_both_engines_find_the_same(linter: PythonLinter | RuffLinter) -> None:
    sources = list(CASES)
    for source, hits in zip(sources, found(LintCheck(linter), sources), strict=True):
        assert hits == sorted(CASES[source]), source


def test_ruff_is_what_is_installed_here() -> None:
    assert isinstance(installed_linter(), RuffLinter)
    assert set(RULES) == {rule for hits in CASES.values() for rule, _ in hits}


def test_a_ruff_that_does_not_answer_is_made_up_for(tmp_path: Path) -> None:
    for name, script in (("dies", "#!/bin/sh\nexit 2\n"), ("odd", "#!/bin/sh\necho '[{}]'\n")):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    for ruff in ("dies", "odd", "none"):
        assert found(LintCheck(RuffLinter(str(tmp_path / ruff))), ["x == None"]) == [[("E711", 1)]]


def test_what_cannot_be_read_is_said_and_spoils_nothing() -> None:
    sources = ["%%px\nx == None", "this is no python", "x == None", "%%bash\nif [ 1 ]; then"]
    kinds = [(each.code, each.cell) for each in LintCheck(installed_linter()).findings(notebook(*sources))]
    assert kinds == [("lint.not-looked-at", 1), ("lint.not-looked-at", 2), ("lint.E711", 3)]
    assert list(LintCheck().findings(CheckedNotebook(notebook("x == None").cells, language="R"))) == []
