"""The pure part: names, lines in files of theirs, cleaned notebooks, what stays out, and plans."""

from __future__ import annotations

import json
import time
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.git import repository_names, repository_paths
from enablement_ext.core.git.clean_filter import clean, cleaned
from enablement_ext.core.git.setup.config_files import ATTRIBUTES, IGNORED, GitIdentity, ManagedFile, include
from enablement_ext.core.git.setup.file_selection import CandidateFile, HeldBack, HeldReason, select_files, unexpected
from enablement_ext.core.git.setup.managed_blocks import has_block, with_block, without_block
from enablement_ext.core.notebook import metadata as allowed
from enablement_ext.core.notebook.working import results
from enablement_ext.core.notebook.working.file import UnreadableReason

URL = "http://hub/services/enablement/git/user/dana/churn"
BLOCKS = (include("~/.config/enablement/git/config"), IGNORED, ATTRIBUTES)


@given(st.none() | st.binary(max_size=200), st.sampled_from(BLOCKS))
def test_lines_are_taken_out_without_a_trace(before: bytes | None, block: object) -> None:
    assert isinstance(block, type(IGNORED))
    if before is not None and b"# enablement:" in before:
        return
    after = with_block(before, block)
    assert has_block(after, block)
    assert with_block(after, block) == after
    assert without_block(after, block) == before


@pytest.mark.parametrize("block", BLOCKS)
def test_what_others_added_since_stays(block: object) -> None:
    assert isinstance(block, type(IGNORED))
    after = with_block(b"a = 1", block) + b"b = 2\n"
    assert without_block(after, block) == b"a = 1\nb = 2\n"


@given(st.sampled_from((IGNORED, ATTRIBUTES)), st.integers(0, 8), st.sampled_from((b"", b"mine = 1\n", b"mine = 1")))
def test_lines_that_somebody_writes_between_ours_survive(block: object, at: int, before: bytes) -> None:
    assert isinstance(block, type(IGNORED))
    lines = with_block(before, block).splitlines(keepends=True)
    lines.insert(min(at + len(before.splitlines()), len(lines)), b"# my own line\n")
    text = b"".join(lines)
    renewed = with_block(text, block)
    assert renewed.count(b"# my own line\n") == 1
    assert with_block(renewed, block) == renewed
    assert has_block(renewed, block)
    for each in (text, renewed):
        left = without_block(each, block)
        assert left is not None
        assert sorted(left.splitlines()) == sorted([*before.splitlines(), b"# my own line"])


@pytest.mark.parametrize("block", [IGNORED, ATTRIBUTES])
def test_a_block_whose_end_somebody_took_out_is_still_ours(block: object) -> None:
    assert isinstance(block, type(IGNORED))
    text = with_block(b"a\n", block).replace(b"# enablement:end\n", b"") + b"b\n"
    assert without_block(text, block) == b"a\nb\n"
    assert has_block(with_block(text, block), block)


@given(st.text(min_size=1, max_size=60))
def test_two_owners_never_share_a_segment(owner: str) -> None:
    if not owner.isprintable():
        return
    try:
        segment = repository_paths.encoded(owner)
    except UnicodeEncodeError:
        return
    assert repository_paths.owner_of(segment) == owner
    repository = repository_names.RepositoryId(repository_names.Space.USER, owner, "churn")
    assert repository_names.repository_of_path(repository.path) == repository


def test_the_contract_has_the_same_pattern_of_names() -> None:
    contract = yaml.safe_load(files("enablement_ext.web").joinpath("openapi.yaml").read_text(encoding="utf-8"))
    body = contract["paths"]["/api/v1/git/repositories"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["name"]["pattern"] == f"^{repository_paths.NAME_PATTERN}$"


@pytest.mark.parametrize(
    "path",
    [
        "git/user/dana/churn-evil/..",
        "git/user/dana/churn.git",
        "git/user/dana/churn/",
        "git/user/dana/../remy/churn",
        "git/user/Dana/churn",
        "git/user/.64ana/churn",
        "x/git/user/dana/churn",
        "git/user/dana/churn\n",
        "git/user//churn",
        "git/user/dana/-churn",
        "git/team/dana/churn",
        "",
    ],
)
def test_only_exact_paths_are_repositories(path: str) -> None:
    assert repository_names.repository_of_path(path) is None


def test_owners_that_nobody_can_be_are_refused() -> None:
    for owner in ("", "a\nb", "a\0b", "x" * 300):
        with pytest.raises(BadRequest):
            repository_names.RepositoryId(repository_names.Space.USER, owner, "churn")


@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80))
def test_folders_have_names_of_their_own(one: str, other: str) -> None:
    first, second = repository_names.repository_name(one), repository_names.repository_name(other)
    assert (first == second) == (one == other)
    repository_names.RepositoryId(repository_names.Space.USER, "dana", first)


def test_hostile_folder_names() -> None:
    for name in ("--upload-pack=x", "-c", "ext::sh", "<script>", "..", "a/b", "A", "ä" * 200, "churn-12345678"):
        assert repository_names.repository_name(name) != name
    assert repository_names.repository_name("churn") == "churn"


