"""A kernel's messages made into outputs, and whether some are missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from enablement_ext.core.runs.outputs import OutputCollector
from enablement_ext.core.runs.sequence import MessageNumbers, numbered

Message = tuple[str, Mapping[str, Any]]


def stream(text: object, name: object = "stdout") -> Message:
    return "stream", {"name": name, "text": text}


def shown(text: str, display: str = "") -> Message:
    transient = {"transient": {"display_id": display}} if display else {}
    return "display_data", {"data": {"text/plain": text}, "metadata": {}} | transient


def update(text: str, display: str) -> Message:
    return "update_display_data", shown(text, display)[1]


CASES: list[tuple[list[Message], list[str]]] = [
    ([stream("a"), stream("b"), stream("c", "stderr"), stream("d")], ["stdout ab", "stderr c", "stdout d"]),
    ([stream("a"), ("clear_output", {"wait": False})], []),
    ([stream("a"), ("clear_output", {"wait": True})], ["stdout a"]),
    ([stream("a"), ("clear_output", {"wait": True}), stream("b")], ["stdout b"]),
    ([shown("1", "x"), update("2", "x"), update("3", "y")], ["2"]),
    ([shown("1", "x"), shown("1", "x"), update("2", "x")], ["2", "2"]),
    ([("comm_msg", {"data": {}}), ("status", {}), shown("1")], ["1"]),
]


@pytest.mark.parametrize(("messages", "shows"), CASES)
def test_outputs_are_those_that_a_lab_would_show(messages: list[Message], shows: list[str]) -> None:
    collector = OutputCollector()
    for message in messages:
        collector.take(*message)
    found: list[Any] = list(collector.outputs())
    said = [
        f"{each['name']} {''.join(each['text'])}" if "name" in each else "".join(each["data"]["text/plain"])
        for each in found
    ]
    assert said == shows
    assert not collector.spoiled


FORGED: list[Message] = [
    stream(7),
    stream("x", "stdlog"),
    stream(["x", "y"], ["stdout"]),
    ("display_data", {"data": {"no mime": "x"}, "metadata": {}}),
    ("display_data", {"data": [], "metadata": {}}),
    ("display_data", {}),
    ("display_data", {"data": {"text/plain": "\ud800"}}),
    ("execute_result", {"data": {}, "execution_count": "one"}),
    ("error", {"ename": 1, "evalue": "", "traceback": []}),
    ("error", {"ename": "", "evalue": "", "traceback": "all of it"}),
]


@pytest.mark.parametrize("message", FORGED)
def test_what_is_no_output_spoils_the_cell_and_raises_nothing(message: Message) -> None:
    collector = OutputCollector()
    collector.take(*stream("before"))
    collector.take(*message)
    assert collector.outputs() == []
    assert collector.spoiled == "malformed-output"


def test_what_an_output_may_not_hold_is_left_out() -> None:
    collector = OutputCollector()
    collector.take("display_data", {"data": {"text/plain": "x"}, "metadata": {"trusted": True}, "more": "y"})
    (found,) = collector.outputs()
    assert found == {"output_type": "display_data", "data": {"text/plain": ["x"]}, "metadata": {}}


def test_a_missing_number_is_a_lost_message_of_its_span() -> None:
    numbers = MessageNumbers()
    for number in (4, 5, 6):
        numbers.note(f"s_1_{number}")
    first = numbers.cut()
    for number in (7, 9):
        numbers.note(f"s_1_{number}")
    second = numbers.cut()
    numbers.note("s_1_11")
    third = numbers.cut()
    assert [numbers.lost(span) for span in (first, second, third)] == [0, 1, 1]
    numbers.note("s_1_8")  # late, by another channel
    assert [numbers.lost(span) for span in (first, second, third)] == [0, 0, 1]


def test_processes_of_a_notebook_are_counted_by_themselves() -> None:
    numbers = MessageNumbers()
    numbers.note("s_1_3")
    numbers.cut()
    for each in ("s_2_50", "s_1_4", "s_2_52"):
        numbers.note(each)
    assert numbers.lost(numbers.cut()) == 1
    numbers.note("s_2_53")
    assert numbers.lost(numbers.cut()) == 0


def test_threads_that_took_one_number_twice_have_lost_nothing() -> None:
    numbers = MessageNumbers()
    for number in (1, 2, 2, 4):
        numbers.note(f"s_1_{number}")
    assert numbers.lost(numbers.cut()) == 0


@pytest.mark.parametrize("odd", [None, 7, "", "abc", "s_1_", "s_1_-4", "s_1_²", "s_1_" + "9" * 40])
def test_what_has_no_number_cannot_be_vouched_for(odd: object) -> None:
    assert numbered(odd) is None
    numbers = MessageNumbers()
    numbers.note(odd)
    assert numbers.lost(numbers.cut()) == 1


def test_a_forged_number_or_many_senders_cost_nothing_and_are_not_whole() -> None:
    numbers = MessageNumbers()
    numbers.note("s_1_1")
    numbers.note("s_1_999999999999999999")
    for sender in range(3000):
        numbers.note(f"s{sender}_1_1")
    assert numbers.lost(numbers.cut()) > 10**17
