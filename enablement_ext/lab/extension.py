"""What Jupyter Server loads at its start: the settings, and one rule. Everything else is imported by the first request that it is for.

A person waits for every millisecond of a start, and most of ours went into modules that a start does not need.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jupyter_server.utils import url_path_join
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import PathMatches, Router, Rule

from enablement_ext.lab.settings import EnablementLab


class OnFirstRequest(Router):
    """Calls `add` before the first request is looked at by the rules behind this one; finds no handler itself."""

    def __init__(self, add: Callable[[], None]) -> None:
        self._add: Callable[[], None] | None = add

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        """Called by tornado."""
        del request, kwargs
        if self._add is not None:
            self._add()
            self._add = None
        return None


def _load_jupyter_server_extension(server: Any) -> None:
    """Called by Jupyter Server. Loads without a hub, too. A mistake in the settings is said now, not at the first request."""
    root = str(getattr(server.contents_manager, "root_dir", "") or server.root_dir)
    settings = EnablementLab(parent=server)
    base = server.web_app.settings["base_url"]

    def add() -> None:
        from enablement_ext.lab.app import all_routes  # noqa: PLC0415 - this is what a start does without

        table = [(url_path_join(base, pattern), *rest) for pattern, *rest in all_routes(settings, root)]
        server.web_app.add_handlers(".*$", table)

    ours = PathMatches(re.compile(re.escape(url_path_join(base, "enablement")) + "/.*"))
    server.web_app.default_router.rules.insert(0, Rule(ours, OnFirstRequest(add)))
    ready = settings.service_url and settings.token()
    server.log.info(
        "Enablement: %s", "ready to send to engineering" if ready else "no review service is known to this server"
    )
