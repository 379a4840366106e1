"""The composition root of a checking process: `python -m enablement_ext.service.checking.app MEMORY SECONDS`."""

from __future__ import annotations

import sys

from enablement_ext.adapters.re2_prefilter import installed_prefilter
from enablement_ext.adapters.ruff_linter import installed_linter
from enablement_ext.core.checks.registry import all_checks
from enablement_ext.service.checking.worker import CheckingTools, main
from enablement_ext.service.use_cases.arrival_checks import without_secrets

if __name__ == "__main__":
    main(
        sys.argv[1:],
        CheckingTools(installed_prefilter(), without_secrets(all_checks(linter=installed_linter()))),
    )
