"""The environment whose kernel is run, as folders of this machine that a sandbox mounts read-only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enablement_ext.core.errors import EnvironmentUnavailable

# What programs need of /etc, where it is there. Nothing of it names an account, a host or a secret.
_SETTINGS = (
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "alternatives",
    "localtime",
    "timezone",
    "mime.types",
    "fonts",
    "ssl/certs",
)
_SYSTEM = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
# Links at the place of a folder are followed this far: an interpreter is often a link to a link.
_LINKS = 40


@dataclass(frozen=True, slots=True)
class KernelEnvironment:
    """A virtual environment, or an installed Python: the interpreter, and every folder that it is made of."""

    python: Path
    folders: tuple[Path, ...]

    @classmethod
    def of(cls, python: Path) -> KernelEnvironment:
        """The environment of an interpreter. Nothing of it is run. Raises `EnvironmentUnavailable`."""
        named = Path(os.path.abspath(python))  # noqa: PTH100 - a link is kept: it is what makes the environment
        if not os.access(named, os.X_OK) or not named.is_file():
            raise EnvironmentUnavailable(f"{python} is no Python that can be run")
        prefix = named.parents[1]
        found = [prefix] if (prefix / "pyvenv.cfg").is_file() else []
        found += [link.parents[1] for link in _links(named)]
        return cls(named, tuple(_outermost(found)))

    def mounts(self) -> Iterator[str]:
        """Arguments of bubblewrap that put it, and the system's programs and libraries, at their places."""
        yield from ("--ro-bind", "/usr", "/usr")
        for name in _SYSTEM:
            place = Path("/", name)
            if place.is_symlink():
                yield from ("--symlink", str(place.readlink()), str(place))
            elif place.is_dir():
                yield from ("--ro-bind", str(place), str(place))
        for made in ("/etc", "/etc/ssl"):  # as below: what stands in them is for the run's account to read
            yield from ("--perms", "0755", "--dir", made)
        for name in _SETTINGS:
            yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
        for folder in self.folders:
            if not folder.is_relative_to("/usr"):
                for above in reversed(folder.parents[:-1]):  # bubblewrap would make them for its own account alone
                    yield from ("--perms", "0755", "--dir", str(above))
                yield from ("--ro-bind", str(folder), str(folder))


def _links(python: Path) -> Iterator[Path]:
    """The files that an interpreter's link leads to, one after the other."""
    place = python
    for _ in range(_LINKS):
        if not place.is_symlink():
            break
        place = Path(os.path.normpath(place.parent / place.readlink()))
        yield place
    yield python.resolve()


def _outermost(folders: list[Path]) -> list[Path]:
    """Each once, and none that lies in another. The root and the folders of accounts are never one: an interpreter does not stand there."""
    wrong = next((folder for folder in folders if folder in _TOO_MUCH or folder == Path.home()), None)
    if wrong is not None:
        raise EnvironmentUnavailable(
            f"a Python at {wrong}/bin would take all of {wrong} along; make a virtual environment"
        )
    kept: list[Path] = []
    for folder in sorted(set(folders), key=lambda each: len(each.parts)):
        if not any(folder.is_relative_to(outer) for outer in kept):
            kept.append(folder)
    return kept


_TOO_MUCH = frozenset(map(Path, ("/", "/home", "/root", "/etc", "/var", "/tmp", "/run")))  # noqa: S108
