"""What differs between two versions, and what that does to an approval."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from enablement_ext.core.errors import BadNotebook
from enablement_ext.core.review.models import ChangeKind, FileEntry, FileRole, ImageRef
from enablement_ext.core.review.version_changes import (
    Fall,
    FallReason,
    VersionContent,
    changes,
    fall_of,
    fall_sentence,
    surviving,
    why_fallen,
)
from tests.core.notebook.factories import Json, cells_of, code, display, markdown, raw, stored, stream

_IMAGE = ImageRef("datascience", "2026.11.0", "sha256:" + "d" * 64, "3.11")
_MODULE = FileEntry("load.py", "a" * 64, 10, FileRole.MODULE)
_METADATA, _OUTPUTS, _MARKDOWN = ChangeKind.METADATA, ChangeKind.OUTPUTS, ChangeKind.MARKDOWN
_CODE, _FILES, _ENVIRONMENT = ChangeKind.CODE, ChangeKind.FILES, ChangeKind.ENVIRONMENT
_PYTHON = {
    "kernelspec": {"name": "python3", "language": "python"},
    "language_info": {"name": "python", "version": "3.11.7"},
}


def _version(*cells: Json, **more: object) -> VersionContent:
    return VersionContent(stored(*cells, **more), (_MODULE,), _IMAGE)


_TEXT = markdown("# a", id="t")
_LOAD = code("load()", stream("1\n"), id="l", execution_count=1)
_SHOW = code("show()", display({"image/png": "QUJD"}), id="s")
_OLD = _version(_TEXT, _LOAD, _SHOW, metadata=_PYTHON)


def _against_old(*cells: Json, **more: object) -> tuple[ChangeKind, ...]:
    return changes(_OLD, _version(*cells, **{"metadata": _PYTHON, **more}))


def test_the_same_content_has_no_changes() -> None:
    assert changes(_OLD, _OLD) == ()
    assert _against_old(_TEXT, _LOAD, _SHOW) == ()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((_TEXT, _LOAD, code("show(1)", display({"image/png": "QUJD"}), id="s")), (_CODE,)),
        ((_TEXT, _LOAD, _SHOW, code("more()", stream("x"), id="m")), (_CODE,)),
        ((_TEXT, _LOAD), (_CODE,)),
        ((_TEXT, _LOAD, {**_SHOW, "metadata": {"vscode": {"languageId": "sql"}}}), (_METADATA, _CODE)),
        ((_TEXT, _SHOW, _LOAD), (_CODE,)),
        ((_TEXT, {**_LOAD, "id": "s"}, {**_SHOW, "id": "l"}), (_METADATA,)),
        ((_TEXT, {**_LOAD, "outputs": [stream("2\n")]}, _SHOW), (_OUTPUTS,)),
        ((_TEXT, {**_LOAD, "execution_count": 9}, _SHOW), (_OUTPUTS,)),
        ((_TEXT, {**_LOAD, "outputs": []}, _SHOW), (_OUTPUTS,)),
        ((markdown("# b", id="t"), _LOAD, _SHOW), (_MARKDOWN,)),
        ((_TEXT, _LOAD, _SHOW, markdown("end", id="e")), (_MARKDOWN,)),
        ((_LOAD, _TEXT, _SHOW), (_MARKDOWN,)),
        ((_LOAD, _SHOW), (_MARKDOWN,)),
        (({**_TEXT, "attachments": {"a.png": {"image/png": "QUJD"}}}, _LOAD, _SHOW), (_MARKDOWN,)),
        (({**_TEXT, "cell_type": "raw"}, _LOAD, _SHOW), (_MARKDOWN,)),
        (({**_TEXT, "cell_type": "code", "outputs": []}, _LOAD, _SHOW), (_MARKDOWN, _CODE)),
        ((_TEXT, {**_LOAD, "cell_type": "raw"}, _SHOW), (_MARKDOWN, _CODE)),
        ((_TEXT, {**_LOAD, "metadata": {"tags": ["parameters"]}}, _SHOW), (_METADATA,)),
        ((_TEXT, {**_LOAD, "id": "other"}, _SHOW), (_METADATA,)),
        ((_TEXT, {**_LOAD, "outputs": []}, code("show(1)", id="s")), (_OUTPUTS, _CODE)),
    ],
)
def test_kinds_of_the_notebook(cells: Sequence[Json], expected: tuple[ChangeKind, ...]) -> None:
    assert _against_old(*cells) == expected


def test_metadata_and_the_kernel() -> None:
    cells = (_TEXT, _LOAD, _SHOW)
    assert _against_old(*cells, metadata={**_PYTHON, "title": "x"}) == (_METADATA,)
    newer = {**_PYTHON, "language_info": {"name": "python", "version": "3.12.0"}}
    assert _against_old(*cells, metadata=newer) == (_METADATA,)
    bash = {"kernelspec": {"name": "bash", "language": "bash"}}
    assert _against_old(*cells, metadata=bash) == (_METADATA, _ENVIRONMENT)


def test_files_and_environment() -> None:
    assert changes(_OLD, replace(_OLD, files=())) == (_FILES,)
    assert changes(_OLD, replace(_OLD, files=(replace(_MODULE, sha256="b" * 64),))) == (_FILES,)
    two = (_MODULE, replace(_MODULE, path="b.py"))
    assert changes(replace(_OLD, files=two), replace(_OLD, files=two[::-1])) == ()
    assert changes(_OLD, replace(_OLD, image=replace(_IMAGE, release="2026.12.0"))) == (_ENVIRONMENT,)


def test_kinds_come_in_their_order() -> None:
    new = replace(
        _version(markdown("# b", id="t"), code("load(2)", id="l")), files=(), image=replace(_IMAGE, digest="x")
    )
    assert changes(_OLD, new) == (_METADATA, _OUTPUTS, _MARKDOWN, _CODE, _FILES, _ENVIRONMENT)


def test_which_approvals_survive() -> None:
    survive = frozenset({_METADATA, _OUTPUTS})
    assert surviving((), survive)
    assert surviving((_METADATA, _OUTPUTS), survive)
    assert not surviving((_OUTPUTS, _CODE), survive)
    assert why_fallen((_OUTPUTS,), survive) is None
    assert why_fallen((_OUTPUTS, _CODE), survive) == Fall(FallReason.CHANGED, changes=(_CODE,))


_EVERYTHING = Fall(FallReason.CHANGED, changes=tuple(ChangeKind))


@pytest.mark.parametrize(
    ("fall", "stored"),
    [
        (Fall(FallReason.CHANGED, changes=(_CODE,)), "changed:code"),
        (_EVERYTHING, "changed:metadata,outputs,markdown,code,files,environment,unknown"),
        (Fall(FallReason.ANSWERED, version=3), "answered:3"),
        (Fall(FallReason.DISPUTED), "disputed"),
    ],
)
def test_why_a_decision_fell_is_stored_as_a_code(fall: Fall, stored: str) -> None:
    assert fall.code() == stored
    assert fall_of(stored) == fall
    assert fall_sentence(stored) == fall.sentence()


@pytest.mark.parametrize("stored", ["Version 3 answers it.", "changed:", "changed:colour", "answered:soon", "expired"])
def test_what_is_no_code_is_shown_as_it_is(stored: str) -> None:
    assert fall_of(stored) is None
    assert fall_sentence(stored) == stored


def test_people_read_a_sentence() -> None:
    assert _EVERYTHING.sentence() == (
        "The new version changes metadata, outputs, text cells, code, files sent along, the environment and what nobody can tell, because"
        " the version before is lost."
    )


def _edited(cells: list[Json], chance: random.Random) -> list[Json]:
    edited = [dict(cell) for cell in cells]
    for _ in range(chance.randint(0, 3)):
        at = chance.randrange(len(edited))
        action = chance.randrange(6)
        if action == 0:
            edited.insert(at, code(f"new{chance.random()}", id=f"n{chance.randrange(10**9)}"))
        elif action == 1 and len(edited) > 1:
            edited.pop(at)
        elif action == 2:
            edited[at]["source"] = f"{edited[at]['source']} "
        elif action == 3:
            edited.append(edited.pop(at))
        elif action == 4:
            other = chance.randrange(len(edited))
            edited[at]["id"], edited[other]["id"] = edited[other]["id"], edited[at]["id"]
        else:
            edited[at]["metadata"] = {"name": str(chance.randrange(5))}
    return edited


@pytest.mark.parametrize("seed", range(10))
def test_no_difference_is_missed_and_no_code_change_is_called_less(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        cells = [
            chance.choice((code, markdown))(chance.choice("abc"), id=f"c{number}")
            for number in range(chance.randint(1, 6))
        ]
        old, new = stored(*cells), stored(*_edited(cells, chance))
        found = changes(VersionContent(old, (), _IMAGE), VersionContent(new, (), _IMAGE))
        assert bool(found) == (old != new)
        sources = [[cell["source"] for cell in cells_of(data) if cell["cell_type"] == "code"] for data in (old, new)]
        assert (_CODE in found) == (sources[0] != sources[1])


def test_a_raw_upload_is_not_compared() -> None:
    with pytest.raises(BadNotebook, match="canonical"):
        changes(_OLD, replace(_OLD, notebook=raw(_TEXT)))


def test_without_ids_an_edit_is_no_change_of_metadata() -> None:
    def version(*cells: Json) -> VersionContent:
        return replace(_OLD, notebook=stored(*({**cell, "id": None} for cell in cells), nbformat_minor=4))

    old = version(_TEXT, _LOAD, _SHOW)
    assert changes(old, version(_TEXT, code("load(2)", stream("1\n"), execution_count=1), _SHOW)) == (_CODE,)
    assert changes(old, version(_TEXT, code("load(2)", stream("2\n")), _SHOW)) == (_OUTPUTS, _CODE)
    assert changes(old, version(markdown("# b"), _LOAD, _SHOW)) == (_MARKDOWN,)


def _recorded(release: str, **own: object) -> dict[str, object]:
    """Notebook metadata as the lab writes it at a save."""
    image = {"slug": "datascience", "release": release, "digest": "sha256:" + "d" * 64}
    return {**_PYTHON, "enablement": {**own, "image": image}}


def test_the_recorded_image_alone_is_no_change_of_metadata() -> None:
    """Which image it was is a fact of the version; that the lab wrote it down as well must not let an approval fall."""
    cells = (_TEXT, _LOAD, _SHOW)
    new = _version(*cells, metadata=_recorded("2026.11.0"))
    assert changes(_OLD, new) == (_METADATA,)  # different bytes always have a kind, and there is no other
    other = replace(new, image=replace(_IMAGE, release="2026.9.0"))
    assert changes(_OLD, other) == (_ENVIRONMENT,)
    later = _version(_TEXT, code("more()", id="l"), _SHOW, metadata=_recorded("2026.11.0"))
    assert _METADATA not in changes(_OLD, later)
    titled = replace(other, notebook=stored(*cells, metadata=_recorded("2026.11.0", note="x")))
    assert changes(_OLD, titled) == (_METADATA, _ENVIRONMENT)
