"""A sample of generated outputs against the comparer; `make run-outcomes` has as many as one likes."""

from __future__ import annotations

from random import Random

import pytest

from enablement_ext.service.checking.app import installed_comparer
from tests.generated.outputs import ALLOWED, Maker, Truth, kinds, same_bytes, verdict_of

SEED, EACH = 20261201, 4


@pytest.mark.parametrize(("truth", "maker"), kinds(), ids=lambda each: getattr(each, "__name__", ""))
def test_generated_outputs_get_the_verdict_that_is_true(truth: Truth, maker: Maker) -> None:
    how, random = installed_comparer(), Random(f"{SEED} {maker.__name__}")
    for _ in range(EACH):
        pair = maker(random)
        if truth is Truth.STYLE or not same_bytes(pair.sent, pair.run):
            assert verdict_of(pair, how) in ALLOWED[truth], pair
