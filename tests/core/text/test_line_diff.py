"""The bounded line diff: always a correct diff, never slow."""

from __future__ import annotations

import random
import time

import pytest

from enablement_ext.core.text.line_diff import longest_increasing, opcodes


def _applied(old: list[str], new: list[str]) -> list[str]:
    """`new`, rebuilt from `old` by the opcodes; checks that they cover both texts in order."""
    rebuilt: list[str] = []
    old_at = new_at = 0
    for tag, old_start, old_end, new_start, new_end in opcodes(old, new):
        assert (old_start, new_start) == (old_at, new_at)
        if tag == "equal":
            assert old[old_start:old_end] == new[new_start:new_end]
        rebuilt += old[old_start:old_end] if tag == "equal" else new[new_start:new_end]
        old_at, new_at = old_end, new_end
    assert (old_at, new_at) == (len(old), len(new))
    return rebuilt


@pytest.mark.parametrize("seed", range(10))
def test_opcodes_turn_old_into_new(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        alphabet = "abcdefgh" if chance.random() < 0.5 else [str(number) for number in range(300)]
        old = [chance.choice(alphabet) for _ in range(chance.randint(0, 120))]
        new = [line for line in old if chance.random() < 0.9]
        for _ in range(chance.randint(0, 5)):
            new.insert(chance.randint(0, len(new)), chance.choice(alphabet))
        assert _applied(old, new) == new


def test_an_insertion_is_only_an_insertion() -> None:
    old = [str(number) for number in range(50)]
    found = [code for code in opcodes(old, [*old[:20], "new", *old[20:]]) if code[0] != "equal"]
    assert found == [("insert", 20, 20, 20, 21)]


def _hostile(size: int) -> list[tuple[list[str], list[str]]]:
    """Texts made to be slow."""
    return [
        (["a", "b"] * 4 * size, ["b", "a", "a"] * 4 * size),
        ([str(number) for number in range(10 * size)], [str(number) for number in reversed(range(10 * size))]),
        ([f"{number % 40}" for number in range(8 * size)], [f"{number % 41}" for number in range(8 * size)]),
        (
            ["x", *(line for number in range(size) for line in (f"u{number}", *"aabbab" * 5))],
            ["y", *(line for number in range(size) for line in (f"u{number}", *"bbaaba" * 5))],
        ),
    ]


@pytest.mark.parametrize(("old", "new"), _hostile(200))
def test_opcodes_of_hostile_texts_are_right_too(old: list[str], new: list[str]) -> None:
    assert _applied(old, new) == new


@pytest.mark.timing
@pytest.mark.parametrize("which", range(4))
def test_texts_made_to_be_slow_are_not(which: int) -> None:
    old, new = _hostile(5_000)[which]
    start = time.process_time()
    assert _applied(old, new) == new
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("values", "length"), [([], 0), ([3], 1), ([1, 2, 3], 3), ([3, 2, 1], 1), ([5, 0, 1, 6, 2, 3, 4], 5)]
)
def test_longest_increasing(values: list[int], length: int) -> None:
    run = longest_increasing(values)
    assert len(run) == length
    assert run == sorted(run)
    assert [values[at] for at in run] == sorted(values[at] for at in run)