def notebook(**more: object) -> bytes:
    cell = {"cell_type": "code", "id": "a", "metadata": {"scrolled": True, "tags": ["x"]}, "source": "é = 1.0"}
    return json.dumps(
        {"cells": [{**cell, "outputs": [{"x": 1}], "execution_count": 3}], "nbformat": 4, **more}
    ).encode()


def test_results_are_taken_out_and_the_work_stays() -> None:
    found = cleaned(notebook(metadata={}, nbformat_minor=5))
    assert cleaned(found) == found
    cell = json.loads(found)["cells"][0]
    assert (cell["outputs"], cell["execution_count"], cell["metadata"]) == ([], None, {"tags": ["x"]})
    assert "é = 1.0".encode() in found
    assert found.endswith(b"}\n")


def test_what_a_kernel_says_of_itself_is_forgotten_and_the_image_is_not() -> None:
    kept = {
        "enablement": {"image": {"slug": "datascience", "release": "2026.11.0"}},
        "kernelspec": {"name": "python3", "language": "python"},
    }
    metadata = {"language_info": {"name": "python", "version": "3.11.7"}, **kept}
    assert json.loads(cleaned(notebook(metadata=metadata, nbformat_minor=5)))["metadata"] == kept


ODD = {
    "empty": b"",
    "conflict": b"<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n",
    "bom": b"\xef\xbb\xbf" + notebook(),
    "utf16": notebook().decode().encode("utf-16"),
    "format 3": b'{"nbformat": 3, "worksheets": []}',
    "no notebook": b"[1, 2]",
    "no cells": b'{"nbformat": 4}',
    "odd cells": b'{"nbformat": 4, "cells": [1]}',
    "twice": b'{"nbformat": 4, "cells": [], "metadata": {"a": 1, "a": 2}}',
    "huge": b'{"nbformat": 4, "cells": [], "x": 1e999}',
    "long": b'{"nbformat": 4, "cells": [], "x": 1%s}' % (b"0" * 5000),
    "deep": b'{"nbformat": 4, "cells": ' + b"[" * 100_000,
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("kind", sorted(ODD))
def test_what_is_no_notebook_passes_as_it_is(kind: str) -> None:
    assert cleaned(ODD[kind]) == ODD[kind]


WHY = {
    "bom": "not-utf8",
    "utf16": "not-utf8",
    "binary": "not-utf8",
    "conflict": "conflict-marks",
    "format 3": "old-format",
    "no notebook": "not-a-notebook",
    "no cells": "not-a-notebook",
    "odd cells": "not-a-notebook",
    "twice": "doubled-name",
    "huge": "number",
    "long": "number",
    "deep": "too-deep",
}


def test_what_cannot_be_cleaned_has_a_reason() -> None:
    assert {kind: reason.value for kind, data in ODD.items() if (reason := clean(data).why)} == WHY
    assert clean(b"half a file").why is UnreadableReason.NOT_JSON
    assert clean(notebook()).why is None


# What is odd in an output goes with it, and no longer keeps the whole notebook from being cleaned.
ODD_OUTPUTS = {
    "nan": b'{"data": {"application/json": [NaN, Infinity, -Infinity]}}',
    "huge": b'{"data": {"application/json": 1e999}}',
    "twice": b'{"data": {"text/plain": "a", "text/plain": "b"}}',
    "lone": b'{"text": "\\ud800"}',
}


@pytest.mark.parametrize("kind", sorted(ODD_OUTPUTS))
def test_what_is_odd_in_an_output_goes_with_it(kind: str) -> None:
    data = notebook(metadata={}, nbformat_minor=5)
    odd = data.replace(b'{"x": 1}', ODD_OUTPUTS[kind])
    assert odd != data
    assert cleaned(odd) == cleaned(data)


@pytest.mark.parametrize(
    "value", ["NaN", "[Infinity, -Infinity]", '"\\ud800 and \\udc00"', '"\\ud83d\\ude00"', "1e300"]
)
def test_what_is_odd_in_the_work_stays_as_it_is(value: str) -> None:
    data = b'{"cells": [], "metadata": {"x": %s}, "nbformat": 4, "nbformat_minor": 5}' % value.encode()
    found = cleaned(data)
    assert found != data, "it was written again"
    assert cleaned(found) == found
    assert repr(json.loads(found)) == repr(json.loads(data))


def test_records_of_runs_go_and_everything_else_stays() -> None:
    runs = {
        "ExecuteTime": {"end_time": "2026"},
        "execution": {"iopub.status.busy": "2026"},
        "executionInfo": {"elapsed": 3, "user": {"displayName": "dana"}},
        "outputId": "x",
        "papermill": {"duration": 3.2, "status": "completed"},
    }
    written = {"tags": ["parameters"], "name": "load", "jupyter": {"source_hidden": True}}
    made = json.loads(notebook(nbformat_minor=5))
    made["cells"][0]["metadata"] = {**runs, **written}
    made["metadata"] = {"widgets": {"state": {}}, "papermill": {"start_time": "2026"}, "title": "Churn"}
    found = json.loads(cleaned(json.dumps(made).encode()))
    assert (found["cells"][0]["metadata"], found["metadata"]) == (written, {"title": "Churn"})


def test_what_is_sent_to_review_knows_the_same_records() -> None:
    """A submission carries outputs; what else a run leaves is in neither."""
    assert not results.CELL_RECORDS & allowed.CELL.keys()
    assert results.NOTEBOOK_RECORDS & allowed.NOTEBOOK.keys() == {"language_info"}, "which says what ran it"


def test_the_recorded_image_goes_to_git() -> None:
    """It is part of the work: who opens the notebook from Git is told which image it was made in."""
    image = {"slug": "datascience", "release": "2026.11.0", "digest": "sha256:0"}
    found = cleaned(notebook(metadata={"enablement": {"image": image}}, nbformat_minor=5))
    assert json.loads(found)["metadata"]["enablement"]["image"] == image


def _with_output(size: int) -> bytes:
    output = [{"output_type": "stream", "text": "x" * size}]
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "outputs": output}]}).encode()


