"""What is each forge's own: GitHub's App and its tokens, GitLab's days, Gitea's accounts; and names that are never somebody else's."""

from __future__ import annotations

import base64
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from enablement_ext.adapters.forges.factory import api_of, open_forge
from enablement_ext.adapters.forges.gitea import account_of
from enablement_ext.adapters.forges.github import GitHubForge
from enablement_ext.core.errors import BadRequest, Conflict, ForgeCannot, ForgeRefuses, NotFound, NotSignedIn
from enablement_ext.core.git.forges.names import description, hosted_name, repository_of
from enablement_ext.core.git.forges.ports import AccessGrant, Delivery, ForgeKind, PullRequestDraft
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.core.git.repository_paths import HOSTED_NAME_PATTERN
from tests.git.fake_forge import HOOK_SECRET, FakeForge, says, serving
from tests.git.fake_gitea import Gitea
from tests.git.fake_github import GitHub
from tests.git.fake_gitlab import GitLab
from tests.git.forge_fixtures import UNHURRIED, with_fake
from tests.polling import PATIENCE

AT = datetime.now(UTC)
ONE = RepositoryId(Space.USER, "dana", "churn")


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serving(GitHub()) as started:
        assert isinstance(started, GitHub)
        yield started


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    with serving(GitLab()) as started:
        assert isinstance(started, GitLab)
        yield started


@pytest.fixture
def gitea() -> Iterator[Gitea]:
    with serving(Gitea()) as started:
        assert isinstance(started, Gitea)
        yield started


def grant(name: str = "one") -> AccessGrant:
    return AccessGrant(name, ONE, "dana", True, AT + timedelta(minutes=10))


# GitHub


def test_github_tokens_are_asked_for_one_purpose_and_kept_while_they_last(github: GitHub) -> None:
    forge = open_forge(github.account, UNHURRIED)
    forge.adopt(ONE, AT)
    for _ in range(3):
        forge.find(ONE)
    kinds = sorted(",".join(sorted(token.permissions)) for token in github.tokens.values())
    assert kinds == ["administration,metadata", "contents,metadata"]
    assert {token.permissions.get("contents") for token in github.tokens.values()} == {None, "read"}
    forge.mint(grant())
    assert [token.repositories for token in github.tokens.values()][-1] == ["dana.churn"]


def test_github_tokens_are_renewed_before_they_end_and_when_they_are_refused(github: GitHub) -> None:
    later = [0.0]
    forge = GitHubForge(github.account, UNHURRIED, now=lambda: datetime.now(UTC).timestamp() + later[0])
    forge.adopt(ONE, AT)
    made = len(github.tokens)
    for token in github.tokens.values():
        token.alive = False
    assert forge.find(ONE).id == ONE
    assert len(github.tokens) == made + 1
    later[0] = 3301.0
    with pytest.raises(ForgeRefuses):  # by this clock an App's token would be from the future: GitHub says no
        forge.find(ONE)


def test_github_a_key_that_opens_more_is_not_given_out(github: GitHub) -> None:
    forge = open_forge(github.account, UNHURRIED)
    forge.adopt(ONE, AT)
    github.wide = True
    with pytest.raises(ForgeRefuses):
        forge.mint(grant())
    assert not list(github.tokens.values())[-1].alive


def test_github_an_app_that_is_not_installed_is_said(github: GitHub) -> None:
    github.installed = False
    with pytest.raises(ForgeRefuses, match="not installed"):
        open_forge(github.account, UNHURRIED).adopt(ONE, AT)


def test_github_a_renamed_repository_is_not_followed(github: GitHub) -> None:
    forge = open_forge(github.account, UNHURRIED)
    forge.adopt(ONE, AT)
    other = github.add("moved-elsewhere", description(ONE))
    del github.kept["dana.churn"]
    forge.listed([])  # the token is there
    github.faults.append(says(301, Location=f"{github.url}/api/v3/repos/science/{other.name}"))
    with pytest.raises(NotFound):
        forge.find(ONE)


def test_github_revoking_what_another_process_made_waits_for_its_end(github: GitHub) -> None:
    first, second = open_forge(github.account, UNHURRIED), open_forge(github.account, UNHURRIED)
    first.adopt(ONE, AT)
    key = first.mint(grant())
    second.revoke(grant())
    assert github.tokens[key.password].alive  # GitHub ends it within the hour
    assert not first.place.lasting
    first.revoke(grant())
    assert not github.tokens[key.password].alive


