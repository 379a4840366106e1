"""The author's own configuration of Git: which files Git reads it from, what they say, and the one line of ours in it.

The line goes where Git reads and `git config --global` writes: where `GIT_CONFIG_GLOBAL` points, else `~/.gitconfig`, or the file below
`$XDG_CONFIG_HOME` where that is the only one. Whether it can be written, and would be read, is known before anything is.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.runner import GitRunner, RunOptions, RunResult
from enablement_ext.core.errors import GitFailed
from enablement_ext.core.git.config_keys import Settings
from enablement_ext.core.git.setup.config_files import quoted
from enablement_ext.core.git.setup.managed_blocks import Block, has_block, with_block, without_block
from enablement_ext.core.git.setup.plan import HomeObstacle, ObstacleKind

_MOUNTS = Path("/proc/self/mountinfo")
_BAD_LINE = re.compile(r"bad config line ([0-9]+) in file (.*)")


@dataclass(frozen=True, slots=True)
class OwnConfig:
    """`managed` is the file that our line includes; what it says is not the author's own."""

    home: Path
    managed: Path
    git: GitRunner
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def file(self) -> Path | None:
        """The file that the line goes into, None where Git reads none."""
        found = self._read_by_git()
        return next((file for file in reversed(found) if os.path.lexists(file)), found[-1]) if found else None

    def settings(self) -> Settings:
        """What the author's own files say, in the order in which Git reads them; of one that Git cannot read, what comes before the mistake."""
        return tuple(pair for file in self._read_by_git() if file.exists() for _, pair in self._own(self._listed(file)))

    def settings_in(self, git_dir: Path, remotes: Sequence[str]) -> Settings:
        """The same as they count in one repository, with these addresses of remotes: conditional includes are settled by Git."""
        there = [file for file in self._read_by_git() if file.exists()]
        lines = [f"[include]\n\tpath = {quoted(str(file))}\n" for file in there if str(file).isprintable()]
        lines += [f'[remote "r{n}"]\n\turl = {quoted(url)}\n' for n, url in enumerate(remotes) if url.isprintable()]
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as asked:  # Git asks a file more than once
            asked.write("".join(lines))
            asked.flush()
            environment = {"GIT_DIR": str(git_dir), "HOME": str(self.home)}
            arguments = ["config", "--file", asked.name, "--includes", "--show-origin", "--null", "--list"]
            listed = self.git.run(None, arguments, RunOptions(environment=environment))
            found = [pair for origin, pair in self._own(listed) if origin != Path(asked.name)]
        return tuple(found) if listed.returncode == 0 else self.settings()

    def conditional_identities(self) -> tuple[tuple[str, str], ...]:
        """Conditions under which a file of the author's says who they are, each with that file."""
        found = list[tuple[str, str]]()
        for file in self._read_by_git():
            for origin, (key, value) in self._own(self._listed(file)) if file.exists() else ():
                condition = key.removeprefix("includeif.").removesuffix(".path")
                if f"includeif.{condition}.path" != key or not f"{condition}{value}".isprintable():
                    continue
                folder = os.path.realpath(origin.parent)
                target = str(Path(folder, value.replace("~", str(self.home), 1) if value[:2] == "~/" else value))
                if self._says_who(Path(target)):
                    found.append((re.sub(r"^(gitdir(/i)?:)\./", rf"\g<1>{folder}/", condition), target))
        return tuple(found)

    def _says_who(self, file: Path) -> bool:
        arguments = ["config", "--file", str(file), "--includes", "--get-regexp", r"^user\.(name|email)$"]
        options = RunOptions(environment={"HOME": str(self.home)})
        return file.is_file() and self.git.run(None, arguments, options).returncode == 0

    def _own(self, listed: RunResult) -> list[tuple[Path, tuple[str, str]]]:
        """What was listed with its origin, without what the managed file says."""
        managed, parts = os.path.realpath(self.managed), listed.stdout.decode(errors="replace").split("\0")
        pairs = [
            (Path(name.removeprefix("file:")), entry.partition("\n"))
            for name, entry in zip(parts[::2], parts[1::2], strict=False)
        ]
        return [(origin, (key, value)) for origin, (key, _, value) in pairs if os.path.realpath(origin) != managed]

    def has(self, line: Block) -> bool:
        """Whether Git reads the line. Raises `GitFailed`."""
        return any((text := files.read(file)) is not None and has_block(text, line) for file in self._read_by_git())

    def add(self, line: Block) -> Path | None:
        """Write the line where it is missing; the file that has it, None where Git reads none. Raises `GitFailed`."""
        file = self.file
        if file is not None and not self.has(line):
            files.write_if_changed(file, with_block(files.read(file), line))
        return file

    def remove(self, line: Block, *others: Path) -> None:
        """Take the line out of every file that may have it; `others` are known to have had it. Raises `GitFailed`."""
        for file in {*self.usual, *self._read_by_git(), *others}:
            target = Path(os.path.realpath(file))  # a link stays, also one that leads to a file that is ours alone
            text = files.read(target) if target.is_file() else None
            if text is not None:
                files.write_if_changed(target, without_block(text, line))

    def obstacle(self, line: Block) -> HomeObstacle | None:
        """Why the line cannot be written, or would not be read; None where nothing is in its way."""
        file = self.file
        if file is None:
            return HomeObstacle("GIT_CONFIG_GLOBAL", ObstacleKind.IGNORED)
        for each in self._read_by_git():
            if not _is_readable(each):
                return HomeObstacle(self.shown(each), ObstacleKind.UNREADABLE)
            broken = self._broken(self._listed(each)) if each.exists() else None
            if broken is not None:
                return broken
        if self.has(line):
            return None
        if not _is_replaceable(Path(os.path.realpath(file))):
            return HomeObstacle(self.shown(file), ObstacleKind.UNWRITABLE)
        return self._unread(file, with_block(files.read(file), line), line)

    def shown(self, file: Path) -> str:
        """The file's name as people write it."""
        inside = file.is_relative_to(self.home)
        return f"~/{file.relative_to(self.home)}" if inside else str(file)

    def _broken(self, listed: RunResult) -> HomeObstacle | None:
        """The line that Git does not understand. A mistake in the managed file is written over."""
        if listed.returncode == 0:
            return None
        found = _BAD_LINE.search(listed.stderr)
        if found is None:
            return HomeObstacle(self.shown(self.file or self.home), ObstacleKind.BROKEN)
        file = Path(found[2].strip())
        if os.path.realpath(file) == os.path.realpath(self.managed):
            return None
        return HomeObstacle(self.shown(file), ObstacleKind.BROKEN, int(found[1]))

    def _unread(self, file: Path, text: bytes, line: Block) -> HomeObstacle | None:
        """Whether Git would read the line in this text: what stands before it may go on into it."""
        wanted = line.head.partition(" = ")[2].strip('"')
        asked = ["config", "--file", "-", "--no-includes", "--null", "--get-all", "include.path"]
        read = self.git.run(None, asked, RunOptions(text))
        if read.returncode == 0 and read.entries[-1:] == [wanted]:
            return None
        return HomeObstacle(self.shown(file), ObstacleKind.BROKEN)

    def _listed(self, file: Path) -> RunResult:
        environment = {"GIT_CONFIG_GLOBAL": str(file), "HOME": str(self.home)}
        arguments = ["config", "--global", "--includes", "--show-origin", "--null", "--list"]
        return self.git.run(None, arguments, RunOptions(environment=environment))

    def _read_by_git(self) -> list[Path]:
        """The author's files, as Git reads them one after the other, whether they are there or not."""
        named = self.environment.get("GIT_CONFIG_GLOBAL")
        if named is None:
            return self.usual
        return [Path(named)] if named.startswith("/") and os.path.realpath(named) != os.devnull else []

    @property
    def usual(self) -> list[Path]:
        """The files that Git reads where nothing else is said."""
        shared = self.environment.get("XDG_CONFIG_HOME") or f"{self.home}/.config"
        return [Path(shared, "git/config"), self.home / ".gitconfig"]


def _is_readable(file: Path) -> bool:
    """Whether it can be read, or is not there; a link that leads nowhere is not there."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return False  # a pipe would be waited for
        files.read(file)
    except FileNotFoundError:
        return True
    except (OSError, GitFailed):
        return False
    return True


def _is_replaceable(target: Path) -> bool:
    """Whether another file can take its place: its folder is there and can be written to, and nothing is mounted on it."""
    if not os.access(target.parent, os.W_OK | os.X_OK) or target.is_dir():
        return False
    try:
        mounted = {line.split(" ")[4] for line in _MOUNTS.read_text(errors="replace").splitlines()}
    except OSError:
        return True
    return str(target) not in mounted
