"""`python -m enablement_ext.service`."""

from __future__ import annotations

import sys

from enablement_ext.service.app import main

if __name__ == "__main__":
    sys.exit(main())