@pytest.mark.parametrize(
    "pem", ["", "no key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "ec"]
)
def test_github_a_file_that_is_no_key_is_refused_without_telling_it(github: GitHub, pem: str) -> None:
    if pem == "ec":
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    with pytest.raises(ValueError, match="not the private key") as caught:
        open_forge(replace(github.account, secret=pem), UNHURRIED)
    assert not pem or pem not in str(caught.value)


# GitLab


def test_gitlab_keys_end_by_the_day_and_are_found_again_by_their_name(gitlab: GitLab) -> None:
    forge = open_forge(gitlab.account, UNHURRIED)
    forge.adopt(ONE, AT)
    for number in range(130):  # more than a page of others
        forge.mint(grant(f"other{number}"))
    key = forge.mint(grant("mine"))
    token = gitlab.tokens[-1]
    assert (token.scopes, token.level, token.name) == (["write_repository"], 40, "enablement-mine")
    assert timedelta(0) < date.fromisoformat(token.until) - datetime.now(UTC).date() <= timedelta(days=2)
    open_forge(gitlab.account, UNHURRIED).revoke(grant("mine"))
    assert token.revoked
    assert sum(other.revoked for other in gitlab.tokens) == 1
    assert key.username
    del gitlab.kept["dana.churn"]
    forge.revoke(grant("other1"))  # the project took its tokens along


def test_gitlab_and_gitea_get_the_webhook_once(gitlab: GitLab, gitea: Gitea) -> None:
    for fake in (gitlab, gitea):
        fake.hook_url = "https://hub.example/services/enablement/api/v1/git/deliveries"
        forge = open_forge(fake.account, UNHURRIED)
        for _ in range(2):
            forge.adopt(ONE, AT)
        assert len(fake.kept["dana.churn"].hooks) == 1
    assert gitlab.kept["dana.churn"].hooks[0]["token"] == HOOK_SECRET
    assert gitea.kept["dana.churn"].hooks[0]["config"]["secret"] == HOOK_SECRET


def signed(fake: GitLab, secret: str, age: float = 0.0, body: bytes | None = None) -> Delivery:
    """As GitLab signs with a signing token (Standard Webhooks)."""
    plain = fake.delivery(ONE, "a" * 40)
    key, stamp = base64.b64decode(secret.removeprefix("whsec_")), str(int(plain.at.timestamp() - age))
    content = f"msg_1.{stamp}.".encode() + plain.body
    proof = base64.b64encode(hmac.digest(key, content, "sha256")).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1,AAAA v1,{proof}"}
    return Delivery(headers, body or plain.body, plain.at)


def test_gitlab_signing_tokens(gitlab: GitLab) -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    gitlab.hook_secret, gitlab.hook_url = secret, "https://hub.example/x"
    forge = open_forge(gitlab.account, UNHURRIED)
    forge.adopt(ONE, AT)
    assert gitlab.kept["dana.churn"].hooks[0]["signing_token"] == secret
    news = forge.news(signed(gitlab, secret))
    assert (news.repository, news.keys[0]) == (ONE, "id:msg_1")
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    for bad in (signed(gitlab, other), signed(gitlab, secret, age=400), signed(gitlab, secret, body=b"{}")):
        with pytest.raises(NotSignedIn):
            forge.news(bad)
    with pytest.raises(NotSignedIn):
        forge.news(gitlab.delivery(ONE, "a" * 40))  # the plain token is no longer enough


# Gitea


def test_gitea_every_repository_has_an_account_that_may_nothing_else(gitea: Gitea) -> None:
    forge = open_forge(gitea.account, UNHURRIED)
    forge.adopt(ONE, AT)
    person = gitea.people[account_of(ONE)]
    assert person.restricted
    assert not person.may_create
    gitea.people.clear()  # an administrator tidied up: the next key brings it back
    gitea.members.clear()
    key = forge.mint(grant())
    assert with_fake(gitea).opens(key, ONE, write=True, now=AT)


def test_a_request_from_a_fork_is_another_one(gitlab: GitLab, gitea: Gitea) -> None:
    for fake in (gitlab, gitea):
        hosted = with_fake(fake)
        hosted.forge.adopt(ONE, AT)
        hosted.put(ONE, "main", "x", b"x")
        hosted.put(ONE, "work", "y", b"y")
        theirs = {"iid": 7, "number": 7, "web_url": "fork", "html_url": "fork"}
        branches = {"source_branch": "work", "target_branch": "main", "source_project_id": 99, "target_project_id": 1}
        ends = {"head": {"ref": "work", "repo_id": 99}, "base": {"ref": "main", "repo_id": 1}}
        fake.kept["dana.churn"].pulls.append({**theirs, **branches, **ends})
        with pytest.raises(ForgeCannot):  # the fake, as simple as it is, takes the fork's for ours; we do not
            hosted.forge.propose(ONE, PullRequestDraft("work", "main", "x"))


# all of them

FAKES: dict[str, Callable[[], FakeForge]] = {"github": GitHub, "gitlab": GitLab, "gitea": Gitea}


@pytest.fixture(params=sorted(FAKES))
def fake(request: pytest.FixtureRequest) -> Iterator[FakeForge]:
    with serving(FAKES[request.param]()) as started:
        yield started


def test_what_others_put_there_is_not_taken_but_by_their_mark(fake: FakeForge) -> None:
    forge = open_forge(fake.account, UNHURRIED)
    theirs = fake.add("dana.churn", "Acme's website")
    with pytest.raises(Conflict, match="did not make"):
        forge.adopt(ONE, AT)
    for ask in (
        lambda: forge.find(ONE),
        lambda: forge.mint(grant()),
        lambda: forge.propose(ONE, PullRequestDraft("a", "b", "c")),
    ):
        with pytest.raises(NotFound):
            ask()
    assert forge.listed([(Space.USER, "dana")]) == []
    theirs.text = f"Acme's churn. {description(ONE)}"
    assert not forge.adopt(ONE, AT).created
    assert forge.mint(grant()).password


def test_two_at_once_make_one(fake: FakeForge) -> None:
    made: list[bool] = []
    forges = [open_forge(fake.account, UNHURRIED) for _ in range(6)]
    threads = [
        threading.Thread(target=lambda forge=forge: made.append(forge.adopt(ONE, AT).created)) for forge in forges
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(made) == [False] * 5 + [True]


def test_the_services_own_key_is_told_nobody(fake: FakeForge) -> None:
    account = fake.account
    forge = open_forge(
        replace(account, secret=account.secret + "x")
        if account.kind is not ForgeKind.GITHUB
        else replace(account, name="1"),
        UNHURRIED,
    )
    with pytest.raises(ForgeRefuses) as caught:
        forge.adopt(ONE, AT)
    for told in (caught.value.message, str(caught.value.facts), repr(account), repr(forge)):
        assert account.secret not in told
        assert HOOK_SECRET not in told


def test_without_a_secret_no_delivery_is_taken(fake: FakeForge) -> None:
    forge = open_forge(replace(fake.account, hook_secret=""), UNHURRIED)
    sent = fake.delivery(ONE, "a" * 40)
    empty = hmac.digest(b"", sent.body, "sha256").hex()
    for value in ("", empty, f"sha256={empty}"):
        headers = {
            name: value if "signature" in name or "token" in name else kept for name, kept in sent.headers.items()
        }
        with pytest.raises(NotSignedIn):
            forge.news(Delivery(headers, sent.body, sent.at))


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_a_signed_delivery_that_says_nothing_is_refused(gitea: Gitea, body: bytes) -> None:
    headers = {"x-gitea-signature": hmac.digest(HOOK_SECRET.encode(), body, "sha256").hex(), "x-gitea-event": "push"}
    with pytest.raises(BadRequest):
        open_forge(gitea.account, UNHURRIED).news(Delivery(headers, body, AT))


MERGED = {
    "action": "closed",
    "number": 3,
    "pull_request": {"merged": True, "head": {"ref": "work"}, "base": {"ref": "main"}},
}


def test_a_merge_is_told_apart_and_odd_text_is_cleaned(gitea: Gitea) -> None:
    told = {**MERGED, "repository": {"name": "dana.churn"}, "sender": {"login": "remy\u202e\n" + "x" * 500}}
    body = json.dumps(told).encode()
    headers = {
        "x-gitea-signature": hmac.digest(HOOK_SECRET.encode(), body, "sha256").hex(),
        "x-gitea-event": "pull_request",
    }
    news = open_forge(gitea.account, UNHURRIED).news(Delivery(headers, body, AT))
    facts = dict(news.facts)
    assert (news.kind, news.repository) == ("proposal", ONE)
    assert (facts["action"], facts["number"], facts["head"], facts["base"]) == ("merged", "3", "work", "main")
    assert re.fullmatch(r"remyx{0,200}", facts["by"])


OWNERS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Co", "Cf", "Zs"]), min_size=1, max_size=40
)
NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True)
IDS = st.builds(RepositoryId, st.sampled_from(Space), OWNERS.filter(str.isprintable), NAMES)


