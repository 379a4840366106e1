"""Whether what a cell shows is the same as before: outputs compared by kind, and the verdict on a cell that was run again.

* `models`, `ports`: what is compared, with what, and what comes out.
* `cells`: the verdict on a cell; `outputs`: two lists of outputs and two outputs.
* `text`, `numbers`, `json_values`, `tables`, `pictures`: the steps, cheapest first; each decides or leaves it to the next.
* `sentences`: a verdict in English.

Nothing here guesses in favour of "the same": a time or an id counts as noise only where it is known to be one (a reading of the clock
while the cell ran, the timer's own formats), and whatever cannot be looked at in detail differs.
"""

from __future__ import annotations

from enablement_ext.core.comparison.cells import compare_cell
from enablement_ext.core.comparison.models import (
    CellRun,
    CellVerdict,
    ComparedCell,
    ComparisonStep,
    Difference,
    DifferenceKind,
    Ending,
    RunVerdict,
    Tolerance,
)
from enablement_ext.core.comparison.outputs import compare_outputs
from enablement_ext.core.comparison.sentences import sentence

__all__ = [
    "CellRun",
    "CellVerdict",
    "ComparedCell",
    "ComparisonStep",
    "Difference",
    "DifferenceKind",
    "Ending",
    "RunVerdict",
    "Tolerance",
    "compare_cell",
    "compare_outputs",
    "sentence",
]
