"""What stays out of a version, with the reason, while everything else goes in: real repositories, every button."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.git.buttons import plain
from tests.git.conftest import NOTEBOOK, Author
from tests.git.test_notebooks_in_git import CONFLICT
from tests.git.test_version_actions import COPY, notebook
from tests.service import people
from tests.service.fixtures import PREFIX

pytestmark = pytest.mark.slow  # real Git, many times

# As a file is that has results which cannot be taken out, and why.
UNCLEAN = {
    "bom": (b"\xef\xbb\xbf" + NOTEBOOK.encode(), "not-utf8"),
    "utf16": (NOTEBOOK.encode("utf-16"), "not-utf8"),
    "conflict": (CONFLICT.encode(), "conflict-marks"),
    "half": (NOTEBOOK.encode()[:-9], "not-json"),
    "old": (b'{"nbformat": 3, "metadata": {}, "worksheets": [{"cells": []}]}', "old-format"),
    "list": (b'[{"outputs": 1}]', "not-a-notebook"),
    "twice": (
        NOTEBOOK.encode().replace(b'"metadata": {},', b'"metadata": {}, "metadata": {"a": 1},', 1),
        "doubled-name",
    ),
    "number": (NOTEBOOK.encode().replace(b'"metadata": {}', b'"metadata": {"x": 1e999}'), "number"),
}


def held(found: Any) -> dict[str, Any]:
    return {each["path"]: each["facts"].get("why", each["code"]) for each in found["held"]}


async def test_a_notebook_that_cannot_be_cleaned_is_held_back_by_the_set_up(author: Author) -> None:
    at = author.folder()
    for name, (data, _) in UNCLEAN.items():
        (at / f"{name}.ipynb").write_bytes(data)
    wanted = {f"{name}.ipynb": why for name, (_, why) in UNCLEAN.items()}
    plan: Any = await author.setup.plan("churn")
    assert wanted.items() <= held(plan).items()
    receipt = (await author.press())["receipt"]
    assert receipt["published"]
    assert receipt["kept"] == ["churn.ipynb", "features.py"]
    assert wanted.items() <= held(receipt).items()
    status: Any = await author.setup.status("churn")
    assert (status["changed"], held(status)) == ([], wanted), "and the status says it without being asked"
    changes: Any = await author.actions.changes("churn")
    assert wanted.items() <= held(changes).items()


async def test_one_that_is_in_a_version_is_held_back_once_it_cannot_be_cleaned(author: Author) -> None:
    at = author.folder()
    await author.press()
    commit = (await author.git("rev-parse", "HEAD")).stdout.strip()
    (at / "churn.ipynb").write_bytes(b"\xef\xbb\xbf" + notebook("x").encode())
    (at / "features.py").write_text("x = 2\n")
    status: Any = await author.setup.status("churn")
    assert (status["changed"], held(status)) == (["features.py"], {"churn.ipynb": "not-utf8"})
    receipt = (await author.save("churn"))["receipt"]
    assert receipt["published"]
    assert (await author.git("show", "--name-only", "--format=", "HEAD")).stdout == "features.py\n"
    assert (await author.press())["receipt"]["published"], "a repair takes no other files"
    assert (await author.git("diff", "--name-only", commit, "HEAD")).stdout == "features.py\n"
    lying = (at / "churn.ipynb").read_bytes()
    done: Any = await author.actions.restore("churn/churn.ipynb", commit)
    assert [each["copy"] for each in done["aside"]] == [f"churn/churn {COPY}.ipynb"]
    assert (at / f"churn {COPY}.ipynb").read_bytes() == lying, "what is in no version is a copy"
    assert held(await author.setup.status("churn")) == {f"churn {COPY}.ipynb": "not-utf8"}
    (at / f"churn {COPY}.ipynb").write_text(notebook("x"))
    assert (await author.save("churn"))["receipt"]["published"], "mended, it goes in"
    assert "42" not in (await author.git("show", f"HEAD:churn {COPY}.ipynb")).stdout
    assert held(await author.setup.status("churn")) == {}


async def test_an_empty_notebook_has_nothing_to_clean(author: Author) -> None:
    at = author.folder()
    (at / "fresh.ipynb").touch()
    assert "fresh.ipynb" in (await author.press())["receipt"]["kept"]


async def test_where_results_go_into_versions_anyway_nothing_is_held_back(author: Author) -> None:
    """A repository of somebody's whose people keep results, and one notebook of which somebody said so."""
    at = author.folder()
    for arguments in (("init", "-q", "-b", "main"), ("add", "churn.ipynb"), ("commit", "-qm", "x")):
        await asyncio.to_thread(plain, at, *arguments)
    (at / "old.ipynb").write_bytes(UNCLEAN["old"][0])
    assert (await author.press())["receipt"]["published"]
    status: Any = await author.setup.status("churn")
    assert ("old.ipynb" in status["changed"], held(status)) == (True, {})
    (at / ".gitattributes").write_text("*.ipynb filter=enablement\nkept.ipynb -filter\n")
    (at / "kept.ipynb").write_bytes(UNCLEAN["old"][0])
    status = await author.setup.status("churn")
    assert held(status) == {"old.ipynb": "old-format"}
    assert "kept.ipynb" in status["changed"]


