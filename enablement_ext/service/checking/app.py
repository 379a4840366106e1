"""The composition root of a checking process: `python -m enablement_ext.service.checking.app MEMORY SECONDS`."""

from __future__ import annotations

import sys

from enablement_ext.adapters.re2_prefilter import installed_prefilter
from enablement_ext.core.checks.own.python_lint import PythonLinter
from enablement_ext.core.checks.registry import CheckEngines, all_checks
from enablement_ext.service.checking.worker import CheckingTools, main
from enablement_ext.service.use_cases.arrival.checks import without_secrets

if __name__ == "__main__":
    prefilter = installed_prefilter()
    checks = without_secrets(all_checks(engines=CheckEngines(PythonLinter(), prefilter)))
    main(sys.argv[1:], CheckingTools(prefilter, checks))
