"""The composition root of a checking process: `python -m enablement_ext.service.checking.app MEMORY SECONDS`."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from enablement_ext.adapters.re2_prefilter import installed_prefilter
from enablement_ext.core.checks.own.python_lint import PythonLinter
from enablement_ext.core.checks.registry import CheckEngines, all_checks
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.comparison.ports import PictureComparer, PictureRedrawer, TableReader
from enablement_ext.service.checking.worker import CheckingTools, main
from enablement_ext.service.use_cases.arrival.checks import without_secrets


def installed_comparer() -> Comparer:
    """Reads tables and pictures where the libraries of the extra `checks` are installed."""
    tables: TableReader | None = None
    pictures: PictureComparer | None = None
    if find_spec("selectolax") is not None:
        from enablement_ext.adapters.html_tables import SelectolaxTableReader  # noqa: PLC0415

        tables = SelectolaxTableReader()
    if find_spec("PIL") is not None:
        from enablement_ext.adapters.pillow_pictures import PillowPictureComparer  # noqa: PLC0415

        pictures = PillowPictureComparer()
    return Comparer(tables, pictures)


def installed_redrawer() -> PictureRedrawer | None:
    """None where the library of the extra `checks` is not installed."""
    if find_spec("PIL") is None:
        return None
    from enablement_ext.adapters.pillow_pictures import PillowPictureRedrawer  # noqa: PLC0415

    return PillowPictureRedrawer()


if __name__ == "__main__":
    prefilter = installed_prefilter()
    checks = without_secrets(all_checks(engines=CheckEngines(PythonLinter(), prefilter)))
    main(sys.argv[1:], CheckingTools(prefilter, installed_comparer(), checks, installed_redrawer()))
