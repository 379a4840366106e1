"""The steps of the comparison by themselves: what is noise, which numbers are the same, tables, plots, sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enablement_ext.core.comparison.json_values import same_data, same_json
from enablement_ext.core.comparison.models import DifferenceKind, Tolerance, Window
from enablement_ext.core.comparison.numbers import same_number, same_numbers
from enablement_ext.core.comparison.ports import Table
from enablement_ext.core.comparison.sets import same_sets
from enablement_ext.core.comparison.tables import compare_tables
from enablement_ext.core.comparison.text import SecondRun, without_changing_times, without_noise

USUAL = Tolerance()
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
FIRST = Window(NOON, NOON + timedelta(seconds=9))
SECOND = Window(NOON + timedelta(minutes=1), NOON + timedelta(minutes=1, seconds=9))

NOISE = [
    ("<Figure object at 0x7f3a2b10>", "<Figure object at 0x7f00deadbeef>"),
    ("/tmp/ipykernel_31337/77.py:1: UserWarning: x", "/tmp/ipykernel_2/77.py:1: UserWarning: x"),
    ("\x1b[31mred\x1b[0m", "red"),
    ("Wall time: 3.2 s", "Wall time: 180 ms"),
    (
        "CPU times: user 3 ms, sys: 1 ms, total: 4 ms\nWall time: 4 ms",
        "CPU times: user 9 ms, sys: 0 ns, total: 9 ms\nWall time: 1 s",
    ),
    (
        "1.2 ms ± 34 µs per loop (mean ± std. dev. of 7 runs, 1000 loops each)",
        "980 µs ± 4 µs per loop (mean ± std. dev. of 7 runs, 1000 loops each)",
    ),
    (
        "\r  0%|          | 0/10 [00:00<?, ?it/s]\r100%|██████████| 10/10 [00:01<00:00, 9.1it/s]",
        "100%|██████████| 10/10 [00:03<00:00, 3.2it/s]",
    ),
    (
        "The slowest run took 4.09 times longer than the fastest. This could mean that an intermediate result is being cached.\n1 s ± 2 ms per loop (mean)",
        "3 s ± 2 ms per loop (mean)",
    ),
    ("Wall time: 3.1 \u00b5s", "Wall time: 2min 3s"),
    (
        "CPU times: user 3 \u03bcs, sys: 0 ns, total: 3 \u03bcs\nWall time: 5.9 \u03bcs",
        "CPU times: user 9 ms, sys: 0 ns, total: 9 ms\nWall time: 1 s",
    ),
    ("32/32 ━━━━━━━━━━ 1s 23ms/step", "32/32 ━━━━━━━━━━ 0s 2ms/step"),
    ("1000 loops, best of 3: 407 ms per loop", "1.2 ms ± 34 µs per loop (mean ± std. dev. of 7 runs, 10 loops each)"),
    (
        "SyntaxError: invalid syntax (<ipython-input-32-8e3cc151e316>, line 1)",
        "SyntaxError: invalid syntax (3311942670.py, line 1)",
    ),
    (
        "100%|██████████| 10/10 [00:01<00:00, 9.1it/s, loss=0.3]",
        "100%|██████████| 10/10 [00:03<00:00,  1.20s/it, loss=0.3]",
    ),
    ("abc\b\b\bxyz", "xyz"),
    ("a  \nb\n", "a\nb"),
]


@pytest.mark.parametrize(("one", "other"), NOISE)
def test_what_is_known_to_be_noise_does_not_count(one: str, other: str) -> None:
    assert without_noise(one) == without_noise(other)


RESULTS = [
    ("32/32 ━━━━━━━━━━ 1s 23ms/step - loss: 0.31", "32/32 ━━━━━━━━━━ 1s 23ms/step - loss: 0.34"),
    ("100%|██████████| 10/10 [00:01<00:00, 9.1it/s]", "100%|██████████| 11/11 [00:01<00:00, 9.1it/s]"),
    (
        "100%|██████████| 10/10 [00:01<00:00, 9.1it/s, loss=0.31]",
        "100%|██████████| 10/10 [00:01<00:00, 9.1it/s, loss=0.34]",
    ),
    ("Wall time: 3 orders", "Wall time: 4 orders"),
    ("checksum 0xdeadbeef", "checksum 0xdeadbeee"),
    ("differs at 0x001a2b", "differs at 0x001a2c"),
    ("'0x7f00aa00'", "'0x7f00aa01'"),
    ("0xff", "0xfe"),
    ("customer 0b8e8c1e-6c1e-4b7a-9a55-0e1d6e0f4a11", "customer 1b8e8c1e-6c1e-4b7a-9a55-0e1d6e0f4a11"),
    ("last order 2026-11-30", "last order 2026-11-29"),
    ("mean wait 3.2 s", "mean wait 4.2 s"),
    ("Wall time: as said", "wall time: 3"),
    ("/data/a.csv", "/data/b.csv"),
]


@pytest.mark.parametrize(("one", "other"), RESULTS)
def test_what_may_be_a_result_counts(one: str, other: str) -> None:
    assert without_noise(one) != without_noise(other)


def changing(sent: str, run: str, again: str) -> bool:
    one, other = without_changing_times(sent, run, SecondRun(again, FIRST, SECOND))
    return one == other


def test_a_time_is_noise_where_two_runs_show_that_it_is_the_clock() -> None:
    assert changing("at 2025-01-01 08:00:00", "at 2026-12-01 12:00:03", "at 2026-12-01 12:01:03")
    assert changing("at 2025-01-01T08:00:00Z", "at 2026-12-01T12:00:03Z", "at 2026-12-01T12:01:03Z")
    assert changing("training took 3.2 s", "training took 2.9 s", "training took 4.1 s")


@pytest.mark.parametrize(
    ("sent", "run", "again"),
    [
        ("at 2025-01-01 08:00:00", "at 2026-12-01 12:00:03", "at 2026-12-01 12:00:03"),  # the same twice: no clock
        ("at 2025-01-01T08:00:00Z", "at 2020-12-01T12:00:03Z", "at 2020-12-01T12:01:03Z"),  # no time of these runs
        ("at 2025-01-01 08:00:00 n=3", "at 2026-12-01 12:00:03 n=4", "at 2026-12-01 12:01:03 n=4"),
        ("took 3.2 s", "took 2.9 s", "took 2.9 s"),
        ("took 3 people", "took 4 people", "took 5 people"),
        ("at 2025-01-01 08:00:00", "took 3 s", "took 4 s"),
        (
            "a 2025-01-01 08:00:00 b 2025-01-01 08:00:00",
            "a 2026-12-01 12:00:03 b 2024-01-01 08:00:00",
            "a 2026-12-01 12:01:03 b 2024-01-01 08:00:00",
        ),
    ],
)
def test_any_other_time_counts(sent: str, run: str, again: str) -> None:
    assert not changing(sent, run, again)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.1234567", "0.12345671"),
        ("1e-10", "1.0e-10"),
        ("3.0", "3.00"),
        ("0.333333", "0.33333333"),
        ("-1.5", "-1.5000000001"),
        ("a  1.5\nb 10.25", "a 1.5\nb 10.25"),
        ("array([ 0.5,  1. ])", "array([0.5, 1. ])"),
        ("[(1, 55.0) (2, 85.5)]", "[(1, 55. ) (2, 85.5)]"),
        ("array(['a'], \n      dtype='<U10')", "array(['a'], dtype='<U10')"),
        ("0.90331072553111635", "0.9033107255311146"),
        ("0.95999999999999996", "0.96"),
        ("sex  obs\nF      1\nM      2", "sex obs\nF     1\nM     2"),
    ],
)
def test_numbers_that_are_the_same(one: str, other: str) -> None:
    assert same_numbers(one, other, USUAL)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1000000", "1000001"),
        ("0.9", "0.87"),
        ("0.87", "0.88"),
        ("3", "3.0"),
        ("1.5", "-1.5"),
        ("0.3334", "0.33333333"),
        ("version 1.2.3", "version 1.2.4"),
        ("2026-11-30", "2026-11-29"),
        ("x1", "x2"),
        ("nan", "0.0"),
        ("1.0 2.0", "2.0 1.0"),
        ("1.0", "1.0 1.0"),
        ("1e400", "1e401"),
        ("10:30", "10:31"),
        ("1234567.0", "1234568.0"),
        ("New  York", "New York"),
        ("0    New  York\n1       Paris", "0     New York\n1       Paris"),
        ("total  of 1.5", "total of 1.50000000001\n"),
    ],
)
def test_numbers_that_are_not(one: str, other: str) -> None:
    assert not same_numbers(one, other, USUAL)


FLOATS = st.floats(allow_nan=False, allow_infinity=False).map(repr)
TEXTS = st.lists(
    st.sampled_from(["1", "1.0", "1.0000001", "0.3333", "0.33333333", " ", "a", "-", "2e5", "."]), max_size=6
).map("".join)


@given(FLOATS | TEXTS, FLOATS | TEXTS, st.floats(0, 1), st.floats(0, 1))
def test_same_is_reflexive_symmetric_and_monotone(one: str, other: str, narrow: float, wide: float) -> None:
    narrow, wide = sorted((narrow, wide))
    assert same_numbers(one, one, Tolerance(0))
    assert same_numbers(one, other, Tolerance(narrow)) == same_numbers(other, one, Tolerance(narrow))
    assert same_numbers(one, other, Tolerance(wide)) or not same_numbers(one, other, Tolerance(narrow))


@given(st.integers(), st.integers())
def test_whole_numbers_are_exact(one: int, other: int) -> None:
    assert same_number(str(one), str(other), Tolerance(1.0)) == (one == other)


def table(*rows: tuple[str, ...], header: tuple[str, ...] = ("name", "n", "share")) -> Table:
    return Table(header, rows, 1)


ONE = table(("a", "1", "0.5"), ("b", "2", "0.25"))


def test_a_table_is_compared_by_its_labels() -> None:
    assert compare_tables([ONE], [ONE], USUAL) is None
    assert compare_tables([ONE], [table(("a", "1", "0.5000000001"), ("b", "2", "0.25"))], USUAL) is None
    kind, facts = compare_tables([ONE], [table(("b", "2", "0.25"), ("a", "1", "0.5"))], USUAL) or (None, {})
    assert (kind, facts) == (DifferenceKind.ORDER, {"rows": True, "columns": False})
    kind, facts = compare_tables([ONE], [table(("b", "3", "0.25"), ("a", "1", "0.5"))], USUAL) or (None, {})
    assert kind is DifferenceKind.TABLE
    assert facts == {"cells": 1, "first": [{"row": "b", "column": "n", "old": "2", "new": "3"}]}
    kind, facts = compare_tables([ONE], [table(("a", "1", "0.5"), ("c", "2", "0.25"))], USUAL) or (None, {})
    assert (kind, facts["rows_gone"], facts["rows_new"]) == (DifferenceKind.TABLE, ["b"], ["c"])


def test_where_labels_say_nothing_the_place_counts() -> None:
    doubled = table(("a", "1", "0.5"), ("a", "2", "0.25"))
    assert compare_tables([doubled], [doubled], USUAL) is None
    kind, facts = compare_tables([doubled], [table(("a", "2", "0.25"), ("a", "1", "0.5"))], USUAL) or (None, {})
    assert (kind, facts["cells"]) == (DifferenceKind.TABLE, 4)
    assert compare_tables([ONE], [], USUAL) == (DifferenceKind.TABLE, {"tables": [1, 0]})


PLOTLY = "application/vnd.plotly.v1+json"
PLOT = {"data": [{"type": "bar", "uid": "aa11", "y": [1.0, 2.5], "n": 3}], "layout": {"shapes": [{"ref": "aa11"}]}}


def test_a_plot_is_compared_as_data() -> None:
    other = {
        "layout": {"shapes": [{"ref": "bb22"}]},
        "data": [{"y": [1.0, 2.5000000001], "uid": "bb22", "type": "bar", "n": 3}],
    }
    assert same_data(PLOTLY, PLOT, other, USUAL)
    assert same_data(PLOTLY, other, PLOT, USUAL)
    for changed in (
        {**other, "data": [{**other["data"][0], "n": 4}]},  # type: ignore[index]
        {**other, "data": [{**other["data"][0], "n": 3.0}]},  # type: ignore[index]
        {**other, "data": [{**other["data"][0], "y": [2.5, 1.0]}]},  # type: ignore[index]
        {**other, "layout": {"shapes": [{"ref": "aa11"}]}},
        {**other, "more": 1},
    ):
        assert not same_data(PLOTLY, PLOT, changed, USUAL)


def test_two_made_up_names_are_not_one() -> None:
    two = {"data": [{"uid": "a"}, {"uid": "b"}], "refs": ["a", "b"]}
    assert same_data(PLOTLY, two, {"data": [{"uid": "x"}, {"uid": "y"}], "refs": ["x", "y"]}, USUAL)
    assert not same_data(PLOTLY, two, {"data": [{"uid": "x"}, {"uid": "y"}], "refs": ["y", "x"]}, USUAL)
    assert not same_data(PLOTLY, two, {"data": [{"uid": "x"}, {"uid": "x"}], "refs": ["x", "x"]}, USUAL)


def test_a_name_is_made_up_where_a_plot_library_does_so() -> None:
    one, other = ({"id": each, "score": 0.5} for each in ("C-17", "C-18"))
    assert not same_data("application/json", one, other, USUAL)
    assert not same_data("application/vnd.vegalite.v5+json", one, other, USUAL)
    assert same_data("application/vnd.bokehjs_exec.v0+json", one, other, USUAL)
    assert not same_data(PLOTLY, {"n": 1234567.0}, {"n": 1234568.0}, USUAL)


def test_equal_json_is_equal_in_types() -> None:
    assert same_json({"a": 1, "b": [None]}, {"b": [None], "a": 1})
    assert not same_json({"a": 1}, {"a": True})
    assert not same_json([1], [1.0])


def test_the_order_of_a_set_is_none() -> None:
    assert same_sets("{'a', 'b', 3}", "{3, 'b', 'a'}")
    assert same_sets("frozenset({1, 2})", "frozenset({2, 1})")
    for one, other in (
        ("{1, 2}", "{1, 3}"),
        ("{1}", "{True}"),
        ("['a', 'b']", "['b', 'a']"),
        ("{'a': 1}", "{'a': 1}"),
        ("{", "{"),
    ):
        assert not same_sets(one, other)
