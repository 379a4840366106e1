"""From the names that code imports to the packages that bring them.

A name counts by its longest known beginning, because packages share one (`google.cloud.bigquery`, `google.protobuf`): first what is
installed (the port `InstalledPackages`), then a table of what is usual, then the name itself. Of Python's own modules, and of a shared
beginning with an unknown end, it says nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping

from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.usual_imports import NAMESPACES, USUAL

# Modules that earlier or later Pythons have and this one may not.
_GONE = frozenset(
    "aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils ensurepip formatter imghdr imp lib2to3 mailcap msilib nis"
    " nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib tomllib uu xdrlib compression annotationlib".split()
)
_OWN = sys.stdlib_module_names | _GONE | {"__main__"}


def is_python_own(module: str) -> bool:
    """Whether a module, by its dotted name, comes with Python itself."""
    return module.partition(".")[0] in _OWN


def packages_of_module(module: str, installed: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The packages that a module, by its dotted name, comes from, by their normalised names in order; empty where that is not known.

    `installed`: the names that can be imported here, or their beginnings, and their packages. What is installed under such a name wins,
    also over Python's own: a backport.
    """
    for beginning in _beginnings(module):
        if known := installed.get(beginning):
            return tuple(sorted({canonical_name(name) for name in known}))
    if not module or is_python_own(module):
        return ()
    for beginning in _beginnings(module):
        if beginning in USUAL:
            return (USUAL[beginning],)
        if beginning in NAMESPACES:
            return ()
    return (canonical_name(module.partition(".")[0]),)


def packages_of(modules: Iterable[str], installed: Mapping[str, Collection[str]]) -> list[str]:
    """The packages that these modules come from, in order, each once."""
    return list(dict.fromkeys(name for module in modules for name in packages_of_module(module, installed)))


def shortest_names(distributions: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Of the modules that distributions install, by dotted name, the beginnings that tell them apart, with whose they are.

    A beginning that several share, or that holds modules and is none itself, is followed by its longer ones.
    """
    owners: dict[str, set[str]] = {}
    longer: dict[str, set[str]] = {}
    for distribution, modules in distributions.items():
        for module in modules:
            for beginning in _beginnings(module):
                owners.setdefault(beginning, set()).add(distribution)
                longer.setdefault(beginning.rpartition(".")[0], set()).add(beginning)
    real = {module for modules in distributions.values() for module in modules}
    named: dict[str, set[str]] = {}
    waiting = list(longer.get("", ()))
    while waiting:
        beginning = waiting.pop()
        if beginning in real or beginning not in NAMESPACES:
            named[beginning] = owners[beginning]
        if len(owners[beginning]) > 1 or beginning not in real:
            waiting.extend(longer.get(beginning, ()))
    return named


def _beginnings(module: str) -> Iterator[str]:
    """The whole name, then each shorter one."""
    while module:
        yield module
        module = module.rpartition(".")[0]
