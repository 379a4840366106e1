"""How the notebook's folder stands in Git: facts for a reviewer, which rules can make more of."""

from __future__ import annotations

from collections.abc import Iterator

from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind, Level

_SAVE = "Save a version (Git → Save and push), then send."


class GitStateCheck:
    """By what the author's server says of the repository: claimed, not verified."""

    name = "git"
    kinds = {  # noqa: RUF012 - a constant
        "git.none": FindingKind(
            Level.ALLOW, "The notebook's folder is not kept in Git.", "Set up Git for the folder: it takes one click."
        ),
        "git.unsaved": FindingKind(Level.ALLOW, "The folder has changes that no version in Git has.", _SAVE),
        "git.only-here": FindingKind(
            Level.ALLOW, "The versions are kept on the author's server only: the repository has no address.", _SAVE
        ),
        "git.version": FindingKind(Level.ALLOW, "Version {commit} of the branch {branch}.", "Nothing."),
    }

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """Nothing where Git cannot be asked."""
        if not notebook.around.git_known:
            return
        git = notebook.around.git
        if git is None:
            yield Finding("git.none")
            return
        yield Finding("git.version", facts={"commit": git.commit[:12], "branch": git.branch or "(none)"})
        if git.dirty:
            yield Finding("git.unsaved")
        if not git.remote:
            yield Finding("git.only-here")