async def test_a_notebook_settled_by_hand_has_no_results_in_the_version(author: Author) -> None:
    at = author.folder()
    await author.press()
    for branch, text in (("theirs", "fit('remy')"), ("main", "fit('dana')")):
        await author.git("checkout", "--quiet", *(["-b"] if branch == "theirs" else []), branch)
        (at / "churn.ipynb").write_text(notebook(text, results=False))
        assert (await author.git("commit", "--quiet", "-am", branch)).returncode == 0
    assert (await author.git("merge", "theirs")).returncode == 1
    (at / "churn.ipynb").write_text(notebook("fit('dana')", "fit('remy')"))
    lying = (at / "churn.ipynb").read_bytes()
    assert b"outputs" in lying
    last: Any = [line async for line in author.actions.pull("churn")][-1]
    assert last["got"]["state"] == "got", last
    made = json.loads((await author.git("show", "HEAD:churn.ipynb")).stdout)
    assert [cell["outputs"] for cell in made["cells"]] == [[], []]
    assert json.loads((at / "churn.ipynb").read_text()) == json.loads(lying), "the folder keeps them"
    assert last["got"]["aside"] == []


ODD_NAMES = [
    b"a\nb.py",
    b"\xff\xfe.py",
    b"-rf.py",
    b"tab\there.ipynb",
    "right\u202eto left.py".encode(),
    b"\x1b[31mred.py",
]
PLAIN_NAMES = [
    b'"quoted".py',
    b" spaces .py",
    b"it's.py",
    b"$(touch x).py",
    "日本.py".encode(),
    b"a\\b.py",
    b":(top)x.py",
    b"aux.py",
]
GITS_OWN = [b"git~1/x.py", b"GIT~1/y.py"]


def make(at: Path, *names: bytes) -> None:
    for name in names:
        file = Path(os.fsdecode(bytes(at) + b"/" + name))
        file.parent.mkdir(exist_ok=True)
        file.write_text("x = 1\n")


async def test_a_strange_name_is_held_back_and_the_rest_goes_in(author: Author) -> None:
    at = author.folder()
    make(at, *ODD_NAMES, *PLAIN_NAMES, *GITS_OWN)
    receipt = (await author.press())["receipt"]
    assert receipt["published"], receipt["problem"]
    names = {each["path"] for each in receipt["held"] if each["code"] == "name"}
    assert names == {os.fsdecode(name) for name in (*ODD_NAMES, *GITS_OWN)}
    listed = (await author.git("ls-tree", "-r", "-z", "--name-only", "HEAD")).stdout.split("\0")
    assert {os.fsdecode(name) for name in PLAIN_NAMES} <= set(listed)
    changes: Any = await author.actions.changes("churn")
    assert names <= {each["path"] for each in changes["held"]}
    assert (await author.save("churn"))["receipt"]["published"]
    assert await author.setup.undo("churn") == {"folder": "churn", "undone": True}