def test_a_large_output_stays_out() -> None:
    assert len(cleaned(_with_output(1_000_000))) < 1000


@pytest.mark.timing
def test_fifty_megabytes_are_cleaned_in_seconds() -> None:
    data = _with_output(50_000_000)
    began = time.process_time()
    assert len(cleaned(data)) < 1000
    assert time.process_time() - began < 10


def test_what_stays_out_says_why() -> None:
    files = [
        CandidateFile("a.ipynb", 10),
        CandidateFile("data/x.csv", 10),
        CandidateFile("big.py", 6_000_000),
        CandidateFile("k.py", 10, "aws-access-key"),
        CandidateFile(".env", 10),
        CandidateFile("id.pem", 10),
        CandidateFile("what.xyz", 10),
        CandidateFile("--upload-pack=x.py", 10),
        CandidateFile("a\nb.py", 10),
        CandidateFile("Makefile", 10),
    ]
    kept, held = select_files(files)
    assert kept == ("a.ipynb", "Makefile")
    assert held == (
        HeldBack("data/x.csv", HeldReason.DATA),
        HeldBack("big.py", HeldReason.SIZE, {"megabytes": 5}),
        HeldBack("k.py", HeldReason.CREDENTIAL, {"rule": "aws-access-key"}),
        HeldBack(".env", HeldReason.KEYS),
        HeldBack("id.pem", HeldReason.KEYS),
        HeldBack("what.xyz", HeldReason.KIND),
        HeldBack("--upload-pack=x.py", HeldReason.NAME),
        HeldBack("a\nb.py", HeldReason.NAME),
    )


def test_what_is_in_a_version_already_is_held_back_for_its_contents_alone() -> None:
    files = [
        CandidateFile("data.csv", 10),
        CandidateFile("old.ipynb", 10, why=UnreadableReason.OLD_FORMAT),
        CandidateFile("k.csv", 10, readable=False),
        CandidateFile("k.py", 10, "aws-access-key", why=UnreadableReason.NOT_JSON),
        CandidateFile("git~1", 10),
    ]
    old = HeldBack("old.ipynb", HeldReason.RESULTS, {"why": "old-format"})
    locked = HeldBack("k.csv", HeldReason.UNREADABLE)
    secret = HeldBack("k.py", HeldReason.CREDENTIAL, {"rule": "aws-access-key"})
    odd = HeldBack("git~1", HeldReason.NAME)
    kept, held = select_files(files, {"data.csv", "k.csv", "k.py"})
    assert (kept, held) == (("data.csv",), (old, locked, secret, odd))
    assert unexpected(held, {"k.csv", "k.py"}) == (old, locked, secret)
    assert unexpected(held, set()) == (old, locked), (
        "a secret in a file that was never in a version is told where files are"
    )
    assert select_files(files)[1][0] == HeldBack("data.csv", HeldReason.DATA)


@pytest.mark.parametrize("name", [".git", ".GIT ", "git~1", ".git. .", ".git::$INDEX_ALLOCATION", "GIT~1\\x"])
def test_a_name_that_git_keeps_for_itself_stays_out(name: str) -> None:
    assert select_files([CandidateFile(f"a/{name}/x.py", 1)])[1][0].code is HeldReason.NAME


@pytest.mark.parametrize(
    "name", ["dana", 'D"a\\na', "O'Neil [x]", "日本", "<script>alert(1)</script>", "a#b;c", "\n[core]\nx=y"]
)
def test_a_name_never_becomes_another_setting(name: str) -> None:
    person = GitIdentity(name)
    text = ManagedFile("/home/it's mine/tool", "http://hub/git", person, (URL,)).text()
    assert text.count("\n[") + text.startswith("[") == 7
    assert "\n" not in person.shown
    assert "<" not in person.shown
