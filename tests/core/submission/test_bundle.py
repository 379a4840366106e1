from __future__ import annotations

import random
import time

import pytest

from enablement_ext.core.errors import BadBundle, EnablementError, TooLarge
from enablement_ext.core.submission.bundle import Bundle, BundleLimits, OutgoingFile, read_bundle, write_bundle
from tests.core.submission.tar_factories import (
    SENDING,
    bundle_of,
    member,
    packed,
    pax,
    record,
    refused,
    resealed,
    with_kind,
)


def test_what_is_written_is_read_back_without_a_copy() -> None:
    long = "ordner/" + "ü" * 120 + "/daten.csv"
    files = {"a.ipynb": b"{}", long: b"1,2\n" * 1000, "leer.txt": b"", "m/__init__.py": b"x = 1\n" * 99}
    data = packed(files)
    bundle = read_bundle(data)
    assert bundle.sending == SENDING
    assert {path: bytes(content) for path, content in bundle.files.items()} == files
    assert all(content.obj is data and content.readonly for content in bundle.files.values())


def test_the_same_arguments_make_the_same_bytes() -> None:
    assert packed({"a": b"1", "é": b"2"}) == packed({"a": b"1", "é": b"2"})


@pytest.mark.parametrize(
    "path",
    [
        "../x", "a/../x", "a/..", "/etc/passwd", "/", "", ".", "./a", "a//b", "a/", "c:\\x", "C:x", "a/C:x", "a/c:", "a\\b", "a\nb", "a\x7fb",
        "a\x1b[31mb", "a\u202egpj.exe", "a\u2028b", "e\u0301.csv", ".git/config", "sub/.GIT/hooks/pre-commit", "x" * 300, "a/" * 40 + "b", "ab/" * 400 + "b",
        "CON", "con.txt", "sub/nul.tar.gz", "aux .csv", "COM1", "lpt³.x", "a.csv.", "a.csv ", "dir./a", "a.csv:b", "a.csv:b:$DATA",
        "a?b", "a*b", "a|b", "\u3164.csv", "\u200b/a", "a<b", 'a"b',
    ],
)  # fmt: skip
def test_refuses_paths(path: str) -> None:
    message = refused(bundle_of(member(f"files/{path}")))
    assert message.endswith(".")
    assert not set(message) & set("\n\x1b\x7f\u202e\u2028")
    with pytest.raises(BadBundle):
        write_bundle(SENDING, [OutgoingFile(path, 0, ())])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.csv", "a.csv"),
        ("A.csv", "a.csv"),
        ("Straße", "STRASSE"),
        ("Dir/a", "dir/A"),
        ("a", "a/b"),
        ("a/b", "a"),
        ("A", "a/b"),
    ],
)
def test_refuses_names_that_clash(one: str, other: str) -> None:
    assert other in refused(bundle_of(member(f"files/{one}"), member(f"files/{other}")))


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"[]", b"null", b'{"a":1,"a":2}', b'{"a":{"b":1,"b":2}}', b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":1e999}', b'{"a":"\\ud800"}',
        b'{"\\udfff":1}', b'\xef\xbb\xbf{}', '{"a":1}'.encode("utf-16"), b'{"a":"\xff"}', b"{} x", b"{}{}", b"[" * 100_000, b'{"a":' * 100_000,
        b'{"a":' + b"9" * 10_000 + b"}",
    ],
)  # fmt: skip
def test_reads_submission_json_strictly(raw: bytes) -> None:
    assert "submission.json" in refused(bundle_of(first=member("submission.json", raw)))


def test_the_first_member_is_submission_json_and_all_others_are_files() -> None:
    assert "“files/a”" in refused(bundle_of(first=member("files/a")))
    assert "“submission.json”" in refused(bundle_of(member("submission.json", b"{}")))
    assert "“other/a”" in refused(bundle_of(member("other/a")))


