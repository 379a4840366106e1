"""The home's part of the set-up: one managed configuration that one line in the author's own includes, and the tool at a fixed path."""

from __future__ import annotations

import os
import shlex
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from enablement_ext.adapters.git import files
from enablement_ext.adapters.git.home.own_config import OwnConfig
from enablement_ext.adapters.git.runner import Config, GitRunner
from enablement_ext.adapters.git.setup_records import SetupRecord, SetupRecords, record_text
from enablement_ext.adapters.git.shape.repository_facts import Surroundings
from enablement_ext.core.git.config_keys import Settings, setting, wants_signatures
from enablement_ext.core.git.ports import WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import (
    ManagedFile,
    helper_command,
    include,
    is_tool,
    spellings,
    tool_text,
)
from enablement_ext.core.git.setup.managed_blocks import Block
from enablement_ext.core.git.setup.plan import HomeObstacle, ObstacleKind

_MANAGED_FOLDER = ".config/enablement/git"
_RECORD = "folders.json"
_LINE = "line"  # the file that our line went into, where it is none that Git reads by itself


@dataclass(frozen=True, slots=True)
class HomeSetup:
    """`home` is the author's home, `bin_folder` where the programs of the running image are."""

    home: Path
    bin_folder: str
    git: GitRunner

    @property
    def tool(self) -> Path:
        """The script that is clean filter, credential helper, diff and merge driver."""
        return self._folder / "tool"

    @property
    def filter(self) -> Config:
        """Configuration of the clean filter for a run; it overrides a filter of that name in the repository."""
        clean = f"{shlex.quote(str(self.tool))} clean %f"
        return (("filter.enablement.clean", clean), ("filter.enablement.required", "false"))

    def credential(self, url: str) -> Config:
        """Configuration of the credential helper for a run that talks to this address: it is asked for no other."""
        helper = helper_command(str(self.tool), url)
        return tuple(
            pair
            for spelling in spellings(url)
            for pair in ((f"credential.{spelling}.helper", helper), (f"credential.{spelling}.useHttpPath", "true"))
        )

    @property
    def records(self) -> SetupRecords:
        """Which repositories were set up."""
        return SetupRecords(self._folder / _RECORD)

    def is_applied(self, owner: WorkingCopyOwner) -> bool:
        """Whether everything is as `apply` would leave it."""
        return (
            self._own.has(self._line)
            and files.read(self._config) == self._wanted(owner)
            and self._tool_serves()
            and os.access(self.tool, os.X_OK)
        )

    def _tool_serves(self) -> bool:
        """The tool of another environment does too where it finds this one by itself: each Enablement has environments of its own."""
        text = files.read(self.tool) or b""
        if text == tool_text(self.bin_folder).encode():
            return True
        found = Path(os.environ.get("VIRTUAL_ENV") or os.devnull, "bin") == Path(self.bin_folder)
        return found and is_tool(text.decode("utf-8", "replace"))

    def apply(self, owner: WorkingCopyOwner) -> None:
        """Write what is missing, the author's own configuration last. Raises `GitFailed`."""
        wanted = self._wanted(owner)
        self._make_folders()
        if files.read(self.tool) != (text := tool_text(self.bin_folder).encode()):
            files.write(self.tool, text, 0o755)
        if not os.access(self.tool, os.X_OK):
            self.tool.chmod(0o755)
        files.write_if_changed(self._config, wanted)
        own = self._own
        if own.file is not None and own.file not in own.usual:
            self.records.remember(_LINE, str(own.file))
        own.add(self._line)

    def obstacle(self) -> HomeObstacle | None:
        """What of the home is in the way of `apply`, None where nothing is. Nothing is written."""
        for folder in self._folders:
            if os.path.lexists(folder) and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
                return HomeObstacle(self._own.shown(folder), ObstacleKind.UNWRITABLE)
        return self._own.obstacle(self._line)

    def register(self, record: SetupRecord, git_dir: Path, owner: WorkingCopyOwner) -> None:
        """Record a repository, and let the configuration name its address. Raises `GitFailed`."""
        self._make_folders()
        self.records.add(record, git_dir)
        self.apply(owner)

    def unregister(self, folder: str, mark: str, owner: WorkingCopyOwner) -> None:
        """Forget a repository; with the last one the whole configuration is removed. Raises `GitFailed`."""
        if self.records.remove(folder, mark):
            self.apply(owner)
            return
        made = _texts(self.records.document(), "made")
        elsewhere = self.records.document().get(_LINE)
        self._own.remove(self._line, *([Path(elsewhere)] if isinstance(elsewhere, str) else []))
        shutil.rmtree(self._folder, ignore_errors=True)
        for folder_made in reversed(made):
            with suppress(OSError):  # somebody else uses it by now
                Path(folder_made).rmdir()

    def surroundings(self, connected: bool) -> Surroundings:
        """What the author's own configuration says that counts for a repository's shape."""
        own = self._own.settings()
        attributes = self._own_file(own, "core.attributesfile", "attributes")
        return Surroundings(connected, wants_signatures(own), str(attributes))

    @property
    def ignored(self) -> Config:
        """Configuration with what the author lets Git ignore everywhere."""
        return (("core.excludesFile", str(self._own_file(self._own.settings(), "core.excludesfile", "ignore"))),)

    def _own_file(self, own: Settings, key: str, usual: str) -> Path:
        named = setting(own, key)
        return Path(named.replace("~", str(self.home), 1)) if named else self._own.usual[0].with_name(usual)

    def identity(self, owner: WorkingCopyOwner, git_dir: Path, repository: Settings = ()) -> Config:
        """Author and committer: from the repository's own configuration, else from the author's as it counts there, else from the hub."""
        remotes = [value for key, value in repository if key.startswith("remote.") and key.endswith(".url")]
        own = self._identity([*self._own.settings_in(git_dir, remotes), *repository])
        name, email = own.get("user.name", ""), own.get("user.email", "")
        return (("user.name", name or owner.person.shown), ("user.email", email or owner.person.email))

    def _wanted(self, owner: WorkingCopyOwner) -> bytes:
        own = self._identity(self._own.settings())
        says = frozenset(key for key in ("name", "email") if not own.get(f"user.{key}"))
        urls = tuple(sorted({record.url for record in self.records.all() if owner.hosts(record.url)}))
        base, others = owner.forge or owner.base, self._own.conditional_identities() if says else ()
        return ManagedFile(str(self.tool), base, owner.person, urls, says, others).text().encode()

    def _identity(self, settings: Settings) -> dict[str, str]:
        """`user.name` and `user.email`."""
        found = {key: setting(settings, key) for key in ("user.name", "user.email")}
        return {key: value for key, value in found.items() if value.isprintable()}

    def _make_folders(self) -> None:
        """Those that are missing come to be at once, together with the note of which they are."""
        missing = [folder for folder in self._folders if not folder.is_dir()]
        if not missing:
            return
        top = missing[0]
        temporary = top.with_name(f".{top.name.lstrip('.')}.enablement-new")
        inner = temporary / self._folder.relative_to(top)
        try:
            shutil.rmtree(temporary, ignore_errors=True)
            inner.mkdir(mode=0o700, parents=True)
            files.write(inner / _RECORD, record_text({"made": [str(folder) for folder in missing]}))
            temporary.rename(top)
        except OSError as problem:
            raise files.file_error(top, problem) from None
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    @property
    def _folder(self) -> Path:
        return self.home / _MANAGED_FOLDER

    @property
    def _config(self) -> Path:
        return self._folder / "config"

    @property
    def _folders(self) -> tuple[Path, ...]:
        return (self.home / ".config", self.home / ".config/enablement", self._folder)

    @property
    def _own(self) -> OwnConfig:
        return OwnConfig(self.home, self._config, self.git)

    @property
    def _line(self) -> Block:
        return include(f"~/{_MANAGED_FOLDER}/config")


def _texts(record: dict[str, object], name: str) -> list[str]:
    value = record.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
