"""A server that is not started, as JupyterHub understands it: with a status and the reason for the person, without a traceback."""

from __future__ import annotations

from tornado.web import HTTPError

from enablement_ext.core.errors import EnablementError


class CannotStart(HTTPError):
    """A server cannot start. The hub's pages and its API show `jupyterhub_message` to the person who wanted it."""

    def __init__(self, error: EnablementError) -> None:
        super().__init__(error.status, error.message.replace("%", "%%"))
        self.jupyterhub_message = error.message

    def __str__(self) -> str:
        return self.jupyterhub_message
