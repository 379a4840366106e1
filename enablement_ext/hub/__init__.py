"""Door: runs inside JupyterHub. One call in `jupyterhub_config.py` adopts Enablement:

from enablement_ext.hub import configure
configure(c)
"""

from __future__ import annotations

from enablement_ext.hub.app import configure
from enablement_ext.hub.demo_people import PeopleAuthenticator, people

__all__ = ["PeopleAuthenticator", "configure", "people"]
