"""A repository that several people use: a group's, and one that its owner shares. Two homes, one service, a forge of its own or a real Gitea."""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from enablement_ext.adapters.git.bundled.forge import BundledForge
from enablement_ext.adapters.memory import ManualClock, MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.git.forges.ports import Forge
from enablement_ext.core.git.merge.notebook_merge import Resolution
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.lab.git.copies import RepositoryCopies
from tests.git.conftest import Author, author_of
from tests.git.fake_forge import FakeForge, says, serving
from tests.git.fake_git import GITHUB, GITLAB, GitOverHttp, Words
from tests.git.fake_github import GitHub
from tests.git.fake_gitlab import GitLab
from tests.git.forge_fixtures import with_fake, with_gitea
from tests.servers.gitea import Gitea, gitea
from tests.service import people
from tests.service.factories import SubmissionDraft
from tests.service.fixtures import Reply, Service, form_of, running

pytestmark = pytest.mark.slow  # real Git, many times
TEAM = "churn-team"
SHARED = f"git/group/{TEAM}/churn"
OWN = "git/user/dana/churn"
DANAS = RepositoryId(Space.USER, "dana", "churn")


@pytest.fixture(scope="module")
def real_gitea() -> Iterator[Gitea]:
    with gitea() as running_gitea:
        yield running_gitea


@dataclass
class Team:
    """dana and olga, who are in one group, and their homes."""

    service: Service
    dana: Author
    olga: Author

    async def shared(self, access: str, who: str = "olga") -> Reply:
        """What dana says of somebody on the page of her repository."""
        page = await self.service.ask("GET", f"/{OWN}", headers=self.service.session(people.DANA_BROWSER))
        fields = {**form_of(page), "who": who, "access": access}
        headers = self.service.form(people.DANA_BROWSER)
        return await self.service.ask("POST", f"/{OWN}/access", body=urlencode(fields).encode(), headers=headers)


FAKES: dict[str, tuple[Callable[[], FakeForge], Words]] = {
    "github": (GitHub, GITHUB),
    "gitlab": (lambda: GitLab(today=ManualClock().now().date()), GITLAB),
}
EVERYWHERE = pytest.mark.parametrize("forge", ["bundled", "real gitea", *FAKES], indirect=True)


@contextmanager
def fake_forge(kind: str, root: Path) -> Iterator[FakeForge]:
    """GitHub or GitLab as their documentation describes them, with real Git behind."""
    make, words = FAKES[kind]
    root.mkdir()
    with serving(make()) as fake:
        fake.git = GitOverHttp(root, words)
        yield fake


@pytest.fixture(params=["bundled", "real gitea"])
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Forge]:
    if request.param == "bundled":
        yield BundledForge(tmp_path / "repositories")
    elif request.param == "real gitea":
        yield with_gitea(request.getfixturevalue("real_gitea"), f"org{secrets.token_hex(4)}").forge
    else:
        with fake_forge(request.param, tmp_path / "repositories") as fake:
            yield with_fake(fake).forge


@pytest.fixture
async def team(forge: Forge, tmp_path: Path) -> AsyncIterator[Team]:
    async with running(MemoryReviewStore(), MemoryArtifactStore(), forge=forge) as service:
        for name in ("dana", "olga"):
            service.hub.put_groups(name, frozenset({people.AUTHORS, TEAM}))
            (tmp_path / name).mkdir()
        elsewhere = "" if forge.server else forge.place.base
        dana = author_of(service, tmp_path / "dana", forge=elsewhere)
        olga = author_of(service, tmp_path / "olga", who=("olga", people.OLGA), forge=elsewhere)
        await service.get("/api/v1/whoami", people.OLGA)  # she has worked here
        yield Team(service, dana, olga)


def notebook(*texts: str) -> str:
    cells = [{"cell_type": "markdown", "id": f"c{n}", "metadata": {}, "source": text} for n, text in enumerate(texts)]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def texts(home: Path, folder: str = "churn") -> list[str]:
    found = json.loads((home / folder / "churn.ipynb").read_text())
    return ["".join(cell["source"]) for cell in found["cells"]]


def write(author: Author, *cells: str) -> None:
    (author.home / "churn/churn.ipynb").write_text(notebook(*cells))


async def set_up(author: Author, group: str = "", folder: str = "churn") -> dict[str, Any]:
    return [line async for line in author.setup.apply(folder, group=group)][-1]


async def copied(author: Author, path: str) -> dict[str, Any]:
    return [line async for line in RepositoryCopies(author.setup).copy(path)][-1]


async def listed(author: Author) -> list[dict[str, Any]]:
    found = await RepositoryCopies(author.setup).listed()
    items = found["items"]
    assert isinstance(items, list)
    return items


