"""The base of hosted forges: one organisation has everybody's repositories, under names that say whose they are.

A repository of the organisation is ours only where its description carries our mark: a person whose name happens to fit gets no credential for what
somebody else put there. To hand one over, its owner puts the mark into its description.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from enablement_ext.adapters.forges.client import ForgeClient, RequestLimits
from enablement_ext.adapters.forges.responses import UNEXPECTED, ForgeResponse, raise_for_status
from enablement_ext.core.errors import BadRequest, Conflict, ForgeAway, ForgeCannot, NotFound
from enablement_ext.core.git.forges.names import description, hosted_name, repository_of
from enablement_ext.core.git.forges.ports import (
    AccessGrant,
    ForgeAccount,
    ForgeInfo,
    PullRequest,
    PullRequestDraft,
    Repository,
    RepositoryUrls,
)
from enablement_ext.core.git.repository_names import RepositoryId, Space

Model = dict[str, object]


class HostedForge(ABC):
    """The common part of a `Forge` that is hosted elsewhere."""

    lasting = False

    def __init__(self, account: ForgeAccount, limits: RequestLimits | None = None) -> None:
        self.account = account
        self.client = ForgeClient(account.api, limits, account.ca_file)

    @property
    def place(self) -> ForgeInfo:
        """From the account."""
        base = f"{self.account.url.rstrip('/')}/{self.account.owner}/"
        return ForgeInfo(self.account.kind, base, proposals=True, lasting=self.lasting)

    @property
    def server(self) -> None:
        """None: the forge serves Git itself."""
        return

    def adopt(self, repository: RepositoryId, at: datetime) -> Repository:  # noqa: ARG002 - the forge has a clock
        """Raises `Conflict` where a repository of this name is not ours."""
        found, created = self.get(hosted_name(repository)), False
        if found is None:
            found = self.create(repository)
            created = found is not None
            found = found or self.get(hosted_name(repository))  # another call was faster
        if found is None:
            raise ForgeAway("The forge did not keep the new repository. Nothing was lost; try again in a moment.")
        if not _marked(found, repository):
            raise Conflict(
                "There is a repository of this name on the forge that Enablement did not make. Whoever owns it can put"
                f" “{description(repository)}” into its description, and it becomes yours."
            )
        self.configure(repository)
        heads = () if created else self._heads(repository)
        return Repository(repository, moment(found.get("created_at")), heads, size_of(found), created)

    def find(self, repository: RepositoryId) -> Repository:
        """Raises `NotFound` also for one that is not ours."""
        found = self.require(repository)
        return Repository(repository, moment(found.get("created_at")), self._heads(repository), size_of(found))

    def listed(self, owners: Sequence[tuple[Space, str]]) -> Sequence[Repository]:
        """Without branches: one request for each page, not for each repository."""
        wanted, found = set(owners), {}
        for model in self.list_repositories():
            known = repository_of(name_of(model), text(model, "description"))
            if known is not None and (known.space, known.owner) in wanted and _marked(model, known):
                found[known.path] = Repository(known, moment(model.get("created_at")), (), size_of(model))
        return [found[path] for path in sorted(found)]

    def read(self, repository: RepositoryId, ref: str, path: str, most: int) -> bytes:
        """Odd paths and refs are refused before the forge is asked."""
        parts = path.split("/")
        if not path.isprintable() or not ref.isprintable() or path.startswith("-") or {"", ".", ".."} & set(parts):
            raise BadRequest("This names no file of a version.")
        if not ref or ".." in ref or ref.startswith("-"):
            raise BadRequest("This names no version.")
        self.require(repository)
        return self.read_file(hosted_name(repository), ref, path, most)

    def address(self, repository: RepositoryId) -> RepositoryUrls:
        """From the organisation's address and the repository's name."""
        page = f"{self.place.base}{hosted_name(repository)}"
        return RepositoryUrls(f"{page}.git", page)

    def recognise(self, url: str) -> RepositoryId | None:
        """By the name where that is enough; else the forge is asked for the description."""
        asked, base = urlsplit(url), urlsplit(self.place.base)
        place = (asked.scheme, asked.netloc.lower()) == (base.scheme, base.netloc.lower())
        if not place or asked.query or asked.fragment or not asked.path.startswith(base.path):
            return None
        name = asked.path.removeprefix(base.path).removesuffix(".git")
        if not name or quote(name, safe="") != name:
            return None
        known = repository_of(name)
        if known is None and name.count(".") == 2:
            known = repository_of(name, text(self.get(name) or {}, "description"))
        return known

    def propose(self, repository: RepositoryId, proposal: PullRequestDraft) -> PullRequest:
        """Looks for an open one first, and again where opening failed: another call may have been faster."""
        self.require(repository)
        name = hosted_name(repository)
        found = self.find_pull_request(name, proposal)
        if found is not None:
            return found
        try:
            return self.open_pull_request(name, proposal)
        except ForgeCannot:
            found = self.find_pull_request(name, proposal)
            if found is None:
                raise
            return found

    def require(self, repository: RepositoryId) -> Model:
        """The forge's model of a repository that is ours. Raises `NotFound`."""
        found = self.get(hosted_name(repository))
        if found is None or not _marked(found, repository):
            raise NotFound
        return found

    def _heads(self, repository: RepositoryId) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self.branches(hosted_name(repository))))

    def get(self, name: str) -> Model | None:
        """The forge's model of the organisation's repository of this name. None for one that was renamed: forges redirect to where it is now."""
        response = self.lookup(name)
        if response.status == 404:
            return None
        found = raise_for_status(response).model()
        return found if name_of(found) == name else None

    @property
    def owner_path(self) -> str:
        """The organisation as one segment of a path."""
        return quote(self.account.owner, safe="")

    @abstractmethod
    def lookup(self, name: str) -> ForgeResponse:
        """The forge's response about the organisation's repository of this name."""

    @abstractmethod
    def create(self, repository: RepositoryId) -> Model | None:
        """Make it, private and empty; None where one of this name is there already."""

    @abstractmethod
    def configure(self, repository: RepositoryId) -> None:
        """What a repository needs beside itself, where it is missing."""

    @abstractmethod
    def list_repositories(self) -> Iterator[Model]:
        """The organisation's repositories."""

    @abstractmethod
    def branches(self, name: str) -> Iterator[tuple[str, str]]:
        """Branches and their commits."""

    @abstractmethod
    def read_file(self, name: str, ref: str, path: str, most: int) -> bytes:
        """A file's bytes. Raises `NotFound`, `TooLarge`."""

    @abstractmethod
    def find_pull_request(self, name: str, proposal: PullRequestDraft) -> PullRequest | None:
        """The open request for these branches."""

    @abstractmethod
    def open_pull_request(self, name: str, proposal: PullRequestDraft) -> PullRequest:
        """Open one. Raises `ForgeCannot`."""


