"""Trials of any length: `python -m tests.generated.trial outcomes|deaths COUNT SEED` (make run-outcomes, make run-deaths).

Exit code 1 where anything was judged wrongly; every wrong one is printed with what brings it back.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

from enablement_ext.adapters.sandbox import BubblewrapSandbox, KernelEnvironment
from enablement_ext.service.checking.app import installed_comparer
from tests.generated.deaths import WAYS, killed
from tests.generated.notebooks import carried_out, honest, unfriendly
from tests.generated.outputs import ALLOWED, SAME, Truth, kinds, same_bytes, verdict_of

OUTPUTS_A_NOTEBOOK = 500  # pairs of outputs for every notebook that is run


def sandbox() -> BubblewrapSandbox:
    """Of the environment that the tests run in."""
    return BubblewrapSandbox(KernelEnvironment.of(Path(sys.executable)))


def outputs(count: int, seed: int) -> Counter[str]:
    """So many pairs of outputs, of all kinds in turns."""
    how, found = installed_comparer(), Counter[str]()
    each = kinds()
    for number in range(count):
        truth, maker = each[number % len(each)]
        pair = maker(Random(f"{seed} {number}"))
        if truth is not Truth.STYLE and same_bytes(pair.sent, pair.run):
            continue
        verdict = verdict_of(pair, how)
        found["outputs"] += 1
        if verdict not in ALLOWED[truth]:
            found["wrong"] += 1
            found["dangerous"] += verdict in SAME
            print(f"pair {number} of seed {seed} ({maker.__name__}): {verdict}\n  {pair.sent}\n  {pair.run}"[:2000])
    return found


def notebooks(count: int, seed: int) -> Counter[str]:
    """So many notebooks in the sandbox; a hostile one for every honest one, until each has been there once at least."""
    how, box, random, found = installed_comparer(), sandbox(), Random(seed), Counter[str]()
    made = [*unfriendly(random), *(honest(random, box) for _ in range(max(1, count)))]
    for each in made:
        found["notebooks"] += 1
        found["cells"] += len(each.cells)
        for wrong in carried_out(each, box, how):
            found["wrong"] += 1
            found["dangerous"] += wrong.dangerous
            print(f"seed {seed}: {wrong}"[:2000])
    return found


def deaths(count: int, seed: int) -> Counter[str]:
    """So many kernels, killed in all ways in turns."""
    box, found = sandbox(), Counter[str]()
    names = list(WAYS)
    for number in range(count):
        name, random = names[number % len(names)], Random(f"{seed} {number}")
        death = WAYS[name](random)
        began = time.monotonic()
        wrong = killed(death, box, random.uniform(0, 0.3))
        found[name] += 1
        if wrong:
            found["wrong"] += 1
            print(
                f"death {number} of seed {seed} ({name}, {time.monotonic() - began:.0f} s): {wrong}\n{death.source}"[
                    :2000
                ]
            )
        if number % 50 == 49:
            print(f"{number + 1} killed, {found['wrong']} wrong", flush=True)
    return found


def main(arguments: list[str]) -> int:
    """What to try, how many, and the seed."""
    what, count, seed = arguments[0], int(arguments[1]), int(arguments[2])
    began = time.monotonic()
    found = (
        deaths(count, seed) if what == "deaths" else outputs(count * OUTPUTS_A_NOTEBOOK, seed) + notebooks(count, seed)
    )
    print(
        f"seed {seed}: {dict(found)}; wrong {found['wrong']}, dangerous {found['dangerous']}; {time.monotonic() - began:.0f} s"
    )
    return int(bool(found["wrong"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