def test_limits() -> None:
    limits = BundleLimits(files=2, file_bytes=1000, total_bytes=1500, sending_bytes=200)
    read_bundle(packed({"a": b"x" * 1000, "b": b"x" * 500}), limits)
    for files, error in [
        ({"a": b"x" * 1001}, TooLarge),
        ({"a": b"x" * 1000, "b": b"x" * 501}, TooLarge),
        (dict.fromkeys("abc", b""), BadBundle),
    ]:
        with pytest.raises(error):
            read_bundle(packed(files), limits)
    with pytest.raises(TooLarge):
        read_bundle(packed({}, {"answers": "x" * 300}), limits)


def test_files_are_exactly_those_that_are_named() -> None:
    bundle = read_bundle(packed({"a": b"", "b": b""}))
    bundle.require_exactly(["b", "a"])
    for paths, named in [(["a"], "“b”"), (["a", "b", "c"], "“c”"), (["a", "b", "b"], "“b”")]:
        with pytest.raises(BadBundle, match=named):
            bundle.require_exactly(paths)


@pytest.mark.parametrize("chunks", [(b"12",), (b"123", b"4"), ()])
def test_a_file_that_changes_while_it_is_sent_breaks_the_bundle(chunks: tuple[bytes, ...]) -> None:
    outgoing = write_bundle(SENDING, [OutgoingFile("data.csv", 3, chunks)])
    with pytest.raises(BadBundle, match=r"data\.csv"):
        b"".join(outgoing.chunks)


def _answered(data: bytes, files: int) -> None:
    assert "500 files" in refused(data)
    assert len(read_bundle(data, BundleLimits(files=200_000)).files) == files


def _empty_files(files: int) -> bytes:
    return bundle_of(*(member(f"files/{number}", b"") for number in range(files)))


def test_more_files_than_are_allowed_are_refused() -> None:
    _answered(_empty_files(5_000), 5_000)


@pytest.mark.timing
def test_a_hundred_thousand_files_are_answered_fast() -> None:
    data = _empty_files(100_000)
    began = time.process_time()
    _answered(data, 100_000)
    assert time.process_time() - began < 4  # seconds of CPU, both readings together


@pytest.mark.timing
def test_fifty_megabytes_cost_nothing() -> None:
    data = packed({"big.ipynb": bytes(50_000_000)})
    began = time.process_time()
    read_bundle(data)
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize("seed", range(8))
def test_arbitrary_bytes_raise_only_our_errors(seed: int) -> None:
    chance = random.Random(seed)
    good = [
        packed({"a.ipynb": b"{}", "ü/b.csv": b"1,2"}),
        bundle_of(pax(record("path", "files/" + "x" * 300), record("mtime", "1.5")), with_kind(b"2")),
    ]
    for _ in range(2500):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randint(1, 4)):
            _mutate(data, chance)
        _read_or_refuse(bytes(data))
        _read_or_refuse(_sealed(data))
    _read_or_refuse(chance.randbytes(5000))


def _mutate(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) or 1)
    action = chance.randrange(4)
    if action == 0:
        data[at : at + 1] = bytes([chance.randrange(256)])
    elif action == 1:
        del data[at : at + chance.choice([1, 7, 512])]
    elif action == 2:
        data[at:at] = chance.randbytes(chance.choice([1, 512]))
    else:
        data[at : at + 12] = chance.choice(
            [b"\x80\xff" * 6, b"99999999999\0", b"00000000000\0", b"../../../../", b"\0" * 12, b"\xff" * 12]
        )


def _sealed(data: bytearray) -> bytes:
    """Checksums made right, so that the reader gets past them."""
    sealed = bytearray(data)
    for at in range(0, len(sealed) - 511, 512):
        if sealed[at + 257 : at + 262] == b"ustar":
            sealed[at : at + 512] = resealed(bytes(sealed[at : at + 512]), {})
    return bytes(sealed)


def _read_or_refuse(data: bytes) -> Bundle | None:
    try:
        return read_bundle(data)
    except EnablementError:
        return None