def text(model: Model, name: str) -> str:
    """A text of a model, "" for none."""
    value = model.get(name)
    return value if isinstance(value, str) else ""


def number(model: Model, name: str) -> int:
    """A number of a model. Raises `ForgeAway`."""
    value = model.get(name)
    if not isinstance(value, int):
        raise ForgeAway(UNEXPECTED)
    return value


def inner(model: Model, name: str) -> Model:
    """An object in a model, an empty one for none."""
    value = model.get(name)
    return value if isinstance(value, dict) else {}


def issued_token(model: Model, name: str) -> str:
    """The token in a forge's answer. Raises `ForgeAway` for what would be more than one line to Git."""
    token = text(model, name)
    if not token or not token.isprintable():
        raise ForgeAway
    return token


def token_name(grant: AccessGrant) -> str:
    """What a grant's token is called on a forge that lists tokens: any process finds it there."""
    return f"enablement-{grant.id}"


def name_of(model: Model) -> str:
    """A repository's name in its address."""
    return text(model, "path") or text(model, "name")


def size_of(model: Model) -> int:
    """Bytes; 0 where the forge does not say. GitHub and Gitea count in KiB."""
    value = model.get("size")
    return value * 1024 if isinstance(value, int) else 0


def moment(value: object) -> datetime:
    """A time as forges write it; the beginning of time where it is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _marked(model: Model, repository: RepositoryId) -> bool:
    return f"[enablement:{repository.path}]" in text(model, "description")
