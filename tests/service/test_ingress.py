"""What must not come in: refused with a clear error, and nothing stored."""

from __future__ import annotations

import io
import json
import tarfile
import time
from collections.abc import Callable

import pytest

from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import TAR, Reply, Service

KEY = {"Idempotency-Key": "one-intent"}


async def nothing_stored(service: Service) -> bool:
    listed = (await service.get("/api/v1/submissions?filter=sent", people.DANA)).json["items"]
    with service.context.review.store.read() as reader:
        return listed == [] and reader.last_seq() == 0


async def post_bundle(service: Service, body: bytes, **headers: str) -> Reply:
    sent = {"Content-Type": TAR, **KEY, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await service.ask("POST", "/api/v1/submissions", people.DANA, body, sent)


def changed(edit: Callable[[dict[str, object]], object]) -> bytes:
    """A notebook after an edit of its JSON."""
    value = json.loads(notebook())
    edit(value)
    return json.dumps(value).encode()


BAD_NOTEBOOKS = {
    "not JSON": b"{",
    "a list": b"[]",
    "no cells": b'{"nbformat":4,"nbformat_minor":5,"metadata":{}}',
    "minor is a text": changed(lambda nb: nb.update(nbformat_minor="5")),
    "minor is negative": changed(lambda nb: nb.update(nbformat_minor=-1)),
    "minor is 99": changed(lambda nb: nb.update(nbformat_minor=99)),
    "major is 3": changed(lambda nb: nb.update(nbformat=3)),
    "major is true": changed(lambda nb: nb.update(nbformat=True)),
    "an unknown cell type": changed(lambda nb: nb.update(cells=[{"cell_type": "Code", "source": "", "metadata": {}}])),
    "an unknown output type": notebook(cell("a", "x", [{"output_type": "Display_Data", "data": {}, "metadata": {}}])),
    "NaN": notebook().replace(b'"metadata": {}', b'"metadata": {"x": NaN}', 1),
    "duplicate names": b'{"cells":[],"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}',
    "trailing bytes": notebook() + b"x",
    "100,000 levels": b'{"cells":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "duplicate cell ids": notebook(cell("a", "1"), cell("a", "2")),
    "UTF-16": notebook().decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", BAD_NOTEBOOKS)
async def test_a_bad_notebook_is_refused(light: Service, name: str) -> None:
    reply = await light.send(SubmissionDraft(BAD_NOTEBOOKS[name]))
    assert (reply.status, reply.code) in ((422, "bad-notebook"), (413, "too-large")), reply.body
    assert await nothing_stored(light)


@pytest.mark.timing
@pytest.mark.parametrize("name", BAD_NOTEBOOKS)
async def test_a_bad_notebook_is_refused_soon(light: Service, name: str) -> None:
    started = time.monotonic()
    await test_a_bad_notebook_is_refused(light, name)
    assert time.monotonic() - started < 2


async def test_trust_marks_are_not_stored(light: Service) -> None:
    marked = changed(lambda nb: nb.update(metadata={"trusted": True, "signature": "x"}))
    value = json.loads(marked)
    for one in value["cells"]:
        one["metadata"]["trusted"] = True
    found = await light.sent(SubmissionDraft(json.dumps(value).encode()))
    stored = await light.get(f"/api/v1/submissions/{found['number']}/versions/1/files/0", people.REMY)
    assert b"trusted" not in stored.body
    assert b"signature" not in stored.body


MILLIONS = {
    "cells": b'{"cells":['
    + b'{"cell_type":"raw","metadata":{},"source":""},' * 999_999
    + b'{"cell_type":"raw","metadata":{},"source":""}'
    b'],"metadata":{},"nbformat":4,"nbformat_minor":5}',
    "numbers for cells": b'{"cells":[' + b"0," * 1_000_000 + b'0],"metadata":{},"nbformat":4,"nbformat_minor":5}',
    "outputs": b'{"cells":[{"cell_type":"code","metadata":{},"source":"","execution_count":1,"outputs":['
    + b'{"output_type":"stream","name":"stdout","text":""},' * 1_000_000
    + b'{"output_type":"stream","name":"stdout","text":""}]}],"metadata":{},"nbformat":4,"nbformat_minor":5}',
    "numbers for outputs": b'{"cells":[{"cell_type":"code","metadata":{},"source":"","execution_count":1,"outputs":['
    + b"0," * 1_000_000
    + b'0]}],"metadata":{},"nbformat":4,"nbformat_minor":5}',
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MILLIONS)
async def test_a_million_parts_are_refused(light: Service, name: str) -> None:
    reply = await light.send(SubmissionDraft(MILLIONS[name]))
    assert (reply.status, reply.code) in ((422, "bad-notebook"), (413, "too-large")), reply.body
    assert await nothing_stored(light)


@pytest.mark.timing
@pytest.mark.parametrize("name", MILLIONS)
async def test_a_million_parts_are_refused_soon(light: Service, name: str) -> None:
    draft = SubmissionDraft(MILLIONS[name])
    draft.bundle()
    started = time.monotonic()
    assert (await light.send(draft)).status in (413, 422)
    assert time.monotonic() - started < 2


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def link() -> bytes:
    sending = SubmissionDraft().bundle()
    with tarfile.open(fileobj=io.BytesIO(sending)) as archive:
        first = archive.extractfile("submission.json")
        assert first is not None
        data = first.read()
    pointer = tarfile.TarInfo("files/lab/churn.ipynb")
    pointer.type, pointer.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return tar((tarfile.TarInfo("submission.json"), data), (pointer, b""))


BAD_BUNDLES = {
    "nothing": b"",
    "no tar": b"x" * 2048,
    "gzip": b"\x1f\x8b" + b"\0" * 1024,
    "a symlink": link(),
    "another first member": tar((tarfile.TarInfo("files/a.ipynb"), b"{}")),
    "an unnamed file": SubmissionDraft().bundle()[:-1024] + tar((tarfile.TarInfo("files/more.txt"), b"x")),
    "a way out": tar((tarfile.TarInfo("submission.json"), b"{}"), (tarfile.TarInfo("files/../../x"), b"x")),
}


@pytest.mark.parametrize("name", BAD_BUNDLES)
async def test_a_bad_bundle_is_refused(light: Service, name: str) -> None:
    reply = await post_bundle(light, BAD_BUNDLES[name])
    assert reply.status == 422, reply.body
    assert reply.code in ("bad-bundle", "bad-answers")
    assert await nothing_stored(light)


BAD_ANSWERS: dict[str, dict[str, object]] = {
    "title": {"title": ""},
    "problem": {"title": "t", "problem": 1},
    "stage": {"title": "t", "stage": "later"},
    "handed_over": {"title": "t", "handed_over": ""},
    "checklist": {"title": "t", "checklist": "tested"},
    "reviewers": {"title": "t", "reviewers": "remy"},
    "author": {"title": "t", "author": "remy"},
    "value": {"title": "t", "value": "x" * 10_001},
}


@pytest.mark.parametrize("field", BAD_ANSWERS)
async def test_a_bad_answer_names_its_field(light: Service, field: str) -> None:
    reply = await light.send(SubmissionDraft(answers=BAD_ANSWERS[field]))
    assert (reply.status, reply.code) == (422, "bad-answers")
    assert reply.json["facts"]["field"].endswith(field)
    assert await nothing_stored(light)


async def test_what_arrived_must_be_what_the_browser_saw(light: Service) -> None:
    draft = SubmissionDraft(more={"notebook": {"path": "work/churn.ipynb", "sha256": "0" * 64}})
    reply = await light.send(draft)
    assert (reply.status, reply.code) == (422, "hash-mismatch")
    assert await nothing_stored(light)


AWS = "AKIA" + "Z7Q2M4X6W8R3T5Y1"


def _shown(data: dict[str, str]) -> dict[str, object]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


SECRETS = {
    "source": SubmissionDraft(notebook(cell("a", f"key = '{AWS}'"))),
    "output": SubmissionDraft(notebook(cell("a", "x", [{"output_type": "stream", "name": "stdout", "text": AWS}]))),
    "file": SubmissionDraft(files={"work/config.py": f"KEY = '{AWS}'\n".encode()}),
    "answer": SubmissionDraft(answers={"title": "t", "problem": f"use {AWS}"}),
    "title": SubmissionDraft(answers={"title": f"use {AWS}"}),
    "checklist": SubmissionDraft(answers={"title": "t", "checklist": ["tests", f"key {AWS}"]}),
    "reviewers": SubmissionDraft(answers={"title": "t", "reviewers": [AWS]}),
    "cell id": SubmissionDraft(notebook(cell(AWS, "x"))),
    "mime type": SubmissionDraft(notebook(cell("a", "x", [_shown({f"application/{AWS}": "x"})]))),
    "name of the notebook": SubmissionDraft(path=f"work/{AWS}.ipynb"),
    "name of a file": SubmissionDraft(files={f"work/{AWS}.py": f"KEY = '{AWS}'\n".encode()}),
    "branch": SubmissionDraft(more={"git": {"commit": "a", "branch": f"fix-{AWS}", "remote": "", "dirty": False}}),
    "remote": SubmissionDraft(
        more={"git": {"commit": "a", "branch": "a", "remote": f"https://h/{AWS}/x", "dirty": False}}
    ),
    "traceback": SubmissionDraft(
        notebook(
            cell(
                "a", "x", [{"output_type": "error", "ename": "E", "evalue": "", "traceback": [f"\x1b[31m{AWS}\x1b[0m"]}]
            )
        )
    ),
    "broken by a colour": SubmissionDraft(
        notebook(cell("a", "x", [_shown({"text/plain": f"{AWS[:9]}\x1b[1m{AWS[9:]}"})]))
    ),
    "entities": SubmissionDraft(notebook(cell("a", "x", [_shown({"text/html": f"&#65;{AWS[1:]}"})]))),
    "printed in pieces": SubmissionDraft(
        notebook(
            cell("a", "x", [{"output_type": "stream", "name": "stdout", "text": part} for part in (AWS[:9], AWS[9:])])
        )
    ),
}


@pytest.mark.parametrize("where", SECRETS)
async def test_a_secret_is_found_before_anything_is_stored_and_its_value_goes_nowhere(
    light: Service, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    reply = await light.send(SECRETS[where])
    assert (reply.status, reply.code) == (422, "secret-found")
    assert reply.json["facts"]["findings"][0]["where"]
    assert AWS.encode() not in reply.body
    assert AWS not in caplog.text
    assert await nothing_stored(light)


def _thread(text: str) -> dict[str, object]:
    return {"version": 1, "anchor": {"cell": None, "lines": None, "output": None}, "text": text}


async def test_a_secret_is_found_in_whatever_else_somebody_writes(light: Service) -> None:
    """Comments, reasons, requests, names of repositories: refused, and no row holds the value."""
    found = await light.sent()
    at = f"/api/v1/submissions/{found['number']}"
    opened = await light.post(f"{at}/threads", people.REMY, _thread("Why?"))
    page = await light.page(found["number"])
    events = await light.kinds(found["number"])
    secret = f"\x1b[31m{AWS}"
    asked = {"package": "cowsay", "wanted": "", "why": secret}
    proposed = {"path": "git/user/dana/x", "head": f"fix-{AWS}", "base": "main", "title": "t"}
    for reply in (
        await light.post(f"{at}/threads", people.REMY, _thread(secret)),
        await light.post(f"/api/v1/threads/{opened.json['id']}/comments", people.DANA, {"text": secret}),
        await light.post(f"{at}/withdraw", people.DANA, {"stamp": found["stamp"], "reason": secret}),
        await light.post("/api/v1/package-requests", people.DANA, asked),
        await light.post("/api/v1/git/pull-requests", people.DANA, proposed),
        await light.decide(found["number"], page, "reject", reason=secret),
    ):
        assert reply.status == 422, reply.body
        assert AWS.encode() not in reply.body
    assert await light.kinds(found["number"]) == events
    listed = (await light.get(f"{at}/threads", people.REMY)).json["threads"]
    assert [comment["text"] for thread in listed for comment in thread["comments"]] == ["Why?"]
