"""Setting up, committing and pushing a repository in the author's home. Every operation is idempotent and may be interrupted anywhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from enablement_ext.adapters.git import files, inspection
from enablement_ext.adapters.git.home_setup import HomeSetup
from enablement_ext.adapters.git.remote import BRANCH, TRACKING, Remote
from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions, joined_paths
from enablement_ext.adapters.git.status import git_status, is_hidden, location_of, not_ignored, remove_stale_lock
from enablement_ext.core.errors import SetupRefused
from enablement_ext.core.git.ports import FolderStatus, WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import ATTRIBUTES, IGNORED
from enablement_ext.core.git.setup.file_selection import select_files
from enablement_ext.core.git.setup.managed_blocks import with_block, without_block
from enablement_ext.core.git.setup.plan import FolderFacts, FolderState

_BLOCKS = ((".gitignore", IGNORED), (".gitattributes", ATTRIBUTES))


@dataclass(frozen=True, slots=True)
class GitWorkingCopy:
    """Implements `WorkingCopy`. `root` is the root of the file browser. Only the credential helper gets to see `helper_environment`."""

    root: str
    home: str
    bin_folder: str
    owner: WorkingCopyOwner
    helper_environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    git: GitRunner = field(default_factory=GitRunner)

    def inspect(self, folder: str) -> FolderFacts:
        """Looks for files and secrets only where the folder may be set up at all."""
        worktree, root = self._below_root(folder), Path(os.path.realpath(self.root))
        if not self.git.program or worktree is None:
            return FolderFacts(folder, git=bool(self.git.program), exists=worktree is not None)
        home = Path(os.path.realpath(self.home))
        state = inspection.folder_state(worktree)
        anomaly = inspection.repository_anomaly(worktree, self.git) if state is not FolderState.NONE else None
        found, too_many = (
            ([], False)
            if worktree in (root, home) or worktree in home.parents
            else inspection.candidate_files(worktree)
        )
        kept, held = select_files(found)
        usable = state is not FolderState.NONE and not anomaly
        return FolderFacts(
            folder,
            is_home=worktree in (root, home) or worktree in home.parents,
            writable=os.access(worktree, os.W_OK | os.X_OK) and os.access(home, os.W_OK | os.X_OK),
            in_repository=inspection.is_inside_repository(worktree, root),
            nested=inspection.nested_repositories(worktree) if not too_many else (),
            anomaly=anomaly,
            in_progress=inspection.operation_in_progress(worktree),
            free_bytes=min(inspection.free_bytes(worktree), inspection.free_bytes(home)),
            state=state,
            has_commits=usable and bool(self.head(worktree)),
            origin=self._origin(worktree) if usable else "",
            configured=self._setup.is_applied(self.owner),
            kept=kept,
            held=held,
            changed=not usable or bool(self._changed(worktree, kept)),
            too_many=too_many,
        )

    def configure(self) -> None:
        """Writes only what is missing."""
        self._setup.apply(self.owner)

    def prepare(self, folder: str, url: str) -> None:
        """A new repository is initialised beside `.git` and renamed to it; an existing one gets its remote and no more."""
        worktree = self.folder_path(folder)
        self._setup.register_folder(str(worktree))
        if inspection.folder_state(worktree) is FolderState.NONE:
            self._write_blocks(worktree)
            self._init(worktree, url)
        elif inspection.folder_state(worktree) is FolderState.THEIRS:
            before = files.read(worktree / ".git/config") or b""
            files.write(
                worktree / ".git" / inspection.SETUP_RECORD, inspection.SetupRecord(made=False, before=before).text()
            )
        if inspection.folder_state(worktree) is FolderState.OURS:
            self._write_blocks(worktree)
        if not self._origin(worktree):
            self.git.run_checked(location_of(worktree), ["remote", "add", "--", "origin", url])
        elif self._origin(worktree) != url:
            self.git.run_checked(
                location_of(worktree), ["remote", "set-url", "--", "origin", url]
            )  # the service has moved

    def adopt_history(self, folder: str) -> bool:
        """`HEAD` becomes the remote's `main`. Files that are missing are checked out; files that are there stay as they are."""
        worktree = self.folder_path(folder)
        if self.head(worktree) or not self.remote(worktree).remote_head():
            return False
        self.remote(worktree).fetch()
        self.git.run_checked(location_of(worktree), ["update-ref", BRANCH, TRACKING])
        config = self.git.driver_overrides(location_of(worktree))
        self.git.run_checked(location_of(worktree), ["read-tree", BRANCH], RunOptions(config=config))
        self.git.run(location_of(worktree), ["checkout-index", "--all", "--quiet"], RunOptions(config=config))
        return True

    def commit(self, folder: str, paths: Sequence[str], message: str) -> str:
        """Commits these files and the managed ones with `--only`: what else is staged stays staged, ignored files are left out."""
        worktree = self.folder_path(folder)
        remove_stale_lock(worktree)
        own = [
            name
            for name, _ in _BLOCKS
            if (worktree / name).is_file() and inspection.folder_state(worktree) is FolderState.OURS
        ]
        wanted = not_ignored(self.git, worktree, [*own, *paths])
        if not wanted:
            return self.head(worktree)
        config = self.commit_config(worktree)
        named = RunOptions(stdin=joined_paths(wanted), config=config, timeout=300)
        pathspec = ["--pathspec-from-file=-", "--pathspec-file-nul"]
        self.git.run_checked(location_of(worktree), ["add", "--all", *pathspec], named)
        if self.head(worktree):
            staged = self.git.run_checked(
                location_of(worktree),
                ["diff", "--cached", "--name-only", "--no-renames", "-z"],
                RunOptions(config=config),
            )
            if not set(wanted) & set(staged.entries):
                return self.head(worktree)
        message_option = f"--message={message.replace(chr(0), '')}"
        self.git.run_checked(
            location_of(worktree), ["commit", "--quiet", "--no-verify", "--only", message_option, *pathspec], named
        )
        return self.head(worktree)

    def push(self, folder: str) -> None:
        """`HEAD` to `main`; never forced."""
        self.remote(self.folder_path(folder)).push()

    def heads(self, folder: str) -> tuple[str, str]:
        """The remote's by `ls-remote`."""
        worktree = self.folder_path(folder)
        return self.head(worktree), self.remote(worktree).remote_head()

    def status(self, folder: str) -> FolderStatus:
        """Compared with the remote-tracking branch."""
        worktree = self._below_root(folder)
        if worktree is None or not self.git.program:
            return FolderStatus("none")
        state = inspection.folder_state(worktree)
        if state in (FolderState.NONE, FolderState.THEIRS) or inspection.repository_anomaly(worktree, self.git):
            return FolderStatus(
                "inside"
                if inspection.is_inside_repository(worktree, Path(os.path.realpath(self.root)))
                else state.value
            )
        branch = self.git.run(location_of(worktree), ["symbolic-ref", "--quiet", "--short", "HEAD"]).text
        known = self.git.run(location_of(worktree), ["rev-parse", "--verify", "--quiet", TRACKING]).returncode == 0
        span = [f"{TRACKING}..HEAD"] if known else ["HEAD"]
        counted = self.git.run(location_of(worktree), ["rev-list", "--count", *span]).text
        unpushed = int(counted) if counted.isdecimal() else 0
        return FolderStatus(state.value, branch, self.uncommitted_files(worktree), unpushed, self.head(worktree))

    def undo(self, folder: str) -> None:
        """No commit is lost: `.git` is removed only where the forge has every branch, or where the one commit is what lies in the folder."""
        worktree = self.folder_path(folder)
        record = inspection.read_setup_record(worktree)
        if record is None and inspection.folder_state(worktree) is FolderState.THEIRS:
            raise SetupRefused("Git was not set up here by Enablement; there is nothing to take back.")
        shutil.rmtree(worktree / inspection.NEW_GIT_DIR, ignore_errors=True)
        if record is not None and record.made:
            self._require_pushed(worktree)
            for name, block in _BLOCKS:
                text = files.read(worktree / name)
                if text is not None:
                    files.write_if_changed(worktree / name, without_block(text, block))
            shutil.rmtree(worktree / ".git")
        elif record is not None:
            self._disconnect(worktree, record)
        self._setup.unregister_folder(str(worktree))

    def _require_pushed(self, worktree: Path) -> None:
        head = self.head(worktree)
        branches = self.git.run(
            location_of(worktree), ["for-each-ref", "--format=%(objectname)", "refs/heads", "refs/tags", "refs/stash"]
        )
        if not head and not branches.text:
            return
        only_first = self.git.run(location_of(worktree), ["rev-list", "--count", "--all"]).text == "1"
        if only_first and not self._changed(worktree, select_files(inspection.candidate_files(worktree)[0])[0]):
            return  # one version, and it is what lies in the folder
        if set(branches.text.split()) - {self.remote(worktree).remote_head()}:
            raise SetupRefused(
                "There are versions here that the server does not have. Push them first (Save a version), then undo."
            )

    def _disconnect(self, worktree: Path, record: inspection.SetupRecord) -> None:
        if self.owner.hosts(self._origin(worktree)):
            # Not `git remote remove`: that forgets `core.hooksPath` on its way and runs the repository's hooks.
            self.git.run_checked(location_of(worktree), ["config", "--local", "--remove-section", "remote.origin"])
            self.git.run(location_of(worktree), ["update-ref", "-d", TRACKING])
        if _settings(files.read(worktree / ".git/config")) == _settings(record.before):
            files.write_if_changed(worktree / ".git/config", record.before)
        (worktree / ".git" / inspection.SETUP_RECORD).unlink(missing_ok=True)

    def _init(self, worktree: Path, url: str) -> None:
        fresh = worktree / inspection.NEW_GIT_DIR
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            self.git.run_checked(None, ["init", "--quiet", "--template=", "--initial-branch=main", str(fresh)])
            self.git.run_checked(GitLocation(str(fresh / ".git"), str(fresh)), ["remote", "add", "--", "origin", url])
            files.write(fresh / ".git" / inspection.SETUP_RECORD, inspection.SetupRecord(made=True).text())
            (fresh / ".git").rename(worktree / ".git")
        except OSError as problem:
            raise files.file_error(worktree, problem) from None
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _write_blocks(self, worktree: Path) -> None:
        for name, block in _BLOCKS:
            files.write_if_changed(worktree / name, with_block(files.read(worktree / name), block))

    def _changed(self, worktree: Path, kept: Sequence[str]) -> tuple[str, ...]:
        """Selected files that differ from `HEAD`, and tracked ones that were deleted."""
        wanted = {*kept, *(name for name, _ in _BLOCKS)}
        return tuple(
            path for state, path in self.status_entries(worktree) if path in wanted or (state != "??" and "D" in state)
        )

    def uncommitted_files(self, worktree: Path) -> tuple[str, ...]:
        """What a commit would take, sorted out from `git status`: only changed files are looked into, as this is asked often."""
        entries = [(state, path) for state, path in self.status_entries(worktree) if not (worktree / path).is_symlink()]
        files = {path: inspection.candidate_file(worktree, path) for _, path in entries if not is_hidden(path)}
        kept, _ = select_files(files.values())
        known = {path for state, path in entries if state != "??" and not (path in files and files[path].secret)}
        return tuple(path for _, path in entries if path in known or path in kept)

    def status_entries(self, worktree: Path) -> list[tuple[str, str]]:
        """See `git_status`, with our clean filter."""
        return git_status(self.git, worktree, self.commit_config(worktree))

    def _origin(self, worktree: Path) -> str:
        return self.remote(worktree).url

    def remote(self, worktree: Path) -> Remote:
        """The repository's `origin`, with the credential helper."""
        return Remote(worktree, self.git, self._setup.credential, {**self.helper_environment, "HOME": self.home})

    def head(self, worktree: Path) -> str:
        """The commit of `HEAD`, "" for none."""
        result = self.git.run(location_of(worktree), ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
        return result.text if result.returncode == 0 else ""

    def commit_config(self, worktree: Path) -> Config:
        """Configuration of a run that may commit: drivers of the repository are off, our clean filter is on, author and committer are set."""
        who = self._setup.identity(self.owner)
        return (*self.git.driver_overrides(location_of(worktree)), *self._setup.filter, *who)

    def _below_root(self, folder: str) -> Path | None:
        """The folder's real path, None where it is none, or not below the root."""
        if "\0" in folder:
            return None
        root = Path(os.path.realpath(self.root))
        real = Path(os.path.realpath(root / folder))
        return real if real.is_dir() and (real == root or root in real.parents) else None

    def folder_path(self, folder: str) -> Path:
        """The folder's real path. Raises `SetupRefused` where it is not below the root."""
        found = self._below_root(folder)
        if found is None:
            raise SetupRefused("This folder is not there, or not in your home.")
        return found

    @property
    def _setup(self) -> HomeSetup:
        return HomeSetup(Path(self.home), self.bin_folder, self.git)


def _settings(config: bytes | None) -> list[bytes]:
    return [line.strip() for line in (config or b"").splitlines() if line.strip()]
