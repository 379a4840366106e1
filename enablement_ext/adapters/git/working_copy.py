"""The author's side of Git: every step looks first and does what is missing, so all of it may be repeated, and cut off anywhere."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from enablement_ext.adapters.git import files, inspection
from enablement_ext.adapters.git.home_setup import HomeSetup
from enablement_ext.adapters.git.remote import BRANCH, TRACKING, Remote
from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions
from enablement_ext.core.errors import SetupRefused
from enablement_ext.core.git.ports import FolderStatus, WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import ATTRIBUTES, IGNORED
from enablement_ext.core.git.setup.file_selection import select_files
from enablement_ext.core.git.setup.managed_blocks import with_block, without_block
from enablement_ext.core.git.setup.plan import FolderFacts, FolderState

_LOCK_SECONDS = 3.0
_BLOCKS = ((".gitignore", IGNORED), (".gitattributes", ATTRIBUTES))


@dataclass(frozen=True, slots=True)
class GitWorkingCopy:
    """Implements `WorkingCopy`. `root` is the root of the file browser; `told` is what the credential helper needs, for its ears alone."""

    root: str
    home: str
    bin_folder: str
    owner: WorkingCopyOwner
    told: Mapping[str, str] = field(default_factory=dict, repr=False)
    git: GitRunner = field(default_factory=GitRunner)

    def facts(self, folder: str) -> FolderFacts:
        """A look; see `looking`."""
        at, root = self._below_root(folder), Path(os.path.realpath(self.root))
        if not self.git.program or at is None:
            return FolderFacts(folder, git=bool(self.git.program), there=at is not None)
        home = Path(os.path.realpath(self.home))
        standing = inspection.standing_of(at)
        odd = inspection.odd_of(at, self.git) if standing is not FolderState.NONE else ""
        found, too_many = ([], False) if at in (root, home) or at in home.parents else inspection.files_in(at)
        kept, held = select_files(found)
        usable = standing is not FolderState.NONE and not odd
        return FolderFacts(
            folder,
            home=at in (root, home) or at in home.parents,
            writable=os.access(at, os.W_OK | os.X_OK) and os.access(home, os.W_OK | os.X_OK),
            inside=inspection.is_below(at, root),
            nested=inspection.nested_in(at) if not too_many else (),
            odd=odd,
            busy=inspection.busy_of(at),
            free=min(inspection.free_bytes(at), inspection.free_bytes(home)),
            standing=standing,
            commits=usable and bool(self.head(at)),
            origin=self._origin(at) if usable else "",
            configured=self._setup.done(self.owner),
            kept=kept,
            held=held,
            changed=not usable or bool(self._changed(at, kept)),
            too_many=too_many,
        )

    def configure(self) -> None:
        """See `home_setup`."""
        self._setup.apply(self.owner)

    def prepare(self, folder: str, url: str) -> None:
        """A new repository is made beside its place and moved there at once; one that is there gets its remote and no more."""
        at = self.place(folder)
        self._setup.enter(str(at))
        if inspection.standing_of(at) is FolderState.NONE:
            self._write_blocks(at)
            self._make(at, url)
        elif inspection.standing_of(at) is FolderState.THEIRS:
            before = files.read(at / ".git/config") or b""
            files.write(at / ".git" / inspection.RECORD, inspection.SetupRecord(made=False, before=before).text())
        if inspection.standing_of(at) is FolderState.OURS:
            self._write_blocks(at)
        if not self._origin(at):
            self.git.must(location_of(at), ["remote", "add", "--", "origin", url])
        elif self._origin(at) != url:
            self.git.must(location_of(at), ["remote", "set-url", "--", "origin", url])  # the service has moved

    def catch_up(self, folder: str) -> bool:
        """Versions the forge has become the history here, files that are missing here come back, files that are here stay."""
        at = self.place(folder)
        if self.head(at) or not self.remote(at).asked():
            return False
        self.remote(at).fetch()
        self.git.must(location_of(at), ["update-ref", BRANCH, TRACKING])
        quiet = self.git.harmless(location_of(at))
        self.git.must(location_of(at), ["read-tree", BRANCH], RunOptions(config=quiet))
        self.git.run(location_of(at), ["checkout-index", "--all", "--quiet"], RunOptions(config=quiet))
        return True

    def commit(self, folder: str, paths: Sequence[str], message: str) -> str:
        """Only these files and ours: whatever else is staged stays so, and what they ignore is left out."""
        at = self.place(folder)
        self.free_lock(at)
        own = [name for name, _ in _BLOCKS if (at / name).is_file() and inspection.standing_of(at) is FolderState.OURS]
        wanted = self._not_ignored(at, [*own, *paths])
        if not wanted:
            return self.head(at)
        quiet = self.quiet(at)
        named = RunOptions(data="\0".join(wanted).encode("utf-8", "surrogateescape"), config=quiet, seconds=300)
        paths_of = ["--pathspec-from-file=-", "--pathspec-file-nul"]
        self.git.must(location_of(at), ["add", "--all", *paths_of], named)
        if self.head(at):
            staged = self.git.must(
                location_of(at), ["diff", "--cached", "--name-only", "--no-renames", "-z"], RunOptions(config=quiet)
            )
            if not set(wanted) & set(staged.out.decode("utf-8", "surrogateescape").split("\0")):
                return self.head(at)
        said = f"--message={message.replace(chr(0), '')}"
        self.git.must(location_of(at), ["commit", "--quiet", "--no-verify", "--only", said, *paths_of], named)
        return self.head(at)

    def push(self, folder: str) -> None:
        """The present version becomes the forge's `main`."""
        self.remote(self.place(folder)).push()

    def published(self, folder: str) -> tuple[str, str]:
        """Asked with `ls-remote`."""
        at = self.place(folder)
        return self.head(at), self.remote(at).asked()

    def status(self, folder: str) -> FolderStatus:
        """From what is known here."""
        at = self._below_root(folder)
        if at is None or not self.git.program:
            return FolderStatus("none")
        standing = inspection.standing_of(at)
        if standing in (FolderState.NONE, FolderState.THEIRS) or inspection.odd_of(at, self.git):
            return FolderStatus(
                "inside" if inspection.is_below(at, Path(os.path.realpath(self.root))) else standing.value
            )
        branch = self.git.run(location_of(at), ["symbolic-ref", "--quiet", "--short", "HEAD"]).text
        known = self.git.run(location_of(at), ["rev-parse", "--verify", "--quiet", TRACKING]).code == 0
        span = [f"{TRACKING}..HEAD"] if known else ["HEAD"]
        counted = self.git.run(location_of(at), ["rev-list", "--count", *span]).text
        unpushed = int(counted) if counted.isdecimal() else 0
        return FolderStatus(standing.value, branch, self.to_keep(at), unpushed, self.head(at))

    def undo(self, folder: str) -> None:
        """Nothing is lost: a repository is only removed where the forge has its versions, or where it has none but the first."""
        at = self.place(folder)
        record = inspection.record_of(at)
        if record is None and inspection.standing_of(at) is FolderState.THEIRS:
            raise SetupRefused("Git was not set up here by Enablement; there is nothing to take back.")
        shutil.rmtree(at / inspection.FRESH, ignore_errors=True)
        if record is not None and record.made:
            self._require_published(at)
            for name, block in _BLOCKS:
                text = files.read(at / name)
                if text is not None:
                    files.settle(at / name, without_block(text, block))
            shutil.rmtree(at / ".git")
        elif record is not None:
            self._disconnect(at, record)
        self._setup.leave(str(at))

    def _require_published(self, at: Path) -> None:
        head = self.head(at)
        branches = self.git.run(
            location_of(at), ["for-each-ref", "--format=%(objectname)", "refs/heads", "refs/tags", "refs/stash"]
        )
        if not head and not branches.text:
            return
        only_first = self.git.run(location_of(at), ["rev-list", "--count", "--all"]).text == "1"
        if only_first and not self._changed(at, select_files(inspection.files_in(at)[0])[0]):
            return  # one version, and it is what lies in the folder
        if set(branches.text.split()) - {self.remote(at).asked()}:
            raise SetupRefused(
                "There are versions here that the server does not have. Push them first (Save a version), then undo."
            )

    def _disconnect(self, at: Path, record: inspection.SetupRecord) -> None:
        if self.owner.keeps(self._origin(at)):
            # Not `git remote remove`: that forgets `core.hooksPath` on its way and runs the repository's hooks.
            self.git.must(location_of(at), ["config", "--local", "--remove-section", "remote.origin"])
            self.git.run(location_of(at), ["update-ref", "-d", TRACKING])
        if _settings(files.read(at / ".git/config")) == _settings(record.before):
            files.settle(at / ".git/config", record.before)
        (at / ".git" / inspection.RECORD).unlink(missing_ok=True)

    def _make(self, at: Path, url: str) -> None:
        fresh = at / inspection.FRESH
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            self.git.must(None, ["init", "--quiet", "--template=", "--initial-branch=main", str(fresh)])
            self.git.must(GitLocation(str(fresh / ".git"), str(fresh)), ["remote", "add", "--", "origin", url])
            files.write(fresh / ".git" / inspection.RECORD, inspection.SetupRecord(made=True).text())
            (fresh / ".git").rename(at / ".git")
        except OSError as problem:
            raise files.unusable(at, problem) from None
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _write_blocks(self, at: Path) -> None:
        for name, block in _BLOCKS:
            files.settle(at / name, with_block(files.read(at / name), block))

    def _changed(self, at: Path, kept: Sequence[str]) -> tuple[str, ...]:
        """Files to be kept that differ from the last version, and kept ones that are gone."""
        wanted = {*kept, *(name for name, _ in _BLOCKS)}
        return tuple(path for state, path in self.entries(at) if path in wanted or (state != "??" and "D" in state))

    def to_keep(self, at: Path) -> tuple[str, ...]:
        """The same without looking through what has not changed: for a look that is taken often."""
        entries = [(state, path) for state, path in self.entries(at) if not (at / path).is_symlink()]
        files = {path: inspection.file_in(at, path) for _, path in entries if not is_hidden(path)}
        kept, _ = select_files(files.values())
        known = {path for state, path in entries if state != "??" and not (path in files and files[path].secret)}
        return tuple(path for _, path in entries if path in known or path in kept)

    def entries(self, at: Path) -> list[tuple[str, str]]:
        """What `git status` says: state and path. Notebooks that differ from their version in results alone are none of it."""
        arguments = ["status", "--porcelain", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "-z"]
        quiet = self.quiet(at)
        ran = self.git.run(location_of(at), arguments, RunOptions(config=quiet))
        parts = ran.out.decode("utf-8", "surrogateescape").split("\0")
        entries = [(entry[:2], entry[3:]) for entry in parts if len(entry) > 3]
        if not any(state == " M" for state, _ in entries):
            return entries
        real = inspection.really_changed(self.git, location_of(at), RunOptions(config=quiet))
        return [(state, path) for state, path in entries if state != " M" or path in real]

    def _not_ignored(self, at: Path, paths: Sequence[str]) -> list[str]:
        data = "\0".join(paths).encode("utf-8", "surrogateescape")
        ran = self.git.run(location_of(at), ["check-ignore", "-z", "--stdin"], RunOptions(data=data))
        ignored = set(ran.out.decode("utf-8", "surrogateescape").split("\0"))
        return [path for path in paths if path not in ignored]

    def _origin(self, at: Path) -> str:
        return self.remote(at).url

    def remote(self, at: Path) -> Remote:
        """The forge, as this repository reaches it."""
        return Remote(at, self.git, self._setup.credential, {**self.told, "HOME": self.home})

    def head(self, at: Path) -> str:
        """The newest version here, "" for none."""
        ran = self.git.run(location_of(at), ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
        return ran.text if ran.code == 0 else ""

    def quiet(self, at: Path) -> Config:
        """Settings of a run that writes versions: nothing of the repository's own runs, our clean filter does, and it says who."""
        who = self._setup.identity(self.owner)
        return (*self.git.harmless(location_of(at)), *self._setup.filter, *who)

    def free_lock(self, at: Path) -> None:
        """A lock that a killed Git left behind is taken away once nothing has moved for a while."""
        lock = at / ".git/index.lock"
        deadline = time.monotonic() + _LOCK_SECONDS
        while lock.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        with suppress(OSError):
            lock.unlink(missing_ok=True)

    def _below_root(self, folder: str) -> Path | None:
        """The folder's real path, None where it is none, or not below the root."""
        if "\0" in folder:
            return None
        root = Path(os.path.realpath(self.root))
        real = Path(os.path.realpath(root / folder))
        return real if real.is_dir() and (real == root or root in real.parents) else None

    def place(self, folder: str) -> Path:
        """The folder's real path. Raises `SetupRefused`."""
        found = self._below_root(folder)
        if found is None:
            raise SetupRefused("This folder is not there, or not in your home.")
        return found

    @property
    def _setup(self) -> HomeSetup:
        return HomeSetup(Path(self.home), self.bin_folder, self.git)


def location_of(at: Path) -> GitLocation:
    """The repository of a folder, whatever its configuration says about where it is."""
    return GitLocation(str(at / ".git"), str(at))


def is_hidden(path: str) -> bool:
    """Whether a part of the path begins with a dot."""
    return any(part.startswith(".") for part in path.split("/"))


def _settings(config: bytes | None) -> list[bytes]:
    return [line.strip() for line in (config or b"").splitlines() if line.strip()]
