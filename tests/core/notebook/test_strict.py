"""The short cuts for long strings must not change what a file means."""

from __future__ import annotations

import hashlib
import json
import random

import pytest

from enablement_ext.core.errors import EnablementError
from enablement_ext.core.notebook import NotebookLimits, StoredNotebook, canonicalise
from enablement_ext.core.notebook.strict import parse
from tests.core.notebook.factories import code, display, markdown, mutated, raw, stream

_LIMITS = NotebookLimits()
_LONG = "QUJDREVG" * 2_000
_STAND_INS = ("#lifted-00000000#", "#lifted-00000001#", "\\u0023lifted-00000000#", "#lifted-99999999#")


def _value(data: bytes) -> object:
    return parse(data, _LIMITS)


def _same_as_plain_json(data: bytes) -> bool:
    """Whether the file is read, and then exactly as the plain parser reads it; if not, the plain parser (made strict) refuses it too."""
    try:
        read = _value(data)
    except EnablementError:
        with pytest.raises((ValueError, AssertionError)):
            _plain(data)
        return False
    assert read == _plain(data)
    return True


def _plain(data: bytes) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    def no_constant(name: str) -> object:
        raise ValueError(name)

    return json.loads(data.decode(), object_pairs_hook=unique, parse_constant=no_constant)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "%s"}',
        '{"%s": 1}',
        '{"%s": "%s"}',
        '{"a": ["%s", ["%s", {"b": "%s"}]]}',
        '["%s"]',
        '"%s"',
        '{"a": "x\\"%s"}',
        '{"a": "%s\\""}',
        '{"a": "\\\\", "b": "%s\\\\"}',
        '{"a": "x", %s "b": 1}',
        '{"a": "%s", "b": "#lifted-00000000#"}',
        '{"b": "#lifted-00000000#", "a": "%s"}',
        '{"a": "%s", "b": "\\u0023lifted-00000000#"}',
        '{"a": "%s", "#lifted-00000000#": 1}',
        '{"#lifted-00000000#": "%s"}',
        '{"a": "%s", "a": 1}',
        '{"%s": 1, "b": {"%s": 2}}',
        '{"%s": 1, "%s": 2}',
        '{"a": "%s}',
        '{"a": %s"}',
    ],
)
def test_long_strings_anywhere(text: str) -> None:
    _same_as_plain_json(text.replace("%s", _LONG).encode())
    _same_as_plain_json(text.replace("%s", "é" + _LONG).encode())
    _same_as_plain_json(text.replace("%s", _LONG + "\\n" + _LONG).encode())
    _same_as_plain_json(text.replace("%s", " " * 20_000).encode())
    _same_as_plain_json(text.replace("%s", "1," * 10_000).encode())


@pytest.mark.parametrize("control", ["\n", "\t", "\x00", "\x1f"])
def test_a_raw_control_character_in_a_long_string_is_refused(control: str) -> None:
    with pytest.raises(EnablementError):
        _value(f'{{"a": "{_LONG}{control}{_LONG}"}}'.encode())


def _random_json(chance: random.Random, levels: int) -> str:
    """JSON text, mostly sound, full of what the short cuts could stumble over."""
    if levels == 0 or chance.random() < 0.3:
        return chance.choice(
            ("1", "null", '""', '"\\""', '"\\\\"', f'"{_LONG[: chance.choice((4096, 8192, 9000, 16000))]}"')
        )
    key = chance.choice(("a", "b", _LONG[:9_000], *_STAND_INS))
    inner = _random_json(chance, levels - 1)
    other = chance.choice((f'"{chance.choice(_STAND_INS)}"', _random_json(chance, levels - 1)))
    shape = chance.choice(("{%k: %i}", "[%i, %o]", "{%k: %i, %l: %o}", "[%o,%i,%i]", "{%k:%o}"))
    text = shape.replace("%k", f'"{key}"').replace("%l", '"c"').replace("%i", inner).replace("%o", other)
    return text if chance.random() < 0.98 else text.replace('"', chance.choice(('\\"', "", '""')), 1)


@pytest.mark.parametrize("seed", range(10))
def test_random_files_are_read_as_the_plain_parser_reads_them(seed: int) -> None:
    chance = random.Random(seed)
    read = sum(_same_as_plain_json(_random_json(chance, 5).encode()) for _ in range(150))
    assert read > 50


def test_large_images_come_through_byte_for_byte() -> None:
    image = _LONG * 20
    data = raw(
        markdown("é → \U0001f600"),
        code("x", display({"image/png": image, "text/html": image, "application/json": [image]})),
    )
    assert canonicalise(data).data.count(image.encode()) == 3
    spelled = data.replace(image[:8].encode(), b"\\u0051" + image[1:8].encode())
    assert canonicalise(spelled) == canonicalise(data)


def _with_long_texts() -> bytes:
    shown = display(
        {"image/png": _LONG, "text/html": _LONG, "application/json": [_LONG], "application/pdf": f"{_LONG}x"}
    )
    picture = {"a.png": {"image/png": _LONG[:9_000]}}
    return raw(code("a", shown, stream(_LONG)), markdown(f"é{_LONG}", attachments=picture), code(_LONG))


@pytest.mark.parametrize("seed", range(5))
def test_a_known_hash_changes_nothing_whatever_arrives(seed: int) -> None:
    """Where the file is its own canonical form, its known hash is used; that must never be said of a file that is not."""
    chance = random.Random(seed)
    originals = (_with_long_texts(), canonicalise(_with_long_texts()).data)
    accepted = same = 0
    for _ in range(150):
        data = mutated(chance.choice(originals), chance)
        try:
            without = canonicalise(data)
        except EnablementError:
            continue
        result = canonicalise(data, sha256=hashlib.sha256(data).hexdigest())
        assert result == without
        assert result.sha256 == hashlib.sha256(result.data).hexdigest()
        texts, whole = StoredNotebook(result.texts), StoredNotebook(result.data)
        assert [cell.source for cell in texts.cells] == [cell.source for cell in whole.cells]
        accepted += 1
        same += result.data == data
    assert accepted > 20
    assert 0 < same < accepted
