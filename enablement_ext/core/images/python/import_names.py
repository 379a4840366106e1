"""From the names that code imports to the packages that bring them.

A name counts by its longest known beginning, because packages share one (`google.cloud.bigquery`, `google.protobuf`): first what is
installed (the port `InstalledPackages`), then a table of what is usual, then the name itself. Of Python's own modules, and of a shared
beginning with an unknown end, it says nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.usual_imports import NAMESPACES, USUAL

_SUFFIXES = (".py", ".so", ".pyd")
_DEPTH = 4  # parts of a module's name

# Modules that earlier or later Pythons have and this one may not.
_GONE = frozenset(
    "aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils ensurepip formatter imghdr imp lib2to3 mailcap msilib nis"
    " nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib tomllib uu xdrlib compression annotationlib".split()
)
_OWN = sys.stdlib_module_names | _GONE | {"__main__"}


def is_python_own(module: str) -> bool:
    """Whether a module, by its dotted name, comes with Python itself."""
    return module.partition(".")[0] in _OWN


def by_longest_prefix(module: str, table: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The packages that the module comes from: `a.b.c`, else `a.b`, else `a`. Empty where the table has none of them."""
    return next((tuple(found) for beginning in _beginnings(module) if (found := table.get(beginning))), ())


def is_shared(module: str, table: Mapping[str, Iterable[str]]) -> bool:
    """Whether it is a folder that packages share: something in it can be imported, itself it belongs to nobody."""
    return any(name.startswith(f"{module}.") for name in table)


def shared_folders(table: Iterable[str]) -> frozenset[str]:
    """All names of which `is_shared` is true."""
    return frozenset(folder for name in table for folder in _beginnings(name.rpartition(".")[0]))


def packages_of_module(module: str, installed: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The packages that a module, by its dotted name, comes from, by their normalised names in order; empty where that is not known.

    `installed`: the names that can be imported here, or their beginnings, and their packages. What is installed under such a name wins,
    also over Python's own: a backport.
    """
    known = by_longest_prefix(module, installed)
    if known:
        return tuple(sorted({canonical_name(name) for name in known}))
    if not module or is_python_own(module):
        return ()
    usual = by_longest_prefix(module, USUAL)
    if usual:
        return usual[:1]
    shared = any(beginning in NAMESPACES for beginning in _beginnings(module))
    return () if shared else (canonical_name(module.partition(".")[0]),)


def packages_of(modules: Iterable[str], installed: Mapping[str, Collection[str]]) -> list[str]:
    """The packages that these modules come from, in order, each once."""
    return list(dict.fromkeys(name for module in modules for name in packages_of_module(module, installed)))


def names_of_files(files: Iterable[str]) -> set[str]:
    """The dotted names of the modules that these installed files (POSIX, relative to the folder of packages) are.

    Not deeper than tells distributions apart; a file that cannot be imported has none.
    """
    return {name for file in files if file.endswith(_SUFFIXES) and (name := _dotted(file.split("/")))}


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


def _dotted(parts: Sequence[str]) -> str:
    *folders, last = parts
    name = last.partition(".")[0]
    dotted = [*folders, *([] if name == "__init__" else [name])]
    return ".".join(dotted[:_DEPTH]) if all(part.isidentifier() for part in dotted) else ""


def _beginnings(module: str) -> Iterator[str]:
    """The whole name, then each shorter one."""
    while module:
        yield module
        module = module.rpartition(".")[0]
