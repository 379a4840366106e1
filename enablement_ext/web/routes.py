"""Routes as data. A route cannot be made without its scope and session, and the web server serves nothing but this table.

A path is the contract's: `/api/v1/submissions/{number}`. Every path parameter is a whole number, but those of `TEXTS`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from enablement_ext.core.git.repository_paths import NAME_PATTERN, OWNER_PATTERN, SPACE_PATTERN
from enablement_ext.core.images.releases import SLUG, VERSION
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response

Context = TypeVar("Context")

# Path parameters that are names, and what they look like: whose repository and which; an image and its release.
TEXTS = {
    "space": SPACE_PATTERN,
    "owner": OWNER_PATTERN,
    "repository": NAME_PATTERN,
    "image": SLUG.pattern,
    "release": VERSION.pattern,
}

_PARAMETER = re.compile(r"\{([a-z]+)\}")
_NUMBER = r"(?P<{}>0|[1-9][0-9]{{0,14}})"


@dataclass(frozen=True, slots=True)
class BodyRule:
    """What body a route takes: its content type and the most bytes; refused before the body is read."""

    content_type: str
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[Context]):
    """One operation. Exactly one of `work` (blocking, runs in a worker thread) and `flow` (a coroutine) answers it; an exchange with
    Git (`Session.GIT`) has neither, it is streamed.

    `navigation`: only a browser's navigation of its top-level page is answered, never a request with a token. `callback`: the end of a
    browser's sign-in, which belongs to the pages although it needs no session yet. `everywhere`: served at every address of the service.
    """

    operation: str
    method: str
    path: str
    scope: Scope
    session: Session
    work: Callable[[Context, Request], Response] | None = None
    flow: Callable[[Context, Request], Awaitable[Response]] | None = None
    body: BodyRule | None = None
    navigation: bool = False
    callback: bool = False
    everywhere: bool = False

    def __post_init__(self) -> None:
        if (self.work is None) == (self.flow is None) and self.session is not Session.GIT:
            raise ValueError(f"{self.operation}: exactly one of work and flow answers a route")
        if (self.scope is Scope.NONE) != (self.session is Session.NONE):
            raise ValueError(f"{self.operation}: only a route without a session is without a scope")
        if (self.method == "POST") != (self.body is not None):
            raise ValueError(f"{self.operation}: a POST says what body it takes, a GET takes none")

    @property
    def of_pages(self) -> bool:
        """Whether it works with a browser's session, so that it is served where the service's pages are and nowhere else."""
        return self.callback or self.session in (Session.BROWSER, Session.TICKET)

    def pattern(self) -> str:
        """A regular expression for the path, with its parameters as named groups."""
        return _PARAMETER.sub(
            lambda match: f"(?P<{match[1]}>{TEXTS[match[1]]})" if match[1] in TEXTS else _NUMBER.format(match[1]),
            re.escape(self.path).replace(r"\{", "{").replace(r"\}", "}"),
        )


@dataclass(frozen=True, slots=True)
class RouteTable(Generic[Context]):
    """All routes, by path and method. Raises `ValueError` where two routes have the same path and method, or the same operation id."""

    routes: tuple[Route[Context], ...]
    _paths: dict[str, dict[str, Route[Context]]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if len({route.operation for route in self.routes}) != len(self.routes):
            raise ValueError("two routes have the same operation id")
        for route in self.routes:
            methods = self._paths.setdefault(route.path, {})
            if route.method in methods:
                raise ValueError(f"{route.method} {route.path} stands twice")
            methods[route.method] = route

    def by_path(self) -> Iterator[tuple[str, dict[str, Route[Context]]]]:
        """(pattern, {method: route}) for each path."""
        for methods in self._paths.values():
            yield next(iter(methods.values())).pattern(), methods


def table(*groups: Iterable[Route[Context]]) -> RouteTable[Context]:
    """The table of these groups of routes."""
    return RouteTable(tuple(route for group in groups for route in group))
