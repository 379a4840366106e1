"""The hub of `make up`: an authenticator and one call.

A team that has a hub keeps its own configuration and adds only the last two lines to it.
"""

from __future__ import annotations

from enablement_ext.hub import configure, people

c = get_config()  # noqa: F821  # JupyterHub puts it there

people(c)  # the demo's authenticator; yours goes here

configure(c)
