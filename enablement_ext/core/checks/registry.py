"""The checks that come with Enablement, and those of others by their entry points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points

from enablement_ext.core.checks.models import FRAME, CheckedNotebook, Finding, FindingKind, Level
from enablement_ext.core.checks.own.git_state import GitStateCheck
from enablement_ext.core.checks.own.imports import ImportCheck
from enablement_ext.core.checks.own.inputs import InputCheck
from enablement_ext.core.checks.own.lint import LintCheck
from enablement_ext.core.checks.own.names import NameCheck
from enablement_ext.core.checks.own.order import OrderCheck
from enablement_ext.core.checks.own.outputs import OutputCheck
from enablement_ext.core.checks.own.paths import PathCheck
from enablement_ext.core.checks.own.personal import PersonalDataCheck
from enablement_ext.core.checks.own.release import ReleaseCheck
from enablement_ext.core.checks.own.secrets import SecretCheck
from enablement_ext.core.checks.ports import Linter, NotebookCheck
from enablement_ext.core.secrets.ports import Prefilter

GROUP = "enablement.checks"
OWN: tuple[NotebookCheck, ...] = (
    SecretCheck(),
    PersonalDataCheck(),
    OrderCheck(),
    NameCheck(),
    LintCheck(),
    ImportCheck(),
    PathCheck(),
    InputCheck(),
    OutputCheck(),
    ReleaseCheck(),
    GitStateCheck(),
)
INCOMPLETE, MORE = f"{FRAME}incomplete", f"{FRAME}more"
_FRAME = {
    INCOMPLETE: FindingKind(
        Level.WARN, "The check {check} was not finished ({why}).", "Tell your platform engineers if it stays so."
    ),
    MORE: FindingKind(Level.ALLOW, "{count} more findings are not listed.", "Take away the cause of those that are."),
}


@dataclass(frozen=True, slots=True)
class CheckEngines:
    """What is installed here and finds the same faster: a linter, and the first search for secrets."""

    linter: Linter
    prefilter: Prefilter


class BadCheck(ValueError):
    """Somebody else's check cannot be used; the message says which and why."""


def all_checks(
    installed: Iterable[EntryPoint] | None = None, engines: CheckEngines | None = None
) -> tuple[NotebookCheck, ...]:
    """Our own, with these engines, then those that are installed, by name. Raises `BadCheck`."""
    found = entry_points(group=GROUP) if installed is None else installed
    own = OWN if engines is None else [_with(check, engines) for check in OWN]
    checks = [*own, *(_loaded(point) for point in sorted(found, key=lambda each: each.name))]
    names = [check.name for check in checks]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise BadCheck(f"two checks are called {doubled[0]}")
    return tuple(checks)


def kinds_of(checks: Sequence[NotebookCheck]) -> dict[str, FindingKind]:
    """Every code of these checks, and of the frame around them."""
    return _FRAME | {code: kind for check in checks for code, kind in check.kinds.items()}


def findings_of(checks: Sequence[NotebookCheck], notebook: CheckedNotebook) -> list[Finding]:
    """What they find, by cell; what is about the notebook as a whole comes first. A check that fails is a finding as well."""
    found = [_placed(finding, notebook) for check in checks for finding in _findings(check, notebook)]
    return sorted(found, key=lambda each: (each.cell or 0, each.line or 0))


def incomplete(check: str, why: str) -> Finding:
    """What is said where something could not be looked for."""
    return Finding(INCOMPLETE, facts={"check": check, "why": why})


def _placed(finding: Finding, notebook: CheckedNotebook) -> Finding:
    """With its cell's id; a check of somebody else may name a cell that there is not."""
    inside = finding.cell is not None and 0 < finding.cell <= len(notebook.cells)
    return replace(finding, cell_id=notebook.cells[finding.cell - 1].id) if inside and finding.cell else finding


def _with(check: NotebookCheck, engines: CheckEngines) -> NotebookCheck:
    if isinstance(check, LintCheck):
        return LintCheck(engines.linter)
    return SecretCheck(engines.prefilter) if isinstance(check, SecretCheck) else check


def _findings(check: NotebookCheck, notebook: CheckedNotebook) -> list[Finding]:
    try:
        found = list(check.findings(notebook))
    except Exception as error:  # noqa: BLE001 - somebody else's check; what it says may quote the notebook
        return [incomplete(check.name, type(error).__name__)]
    unknown = next((each.code for each in found if each.code not in check.kinds), None)
    return [incomplete(check.name, "it finds what it does not declare")] if unknown else found


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
