"""Settings of the checks that are made when something is sent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from traitlets import TraitError, Unicode, default
from traitlets.config import Configurable

from enablement_ext.core.checks.models import FindingKind
from enablement_ext.core.checks.policy import BadPolicy, CheckPolicy, read_policy
from enablement_ext.core.checks.registry import BadCheck, all_checks, kinds_of
from enablement_ext.service.use_cases.arrival.checks import without_secrets


class ArrivalCheckSettings(Configurable):
    """Checks of what arrives: what blocks, what may be overridden with a reason, what of outputs is kept."""

    rules_file = Unicode(
        help="The file of rules (TOML; `enablement policy check` says every mistake in it). It is read when the service starts. Default: "
        "$ENABLEMENT_RULES. Without one every finding has the level of its kind, all outputs are kept, and an approval needs nothing of checks and runs.",
    ).tag(config=True)

    @default("rules_file")
    def _default_rules_file(self) -> str:
        return os.environ.get("ENABLEMENT_RULES", "")

    def kinds(self) -> Mapping[str, FindingKind]:
        """Every code that the checks of this service can find. Raises `TraitError` for a check that cannot be used."""
        try:
            return kinds_of(without_secrets(all_checks()))
        except BadCheck as problem:
            raise TraitError(f"checks: {problem}") from None

    def policy(self) -> CheckPolicy:
        """The rules. Raises `TraitError` with every mistake."""
        if not self.rules_file:
            return CheckPolicy()
        try:
            return read_policy(Path(self.rules_file).read_text(encoding="utf-8"), kinds_of(all_checks()))
        except (OSError, UnicodeDecodeError, BadPolicy) as problem:
            raise TraitError(f"ArrivalCheckSettings.rules_file: {problem}") from None
