"""The checks that come with Enablement, and those of others by their entry points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points

from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind
from enablement_ext.core.checks.names import NameCheck
from enablement_ext.core.checks.order import OrderCheck
from enablement_ext.core.checks.outputs import OutputCheck
from enablement_ext.core.checks.paths import PathCheck
from enablement_ext.core.checks.personal import PersonalDataCheck
from enablement_ext.core.checks.ports import NotebookCheck
from enablement_ext.core.checks.secrets import SecretCheck

GROUP = "enablement.checks"
OWN: tuple[NotebookCheck, ...] = (
    SecretCheck(),
    PersonalDataCheck(),
    OrderCheck(),
    NameCheck(),
    PathCheck(),
    OutputCheck(),
)


class BadCheck(ValueError):
    """Somebody else's check cannot be used; the message says which and why."""


def all_checks(installed: Iterable[EntryPoint] | None = None) -> tuple[NotebookCheck, ...]:
    """Our own, then those that are installed, by name. Raises `BadCheck`."""
    found = entry_points(group=GROUP) if installed is None else installed
    checks = [*OWN, *(_loaded(point) for point in sorted(found, key=lambda each: each.name))]
    names = [check.name for check in checks]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise BadCheck(f"two checks are called {doubled[0]}")
    return tuple(checks)


def kinds_of(checks: Sequence[NotebookCheck]) -> dict[str, FindingKind]:
    """Every code of these checks."""
    return {code: kind for check in checks for code, kind in check.kinds.items()}


def findings_of(checks: Sequence[NotebookCheck], notebook: CheckedNotebook) -> list[Finding]:
    """What they find, by cell; what is about the notebook as a whole comes first."""
    found = [finding for check in checks for finding in check.findings(notebook)]
    return sorted(found, key=lambda each: (each.cell or 0, each.line or 0))


def _loaded(point: EntryPoint) -> NotebookCheck:
    try:
        made: NotebookCheck = point.load()()
        kinds: Mapping[str, FindingKind] = made.kinds
        wrong = [code for code in kinds if not code.startswith(f"{made.name}.")]
    except Exception as error:  # whatever a plug-in does when it is loaded
        raise BadCheck(f"the check {point.name} ({point.value}) cannot be used: {error}") from error
    if wrong:
        raise BadCheck(f"the check {point.name}: its code {wrong[0]} does not begin with {made.name}.")
    return made
