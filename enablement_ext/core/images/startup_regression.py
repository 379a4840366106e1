"""Start-up regressions: when a release starts slower, or is larger, than the one before it by more than the limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from enablement_ext.core.images.ports import StartUpTimes
from enablement_ext.core.images.releases import Measured

SLOWER = 1.20
LARGER = 1.10
# Below this a ratio of two times is noise of the machine.
NOISE_SECONDS = 0.25
ROUNDS, MOST_ROUNDS = 3, 9


def worsened(before: Measured, now: Measured, accepted: str = "") -> Iterator[str]:
    """One sentence for everything that got worse beyond the limits; nothing where the record says why that is accepted."""
    if accepted:
        return
    for what, was, seconds in (
        ("the server", before.server_seconds, now.server_seconds),
        ("the first cell", before.kernel_seconds, now.kernel_seconds),
    ):
        if was > 0 and seconds > was * SLOWER and seconds - was > NOISE_SECONDS:
            yield f"{what} takes {seconds:.2f} s, {seconds / was - 1:.0%} more than before ({was:.2f} s); say why under `accepted` in the record"
    if before.bytes and now.bytes > before.bytes * LARGER:
        yield (
            f"it takes {now.bytes / 1e6:.0f} MB, {now.bytes / before.bytes - 1:.0%} more than before ({before.bytes / 1e6:.0f} MB); "
            "say why under `accepted` in the record"
        )


def measure_alternately(
    now: Callable[[], StartUpTimes], before: Callable[[], StartUpTimes] | None
) -> tuple[StartUpTimes, StartUpTimes | None]:
    """The fastest of several measurements of each, taken in turns, so that what else the machine does hits both.

    While the new one looks worse more rounds are run: only what stays slower is slower.
    """
    ours, theirs = now(), before() if before else None
    for round_number in range(2, MOST_ROUNDS + 1):
        stable = theirs is None or not list(worsened(_timed(theirs), _timed(ours)))
        if round_number > ROUNDS and stable:
            break
        ours = _faster(ours, now())
        theirs = _faster(theirs, before()) if theirs and before else None
    return ours, theirs


def _faster(one: StartUpTimes, other: StartUpTimes) -> StartUpTimes:
    return StartUpTimes(min(one.server_seconds, other.server_seconds), min(one.kernel_seconds, other.kernel_seconds))


def _timed(start: StartUpTimes) -> Measured:
    return Measured(start.server_seconds, start.kernel_seconds, 0)