async def pull(author: Author) -> dict[str, Any]:
    return [line async for line in author.actions.pull("churn")][-1]


@EVERYWHERE
async def test_two_people_one_repository_edit_clash_settle_and_save(team: Team) -> None:
    dana, olga = team.dana, team.olga
    (dana.home / "churn").mkdir()
    write(dana, "# Churn", "We use a quarter.", "The end.")
    plan = await dana.setup.plan("churn", TEAM)
    assert (plan["repository"], plan["access"], plan["groups"]) == (f"{TEAM} / churn", "write", [TEAM])
    receipt = (await set_up(dana, TEAM))["receipt"]
    assert receipt["published"], receipt["problem"]

    (offered,) = await listed(olga)
    assert (offered["path"], offered["here"], offered["folder"]) == (SHARED, None, "churn")
    got = (await copied(olga, SHARED))["copied"]
    assert (got["folder"], got["commit"], got["access"]) == ("churn", receipt["commit"], "write")
    assert (await listed(olga))[0]["here"] == "churn"
    assert texts(olga.home) == texts(dana.home)
    assert (await olga.setup.status("churn"))["changed"] == []

    write(olga, "# Churn", "We use a quarter.", "The end, says olga.")
    assert (await olga.save("churn"))["receipt"]["published"]
    write(dana, "# Churn in Q3", "We use a quarter.", "The end.")
    assert (await dana.save("churn"))["problem"]["code"] == "forge-ahead"
    assert (await pull(dana))["got"]["state"] == "got"
    assert texts(dana.home) == ["# Churn in Q3", "We use a quarter.", "The end, says olga."]
    assert (await pull(olga))["got"]["state"] == "got"
    assert texts(olga.home) == texts(dana.home)

    write(olga, "# Churn in Q3", "We use a year.", "The end, says olga.")
    assert (await olga.save("churn"))["receipt"]["published"]
    write(dana, "# Churn in Q3", "We use a month.", "The end, says olga.")
    await dana.save("churn")
    assert (await pull(dana))["got"]["state"] == "clash"
    seen: dict[str, Any] = await dana.actions.conflicts("churn")
    (clash,) = [item["key"] for item in seen["notebooks"][0]["items"] if "key" in item]
    choices = {"churn.ipynb": {clash: Resolution.BOTH}}
    settled = await dana.actions.resolve("churn", (seen["here"], seen["there"]), choices)
    assert settled["got"]["problem"] is None  # type: ignore[index]
    assert texts(dana.home) == ["# Churn in Q3", "We use a month.", "We use a year.", "The end, says olga."]
    assert (await pull(olga))["got"]["state"] == "got"
    assert texts(olga.home) == texts(dana.home)
    names = (await olga.git("log", "--format=%an")).stdout.split()
    assert {"dana", "olga"} == set(names)


async def test_plain_push_and_pull_work_in_the_terminal(team: Team) -> None:
    dana, olga = team.dana, team.olga
    dana.folder()
    await set_up(dana, TEAM)
    await copied(olga, SHARED)
    for author, other, text in ((dana, olga, "x = 2\n"), (olga, dana, "x = 3\n")):
        (author.home / "churn/features.py").write_text(text)
        for command in (("commit", "--quiet", "-am", "by hand"), ("push",)):
            ran = await author.git(*command)
            assert ran.returncode == 0, ran.stderr
        ran = await other.git("pull")
        assert ran.returncode == 0, ran.stderr
        assert (other.home / "churn/features.py").read_text() == text
    assert (await dana.setup.status("churn"))["shape"] is None


async def test_a_protected_branch_is_told_in_the_servers_words_and_a_branch_of_ones_own_goes_there(
    real_gitea: Gitea, tmp_path: Path
) -> None:
    fixture = with_gitea(real_gitea, f"org{secrets.token_hex(4)}")
    async with running(MemoryReviewStore(), MemoryArtifactStore(), forge=fixture.forge) as service:
        dana = author_of(service, tmp_path, forge=fixture.forge.place.base)
        at = dana.folder()
        await dana.press()
        await asyncio.to_thread(fixture.protect, DANAS, "main")
        (at / "features.py").write_text("x = 2\n")
        receipt = (await dana.save("churn"))["receipt"]
        assert (receipt["published"], receipt["problem"]["code"]) == (False, "push-refused")
        assert "protected branch main" in receipt["problem"]["detail"]
        assert "make a branch of your own" in receipt["problem"]["detail"]
        assert receipt["commit"] == (await dana.git("rev-parse", "HEAD")).stdout.strip()
        await dana.git("checkout", "--quiet", "-b", "mine")
        receipt = (await dana.save("churn"))["receipt"]
        assert (receipt["published"], receipt["branch"]) == (True, "mine")
        assert (await dana.git("push")).returncode == 0  # the new branch has an upstream


