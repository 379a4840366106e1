"""Examining a bundle: it is validated while checks are made of its notebook, which only has to be rebuilt before they begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from enablement_ext.core.checks.models import NotebookSurroundings
from enablement_ext.core.output_policy.rules import OutputRules
from enablement_ext.service.use_cases.arrival.checks import Findings
from enablement_ext.service.use_cases.ingest import ReceivedBundle, ValidatedBundle, rebuilt, searched
from enablement_ext.service.use_cases.review_context import ReviewContext


@dataclass(frozen=True, slots=True)
class Examination:
    """A bundle that was validated. `findings` waits for what checks find in it, which may take longer."""

    validated: ValidatedBundle
    findings: Findings


# With what is kept of outputs, and what is around the notebook: None where no checks are to be made, and `findings` is not asked for.
Examine = Callable[[ReceivedBundle, OutputRules, NotebookSurroundings | None], AbstractContextManager[Examination]]


@contextmanager
def examine_here(
    context: ReviewContext, received: ReceivedBundle, outputs: OutputRules, around: NotebookSurroundings | None
) -> Iterator[Examination]:
    """In this thread; checks are begun as soon as the notebook is rebuilt. Raises what `validate` raises."""
    notebook, rules = rebuilt(received, outputs), context.policy.not_secret_rules
    if around is None:
        yield Examination(searched(received, notebook, context.prefilter, rules), tuple)
        return
    with context.checks.find(notebook.canonical.data, around) as findings:
        yield Examination(searched(received, notebook, context.prefilter, rules), findings)
