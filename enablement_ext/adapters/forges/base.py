"""What all forges elsewhere have in common: one organisation that keeps everybody's repositories, under names that say whose they are.

A repository of the organisation is ours where its description carries our mark, and nobody's here otherwise: a person whose name happens to fit gets
no key to what somebody else put there. To adopt such a one, its owner puts the mark into its description.
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
    """The common part of a `Forge` elsewhere."""

    lasting = False

    def __init__(self, account: ForgeAccount, limits: RequestLimits | None = None) -> None:
        self.account = account
        self.client = ForgeClient(account.api, limits, account.ca_file)

    @property
    def place(self) -> ForgeInfo:
        """The organisation."""
        base = f"{self.account.url.rstrip('/')}/{self.account.owner}/"
        return ForgeInfo(self.account.kind, base, proposals=True, lasting=self.lasting)

    @property
    def server(self) -> None:
        """Git's protocol is the forge's own affair."""
        return

    def adopt(self, repository: RepositoryId, at: datetime) -> Repository:  # noqa: ARG002 - the forge has a clock
        """The repository, made where there is none. Raises `Conflict` where one of this name is not ours."""
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
        self.connect(repository)
        heads = () if created else self._heads(repository)
        return Repository(repository, moment(found.get("created_at")), heads, size_of(found), created)

    def find(self, repository: RepositoryId) -> Repository:
        """The repository as it is now. Raises `NotFound`."""
        found = self.require(repository)
        return Repository(repository, moment(found.get("created_at")), self._heads(repository), size_of(found))

    def listed(self, owners: Sequence[tuple[Space, str]]) -> Sequence[Repository]:
        """Those of the organisation's repositories that are ours and one of these owners'."""
        wanted, found = set(owners), {}
        for model in self.all():
            known = repository_of(name_of(model), text(model, "description"))
            if known is not None and (known.space, known.owner) in wanted and _marked(model, known):
                found[known.path] = Repository(known, moment(model.get("created_at")), (), size_of(model))
        return [found[path] for path in sorted(found)]

    def read(self, repository: RepositoryId, ref: str, path: str, most: int) -> bytes:
        """A file at a commit or a branch. Raises `NotFound`, `TooLarge`, `BadRequest`."""
        parts = path.split("/")
        if not path.isprintable() or not ref.isprintable() or path.startswith("-") or {"", ".", ".."} & set(parts):
            raise BadRequest("This names no file of a version.")
        if not ref or ".." in ref or ref.startswith("-"):
            raise BadRequest("This names no version.")
        self.require(repository)
        return self.raw(hosted_name(repository), ref, path, most)

    def address(self, repository: RepositoryId) -> RepositoryUrls:
        """Clone address and page."""
        page = f"{self.place.base}{hosted_name(repository)}"
        return RepositoryUrls(f"{page}.git", page)

    def recognise(self, url: str) -> RepositoryId | None:
        """Told by the name where that says it; else the forge is asked for the description."""
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
        """Find the open one, else open it; where another call was faster, theirs."""
        self.require(repository)
        name = hosted_name(repository)
        found = self.opened(name, proposal)
        if found is not None:
            return found
        try:
            return self.open(name, proposal)
        except ForgeCannot:
            found = self.opened(name, proposal)
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
    def connect(self, repository: RepositoryId) -> None:
        """What a repository needs beside itself, where it is missing."""

    @abstractmethod
    def all(self) -> Iterator[Model]:
        """The organisation's repositories."""

    @abstractmethod
    def branches(self, name: str) -> Iterator[tuple[str, str]]:
        """Branches and their commits."""

    @abstractmethod
    def raw(self, name: str, ref: str, path: str, most: int) -> bytes:
        """A file's bytes. Raises `NotFound`, `TooLarge`."""

    @abstractmethod
    def opened(self, name: str, proposal: PullRequestDraft) -> PullRequest | None:
        """The open request for these branches."""

    @abstractmethod
    def open(self, name: str, proposal: PullRequestDraft) -> PullRequest:
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
