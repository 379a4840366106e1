"""What is refused at the gate, in which time, and that nothing but our own errors ever comes out of it."""

from __future__ import annotations

import contextlib
import inspect
import json
import random
import sys
import time
from collections.abc import Callable

import pytest

from enablement_ext.core.errors import BadNotebook, TooLarge
from enablement_ext.core.notebook import NotebookLimits, canonicalise
from tests.core.notebook.factories import Json, code, display, markdown, mutated, raw, stored, stream

_HEAD = b'{"metadata":{},"nbformat":4,"nbformat_minor":5,"cells":['
_OUTPUT = _HEAD + b'{"cell_type":"code","metadata":{},"source":"","outputs":[{"output_type":"display_data","data":'


def _refused(data: bytes) -> str:
    with pytest.raises(BadNotebook) as refused:
        canonicalise(data)
    return refused.value.message


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf" + raw(), "byte order mark"),
        (raw().decode().encode("utf-16"), "UTF-16"),
        (raw().decode().encode("utf-16-le"), "UTF-16"),
        (raw().decode().encode("utf-16-be"), "UTF-16"),
        (raw().decode().encode("utf-32"), "UTF-16"),
        (raw()[:-1] + b',"x":"\xff"}', "Line 1 of the file is not UTF-8"),
        (raw()[:-1] + b',"x":"\xed\xa0\x80"}', "not UTF-8"),
        (raw()[:-1] + b',"x":"\xc0\xaf"}', "not UTF-8"),
        (raw() + b"x", "Extra data"),
        (raw() + b"\x00", "Extra data"),
        (raw() + raw(), "Extra data"),
        (raw()[:-1], "line 1"),
        (raw()[:-1] + b',"x":NaN}', "NaN"),
        (raw()[:-1] + b',"x":-Infinity}', "-Infinity"),
        (raw()[:-1] + b',"nbformat":4}', "twice"),
        (raw()[:-1] + b',"nbform\\u0061t":4}', "twice"),
        (raw()[:-1] + b',"x":{"\\u0000":1,"\\u0000":2}}', "twice"),
        (raw()[:-1] + b',"x":"a\nb"}', "control character"),
        (raw()[:-1] + b',"x":' + b"9" * 5_000 + b"}", "too long"),
        (b"[]", "no cells"),
        (b"null", "no cells"),
        (b'"cells"', "no cells"),
        (b"{}", "no cells"),
        (b'{"worksheets":[],"nbformat":3,"nbformat_minor":0,"metadata":{}}', "nbformat 3"),
    ],
)
def test_only_strict_json_in_utf8_is_read(data: bytes, says: str) -> None:
    assert says in _refused(data)


@pytest.mark.parametrize("major", ["4", 3, 5, 99, -4, 4.0, True, None, [4]])
def test_only_nbformat_4(major: object) -> None:
    assert "nbformat 4" in _refused(raw(nbformat=major))


@pytest.mark.parametrize("minor", ["5", -1, 6, 99, 5.0, True, False, None])
def test_only_minor_0_to_5(minor: object) -> None:
    assert "nbformat_minor" in _refused(raw(nbformat_minor=minor))


@pytest.mark.parametrize(
    "kind", ["evil", "Code", "code ", "CODE", "", None, 1, ["code"], {"code": 1}, "heading", "c\u043ede"]
)
@pytest.mark.parametrize("minor", [0, 3, 5])
def test_only_known_cell_types(kind: object, minor: int) -> None:
    assert "Cell 1 has the type" in _refused(
        raw({"cell_type": kind, "metadata": {}, "source": ""}, nbformat_minor=minor)
    )


