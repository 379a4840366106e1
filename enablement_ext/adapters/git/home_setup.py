"""The home's part of the set-up: one managed configuration behind one line in `~/.gitconfig`, and the tool at its fixed place."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.runner import Config, GitRunner, RunOptions
from enablement_ext.core.git.ports import WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import ManagedFile, include, tool_text
from enablement_ext.core.git.setup.managed_blocks import Block, has_block, with_block, without_block

_OURS = ".config/enablement/git"
_NOTE = "folders.json"


@dataclass(frozen=True, slots=True)
class HomeSetup:
    """`home` is the author's home, `bin_folder` where the programs of the running image are."""

    home: Path
    bin_folder: str
    git: GitRunner

    @property
    def tool(self) -> Path:
        """The tool that Git's configuration names."""
        return self._ours / "tool"

    @property
    def filter(self) -> Config:
        """The clean filter, for a run of ours: it outranks whatever the repository calls by that name."""
        clean = f"{shlex.quote(str(self.tool))} clean"
        return (("filter.enablement.clean", clean), ("filter.enablement.required", "false"))

    @property
    def credential(self) -> Config:
        """The credential helper, for a run of ours."""
        return (
            ("credential.helper", f"!{shlex.quote(str(self.tool))} credential"),
            ("credential.useHttpPath", "true"),
        )

    def done(self, owner: WorkingCopyOwner) -> bool:
        """Whether everything is as `apply` would leave it."""
        text = files.read(self._gitconfig)
        return (
            text is not None
            and has_block(text, self._line)
            and files.read(self._managed) == self._wanted(owner)
            and files.read(self.tool) == tool_text(self.bin_folder).encode()
            and os.access(self.tool, os.X_OK)
        )

    def apply(self, owner: WorkingCopyOwner) -> None:
        """Write what is missing; what Git reads comes last. Raises `GitFailed`."""
        wanted = self._wanted(owner)
        self._make_folders()
        if files.read(self.tool) != (text := tool_text(self.bin_folder).encode()):
            files.write(self.tool, text, 0o755)
        if not os.access(self.tool, os.X_OK):
            self.tool.chmod(0o755)
        files.write_if_changed(self._managed, wanted)
        files.write_if_changed(self._gitconfig, with_block(files.read(self._gitconfig), self._line))

    def enter(self, folder: str) -> None:
        """Remember that this folder needs it."""
        self._make_folders()
        noted = self._noted()
        self._note({**noted, "folders": sorted({*_texts(noted, "folders"), folder})})

    def leave(self, folder: str) -> None:
        """Forget the folder; with the last one everything is taken back. Raises `GitFailed`."""
        noted = self._noted()
        left = [known for known in _texts(noted, "folders") if known != folder and Path(known, ".git").is_dir()]
        if left:
            self._note({**noted, "folders": left})
            return
        text = files.read(self._gitconfig)
        if text is not None:
            files.write_if_changed(self._gitconfig, without_block(text, self._line))
        shutil.rmtree(self._ours, ignore_errors=True)
        for made in reversed(_texts(noted, "made")):
            with suppress(OSError):  # somebody else uses it by now
                Path(made).rmdir()

    def identity(self, owner: WorkingCopyOwner) -> Config:
        """Who a version is by: what the author says of themself, else what the hub says."""
        theirs = self._theirs()
        name, email = theirs.get("user.name", ""), theirs.get("user.email", "")
        return (("user.name", name or owner.person.shown), ("user.email", email or owner.person.email))

    def _wanted(self, owner: WorkingCopyOwner) -> bytes:
        theirs = self._theirs()
        says = frozenset(key for key in ("name", "email") if not theirs.get(f"user.{key}"))
        return ManagedFile(str(self.tool), owner.forge or owner.base, owner.person, says).text().encode()

    def _theirs(self) -> dict[str, str]:
        """What the author's own configuration says, without ours. It is read, nothing in it is run."""
        environment = {"GIT_CONFIG_GLOBAL": str(self._gitconfig), "HOME": str(self.home)}
        if not self._gitconfig.exists():
            return {}
        arguments = ["config", "--global", "--includes", "--show-origin", "--null", "--list"]
        result = self.git.run(None, arguments, RunOptions(environment=environment))
        parts = result.stdout.decode(errors="replace").split("\0")
        found: dict[str, str] = {}
        for origin, entry in zip(parts[::2], parts[1::2], strict=False):
            key, _, value = entry.partition("\n")
            if key in ("user.name", "user.email") and os.path.realpath(
                origin.removeprefix("file:")
            ) != os.path.realpath(self._managed):
                found[key] = value if value.isprintable() else ""
        return found

    def _make_folders(self) -> None:
        """Those that are missing come to be at once, together with the note of which they are."""
        folders = (self.home / ".config", self.home / ".config/enablement", self._ours)
        missing = [folder for folder in folders if not folder.is_dir()]
        if not missing:
            return
        top = missing[0]
        fresh = top.with_name(f".{top.name.lstrip('.')}.enablement-new")
        inner = fresh / self._ours.relative_to(top)
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            inner.mkdir(mode=0o700, parents=True)
            noted = {"folders": [], "made": [str(folder) for folder in missing]}
            files.write(inner / _NOTE, _note_text(noted))
            fresh.rename(top)
        except OSError as problem:
            raise files.file_error(top, problem) from None
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _noted(self) -> dict[str, object]:
        try:
            found = json.loads(files.read(self._ours / _NOTE) or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _note(self, noted: dict[str, object]) -> None:
        files.write_if_changed(self._ours / _NOTE, _note_text(noted))

    @property
    def _ours(self) -> Path:
        return self.home / _OURS

    @property
    def _managed(self) -> Path:
        return self._ours / "config"

    @property
    def _gitconfig(self) -> Path:
        return self.home / ".gitconfig"

    @property
    def _line(self) -> Block:
        return include(f"~/{_OURS}/config")


def _note_text(noted: Mapping[str, object]) -> bytes:
    return (json.dumps(noted, indent=1, sort_keys=True) + "\n").encode()


def _texts(noted: dict[str, object], name: str) -> list[str]:
    value = noted.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