async def test_more_files_than_are_looked_at(author: Author) -> None:
    at = author.folder()
    make(at, *(b"many/m%04d.py" % number for number in range(5_002)))
    receipt = (await author.press())["receipt"]
    assert receipt["published"], receipt["problem"]
    assert len(receipt["kept"]) == 4_999, "and one that has a secret"
    (beyond,) = [each for each in receipt["held"] if each["code"] == "count"]
    assert beyond == {"path": "many/m4997.py", "code": "count", "facts": {"limit": 5_000, "others": 4}}
    status: Any = await author.setup.status("churn")
    assert status["changed"] == [f"many/m{number}.py" for number in range(4997, 5002)]
    assert (await author.save("churn"))["receipt"]["published"]
    assert (await author.setup.status("churn"))["changed"] == [], "the next version has the rest"


PRESSED = """
import asyncio, json, os, sys
from pathlib import Path
from enablement_ext.adapters.git.versions import GitVersionHistory
from enablement_ext.adapters.git.working_copy import GitWorkingCopy
from enablement_ext.core.git.ports import WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import GitIdentity
from enablement_ext.lab.git.history import VersionActions
from enablement_ext.lab.git.setup import GitSetup
from enablement_ext.lab.service_client import ServiceClient, Timeouts
home, base, token = sys.argv[1], sys.argv[2], os.environ["TOKEN"]
told = {"ENABLEMENT_SERVICE_URL": base, "JUPYTERHUB_API_TOKEN": token}
working_copy = GitWorkingCopy(home, home, str(Path(sys.executable).parent), WorkingCopyOwner(GitIdentity("dana"), base + "/git"), told)
setup = GitSetup(working_copy, ServiceClient(base, token, Timeouts(2.0, 20.0, 20.0)), "/services/enablement/")
at = Path(home, "churn")
async def last(lines):
    return [line async for line in lines][-1]
async def go():
    (at / "secret.py").chmod(0)
    found = {"set up": await last(setup.apply("churn"))}
    (at / "churn.ipynb").write_text((at / "churn.ipynb").read_text().replace("x = 1", "x = 2"))
    (at / "features.py").write_text("longer = 'than it was'\\n")
    (at / "features.py").chmod(0)
    found["status"] = await setup.status("churn")
    found["changes"] = await VersionActions(setup, GitVersionHistory(working_copy), None).changes("churn")
    found["save"] = await last(setup.save("churn", "by the button"))
    print(json.dumps(found))
asyncio.run(go())
"""


# Root reads everything, but for one who gave that up.
_WITHOUT = "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"


async def test_a_file_that_cannot_be_read_is_held_back_and_the_rest_goes_in(author: Author) -> None:
    author.folder()
    base = f"http://127.0.0.1:{author.service.port}{PREFIX}"
    without = ["setpriv", *_WITHOUT] if os.geteuid() == 0 else []
    command = [*without, sys.executable, "-c", PRESSED, str(author.home), base]
    environment = {**os.environ, "TOKEN": people.DANA, "HOME": str(author.home)}
    ran = await asyncio.to_thread(
        subprocess.run,
        command,
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    found = json.loads(ran.stdout)
    assert found["set up"]["receipt"]["kept"] == ["churn.ipynb", "features.py"]
    assert held(found["set up"]["receipt"])["secret.py"] == "unreadable"
    assert found["status"]["changed"] == ["churn.ipynb"]
    assert held(found["status"]) == {"features.py": "unreadable", "secret.py": "unreadable"}
    assert held(found["changes"])["features.py"] == "unreadable"
    assert found["save"]["receipt"]["published"], found["save"]["receipt"]["problem"]
    heads = await author.heads()
    assert found["save"]["receipt"]["commit"] in heads
