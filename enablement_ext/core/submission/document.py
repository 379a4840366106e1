"""`submission.json` of a bundle: what the author wrote, and which files come along, strictly by the contract.

Paths are only taken as texts here; `core.submission.bundle` says which are allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enablement_ext.core.errors import BadAnswers
from enablement_ext.core.git.repository_names import RepositoryId, repository_of_path
from enablement_ext.core.review.models import Answers, CheckOverride, FileRole, GitFacts, HandedOver, Stage
from enablement_ext.core.secrets.statements import MOST, NotSecret, NotSecrets
from enablement_ext.core.text.addresses import without_credentials
from enablement_ext.core.text.fields import Fields
from enablement_ext.core.text.identifiers import SHA256_HEX

_TEXT = 10_000
_OVERRIDES = 200
_REASON = 2_000


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file beside the notebook, as `submission.json` names it."""

    path: str
    role: FileRole


@dataclass(frozen=True, slots=True)
class SubmissionDocument:
    """`submission.json` of a bundle. `sha256` is what the browser saw after the save."""

    answers: Answers
    path: str
    sha256: str
    files: tuple[NamedFile, ...]
    git: GitFacts | None
    stamp: int | None
    not_secrets: NotSecrets
    repository: RepositoryId | None = None  # of the forge, as the author's server says
    overrides: tuple[CheckOverride, ...] = ()


def submission_document(members: Mapping[str, object]) -> SubmissionDocument:
    """`submission.json`. Raises `BadAnswers` with the field."""
    known = ("answers", "notebook", "files", "git", "stamp", "overrides", "not_secrets")
    form = Fields(members, BadAnswers).only(known)
    notebook = form.inner("notebook").only(("path", "sha256"))
    path, sha256 = notebook.members.get("path"), notebook.members.get("sha256")
    if not isinstance(path, str) or not path:
        raise notebook.wrong("path", "is missing")
    if not isinstance(sha256, str) or not SHA256_HEX.fullmatch(sha256):
        raise notebook.wrong("sha256", "is not a SHA-256 in lower-case hex")
    files = tuple(_file(form, index, item) for index, item in enumerate(form.items("files", 10_000)))
    git = None if form.members.get("git") is None else _git(form.inner("git"))
    said = NotSecrets() if form.members.get("not_secrets") is None else _not_secrets(form.inner("not_secrets"))
    overrides = tuple(_override(form, index, item) for index, item in enumerate(form.items("overrides", _OVERRIDES)))
    return SubmissionDocument(
        answers_of(form.inner("answers")),
        path,
        sha256,
        files,
        git,
        form.maybe_number("stamp", 1),
        said,
        None if git is None else _repository(form.inner("git")),
        overrides,
    )


def answers_of(form: Fields) -> Answers:
    """What the author wrote. Raises the form's error."""
    names = ["title", "problem", "value", "expected", "stage", "handed_over", "data_used", "reviewers", "checklist"]
    form.only(names)
    return Answers(
        title=form.text("title", 200, least=1, one_line=True),
        problem=form.text("problem", _TEXT),
        value=form.text("value", _TEXT),
        expected=form.text("expected", _TEXT),
        stage=form.maybe_choice("stage", Stage),
        handed_over=form.maybe_choice("handed_over", HandedOver),
        data_used=form.text("data_used", _TEXT),
        reviewers=form.texts("reviewers", 20, 255),
        checklist=None if form.members.get("checklist") is None else form.texts("checklist", 50, 100),
    )


def _file(form: Fields, index: int, item: object) -> NamedFile:
    if not isinstance(item, dict):
        raise form.wrong(f"files.{index}", "is not an object")
    entry = Fields(item, BadAnswers, f"files.{index}.").only(("path", "role"))
    path = item.get("path")
    if not isinstance(path, str) or not path:
        raise entry.wrong("path", "is missing")
    role = entry.choice("role", FileRole, FileRole.OTHER)
    if role is FileRole.NOTEBOOK:
        raise entry.wrong("role", "is not one of module, data, other")
    return NamedFile(path, role)


def _repository(form: Fields) -> RepositoryId | None:
    path = form.text("repository", 1000, one_line=True)
    found = repository_of_path(path)
    if path and found is None:
        raise form.wrong("repository", "is no path of a repository")
    return found


def _override(form: Fields, index: int, item: object) -> CheckOverride:
    if not isinstance(item, dict):
        raise form.wrong(f"overrides.{index}", "is not an object")
    entry = Fields(item, BadAnswers, f"overrides.{index}.").only(("check", "cell", "reason"))
    check = entry.text("check", 100, least=1, one_line=True)
    return CheckOverride(check, entry.maybe_number("cell", 1), entry.text("reason", _REASON, least=1))


def _not_secrets(form: Fields) -> NotSecrets:
    form.only(("content", "statements"))
    content = form.members.get("content")
    if not isinstance(content, str) or not SHA256_HEX.fullmatch(content):
        raise form.wrong("content", "is not what an answer named")
    return NotSecrets(content, tuple(_statement(form, *each) for each in enumerate(form.items("statements", MOST))))


def _statement(form: Fields, index: int, item: object) -> NotSecret:
    if not isinstance(item, dict):
        raise form.wrong(f"statements.{index}", "is not an object")
    entry = Fields(item, BadAnswers, f"not_secrets.statements.{index}.").only(("where", "rule", "line", "reason"))
    line = entry.maybe_number("line", 1)
    if line is None:
        raise entry.wrong("line", "is missing")
    where, rule = item.get("where"), item.get("rule")
    if not isinstance(where, str) or not isinstance(rule, str):
        raise entry.wrong("where", "and rule are what an answer named")
    return NotSecret(where, rule, line, entry.text("reason", 1000, least=1))


def _git(form: Fields) -> GitFacts:
    form.only(("commit", "branch", "remote", "dirty", "repository"))
    dirty = form.members.get("dirty")
    if not isinstance(dirty, bool):
        raise form.wrong("dirty", "is not true or false")
    return GitFacts(
        commit=form.text("commit", 200, one_line=True),
        branch=form.text("branch", 1000, one_line=True),
        remote=without_credentials(form.text("remote", 2000, one_line=True)),  # a password in it stays with its author
        dirty=dirty,
    )
