"""Text without noise. Every pattern takes linear time.

*Known* noise is what no result depends on: memory addresses, the number of the kernel's process in the names of cells, colours, what a
progress bar overwrote, the readings of IPython's and common progress bars' own timers. *Possible* noise are times of day and seconds that
something took: they may as well be the result, so they count as noise only where two runs of the same cell show that they change, and a
time of day only where each run shows one of its own time. An identifier or a date is never noise by its looks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from enablement_ext.core.comparison.models import Window

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-9;:?]{0,40}[ -/]?[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>NOcMDEHZ78])"
)
# Where Python shows an object without a form of its own. A number in hexadecimal by itself, or at an offset of a file, may be a result.
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{6,16}(?=>|&gt;|, file | closed|; to |; dead)")
# Where ipykernel says that a cell's source stands, in every warning: the number is that of the kernel's process.
_CELL_FILE = re.compile(r"\bipykernel_[0-9]{1,10}(?=[/\\])")
# What the cell is called in the message of a SyntaxError, by old and new IPython.
_CELL_NAME = re.compile(r"(?<=\()(?:<ipython-input-[0-9]{1,9}-[0-9a-f]{12}>|[0-9]{5,10}\.py)(?=, line [0-9])")
# IPython's %time and %timeit, of today and of before 2016.
_SPAN = r"[0-9.]{1,20} ?(?:d|day|days|h|min|s|ms|µs|\u03bcs|us|ns)"  # a micro sign or a Greek letter
_TIMERS = re.compile(
    rf"^(?:CPU times: user [^\n]{{1,200}}|Wall time: {_SPAN}(?: {_SPAN}){{0,4}}|Compiler : {_SPAN}|{_SPAN} ± [^\n]{{1,200}} per loop [^\n]{{0,100}}"
    rf"|[0-9]{{1,12}} loops?, best of [0-9]{{1,3}}: {_SPAN} per loop)$",
    re.MULTILINE,
)
# What %timeit says beside it on a machine that is busy.
_SLOWEST = re.compile(
    r"^The slowest run took [0-9.]{1,20} times longer than the fastest\. This could mean that an intermediate result is being cached\.? ?\n?",
    re.MULTILINE,
)
# tqdm's bar, count and speed; Keras' progress. The total stays: it says how much there was to do; so does what a program writes behind the speed.
_BAR = re.compile(
    r"\|[ #█▏▎▍▌▋▊▉]{1,400}\| ?(?P<count>[0-9.]{1,20}[kMGT]?/[0-9.]{1,20}[kMGT]?)[^\n\[]{0,20}"
    r"\[[0-9:]{1,12}<[0-9:?]{1,12}(?:, {0,8}[0-9.?]{1,12}[kMGT]?i? ?[^\W0-9]{0,20}/[^\W0-9]{1,20})?(?P<behind>[^\]\[|\n]{0,200}+)\]"
)
_STEPS = re.compile(
    r"(?P<kept>[0-9]{1,9}/[0-9]{1,9} [━=>.\[\]]{3,80}) ?[0-9]{1,6}m?s(?: [0-9.]{1,10}[mµ\u03bcn]?s/(?:step|epoch|sample))?"
)
_BEFORE_SECONDS = (
    "elapsed: ",
    "elapsed ",
    "elapsed time: ",
    "time taken: ",
    "took ",
    "finished in ",
    "completed in ",
    "done in ",
    "training time: ",
)
_TOOK = (
    "(?:" + "|".join(f"(?<={before})" for before in _BEFORE_SECONDS) + ")"
    r"[0-9]{1,9}(?:\.[0-9]{1,12})? ?(?:ns|µs|us|ms|s|sec|secs|seconds|minutes)\b"
)
_CLOCK = r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_SLACK = timedelta(seconds=2)
_ZONES = timedelta(hours=14)  # a time without a zone may be local time anywhere


@dataclass(frozen=True, slots=True)
class SecondRun:
    """The same text in a second run, and when each of the two ran."""

    text: str
    first: Window | None
    second: Window | None


def overwritten(text: str) -> str:
    """The text as a terminal shows it in the end: a carriage return begins the line again, a backspace takes a character back."""
    if "\r" not in text and "\b" not in text:
        return text
    return "\n".join(_line(line) for line in text.replace("\r\n", "\n").split("\n"))


def without_noise(text: str) -> str:
    """The text without colours, addresses, progress and timers."""
    plain = overwritten(_ESCAPES.sub("", text))
    plain = _CELL_NAME.sub("cell", _CELL_FILE.sub("ipykernel", _ADDRESS.sub("0x…", plain)))
    plain = _TIMERS.sub("(time)", _SLOWEST.sub("", plain))
    plain = _BAR.sub(r"\g<count>\g<behind>", plain)
    plain = _STEPS.sub(r"\g<kept>", plain)
    return "\n".join(line.rstrip() for line in plain.split("\n")).rstrip("\n")


def without_changing_times(sent: str, run: str, again: SecondRun) -> tuple[str, str]:
    """Both texts without the times that the second run shows to change. Where the three do not correspond, as they are."""
    pattern = _POSSIBLE
    found = [list(pattern.finditer(text)) for text in (sent, run, again.text)]
    if len({len(each) for each in found}) != 1:
        return sent, run
    changing = {
        index
        for index, (before, first, second) in enumerate(zip(*found, strict=True))
        if first[0] != second[0]
        and before.lastgroup == first.lastgroup == second.lastgroup
        and (first.lastgroup == "took" or (_read_in(first[0], again.first) and _read_in(second[0], again.second)))
    }
    return _blanked(sent, found[0], changing), _blanked(run, found[1], changing)


_POSSIBLE = re.compile(f"(?P<clock>{_CLOCK})|(?P<took>{_TOOK})", re.IGNORECASE)


def _blanked(text: str, found: list[re.Match[str]], which: set[int]) -> str:
    parts, at = list[str](), 0
    for index, match in enumerate(found):
        parts += [text[at : match.start()], "(time)" if index in which else match[0]]
        at = match.end()
    return "".join([*parts, text[at:]])


def _line(line: str) -> str:
    if "\b" not in line and "\r" not in line:
        return line
    shown: list[str] = []
    at = 0
    for mark in line:
        if mark == "\r":
            at = 0
        elif mark == "\b":
            at = max(0, at - 1)
        else:
            shown[at : at + 1] = [mark]
            at += 1
    return "".join(shown)


def _read_in(moment: str, window: Window | None) -> bool:
    """Whether the clock showed this while the cell ran."""
    if window is None:
        return False
    try:
        found = datetime.fromisoformat(moment.replace(",", "."))
    except ValueError:
        return False
    slack = _SLACK if found.tzinfo else _SLACK + _ZONES
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return window.start - slack <= aware <= window.end + slack
