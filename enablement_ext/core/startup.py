"""When a release is worse than the one before it: slower to start, or larger, by more than people should put up with."""

from __future__ import annotations

from collections.abc import Iterator

from enablement_ext.core.releases import Measured

SLOWER = 1.20
LARGER = 1.10
# Below this a ratio of two times is noise of the machine.
NOISE_SECONDS = 0.25


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
