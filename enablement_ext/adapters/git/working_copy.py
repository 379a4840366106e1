"""Setting up, committing and pushing a repository in the author's home. Every operation is idempotent and may be interrupted anywhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from enablement_ext.adapters.git import files, inspection
from enablement_ext.adapters.git.cloning import fill, new_folder, unfinished
from enablement_ext.adapters.git.home_setup import HomeSetup
from enablement_ext.adapters.git.remote import Remote
from enablement_ext.adapters.git.runner import Config, GitRunner, RunOptions, joined_paths
from enablement_ext.adapters.git.setup_records import SetupRecord
from enablement_ext.adapters.git.shape.locks import release_locks
from enablement_ext.adapters.git.shape.repository_facts import current_branch, repository_facts, repository_settings
from enablement_ext.adapters.git.status import (
    git_status,
    location_of,
    not_ignored,
    uncommitted_changes,
    without_results_of_others,
)
from enablement_ext.adapters.git.undo import Leaving, disconnect, keep_versions
from enablement_ext.core.errors import SetupRefused
from enablement_ext.core.git.config_keys import setting
from enablement_ext.core.git.ports import FolderStatus, UncommittedChanges, WorkingCopyOwner
from enablement_ext.core.git.repository_names import (
    RepositoryId,
    Space,
    is_plain,
    repository_name,
    repository_of_path,
)
from enablement_ext.core.git.setup.file_selection import HeldBack, select_files
from enablement_ext.core.git.setup.plan import FolderFacts, FolderState
from enablement_ext.core.git.shape import RepositoryFacts, is_readable


@dataclass(frozen=True, slots=True)
class GitWorkingCopy:
    """Implements `WorkingCopy`. `root` is the root of the file browser. Only the credential helper gets to see `helper_environment`."""

    root: str
    home: str
    bin_folder: str
    owner: WorkingCopyOwner
    helper_environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    git: GitRunner = field(default_factory=GitRunner)

    def place(self, folder: str) -> RepositoryId | None:
        """By the record of its `.git`, which a rename leaves as it is."""
        worktree = self._below_root(folder)
        return None if worktree is None else self._recorded_place(worktree)

    def free_name(self, folder: str, group: str = "") -> str:
        """A group's is called as the folder itself, a person's as its path."""
        wanted = repository_name(folder.rpartition("/")[2] if group else folder)
        space, owner = (Space.GROUP, group) if group else (Space.USER, self.owner.person.name)
        here = str(self._below_root(folder))
        taken = {self._path_of(record) for record in self.setup.records.all() if record.folder != here}
        names = (wanted, *(f"{wanted[:55]}-{number}" for number in range(2, 1000)))
        return next(name for name in names if RepositoryId(space, owner, name).path not in taken)

    def copies(self) -> Mapping[str, str]:
        """By the records."""
        root, records = Path(os.path.realpath(self.root)), self.setup.records
        there = (record for record in records.all() if records.of(Path(record.folder, ".git")) == record)
        return {
            self._path_of(record): str(Path(record.folder).relative_to(root))
            for record in there
            if root in Path(record.folder).parents
        }

    def is_free(self, folder: str) -> bool:
        """Not even a link that leads nowhere."""
        return not os.path.lexists(Path(os.path.realpath(self.root), folder))

    def clone(self, folder: str, repository: RepositoryId) -> None:
        """Made beside its place and renamed. Of a repository without versions the folder is as after a set-up."""
        target = new_folder(Path(os.path.realpath(self.root)), folder)
        url = self.owner.url(repository)
        with unfinished(target) as fresh:
            git_dir = fresh / ".git"
            self.git.run_checked(None, ["init", "--quiet", "--template=", "--initial-branch=main", str(fresh)])
            (git_dir / "logs").mkdir(exist_ok=True)
            before = files.read(git_dir / "config") or b""
            empty = not fill(self._remote(fresh, url))
            made = SetupRecord(str(target), url, empty, b"" if empty else before, path=repository.path)
            if empty:
                files.write_blocks(fresh)
            self._set_origin(git_dir, url)
            self.setup.register(made, git_dir, self.owner)
            fresh.rename(target)

    def inspect(self, folder: str) -> FolderFacts:
        """Looks for files and secrets only where the folder may be set up at all."""
        worktree, root = self._below_root(folder), Path(os.path.realpath(self.root))
        if not self.git.program or worktree is None:
            return FolderFacts(folder, git=bool(self.git.program), exists=worktree is not None)
        home = Path(os.path.realpath(self.home))
        state, repository = self.state(worktree), self.repository(folder)
        is_home = worktree in (root, home) or worktree in home.parents
        kept, held = ((), ()) if is_home else self.selected_files(worktree, state)
        usable = state is not FolderState.NONE and is_readable(repository)
        return FolderFacts(
            folder,
            is_home=is_home,
            writable=os.access(worktree, os.W_OK | os.X_OK) and os.access(home, os.W_OK | os.X_OK),
            in_repository=inspection.is_inside_repository(worktree, root),
            nested=() if is_home else inspection.nested_repositories(worktree),
            repository=repository,
            free_bytes=min(inspection.free_bytes(worktree), inspection.free_bytes(home)),
            state=state,
            has_commits=usable and bool(self.head(worktree)),
            configured=(obstacle := self.setup.obstacle()) is None and self.setup.is_applied(self.owner),
            obstacle=obstacle,
            kept=kept,
            held=held,
            changed=not usable or bool(self.changed_files(worktree, kept)),
        )

    def repository(self, folder: str) -> RepositoryFacts:
        """See `repository_facts`."""
        worktree = self._below_root(folder)
        if worktree is None or not os.path.lexists(worktree / ".git"):
            return RepositoryFacts()
        connected = self.state(worktree) in (FolderState.OURS, FolderState.ADOPTED)
        return repository_facts(self.git, worktree, self.setup.surroundings(connected))

    def release_locks(self, folder: str, asked: bool = False) -> None:
        """By what `/proc` says of running processes."""
        worktree = self._below_root(folder)
        if worktree is not None and self.state(worktree) is not FolderState.NONE:
            release_locks(worktree, asked)

    def configure(self) -> None:
        """Writes only what is missing."""
        self.setup.apply(self.owner)

    def prepare(self, folder: str, repository: RepositoryId) -> None:
        """A new repository is initialised beside `.git` and renamed to it; an existing one gets its remote and no more."""
        worktree, url = self.folder_path(folder), self.owner.url(repository)
        git_dir, known = worktree / ".git", self.record(worktree)
        record = SetupRecord(str(worktree), url, made=known.made if known else False, path=repository.path)
        if self.state(worktree) is FolderState.NONE:
            files.write_blocks(worktree)
            self._init(worktree, replace(record, made=True))
        else:
            before = known.before if known else files.read(git_dir / "config") or b""
            self.setup.register(replace(record, before=before), git_dir, self.owner)
        if self.state(worktree) is FolderState.OURS:
            files.write_blocks(worktree)
        self._set_origin(git_dir, url)

    def adopt_history(self, folder: str) -> bool:
        """`HEAD` becomes the remote's branch. Files that are missing are checked out; files that are there stay as they are.

        A repository that the set-up has just made is on the branch that the server has, where that is not `main`.
        """
        worktree, remote = self.folder_path(folder), self.remote(folder)
        if self.head(worktree):
            return False
        if not remote.remote_head():
            branch = remote.default_branch() if self.state(worktree) is FolderState.OURS else ""
            if not branch:
                return False
            files.write(worktree / ".git/HEAD", f"ref: refs/heads/{branch}\n".encode())
            remote = self.remote(folder)
        remote.fetch()
        self.git.run_checked(location_of(worktree), ["update-ref", remote.ref, remote.tracking])
        self.git.run_checked(location_of(worktree), ["read-tree", remote.ref])
        self.git.run(location_of(worktree), ["checkout-index", "--all", "--quiet"])
        return True

    def commit(self, folder: str, paths: Sequence[str], message: str) -> str:
        """Commits these files and the managed ones with `--only`: what else is staged stays staged, ignored files are left out."""
        worktree = self.folder_path(folder)
        own = [
            name for name in files.MANAGED if (worktree / name).is_file() and self.state(worktree) is FolderState.OURS
        ]
        config = self.commit_config(worktree)
        wanted = not_ignored(self.git, worktree, [*own, *paths], config)
        if not wanted:
            return self.head(worktree)
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
        """`HEAD` to its branch; never forced. A branch that is new there has an upstream from now on."""
        remote = self.remote(folder)
        remote.push()
        self._set_origin(remote.at / ".git", remote.url)

    def heads(self, folder: str) -> tuple[str, str]:
        """The remote's by `ls-remote`."""
        return self.head(self.folder_path(folder)), self.remote(folder).remote_head()

    def status(self, folder: str) -> FolderStatus:
        """Compared with the remote-tracking branch."""
        worktree = self._below_root(folder)
        if worktree is None or not self.git.program:
            return FolderStatus("none")
        state = self.state(worktree)
        self._follow(worktree)
        if state in (FolderState.NONE, FolderState.THEIRS):
            inside = inspection.is_inside_repository(worktree, Path(os.path.realpath(self.root)))
            return FolderStatus("inside" if inside else state.value)
        counted = self.git.run(location_of(worktree), ["rev-list", "--count", *self.unpushed_span(worktree)]).text
        unpushed = int(counted) if counted.isdecimal() else 0
        found = self.uncommitted(worktree)
        changed = tuple(file.path for file in found.files)
        branch = current_branch(worktree)
        return FolderStatus(state.value, branch, changed, found.unexpected, unpushed, self.head(worktree))

    def unpushed_span(self, worktree: Path) -> list[str]:
        """Arguments of `rev-list` for the commits that the server does not have, as far as is known here."""
        tracking = f"refs/remotes/origin/{current_branch(worktree)}"
        verified = self.git.run(location_of(worktree), ["rev-parse", "--verify", "--quiet", tracking])
        return [f"{tracking}..HEAD"] if verified.returncode == 0 else ["HEAD", "--not", "--remotes=origin"]

    def undo(self, folder: str) -> str:
        """`.git` goes at once, after what the server does not have was kept; a repository of the author's own loses its remote alone."""
        worktree = self.folder_path(folder)
        record = self.record(worktree)
        if record is None and self.state(worktree) is FolderState.THEIRS:
            raise SetupRefused("Git was not set up here by Enablement; there is nothing to take back.")
        aside, kept = worktree / inspection.NEW_GIT_DIR, ""
        shutil.rmtree(aside, ignore_errors=True)
        if record is not None and record.made:
            kept = keep_versions(self._leaving(folder))
            files.remove_blocks(worktree)
            (worktree / ".git").rename(aside)  # what a kill leaves of it is removed by the next press
            shutil.rmtree(aside)
        elif record is not None:
            disconnect(self.git, worktree, record.before)
            self.setup.records.unmark(worktree / ".git")
        self.setup.unregister(str(worktree), record.id if record else "", self.owner)
        return kept

    def _leaving(self, folder: str) -> Leaving:
        worktree = self.folder_path(folder)

        def differs() -> bool:
            return bool(self.changed_files(worktree, self.selected_files(worktree, self.state(worktree))[0]))

        return Leaving(
            worktree, self.git, self.remote(folder), self.commit_config(worktree), self.head(worktree), differs
        )

    def _init(self, worktree: Path, record: SetupRecord) -> None:
        """The record comes first: a repository of that name that is not recorded would be somebody else's."""
        fresh = worktree / inspection.NEW_GIT_DIR
        git_dir = fresh / ".git"
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            self.git.run_checked(None, ["init", "--quiet", "--template=", "--initial-branch=main", str(fresh)])
            (git_dir / "logs").mkdir(exist_ok=True)
            self._set_origin(git_dir, record.url)
            self.setup.register(record, git_dir, self.owner)
            git_dir.rename(worktree / ".git")
        except OSError as problem:
            raise files.file_error(worktree, problem) from None
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _set_origin(self, git_dir: Path, url: str) -> None:
        """`origin` and the branch's upstream are for the terminal and other tools; what is run here takes the address from the service."""
        settings = repository_settings(self.git, git_dir)
        known, branch = setting(settings, "remote.origin.url"), current_branch(git_dir.parent)
        wanted = {"remote.origin.url": url} if known != url else {}
        wanted |= {"remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*"} if not known else {}
        if is_plain(branch) and not any(key.startswith(f"branch.{branch}.") for key, _ in settings):
            wanted |= {f"branch.{branch}.remote": "origin", f"branch.{branch}.merge": f"refs/heads/{branch}"}
        for key, value in wanted.items():
            self.git.run_checked(None, ["config", "--file", str(git_dir / "config"), key, value])

    def changed_files(self, worktree: Path, kept: Sequence[str]) -> tuple[str, ...]:
        """Selected files that differ from `HEAD`, and tracked ones that were deleted."""
        wanted = {*kept, *(name for name in files.MANAGED)}
        return tuple(
            path for state, path in self.status_entries(worktree) if path in wanted or (state != "??" and "D" in state)
        )

    def selected_files(self, worktree: Path, state: FolderState) -> tuple[tuple[str, ...], tuple[HeldBack, ...]]:
        """What the set-up commits of a folder, and what it holds back."""
        found, beyond = inspection.candidate_files(worktree)
        if state is not FolderState.NONE:
            found = without_results_of_others(self.git, worktree, found, state is FolderState.OURS)
        kept, held = select_files(found)
        return kept, (*held, *([beyond] if beyond else []))

    def uncommitted(self, worktree: Path) -> UncommittedChanges:
        """See `uncommitted_changes`."""
        made = self.state(worktree) is FolderState.OURS
        return uncommitted_changes(self.git, worktree, self._looking, made)

    def status_entries(self, worktree: Path) -> list[tuple[str, str]]:
        """See `git_status`, with our clean filter."""
        return git_status(self.git, worktree, self._looking)

    def remote(self, folder: str) -> Remote:
        """The place of the folder's repository on the server, with the credential helper."""
        worktree = self.folder_path(folder)
        return self._remote(
            worktree, self.owner.url(self._recorded_place(worktree) or self.owner.repository_of(folder))
        )

    def _remote(self, worktree: Path, url: str) -> Remote:
        told = {**self.helper_environment, "HOME": self.home}
        return Remote(worktree, url, current_branch(worktree), self.git, self.setup.credential(url), told)

    def _recorded_place(self, worktree: Path) -> RepositoryId | None:
        record = self.record(worktree)
        return None if record is None else repository_of_path(self._path_of(record))

    def _path_of(self, record: SetupRecord) -> str:
        """Of a record of before paths were kept: what was told of the folder then."""
        if record.path:
            return record.path
        root = os.path.realpath(self.root)
        return self.owner.repository_of(os.path.relpath(record.folder, root)).path

    def _follow(self, worktree: Path) -> None:
        """Note where a folder is that was moved: another one may get the name that it had."""
        record = self.record(worktree)
        if record is not None and record.folder != str(worktree):
            self.setup.records.moved(record, str(worktree))

    def record(self, worktree: Path) -> SetupRecord | None:
        """What the home has recorded of the folder's repository."""
        return self.setup.records.of(worktree / ".git")

    def state(self, worktree: Path) -> FolderState:
        """By the record in the home: what a repository brings along says nothing."""
        own = worktree / ".git"
        if not os.path.lexists(own):
            return FolderState.NONE
        record = self.record(worktree) if own.is_dir() and not own.is_symlink() else None
        if record is None:
            return FolderState.THEIRS
        return FolderState.OURS if record.made else FolderState.ADOPTED

    def head(self, worktree: Path) -> str:
        """The commit of `HEAD`, "" for none."""
        result = self.git.run(location_of(worktree), ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
        return result.text if result.returncode == 0 else ""

    def commit_config(self, worktree: Path) -> Config:
        """Configuration of a run that may commit: our clean filter is on, author and committer are set. Raises `GitFailed`."""
        settings = repository_settings(self.git, worktree / ".git")
        return (*self._looking, *self.setup.identity(self.owner, worktree / ".git", settings))

    @property
    def _looking(self) -> Config:
        """Configuration of a run that looks at files: our clean filter is on, and what the author ignores everywhere is ignored."""
        return (*self.setup.filter, *self.setup.ignored)

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
    def setup(self) -> HomeSetup:
        """The home's part."""
        return HomeSetup(Path(self.home), self.bin_folder, self.git)
