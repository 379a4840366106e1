"""`MemoryHub`: users, tokens, groups and servers in memory; passes the contract tests of `HubDirectory`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from enablement_ext.core.access.people import UNTOLD, Account
from enablement_ext.core.errors import HubUnavailable, NotFound, NotSignedIn, UnknownImage
from enablement_ext.core.review.models import ImageRef, Principal


class MemoryHub:
    """A `HubDirectory` whose answers are put in by hand. `away` makes every question fail as a hub that does not answer."""

    def __init__(self) -> None:
        self.away = False
        self._principals: dict[str, Principal] = {}
        self._images: dict[tuple[str, str], ImageRef] = {}
        self._groups: dict[str, frozenset[str]] = {}
        self._codes: dict[str, str] = {}
        self._sessions: dict[str, str] = {}
        self._accounts: dict[str, Account] = {}
        self._made = 0

    def add_token(self, token: str, principal: Principal, session: str = "") -> None:
        """From now on this token is this principal; their groups are the user's. `session`: of the hub, where a browser signed in."""
        self._principals[token] = principal
        self._sessions[token] = session
        self._groups[principal.name] = principal.groups
        if principal.name not in self._accounts:
            self._make(principal.name)

    def put_account(self, account: Account) -> None:
        """The account of this name from now on."""
        self._accounts[account.name] = account

    def rename(self, user: str, name: str) -> None:
        """The account gets another name; tokens, groups and images stay its own."""
        self._accounts[name] = Account(name, self._accounts.pop(user).created)
        self._groups[name] = self._groups.pop(user)
        renamed = {t: replace(p, name=name) for t, p in self._principals.items() if p.name == user}
        self._principals.update(renamed)
        images = {(name, server): i for (owner, server), i in self._images.items() if owner == user}
        self._images = {key: image for key, image in self._images.items() if key[0] != user} | images

    def delete(self, user: str) -> None:
        """The account is no more, nor are its tokens."""
        del self._accounts[user], self._groups[user]
        self._principals = {t: p for t, p in self._principals.items() if p.name != user}
        self._images = {key: image for key, image in self._images.items() if key[0] != user}

    def renew(self) -> None:
        """Every account is made anew, under its name, as in a new database."""
        for name in self._accounts:
            self._make(name)

    def _make(self, name: str) -> None:
        self._made += 1
        self._accounts[name] = Account(name, UNTOLD + timedelta(days=self._made))

    def revoke(self, token: str) -> None:
        """From now on this token is nobody's."""
        self._principals.pop(token, None)

    def put_groups(self, user: str, groups: frozenset[str]) -> None:
        """The user's groups from now on."""
        self._groups[user] = groups

    def put_image(self, user: str, server: str, image: ImageRef) -> None:
        """What the spawner records for this server."""
        self._images[user, server] = image

    def add_code(self, code: str, token: str) -> None:
        """What the OAuth flow ends with for a person who holds this token; good once."""
        self._codes[code] = token

    async def principal(self, token: str) -> Principal:
        """Who this token is. Raises `NotSignedIn`, `HubUnavailable`."""
        self._present()
        known = self._principals.get(token)
        if known is None or known.name not in self._groups:
            raise NotSignedIn
        return replace(known, groups=self._groups[known.name], account=self._accounts[known.name])

    async def browser_user(self, token: str) -> tuple[Principal, str]:
        """Who this token is, and its session of the hub. Raises `NotSignedIn`, `HubUnavailable`."""
        return await self.principal(token), self._sessions[token]

    async def image_of(self, user: str, server: str, *, token: str = "") -> ImageRef:  # noqa: ARG002 - nothing to remember here
        """What was put in for this server. Raises `UnknownImage`, `HubUnavailable`."""
        self._present()
        image = self._images.get((user, server))
        if image is None:
            raise UnknownImage
        return image

    def remembered_image(self, user: str, server: str, token: str) -> ImageRef | None:  # noqa: ARG002 - as above
        """What was put in for this server, None while the hub is away."""
        return None if self.away else self._images.get((user, server))

    async def groups_of(self, user: str) -> frozenset[str]:
        """The user's groups. Raises `NotFound`, `HubUnavailable`."""
        self._present()
        groups = self._groups.get(user)
        if groups is None:
            raise NotFound
        return groups

    async def members_of(self, group: str) -> frozenset[str]:
        """Whose groups hold it. Raises `HubUnavailable`."""
        self._present()
        return frozenset(user for user, groups in self._groups.items() if group in groups)

    async def account_of(self, user: str) -> Account | None:
        """The account of this name. Raises `HubUnavailable`."""
        self._present()
        return self._accounts.get(user)

    async def sign_in(self, code: str, verifier: str) -> str:  # noqa: ARG002 - nobody is in between here
        """The token for the code. Raises `NotSignedIn`, `HubUnavailable`."""
        self._present()
        token = self._codes.pop(code, None)
        if token is None:
            raise NotSignedIn
        return token

    def _present(self) -> None:
        if self.away:
            raise HubUnavailable