@pytest.mark.parametrize(
    "kind",
    ["update_display_data", "Stream", "stream ", "pyout", "pyerr", "comm", "", None, 1, ["stream"], "err\u043er"],
)
@pytest.mark.parametrize("minor", [0, 3, 5])
def test_only_known_output_types(kind: object, minor: int) -> None:
    assert "Cell 1, output 1 has the type" in _refused(raw(code("x", {"output_type": kind}), nbformat_minor=minor))


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("text", "must be an object"),
        (markdown(7), "a text or a list of lines"),
        (markdown(["a", 7]), "a text or a list of lines"),
        (markdown("x", metadata=[]), "metadata must be an object"),
        (code("x", outputs={}), "outputs must be a list"),
        (code("x", outputs=["x"]), "output 1 must be an object"),
        (code("x", execution_count=1.5), "execution count"),
        (code("x", execution_count=True), "execution count"),
        (code("x", execution_count=-1), "execution count"),
        (code("x", execution_count=2**31), "execution count"),
        (code("x", stream("t", "stdin")), "only stdout and stderr"),
        (code("x", stream("t", "<b>")), "(an odd text)"),
        (code("x", stream({"a": 1})), "a text or a list of lines"),
        (code("x", {"output_type": "display_data", "data": []}), "must be objects"),
        (code("x", {"output_type": "display_data", "data": {}, "metadata": 1}), "must be objects"),
        (code("x", display({"text/plain": {"a": 1}})), "a text or a list of lines"),
        (code("x", display({"png": "QUJD"})), "not a mime type"),
        (code("x", display({"text/<b>": "x"})), "not a mime type"),
        (code("x", display({"text/html\n": "x"})), "not a mime type"),
        (code("x", {"output_type": "error", "ename": 1}), "must be texts"),
        (code("x", {"output_type": "error", "traceback": "x"}), "list of texts"),
        (markdown("x", attachments=[]), "attachments must be an object"),
        (markdown("x", attachments={"a.png": "x"}), "attachment must be an object"),
    ],
)
def test_cells_of_another_shape(cell: Json, says: str) -> None:
    data = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    assert says in _refused(data)


@pytest.mark.parametrize("identity", ["", "a b", "<img src=x>", "x" * 65, "a\n", "../a", "é", 7, [], True])
def test_odd_cell_ids(identity: object) -> None:
    assert "Cell 1 has an id" in _refused(raw(code("x", id=identity)))


def test_the_same_id_twice() -> None:
    assert "Cells 1 and 3 have the same id" in _refused(
        raw(code("x", id="a"), code("y", id="b"), markdown("z", id="a"))
    )


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "...",
        "../../x",
        "/etc/x",
        "a/b",
        "a\\b",
        "a\x00b",
        "a\nb",
        "x" * 4096,
        "a\u202egnp.x",
        "\ud800",
        "\u200b.png",
    ],
)
def test_odd_attachment_names(name: str) -> None:
    assert "name that cannot be accepted" in _refused(raw(markdown("x", attachments={name: {"image/png": "QUJD"}})))


def test_usual_attachment_names_are_kept() -> None:
    assert "Bild 1 (größer).png".encode() in stored(
        markdown("x", attachments={"Bild 1 (größer).png": {"image/png": "QUJD"}})
    )


def test_numbers_that_are_not_finite() -> None:
    assert "not finite" in _refused(_OUTPUT + b'{"application/json":[1e999]},"metadata":{}}]}]}')


def test_messages_do_not_repeat_what_is_hostile() -> None:
    for hostile in ("<script>alert(1)</script>", "AKIA" + "A" * 40, "a\u202eb", "x\r\nSet-Cookie: a"):
        assert hostile not in _refused(raw(code("x", {"output_type": hostile})))


def test_limits_are_kept() -> None:
    small = NotebookLimits(size=1_000, cells=2)
    with pytest.raises(TooLarge) as much:
        canonicalise(raw(markdown("x" * 1_000)), small)
    assert much.value.facts["limit"] == 1_000
    with pytest.raises(TooLarge, match="3 cells"):
        canonicalise(raw(markdown("a"), markdown("b"), markdown("c")), small)
    with pytest.raises(TooLarge, match="larger than"):
        canonicalise(raw(code("x", display({"application/json": ["x" * 100]}))), NotebookLimits(json_value=50))


def test_nesting_is_counted_outside_strings_only() -> None:
    brackets = '["\\"[[[[{{{{' * 100
    assert (
        canonicalise(raw(markdown(brackets), code("x", display({"application/json": [brackets]})))).cells[0].lines == 1
    )
    deep: object = 1
    for _ in range(94):
        deep = [deep]
    assert canonicalise(raw(code("x", display({"application/json": deep}))))
    assert "nested more than 100" in _refused(raw(code("x", display({"application/json": [deep]}))))


