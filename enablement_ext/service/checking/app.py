"""The composition root of a checking process: `python -m enablement_ext.service.checking.app MEMORY SECONDS`."""

from __future__ import annotations

import sys

from enablement_ext.adapters.re2_prefilter import installed_prefilter
from enablement_ext.service.checking.worker import main

if __name__ == "__main__":
    main(sys.argv[1:], installed_prefilter())
