"""Each check by itself: what it finds, where, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enablement_ext.core.checks.models import CheckedCell, CheckedNotebook, Finding, FindingKind, Level
from enablement_ext.core.checks.own.names import NameCheck
from enablement_ext.core.checks.own.order import OrderCheck
from enablement_ext.core.checks.own.outputs import OutputCheck
from enablement_ext.core.checks.own.paths import PathCheck
from enablement_ext.core.checks.own.personal import PersonalDataCheck, is_card, is_iban
from enablement_ext.core.checks.policy import BadPolicy, CheckPolicy, read_policy
from enablement_ext.core.checks.ports import NotebookCheck
from enablement_ext.core.checks.registry import OWN, BadCheck, all_checks, findings_of, kinds_of

Found = list[tuple[str, int | None, int | None]]
KINDS = kinds_of(OWN)


def book(*sources: str, counts: Sequence[int | None] = (), **more: Any) -> CheckedNotebook:
    numbers = list(counts) or list(range(1, len(sources) + 1))
    cells = [
        CheckedCell(at, f"c{at}", "code", source, execution_count=count)
        for at, (source, count) in enumerate(zip(sources, numbers, strict=True), 1)
    ]
    return CheckedNotebook(tuple(cells), **more)


def found(check: NotebookCheck, notebook: CheckedNotebook) -> Found:
    return [(each.code, each.cell, each.line) for each in check.findings(notebook)]


def shown(*outputs: Mapping[str, Any], source: str = "df", tags: frozenset[str] = frozenset()) -> CheckedNotebook:
    return CheckedNotebook((CheckedCell(1, "c1", "code", source, outputs, 1, tags),))


@pytest.mark.parametrize(
    ("counts", "codes"),
    [
        ((1, 2, 3), []),
        ((None, None, None), ["never-run"] * 3),
        ((1, None, 2), ["never-run"]),
        ((1, 3, 2), ["backwards"]),
        ((4, 5, 6), ["hidden-runs"]),
        ((1, 1, 2), []),
        ((7, 3, 9), ["backwards", "hidden-runs"]),
    ],
)
def test_order(counts: tuple[int | None, ...], codes: list[str]) -> None:
    assert [each.code for each in OrderCheck().findings(book("a", "b", "c", counts=counts))] == [
        f"order.{code}" for code in codes
    ]


def test_a_cell_that_a_tag_leaves_out_was_not_forgotten() -> None:
    assert (
        found(OrderCheck(), CheckedNotebook((CheckedCell(1, "a", "code", "x", tags=frozenset({"skip-execution"})),)))
        == []
    )
    assert found(OrderCheck(), book("  \n", counts=(None,))) == []


LATER, UNDEFINED = "names.defined-later", "names.undefined"


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["x = 1", "x"], []),
        (["x", "x = 1"], [(LATER, 1, 1)]),
        (["x"], [(UNDEFINED, 1, 1)]),
        (["\n\nprint(x)"], [(UNDEFINED, 1, 3)]),
        (["df = df.dropna()"], [(UNDEFINED, 1, 1)]),
        (["n += 1"], [(UNDEFINED, 1, 1)]),
        (["def f():\n    return x", "x = 1", "f()"], []),
        (["def f():\n    return x"], [(UNDEFINED, 1, 1)]),
        (["def f(a=x): ...", "x = 1"], [(LATER, 1, 1)]),
        (["class A:\n    y = x", "x = 1"], [(LATER, 1, 1)]),
        (["class A:\n    def f(self): return x", "x = 1"], []),
        (["[i + x for i in range(3)]", "x = 1"], [(LATER, 1, 1)]),
        (["[i for i in range(3)]\nlambda a: a"], []),
        (["import numpy as np\nfrom os import path as p\nnp.p, p"], []),
        (["import os.path\nos"], []),
        (
            ["for i in range(3): print(i)\nwith open('a') as f: f\ntry: 1\nexcept OSError as e: e\nwhile (y := 1): y"],
            [],
        ),
        (["def g():\n    global z\n    z = 1", "z"], []),
        (["a, (b, *c) = 1, (2, 3)\nmatch a:\n    case [q]: q\nb, c"], []),
        (["x: int = 1\nx"], []),
        (["print(__name__, _, __, _3, _i2, In, Out, get_ipython, display)"], []),
        (["%matplotlib inline\n%time x = 1"], []),
        (["%time x = f(1)", "x"], [(UNDEFINED, 1, 1)]),
        (["%time\nspark.read"], []),
        (["files = !ls\nfiles"], []),
        (["a, b = %time f()\na, b"], [(UNDEFINED, 1, 1)]),
        (["%%capture out\nprint(1)", "out"], []),
        (["%%bash\necho $x", "undefined_one"], [(UNDEFINED, 2, 1)]),
        (["len?\nx = 1", "x"], []),
        (["import this is wrong", "x"], []),
        (["from numpy import *", "array"], []),
        (["exec('x = 1')", "x"], []),
        (["%pylab", "plot"], []),
        (["%run other.ipynb", "x"], []),
        (["%%sql\nselect 1", "x"], []),
        (["x", "from numpy import *"], []),
        (["await f()"], [(UNDEFINED, 1, 1)]),
        (["x", "x"], [(UNDEFINED, 1, 1)]),
        (["del x"], [(UNDEFINED, 1, 1)]),
    ],
)
def test_names(sources: list[str], expected: Found) -> None:
    assert found(NameCheck(), book(*sources)) == expected


def test_names_of_another_language_are_not_looked_at() -> None:
    assert found(NameCheck(), book("x", language="R")) == []


@given(st.lists(st.text(max_size=60), max_size=4))
def test_no_source_breaks_a_check(sources: list[str]) -> None:
    notebook = book(*sources)
    assert {each.code for each in findings_of(OWN, notebook)} <= KINDS.keys()


def test_paths_that_nobody_else_has() -> None:
    sources = [
        "import pandas as pd\npd.read_csv('/home/dana/a.csv')\npd.read_csv('b.csv')\npd.read_csv('https://x.org/c.csv')"
    ]
    assert found(PathCheck(), book(*sources)) == [("paths.absolute", 1, 2)]
    other = book(
        "open('C:\\\\data\\\\a.csv')",
        "open('~/a.csv')",
        "open('/tmp/a')",
        "open('/home/dana/a')\nopen('/home/dana/a')",
        "x = '/usr/a.txt'",
    )
    assert [each[1] for each in found(PathCheck(), other)] == [1, 2, 4]


def test_an_error_that_was_sent_and_an_output_too_large() -> None:
    error = {"output_type": "error", "ename": "KeyError", "evalue": "x", "traceback": []}
    assert found(OutputCheck(), shown(error)) == [("outputs.error", 1, None)]
    assert found(OutputCheck(), shown(error, tags=frozenset({"raises-exception"}))) == []
    assert found(OutputCheck(), shown({"output_type": "stream", "name": "stdout", "text": "x" * 2_100_000})) == [
        ("outputs.large", 1, None)
    ]


CARD, IBAN = "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"
VALID = [
    (f"card = '{CARD}'", "a card number"),
    ("5500005555555559", "a card number"),
    (f"iban: {IBAN}", "a bank account (IBAN)"),
    ("GB82WEST12345698765432", "a bank account (IBAN)"),
    ("PESEL: 44051401359", "a Polish national number (PESEL)"),
    ("cpf 529.982.247-25", "a Brazilian tax number (CPF)"),
    ("DNI 12345678Z", "a Spanish identity number (DNI, NIE)"),
    ("NIE: X1234567L", "a Spanish identity number (DNI, NIE)"),
    ("nhs number 943 476 5919", "a British NHS number"),
    ("bsn=111222333", "a Dutch citizen number (BSN)"),
    ("NIR 255081416802538", "a French social security number (NIR)"),
]


@pytest.mark.parametrize(("text", "what"), VALID)
def test_personal_numbers_are_found_in_code_and_outputs_and_their_value_is_not_told(text: str, what: str) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": f"first\n{text}\n"}
    for notebook, line in ((book(f"# one\n# {text}"), 2), (shown(stream), None)):
        (each,) = PersonalDataCheck().findings(notebook)
        assert (each.code, each.facts["what"], each.line) == ("personal.number", what, line)
        assert text not in repr(each)


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",
        "0000000000000000",
        "1234567890123456",
        "1.4111111111111111",
        "id_4111111111111111",
        "DE89370400440532013001",
        "XX89370400440532013000",
        "44051401359",
        "PESEL: 44051401358",
        "dni 12345678A",
        "2026-12-01 12:00:00.000000",
        "3.141592653589793",
    ],
)
def test_numbers_that_only_look_like_it_are_left_alone(text: str) -> None:
    assert found(PersonalDataCheck(), book(text)) == []


def changed(text: str, at: int) -> str:
    places = [index for index, mark in enumerate(text) if mark.isdecimal()]
    place = places[at % len(places)]
    return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]


@given(st.integers(0, 40))
def test_a_check_digit_notices_any_changed_digit(at: int) -> None:
    assert is_card(CARD)
    assert is_iban(IBAN)
    assert not is_card(changed(CARD, at))
    assert not is_iban(changed(IBAN, at))


def test_a_list_of_people_is_found_and_an_author_is_not() -> None:
    people = "a@firm.org b@firm.org c@firm.org"
    assert found(PersonalDataCheck(), shown({"output_type": "stream", "name": "stdout", "text": people})) == [
        ("personal.emails", 1, None)
    ]
    assert (
        found(PersonalDataCheck(), shown({"output_type": "stream", "name": "stdout", "text": "a@firm.org a@firm.org"}))
        == []
    )
    rows = "<tr><td>x</td><td>y</td></tr>" * 4
    for columns, expected in (
        ("<th>email</th><th>n</th>", [("personal.columns", 1, None)]),
        ("<th>mean</th><th>n</th>", []),
    ):
        table = {"output_type": "display_data", "data": {"text/html": f"<table><tr>{columns}</tr>{rows}</table>"}}
        assert found(PersonalDataCheck(), shown(table)) == expected


def test_rules_say_what_blocks() -> None:
    policy = read_policy('version = 1\n[levels]\norder = "block"\n"order.hidden-runs" = "allow"', KINDS)
    kind = KINDS["order.backwards"]
    assert policy.level("order.backwards", kind) is Level.BLOCK
    assert policy.level("order.hidden-runs", kind) is Level.ALLOW
    assert policy.level("names.undefined", kind) is Level.WARN
    assert CheckPolicy().level("secrets.found", KINDS["secrets.found"]) is Level.BLOCK


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "version: must be 1"),
        ("version = 2", "version: must be 1"),
        ("version = 1\nlevel = 3", "level: there is no such key"),
        ('version = 1\n[levels]\n"order.backward" = "warn"', "did you mean order.backwards?"),
        ('version = 1\n[levels]\norder = "error"', "'error' is none of block, warn, allow"),
        ("version = 1\nlevels = 3", "levels: must be a table"),
        ("version = ", "not TOML"),
        ("version = 1\n[levels]\norder = [1]", "levels.order: [1] is none of"),
    ],
)
def test_a_mistake_in_rules_is_named(text: str, said: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        read_policy(text, KINDS)
    assert said in str(refused.value)


class TeamCheck:
    """A team's own: no cell without a comment."""

    name = "team"
    kinds = {"team.comment": FindingKind(Level.WARN, "Cell {cell} has no comment.", "Write one.")}  # noqa: RUF012

    def findings(self, notebook: CheckedNotebook) -> list[Finding]:
        return [
            Finding("team.comment", cell.number, facts={"cell": cell.number})
            for cell in notebook.code
            if "#" not in cell.source
        ]


class SecondOrder(TeamCheck):
    name = "order"
    kinds = {"order.own": FindingKind(Level.WARN, "x", "y")}  # noqa: RUF012


class Misnamed(TeamCheck):
    kinds = {"other.code": FindingKind(Level.WARN, "x", "y")}  # noqa: RUF012


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, "enablement.checks")


def test_a_team_brings_its_own_check() -> None:
    checks = all_checks([point("team", f"{__name__}:TeamCheck")])
    assert [check.name for check in checks] == [*(check.name for check in OWN), "team"]
    assert [each.code for each in findings_of(checks, book("x = 1"))] == ["team.comment"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (f"{__name__}:SecondOrder", "two checks are called order"),
        (f"{__name__}:Misnamed", "does not begin with team."),
        ("no.such:Check", "cannot be used"),
    ],
)
def test_a_check_that_cannot_be_used_is_named(value: str, said: str) -> None:
    with pytest.raises(BadCheck, match=said):
        all_checks([point("odd", value)])


def test_every_code_has_words_that_its_facts_fill() -> None:
    for check in OWN:
        assert all(code.startswith(f"{check.name}.") for code in check.kinds)
        assert all(kind.remedy.endswith(".") for kind in check.kinds.values())
