"""A sample of generated notebooks and deaths in the sandbox; `make run-outcomes` and `make run-deaths` have as many as one likes."""

from __future__ import annotations

from random import Random

import pytest

from enablement_ext.service.checking.app import installed_comparer
from tests.generated.deaths import WAYS, killed
from tests.generated.notebooks import carried_out, honest, unfriendly
from tests.generated.trial import sandbox

pytestmark = pytest.mark.slow
SEED = 20261201
SAMPLE = ("signal", "memory", "hanging up", "from outside")


def test_a_notebook_that_lies_in_some_of_its_cells_is_found_out_in_those_and_no_others() -> None:
    box, random = sandbox(), Random(SEED)
    made = [
        honest(random, box),
        *(each for each in unfriendly(random) if "forged" in each.name or "claim" in each.name),
    ]
    assert len(made) == 3
    assert [wrong for each in made for wrong in carried_out(each, box, installed_comparer())] == []


def test_a_killed_kernel_has_the_right_name() -> None:
    box, random = sandbox(), Random(SEED)
    assert [killed(WAYS[name](random), box) for name in SAMPLE] == [""] * len(SAMPLE)