@pytest.mark.parametrize("kind", FAKES)
async def test_what_github_and_gitlab_refuse_is_told_in_their_words(kind: str, tmp_path: Path) -> None:
    """A protected branch, and more keys asked for than the forge gives: the version is kept, and what to do is said."""
    with fake_forge(kind, tmp_path / "repositories") as fake:
        forge = with_fake(fake).forge
        async with running(MemoryReviewStore(), MemoryArtifactStore(), forge=forge) as service:
            dana = author_of(service, tmp_path, forge=forge.place.base)
            at = dana.folder()
            first = (await dana.press())["receipt"]
            assert first["published"], first["problem"]["detail"]
            assert fake.git is not None
            fake.git.protected = {"main"}
            (at / "features.py").write_text("x = 2\n")
            receipt = (await dana.save("churn"))["receipt"]
            assert (receipt["published"], receipt["problem"]["code"]) == (False, "push-refused")
            assert fake.git.words.protected.rstrip(".") in receipt["problem"]["detail"]
            assert "make a branch of your own" in receipt["problem"]["detail"]
            await dana.git("checkout", "--quiet", "-b", "mine")
            receipt = (await dana.save("churn"))["receipt"]
            assert (receipt["published"], receipt["branch"]) == (True, "mine")

            await service.post("/api/v1/git/credentials/end", people.DANA, {"path": OWN})
            limit = {"github": b'{"message": "You have exceeded a secondary rate limit."}', "gitlab": b"Retry later"}
            fake.faults += [says(403 if kind == "github" else 429, limit[kind])] * 20
            (at / "features.py").write_text("x = 3\n")
            receipt = (await dana.save("churn"))["receipt"]
            assert (receipt["published"], receipt["commit"]) == (
                False,
                (await dana.git("rev-parse", "HEAD")).stdout.strip(),
            )
            assert "try again" in receipt["problem"]["detail"], receipt["problem"]
            assert "sign in" not in receipt["problem"]["detail"]
            fake.faults.clear()
            assert (await dana.save("churn"))["receipt"]["published"]


@EVERYWHERE
async def test_who_may_only_read_is_told_before_anything_is_written(team: Team) -> None:
    dana, olga = team.dana, team.olga
    dana.folder()
    await dana.press()
    assert await listed(olga) == []
    refused = (await copied(olga, OWN))["problem"]
    assert refused["facts"]["refusals"][0]["code"] == "permission"
    assert not (olga.home / "churn").exists()
    assert not (olga.home / ".gitconfig").exists()

    assert (await team.shared("read")).status == 302
    assert [(item["access"], item["for_review"]) for item in await listed(olga)] == [("read", False)]
    assert (await copied(olga, OWN))["copied"]["access"] == "read"
    status = await olga.setup.status("churn")
    assert (status["access"], status["repository"], status["ask"]) == ("read", "dana / churn", "Ask dana.")
    plan: dict[str, Any] = await olga.setup.plan("churn")
    assert (plan["access"], [step["key"] for step in plan["steps"]]) == ("read", ["configure", "prepare"])
    assert "dana" in plan["ask"]
    before = (await olga.git("rev-parse", "HEAD")).stdout
    (olga.home / "churn/features.py").write_text("x = 2\n")
    last = await olga.save("churn")
    assert last["problem"]["facts"]["refusals"] == [
        {"code": "permission", "facts": {"repository": "dana / churn", "ask": "Ask dana."}}
    ]
    assert (await olga.git("rev-parse", "HEAD")).stdout == before
    await olga.git("commit", "--quiet", "-am", "by hand")
    pushed = await olga.git("push")
    assert pushed.returncode != 0
    assert "403" in pushed.stderr, pushed.stderr

    assert (await team.shared("write")).status == 302
    assert (await olga.save("churn"))["receipt"]["published"]
    assert (await team.shared("none")).status == 302
    refused = (await olga.save("churn"))["problem"]
    assert refused["facts"]["refusals"][0]["code"] == "permission"
    assert (await olga.git("fetch")).returncode != 0


async def test_a_person_without_the_permission_is_told_before_anything_is_written(team: Team) -> None:
    """Whoever may only look has no place of their own, and nothing in the home changes."""
    author = author_of(team.service, team.dana.home, who=("petra", people.PETRA))
    author.folder()
    before = sorted(author.home.rglob("*"))
    assert await author.reasons() == ["permission"]
    problem = (await author.press())["problem"]
    assert problem["facts"]["refusals"][0]["facts"]["ask"] == "Ask your platform engineers."
    assert sorted(author.home.rglob("*")) == before


