"""The port `Forge`, asked of every forge there is: in memory, bundled, GitHub, GitLab and Gitea as their APIs are published, and a real Gitea."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from enablement_ext.adapters.git.bundled_forge import BundledForge
from enablement_ext.adapters.memory import MemoryForge
from enablement_ext.core.errors import BadRequest, ForgeCannot, NotFound, NotSignedIn, TooLarge
from enablement_ext.core.git.forges.ports import AccessGrant, Delivery, Forge, PullRequestDraft
from enablement_ext.core.git.repository_names import RepositoryId, Space
from tests.git.fake_forge import serving
from tests.git.fake_gitea import Gitea as FakeGitea
from tests.git.fake_github import GitHub
from tests.git.fake_gitlab import GitLab
from tests.git.forge_fixtures import BundledForgeFixture, ForgeFixture, MemoryForgeFixture, with_fake, with_gitea
from tests.servers.gitea import Gitea, gitea

AT = datetime.now(UTC).replace(microsecond=0)
ONE = RepositoryId(Space.USER, "dana", "churn")
BESIDE = RepositoryId(Space.USER, "dana", "churn-evil")
GROUP = RepositoryId(Space.GROUP, "dana", "churn")
ODD = RepositoryId(Space.USER, "Dana/../é x", "churn")


@pytest.fixture(scope="module")
def real_gitea() -> Iterator[Gitea]:
    """One for the module; each test has an organisation of its own."""
    with gitea() as running:
        yield running


FAKES = {"github": GitHub, "gitlab": GitLab, "gitea": FakeGitea}
FORGES = ["memory", "bundled", *FAKES, pytest.param("real gitea", marks=pytest.mark.slow)]


@pytest.fixture(params=FORGES)
def hosted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ForgeFixture]:
    """A forge of every kind without a repository."""
    if request.param == "memory":
        yield MemoryForgeFixture(MemoryForge())
    elif request.param == "bundled":
        yield BundledForgeFixture(BundledForge(tmp_path / "repositories"))
    elif request.param == "real gitea":
        yield with_gitea(request.getfixturevalue("real_gitea"), f"org{secrets.token_hex(4)}")
    else:
        with serving(FAKES[request.param]()) as fake:
            yield with_fake(fake)


@pytest.fixture
def forge(hosted: ForgeFixture) -> Forge:
    return hosted.forge


def grant(repository: RepositoryId = ONE, *, write: bool = True, until: datetime | None = None) -> AccessGrant:
    return AccessGrant(
        secrets.token_hex(8), repository, "dana", write, until or datetime.now(UTC) + timedelta(minutes=10)
    )


def test_a_repository_is_made_once(forge: Forge) -> None:
    first, second = forge.adopt(ONE, AT), forge.adopt(ONE, AT + timedelta(1))
    assert (first.created, second.created) == (True, False)
    assert (second.id, second.heads) == (ONE, ())
    assert second.made_at == first.made_at == forge.find(ONE).made_at


def test_whose_it_is_is_part_of_its_name(forge: Forge) -> None:
    forge.adopt(ONE, AT)
    for other in (GROUP, ODD, BESIDE):
        with pytest.raises(NotFound):
            forge.find(other)
        assert forge.adopt(other, AT).created
        assert not forge.adopt(other, AT).created
    assert [found.id for found in forge.listed([(Space.USER, "dana")])] == [ONE, BESIDE]
    everybody = forge.listed([(Space.USER, "dana"), (Space.GROUP, "dana"), (Space.USER, ODD.owner)])
    assert {found.id for found in everybody} == {ONE, BESIDE, GROUP, ODD}
    assert forge.listed([(Space.USER, "remy")]) == []


def test_a_list_goes_over_more_than_one_page(forge: Forge) -> None:
    made = [RepositoryId(Space.USER, "dana", f"r{number:03}") for number in range(55)]
    for each in made:
        forge.adopt(each, AT)
    assert [found.id for found in forge.listed([(Space.USER, "dana")])] == made


def test_what_is_not_there_is_not_found(forge: Forge) -> None:
    asked = (
        lambda: forge.find(ONE),
        lambda: forge.read(ONE, "main", "x", 10),
        lambda: forge.mint(grant()),
        lambda: forge.propose(ONE, PullRequestDraft("work", "main", "x")),
    )
    for ask in asked:
        with pytest.raises(NotFound):
            ask()
    forge.adopt(ONE, AT)
    for ref in ("main", "a" * 40):
        with pytest.raises(NotFound):
            forge.read(ONE, ref, "x", 10)


def test_a_file_is_read_at_a_branch_and_at_a_commit(hosted: ForgeFixture) -> None:
    hosted.forge.adopt(ONE, AT)
    odd = "a b/größe #1?.txt"
    old = hosted.put(ONE, "main", odd, b"old\xff\x00")
    new = hosted.put(ONE, "main", odd, b"new")
    assert hosted.forge.find(ONE).heads == (("main", new),)
    assert hosted.forge.read(ONE, "main", odd, 100) == b"new"
    assert hosted.forge.read(ONE, new, odd, 3) == b"new"
    assert hosted.forge.read(ONE, old, odd, 100) == b"old\xff\x00"
    with pytest.raises(TooLarge):
        hosted.forge.read(ONE, "main", odd, 2)
    with pytest.raises(NotFound):
        hosted.forge.read(ONE, "main", "a b", 100)
    for ref, path in (("../../x", "x"), ("main", "/etc/passwd"), ("main", "-x")):
        with pytest.raises((BadRequest, NotFound)):
            hosted.forge.read(ONE, ref, path, 100)


def test_a_credential_opens_one_repository_until_it_is_revoked(hosted: ForgeFixture) -> None:
    for each in (ONE, BESIDE, GROUP):
        hosted.forge.adopt(each, AT)
    held, other = grant(), grant()
    key, second, now = hosted.forge.mint(held), hosted.forge.mint(other), datetime.now(UTC)
    assert key.until == held.until
    assert key.password not in repr(key)
    assert hosted.opens(key, ONE, write=True, now=now)
    assert hosted.opens(key, ONE, write=False, now=now)
    for elsewhere in (BESIDE, GROUP):
        assert not hosted.opens(key, elsewhere, write=True, now=now)
        assert not hosted.opens(key, elsewhere, write=False, now=now)
    hosted.forge.revoke(held)
    hosted.forge.revoke(held)
    assert not hosted.opens(key, ONE, write=True, now=now)
    assert not hosted.opens(key, ONE, write=False, now=now)
    assert hosted.opens(second, ONE, write=True, now=now)
    hosted.forge.revoke(grant(BESIDE))  # nothing was minted for it


def test_a_credential_to_read_does_not_write(hosted: ForgeFixture) -> None:
    hosted.forge.adopt(ONE, AT)
    hosted.put(ONE, "main", "x", b"x")
    key, now = hosted.forge.mint(grant(write=False)), datetime.now(UTC)
    assert hosted.opens(key, ONE, write=False, now=now)
    assert not hosted.opens(key, ONE, write=True, now=now)


def test_a_pull_request_is_opened_once(hosted: ForgeFixture) -> None:
    forge = hosted.forge
    forge.adopt(ONE, AT)
    hosted.put(ONE, "main", "x", b"x")
    hosted.put(ONE, "work", "y", b"y")
    proposal = PullRequestDraft("work", "main", "Take “it”", "Please.\n")
    if not forge.place.proposals:
        with pytest.raises(ForgeCannot):
            forge.propose(ONE, proposal)
        return
    first, second = forge.propose(ONE, proposal), forge.propose(ONE, replace(proposal, title="again"))
    assert (first.created, second.created) == (True, False)
    assert (second.number, second.url) == (first.number, first.url)
    assert first.url


def test_a_delivery_says_what_was_pushed_where_it_is_signed(hosted: ForgeFixture) -> None:
    sent = hosted.delivery(ODD, "a" * 40)
    if not sent.headers:
        with pytest.raises(NotSignedIn):
            hosted.forge.news(sent)
        return
    news = hosted.forge.news(sent)
    assert (news.kind, news.repository) == ("push", ODD)
    again = hosted.forge.news(Delivery({**sent.headers, "x-github-delivery": "other"}, sent.body, sent.at))
    assert set(news.keys) & set(again.keys)  # known again by its bytes
    signatures = [name for name in sent.headers if "signature" in name or "token" in name]
    assert signatures
    without = {name: value for name, value in sent.headers.items() if name not in signatures}
    forged = {name: value[:-1] + ("0" if value[-1] != "0" else "1") for name, value in sent.headers.items()}
    for headers in (
        without,
        {**sent.headers, **{name: forged[name] for name in signatures}},
        {**without, **dict.fromkeys(signatures, "é")},
    ):
        with pytest.raises(NotSignedIn):
            hosted.forge.news(Delivery(headers, sent.body, sent.at))


def test_an_address_is_recognised_exactly(forge: Forge) -> None:
    forge.adopt(ONE, AT)
    forge.adopt(ODD, AT)
    address = forge.address(ONE)
    if not address.clone:
        assert forge.recognise("https://forge.example/git/user/dana/churn") is None
        return
    assert forge.recognise(address.clone) == forge.recognise(address.page) == ONE
    assert forge.recognise(forge.address(ODD).clone) == ODD
    base = forge.place.base
    for url in (
        address.clone.replace("127.0.0.1", "evil.example"),
        address.clone.replace("http://", "https://"),
        f"{base}other/../dana.churn.git",
        f"{base}dana.churn.git/x",
        f"{base}%64ana.churn.git",
        f"{address.clone}?x",
        f"{base}",
        f"{base}website",
        address.clone.replace("/dana.", "-evil/dana."),
    ):
        assert forge.recognise(url) is None, url