@given(IDS, IDS)
def test_two_repositories_never_share_a_name_and_each_is_known_again(one: RepositoryId, other: RepositoryId) -> None:
    name = hosted_name(one)
    assert re.fullmatch(HOSTED_NAME_PATTERN, name)
    assert not name.endswith((".git", ".wiki", ".atom", ".rss"))
    assert ".." not in name
    assert repository_of(name, description(one)) == one
    assert (one == other) == (name == hosted_name(other))
    assert repository_of(name, description(other)) in (None, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a--b", "c"), ("a", "b--c")),
        (("a.b", "c"), ("a", "b-c")),
        (("A", "c"), ("a", "c")),
        (("a", "git"), ("a", "git-")),
    ],
)
def test_lookalikes_are_kept_apart(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert hosted_name(RepositoryId(Space.USER, *one)) != hosted_name(RepositoryId(Space.USER, *other))


def test_where_the_api_is() -> None:
    assert api_of(ForgeKind.GITHUB, "https://github.com") == "https://api.github.com"
    assert api_of(ForgeKind.GITHUB, "https://ghe.example/") == "https://ghe.example/api/v3"
    assert api_of(ForgeKind.GITLAB, "https://gitlab.com") == "https://gitlab.com/api/v4"
    assert api_of(ForgeKind.GITEA, "https://git.example/gitea") == "https://git.example/gitea/api/v1"