async def test_a_folder_that_was_renamed_moved_or_copied_is_the_same_repository(team: Team) -> None:
    dana = team.dana
    at = dana.folder()
    await dana.press()
    (dana.home / "archive").mkdir()
    moved = dana.home / "archive/churn 2025"
    at.rename(moved)
    (moved / "features.py").write_text("x = 2\n")
    assert (await dana.setup.status("archive/churn 2025"))["changed"] == ["features.py"]
    receipt = (await dana.save("archive/churn 2025"))["receipt"]
    assert receipt["published"], receipt["problem"]
    assert receipt["url"].endswith("churn") or receipt["url"].endswith("dana.churn.git")

    at.mkdir()  # another folder gets the name: it is another repository
    (at / "other.py").write_text("y = 1\n")
    other = (await dana.press())["receipt"]
    assert other["published"], other["problem"]
    assert "churn-2" in other["url"]
    assert not (at / "features.py").exists()

    copy = dana.home / "copy"
    _copy_tree(moved, copy)
    assert (await dana.setup.status("copy"))["standing"] == "theirs"
    plan: dict[str, Any] = await dana.setup.plan("copy")
    assert (plan["possible"], plan["repository"]) == (True, "dana / churn")
    connected = (await set_up(dana, folder="copy"))["receipt"]
    assert connected["commit"] == receipt["commit"]
    (copy / "features.py").write_text("x = 3\n")
    assert (await dana.save("copy"))["receipt"]["published"]
    await dana.setup.undo("churn")
    assert (await dana.setup.status("archive/churn 2025"))["standing"] == "ours"


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True)


async def test_reviewers_read_what_was_sent_as_long_as_it_is_reviewed(team: Team, tmp_path: Path) -> None:
    """It is offered to them as a copy for reading, gets what is new, and is not offered any more once nothing waits for them."""
    dana, service = team.dana, team.service
    at = dana.folder()
    await dana.press()
    (tmp_path / "remy").mkdir()
    remy = author_of(service, tmp_path / "remy", who=("remy", people.REMY), forge=dana.setup.working_copy.owner.forge)
    assert await listed(remy) == []
    lookup = f"/api/v1/git/repository?path={OWN}"
    assert (await service.get(lookup, people.REMY)).json["access"] == "none"
    git = {"commit": "0" * 40, "branch": "main", "remote": "", "dirty": False, "repository": OWN}
    sent = await service.sent(SubmissionDraft(more={"git": git}))
    assert (await service.get(lookup, people.REMY)).json["access"] == "read"
    assert (await service.get(lookup, people.OLGA)).json["access"] == "none"
    key = await service.post("/api/v1/git/credentials", people.REMY, {"path": OWN})
    assert key.status == 200
    offered = {"path": OWN, "access": "read", "for_review": True, "folder": "churn"}
    assert [{name: item[name] for name in offered} for item in await listed(remy)] == [offered]
    assert (await copied(remy, OWN))["copied"]["access"] == "read"
    assert (await remy.setup.status("churn"))["access"] == "read"
    (remy.home / "churn/features.py").write_text("note = 'of the reviewer'\n")
    assert (await remy.save("churn"))["problem"]["facts"]["reasons"] == ["permission"]
    (at / "features.py").write_text("x = 2\n")
    assert (await dana.save("churn"))["receipt"]["published"]
    got = (await pull(remy))["got"]
    assert (got["state"], got["files"], got["problem"]) == ("got", ["churn/features.py"], None)
    assert [(remy.home / each["copy"]).read_text() for each in got["aside"]] == ["note = 'of the reviewer'\n"]
    assert [item for item in await listed(team.olga) if item["path"] == OWN] == []
    pages = await service.ask("GET", "/git", headers=service.session(people.REMY_BROWSER))
    assert b"waits for reviewers" in pages.body
    page = await service.ask("GET", f"/{OWN}", headers=service.session(people.REMY_BROWSER))
    assert b'id="key"' in page.body
    assert b'name="ticket"' not in page.body
    path = f"/api/v1/submissions/{sent['number']}/withdraw"
    assert (await service.post(path, people.DANA, {"stamp": sent["stamp"]})).status == 200
    assert (await service.get(lookup, people.REMY)).json["access"] == "none"
    assert await listed(remy) == []


async def test_what_an_author_may_not_read_is_not_opened_by_sending(team: Team) -> None:
    team.dana.folder()
    await team.dana.press()
    git = {"commit": "0" * 40, "branch": "main", "remote": "", "dirty": False, "repository": OWN}
    sent = await team.service.send(SubmissionDraft(more={"git": git}), people.OLGA)
    assert sent.status == 201
    found = await team.service.get(f"/api/v1/git/repository?path={OWN}", people.REMY)
    assert found.json["access"] == "none"
