"""`enablement image …`: the catalog from the command line. `app.py` wires it; every other module is a few verbs over ports."""

from __future__ import annotations
