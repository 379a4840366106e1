"""All environments of this machine: making one for a given Python, listing them, and removing those that nothing needs."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from enablement_ext.adapters.environments.package import InstalledPackage
from enablement_ext.adapters.environments.pythons import all_found, found
from enablement_ext.adapters.environments.virtual_environments import RECORD, UvEnvironments, silent
from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.definition import PYTHONS
from enablement_ext.core.images.ports import LocalEnvironment
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.releases import Release


class UvEnvironmentManager:
    """Implements the port `EnvironmentManager` in the folder `root`, which hubs of this machine may share."""

    def __init__(self, root: Path, package: InstalledPackage, report: Callable[[str], None] = silent) -> None:
        self._root = root
        self._package = package
        self._report = report

    def make(self, release: Release, python: str | None) -> LocalEnvironment:
        """See the port. Without a Python: the first of the release's that this machine has."""
        wanted = (python,) if python else release.python
        interpreter = next((one for version in wanted if (one := found(version)) is not None), None)
        if interpreter is None:
            here = ", ".join(self.pythons()) or "none"
            raise EnvironmentUnavailable(
                f"{release.image}/{release.version}: Python {', '.join(wanted)} is not on this machine (here: {here}); "
                f"install it, or name another one with --python"
            )
        maker = UvEnvironments(self._root, self._package, interpreter.path, self._report)
        made = maker.realise(release)
        return _described(Path(made.bin).parent)

    def listed(self) -> Sequence[LocalEnvironment]:
        """See the port."""
        return [_described(path.parents[1]) for path in sorted(self._root.glob(f"*/{RECORD}"))]

    def pythons(self) -> Mapping[str, str]:
        """See the port."""
        return all_found(PYTHONS)

    def package_sizes(self, environment: LocalEnvironment) -> Mapping[str, int]:
        """See the port."""
        site = Path(environment.folder, "lib", f"python{environment.python}", "site-packages")
        return {
            canonical_name(info.name.split("-")[0]): sum(_record_sizes(site, info))
            for info in sorted(site.glob("*.dist-info"))
        }

    def collect(self, keep: frozenset[str], *, pretend: bool) -> Sequence[LocalEnvironment]:
        """See the port."""
        used = _in_use(self._root)
        gone = []
        for environment in self.listed():
            if environment.digest in keep or environment.folder in used:
                continue
            gone.append(environment)
            if not pretend:
                self._report(f"removing {Path(environment.folder).name}")
                _remove_locked(Path(environment.folder), self._root)
        for left_over in () if pretend else self._root.glob(".building-*"):
            # An interrupted build's process is gone; one that runs is left alone.
            if not Path("/proc", left_over.name.rpartition("-")[2]).exists():
                _remove(left_over)
        return gone


def _described(folder: Path) -> LocalEnvironment:
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return LocalEnvironment(
        image=record["image"],
        release=record["release"],
        python=record["python"],
        digest=record["digest"],
        folder=str(folder),
        bytes=sum(_sizes(folder)),
    )


def _sizes(folder: Path) -> Iterator[int]:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _sizes(Path(entry.path))
        else:
            yield entry.stat(follow_symlinks=False).st_size


def _record_sizes(site: Path, info: Path) -> Iterator[int]:
    """Sizes of the files that a package's RECORD names, and of their bytecode."""
    with (info / "RECORD").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            path = site / row[0]
            if path.is_file():
                yield path.stat().st_size
            if path.suffix == ".py":
                yield from (cached.stat().st_size for cached in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"))


def _in_use(root: Path) -> frozenset[str]:
    """Environments that a running process was started from or has files of open."""
    folders = [str(path.parents[1]) for path in root.glob(f"*/{RECORD}")]
    used = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            text = (process / "cmdline").read_bytes().decode(errors="replace") + (process / "maps").read_text(
                errors="replace"
            )
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else who then has no file of ours mapped
        used |= {folder for folder in folders if f"{folder}/" in text}
    return frozenset(used)


def _remove_locked(folder: Path, root: Path) -> None:
    """Under the environment's own lock, so that nobody makes it meanwhile; renamed first, so that it is whole or gone."""
    with (root / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        gone = folder.with_name(f".building-{folder.name}-gone-{os.getpid()}")
        folder.rename(gone)
        _remove(gone)


def _remove(folder: Path) -> None:
    for inner, _, _ in os.walk(folder):
        Path(inner).chmod(stat.S_IRWXU)
    shutil.rmtree(folder)
