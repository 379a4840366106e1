"""Entry point: the Jupyter Server extension in each user's server.

It lists the files that can be sent with a notebook, submits the bundle, and proxies the review panel's requests to the review service
with the server's own token, so that no token ever reaches the browser.
"""

from __future__ import annotations


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Where Jupyter Server finds the extension."""
    return [{"module": "enablement_ext.lab.extension"}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where `jupyter labextension develop` finds the built front end."""
    return [{"src": "labextension", "dest": "enablement-labextension"}]
