"""Pairs of outputs with a known truth: what was sent, what two runs showed, and whether that is the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random

from PIL import Image, ImageChops, PngImagePlugin

from enablement_ext.core.comparison import CellRun, ComparedCell, Ending, RunVerdict, compare_cell
from enablement_ext.core.comparison.models import Output, Window
from enablement_ext.core.comparison.outputs import Comparer
from tests.generated.material import (
    WORDS,
    Outputs,
    drawing,
    number,
    other_digit,
    png,
    printed,
    rows,
    sentence,
    shown,
    table,
)

FIRST = Window(datetime(2026, 12, 1, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, 0, 9, tzinfo=UTC))
SECOND = Window(FIRST.start + timedelta(minutes=1), FIRST.end + timedelta(minutes=1))
SAME = frozenset({RunVerdict.IDENTICAL, RunVerdict.EQUIVALENT})


class Truth(StrEnum):
    """What is so, whatever the comparer says."""

    STYLE = "the same"
    CHANGED = "another result"
    RANDOM = "another result each time"


ALLOWED: Mapping[Truth, frozenset[RunVerdict]] = {
    Truth.STYLE: SAME,
    Truth.CHANGED: frozenset({RunVerdict.NOT_AS_SENT}),
    Truth.RANDOM: frozenset({RunVerdict.DIFFERS_EACH_TIME}),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """What was sent and what a run showed; `again` is the second run, the same as the first where it is None."""

    sent: Outputs
    run: Outputs
    again: Outputs | None = None
    source: str = "show()"


Maker = Callable[[Random], Pair]


def verdict_of(pair: Pair, how: Comparer) -> RunVerdict:
    """What the comparer says of it."""
    second = pair.run if pair.again is None else pair.again
    runs = [CellRun(Ending.FINISHED, pair.run, FIRST), CellRun(Ending.FINISHED, second, SECOND)]
    return compare_cell(ComparedCell("code", pair.source, pair.sent), runs, how).verdict


def _pieces(random: Random) -> Pair:
    text = sentence(random) + "\n"
    at = random.randint(0, len(text))
    return Pair(printed(text), printed(text[:at]) + printed(text[at:]))


def _colours(random: Random) -> Pair:
    text = sentence(random)
    return Pair(printed(text), printed(f"\x1b[{random.randint(30, 37)}m{text}\x1b[0m"))


def _address(random: Random) -> Pair:
    one, other = (f"<model.Net object at 0x7f{random.getrandbits(40):010x}>" for _ in range(2))
    return Pair(shown(plain=one), shown(plain=other))


def _bar(random: Random) -> Pair:
    loss = f"loss={random.random():.3f}"
    one, other = (
        f"100%|██████████| 10/10 [00:0{random.randint(1, 9)}<00:00, {random.uniform(1, 9):.2f}it/s, {loss}]"
        for _ in range(2)
    )
    return Pair(printed(one, "stderr"), printed(f"\r  0%|          | 0/10 [00:00<?, ?it/s]\r{other}", "stderr"))


def _timer(random: Random) -> Pair:
    one, other = (
        f"CPU times: user {random.randint(1, 9)} ms, sys: 0 ns, total: 9 ms\nWall time: {random.randint(1, 900)} ms"
        for _ in range(2)
    )
    text = sentence(random)
    return Pair(printed(f"{one}\n{text}"), printed(f"{other}\n{text}"))


def _jitter(random: Random) -> Pair:
    value = random.uniform(0.001, 1000)
    return Pair(shown(plain=repr(value)), shown(plain=repr(value * (1 + random.uniform(-1, 1) * 1e-12))))


def _rounded(random: Random) -> Pair:
    value = random.uniform(1, 1000)
    return Pair(shown(plain=f"{value:.12f}"), shown(plain=f"{value:.8f}"))


def _spaced(random: Random) -> Pair:
    values = [random.uniform(0, 9) for _ in range(4)]
    text = ", ".join(f"{value:.3f}" for value in values)
    return Pair(shown(plain=f"array([ {text.replace(', ', ',  ')}])"), shown(plain=f"array([{text}])"))


def _set_order(random: Random) -> Pair:
    members = [repr(each) for each in random.sample(WORDS, 4)]
    return Pair(shown(plain="{" + ", ".join(members) + "}"), shown(plain="{" + ", ".join(reversed(members)) + "}"))


def _reflowed(random: Random) -> Pair:
    found = rows(random)
    style = "<style scoped>\n    .dataframe tbody tr th {\n        vertical-align: top;\n    }\n</style>\n"
    return Pair(shown(html=table(found)), shown(html=table(found, style=style, indent=random.randint(0, 9))))


def _encoded(random: Random) -> Pair:
    picture, notes = drawing(random), PngImagePlugin.PngInfo()
    notes.add_text("Software", f"plot {random.random()}")
    return Pair(shown(png=png(picture)), shown(png=png(picture, pnginfo=notes, compress_level=1)))


def _plot_name(random: Random) -> Pair:
    values = [random.random() for _ in range(4)]
    one, other = ({"data": [{"uid": f"{random.getrandbits(32):x}", "y": values}]} for _ in range(2))
    return Pair(shown(plotly=one), shown(plotly=dict(reversed(other.items()))))


def _clock(random: Random) -> Pair:
    text = sentence(random)
    moments = ("2025-03-04 05:06:07", "2026-12-01 12:00:04", "2026-12-01 12:01:05")
    one, run, again = (printed(f"{moment} {text}") for moment in moments)
    return Pair(one, run, again)


def _digit(random: Random) -> Pair:
    text = f"{random.choice(WORDS)} {random.uniform(1, 10) * 10 ** random.randint(-4, 6):.6f}"
    return Pair(printed(text), printed(other_digit(random, text)))


def _whole(random: Random) -> Pair:
    value = random.randint(0, 10 ** random.randint(1, 15))
    end = random.choice(("", ".0", ".00"))
    return Pair(printed(f"n {value}{end}"), printed(f"n {value + random.choice((1, 10, 100))}{end}"))


def _sign(random: Random) -> Pair:
    value = random.uniform(0.1, 1e6)
    return Pair(printed(f"slope {value:.4f}"), printed(f"slope -{value:.4f}"))


def _any_digit(random: Random) -> Pair:
    text = sentence(random)
    return Pair(printed(text), printed(other_digit(random, text)))


def _letter(random: Random) -> Pair:
    text = sentence(random)
    at = random.choice([place for place, mark in enumerate(text) if mark.isalpha() and mark not in "eE"])
    return Pair(printed(text), printed(text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]))


def _blank(random: Random) -> Pair:
    one = f"{random.randint(0, 9)}    New  York\n1       Paris"
    return Pair(shown(plain=one), shown(plain=one.replace("    New  York", "     New York")))


def _checksum(random: Random) -> Pair:
    one, other = (f"crc32 {random.getrandbits(32) | 1 << 31:#x}" for _ in range(2))
    return Pair(printed(one), printed(other))


def _identity(random: Random) -> Pair:
    ways: Sequence[Callable[[], str]] = (
        lambda: f"customer {random.getrandbits(128):032x}",
        lambda: f"last seen 20{random.randint(10, 99)}-0{random.randint(1, 9)}-1{random.randint(0, 9)}",
        lambda: f"/data/{random.getrandbits(40):x}.csv",
        lambda: f"version {random.randint(0, 9)}.{random.getrandbits(20)}.1",
    )
    made = random.choice(ways)
    return Pair(printed(made()), printed(made()))


def _loss(random: Random) -> Pair:
    one, other = (
        f"100%|██████████| 10/10 [00:01<00:00, 9.10it/s, loss={loss}]" for loss in random.sample(range(1000), 2)
    )
    return Pair(printed(one, "stderr"), printed(other, "stderr"))


def _order(random: Random) -> Pair:
    lines = random.sample(WORDS, 4)
    return Pair(printed("\n".join(lines)), printed("\n".join(reversed(lines))))


def _cell_of_table(random: Random) -> Pair:
    found = rows(random)
    at = random.randrange(len(found))
    changed = list(found)
    changed[at] = (found[at][0], str(int(found[at][1]) + 1), found[at][2])
    return Pair(shown(html=table(found)), shown(html=table(changed)))


def _rows_of_table(random: Random) -> Pair:
    found = rows(random)
    return Pair(shown(html=table(found)), shown(html=table(found[::-1])))


def _labels_of_table(random: Random) -> Pair:
    found = rows(random)
    labels = [row[0] for row in found]
    turned = [(label, *row[1:]) for label, row in zip(labels[1:] + labels[:1], found, strict=True)]
    return Pair(shown(html=table(found)), shown(html=table(turned)))


def _colour_of_table(random: Random) -> Pair:
    one = table(rows(random)).replace("<td>", "<td style='color: red'>", 1)
    return Pair(shown(html=one), shown(html=one.replace("red", "blue")))


def _pixels(random: Random) -> Pair:
    one = drawing(random)
    other = one.copy()
    for _ in range(random.randint(1, 5)):
        place = random.randrange(one.width), random.randrange(one.height)
        red, green, blue = one.getpixel(place)  # type: ignore[misc]
        other.putpixel(place, (red ^ random.choice((1, 128)), green, blue))
    if ImageChops.difference(one, other).getbbox() is None:
        other.putpixel((0, 0), (1, 2, 3))
    return Pair(shown(png=png(one)), shown(png=png(other)))


def _shifted(random: Random) -> Pair:
    one = drawing(random)
    other = ImageChops.offset(one, random.choice((1, -1)), random.choice((0, 1)))
    return Pair(shown(png=png(one)), shown(png=png(other)))


def _redrawn(random: Random) -> Pair:
    state = random.getstate()
    one = drawing(random)
    random.setstate(state)
    return Pair(shown(png=png(one)), shown(png=png(drawing(random, random.choice(((161, 120), (160, 121)))))))


def _deep(random: Random) -> Pair:
    value = random.randint(300, 60_000)
    one, other = (Image.frombytes("I;16", (8, 8), each.to_bytes(2, "little") * 64) for each in (value, value + 1))
    return Pair(shown(png=png(one)), shown(png=png(other)))


def _plot_data(random: Random) -> Pair:
    values: list[float] = [random.random() + 0.5 for _ in range(5)]
    changed = list(values)
    changed[random.randrange(5)] *= 1 + random.choice((1e-4, -1e-4, 1))
    one, other = ({"data": [{"uid": "a", "y": each}]} for each in (values, changed))
    return Pair(shown(plotly=one), shown(plotly=other))


def _key_of_data(random: Random) -> Pair:
    one, other = ({"id": f"C-{each}", "uid": each, "score": 0.5} for each in random.sample(range(10**6), 2))
    return Pair(shown(json=one), shown(json=json.loads(json.dumps(other))))


def _gone(random: Random) -> Pair:
    both = printed(sentence(random)) + shown(plain=number(random))
    pair = Pair(both, both[: random.randint(0, 1)])
    return pair if random.random() < 0.5 else Pair(pair.run, pair.sent)


def _warned(random: Random) -> Pair:
    one = shown(plain=number(random))
    return Pair(one, one + printed("RuntimeWarning: divide by zero", "stderr"))


def _no_source(random: Random) -> Pair:
    return Pair(printed(sentence(random)), [], source=random.choice(("", " \n", "\n\n")))


def _drawn_numbers(random: Random) -> Pair:
    sent, run, again = (printed(f"{random.random():.8f}") for _ in range(3))
    return Pair(sent, run, again)


def _drawn_pictures(random: Random) -> Pair:
    sent, run, again = (shown(png=png(drawing(random))) for _ in range(3))
    return Pair(sent, run, again)


def _clock_elsewhere(random: Random) -> Pair:
    """It changes each time, and by more than the clock."""
    sent, run, again = (f"2026-12-01 12:0{at}:04 {random.random():.6f}" for at in range(3))
    return Pair(printed(sent), printed(run), printed(again))


MAKERS: Mapping[Truth, Sequence[Maker]] = {
    Truth.STYLE: (
        _pieces,
        _colours,
        _address,
        _bar,
        _timer,
        _jitter,
        _rounded,
        _spaced,
        _set_order,
        _reflowed,
        _encoded,
        _plot_name,
        _clock,
    ),
    Truth.CHANGED: (
        *(
            _digit,
            _whole,
            _sign,
            _any_digit,
            _letter,
            _blank,
            _checksum,
            _identity,
            _loss,
            _order,
            _cell_of_table,
            _rows_of_table,
        ),
        *(
            _labels_of_table,
            _colour_of_table,
            _pixels,
            _shifted,
            _redrawn,
            _deep,
            _plot_data,
            _key_of_data,
            _gone,
            _warned,
            _no_source,
        ),
    ),
    Truth.RANDOM: (_drawn_numbers, _drawn_pictures, _clock_elsewhere),
}


def kinds() -> list[tuple[Truth, Maker]]:
    """Every kind of pair with its truth."""
    return [(truth, maker) for truth, makers in MAKERS.items() for maker in makers]


def same_bytes(one: Sequence[Output], other: Sequence[Output]) -> bool:
    """A change that was none: two draws that came out alike."""
    return json.dumps(one) == json.dumps(other)