_OUTPUTS = b'{"cell_type":"code","execution_count":null,"metadata":{},"source":"","outputs":['
_BOMBS: dict[str, Callable[[], bytes]] = {
    "100,000 lists": lambda: b"[" * 100_000,
    "100,000 lists, closed": lambda: b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": lambda: b'{"a":' * 100_000,
    "100,000 levels in metadata": lambda: _HEAD + b'{"metadata":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a million cells": lambda: (
        _HEAD + b",".join([b'{"cell_type":"raw","metadata":{},"source":""}'] * 1_000_000) + b"]}"
    ),
    "a million outputs": lambda: (
        _HEAD + _OUTPUTS + b",".join([b'{"output_type":"stream","name":"stdout","text":""}'] * 1_000_000) + b"]}]}"
    ),
    "a million outputs behind an image": lambda: (
        _HEAD
        + _OUTPUTS
        + b'{"output_type":"display_data","metadata":{},"data":{"image/png":"'
        + b"A" * 1_000_000
        + b'"}},'
        + b",".join([b'{"output_type":"stream","name":"stdout","text":""}'] * 1_000_000)
        + b"]}]}"
    ),
    "a million empty objects": lambda: _HEAD + b",".join([b"{}"] * 1_000_000) + b"]}",
    "100,000 cells": lambda: _HEAD + b",".join([b'{"cell_type":"raw","metadata":{},"source":""}'] * 100_000) + b"]}",
    "thirty million strings": lambda: b'["' + b'","' * 30_000_000 + b'"]',
    "ten million keys": lambda: _HEAD + b'{"":' * 3 + b"{" + b'"a":1,' * 10_000_000,
    "forty million lines": lambda: (
        _HEAD + b'{"cell_type":"raw","metadata":{},"source":"' + b"\\n" * 40_000_000 + b'"}]}'
    ),
    "a hundred million commas": lambda: _HEAD + b"," * 100_000_000,
    "200 MB": lambda: b" " * 200_000_000,
}


_LARGE = {
    "a million cells",
    "a million outputs",
    "a million outputs behind an image",
    "thirty million strings",
    "ten million keys",
    "forty million lines",
}
_LARGE |= {"a hundred million commas", "200 MB"}


@pytest.mark.parametrize("bomb", [pytest.param(bomb, marks=[pytest.mark.slow] * (bomb in _LARGE)) for bomb in _BOMBS])
def test_bombs_are_refused(bomb: str) -> None:
    with pytest.raises((BadNotebook, TooLarge)):
        canonicalise(_BOMBS[bomb]())


@pytest.mark.timing
@pytest.mark.parametrize("bomb", _BOMBS)
def test_bombs_are_refused_within_two_seconds(bomb: str) -> None:
    data = _BOMBS[bomb]()
    start = time.process_time()
    with pytest.raises((BadNotebook, TooLarge)):
        canonicalise(data)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("left", [60, 75, 90, 100, 110, 130])
def test_a_caller_deep_in_the_stack_gets_our_errors_too(left: int) -> None:
    nested = json.loads("[" * 90 + "]" * 90)
    data = raw(code("x", display({"application/json": nested})))

    def descend(levels: int) -> None:
        if levels:
            descend(levels - 1)
        else:
            with contextlib.suppress(BadNotebook):
                canonicalise(data)

    descend(sys.getrecursionlimit() - len(inspect.stack(0)) - left)


def _rich() -> bytes:
    return raw(
        code(
            "a = 1\n",
            stream("é\n"),
            display(
                {"image/png": "QUJD" * 30, "text/html": "<b>\n", "application/json": {"a": [1]}},
                {"image/png": {"width": 1}},
            ),
        ),
        code("b", {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}, execution_count=2),
        markdown("# \U0001f600", attachments={"a.png": {"image/png": "QUJD"}}, metadata={"tags": ["x"]}),
        metadata={
            "kernelspec": {"name": "python3"},
            "language_info": {"name": "python", "codemirror_mode": {"version": 3}},
        },
    )


@pytest.mark.parametrize("seed", range(20))
def test_random_edits_are_refused_or_reach_a_fixed_point(seed: int) -> None:
    chance = random.Random(seed)
    originals = (_rich(), canonicalise(_rich()).data)
    accepted = 0
    for _ in range(300):
        data = mutated(chance.choice(originals), chance)
        try:
            result = canonicalise(data)
        except (BadNotebook, TooLarge):
            continue
        accepted += 1
        assert canonicalise(result.data) == result
        assert b'"trusted"' not in result.data
    assert accepted > 10
