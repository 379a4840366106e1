from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable

import pytest

from enablement_ext.core.errors import BadBundle, TooLarge
from enablement_ext.core.submission.bundle import read_bundle
from enablement_ext.core.submission.tar_format import END, members, shown_name
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


@pytest.mark.parametrize("style", [tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT])
def test_reads_what_tarfile_writes(style: int) -> None:
    files = {"a.ipynb": b"{}", "deep/" * 15 + "b.csv": b"x" * 5000}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=style) as tar:
        for name, raw in [("submission.json", json.dumps(SENDING).encode())] + [
            (f"files/{p}", r) for p, r in files.items()
        ]:
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode, info.uname = len(raw), 1_700_000_000.5, 0o6777, "Ünal"
            if style == tarfile.USTAR_FORMAT:
                info.mtime, info.uname = 1_700_000_000, "root"
            tar.addfile(info, io.BytesIO(raw))
    assert {path: bytes(content) for path, content in read_bundle(buffer.getvalue()).files.items()} == files


def test_tarfile_reads_what_is_written() -> None:
    files = {"a.ipynb": b"{}", "x/" + "ü" * 100 + ".csv": b"12345"}
    with tarfile.open(fileobj=io.BytesIO(packed(files))) as tar:
        assert tar.getnames() == ["submission.json", *(f"files/{path}" for path in files)]
        assert [tar.extractfile(name).read() for name in tar.getnames()[1:]] == list(files.values())  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"S", b"g", b"L", b"K", b"V", b"\xff"])
def test_refuses_all_but_regular_files_naming_them(kind: bytes) -> None:
    assert "“files/odd”" in refused(bundle_of(with_kind(kind)))


def test_refuses_a_regular_file_with_a_link_target() -> None:
    assert "link target" in refused(bundle_of(with_kind(b"0")))


def test_ignores_modes() -> None:
    assert list(read_bundle(bundle_of(resealed(member("files/a"), {100: b"0006777\0"}))).files) == ["a"]


@pytest.mark.parametrize(
    "odd",
    [
        pax(record("path", "files/../../x")),
        pax(record("path", "")),
        pax(record("path", "/etc/passwd")),
        pax(record("path", "submission.json")),
        pax(record("path", "files/a\0b")),
        pax(record("path", "files/a"), record("path", "files/b")),
        pax(record("linkpath", "/etc/passwd"), record("path", "files/a")),
        pax(record("size", "99999"), record("path", "files/a")),
        pax(record("GNU.sparse.realsize", "99999"), record("path", "files/a")),
        pax(record("hdrcharset", "BINARY"), record("path", "files/a")),
        pax(b"99999 path=files/a\n"),
        pax(b"6 path=files/a\n"),
        pax(b"0 path=files/a\n"),
        pax(b"path=files/a\n"),
        pax(record("mtime", "1" * 9000), record("path", "files/a")),
        pax(record("path", "files/a"))[:1024] + pax(record("path", "files/b")),
        pax(record("path", "files/a"))[:1024],
    ],
)
def test_refuses_tricks_with_extended_headers(odd: bytes) -> None:
    refused(bundle_of(odd))


def test_an_extended_path_is_the_one_that_counts() -> None:
    assert list(
        read_bundle(bundle_of(pax(record("path", "files/real"), record("mtime", "1.5"), name="../x"))).files
    ) == ["real"]


@pytest.mark.parametrize(
    "change",
    [
        lambda good: good[:0],
        lambda good: b"\x1f\x8b" + good,
        lambda good: good[:-1],
        lambda good: good[:-512],
        lambda good: good[:700],
        lambda good: good + b"x" * 512,
        lambda good: good + b"\0",
        lambda good: good + bytes(1024 * 1024),
        lambda good: good + good,
        lambda good: END + good,
        lambda good: good[512:],
        lambda good: good[:300] + b"\x01" + good[301:],
        lambda good: resealed(good, {257: b"ustar  \0"}),
        lambda good: resealed(good, {257: bytes(8)}),
        lambda good: resealed(good, {124: b"\x80" + bytes(10) + b"\x01"}),
        lambda good: resealed(good, {124: b"-0000000001\0"}),
        lambda good: resealed(good, {124: b"77777777777\0"}),
        lambda good: resealed(good, {20: b"hidden"}),
        lambda good: good[:620] + b"hidden" + good[626:],
    ],
)
def test_refuses_a_damaged_tar(change: Callable[[bytes], bytes]) -> None:
    good = bundle_of(first=member("submission.json", b"{}"))
    with pytest.raises((BadBundle, TooLarge)) as caught:
        read_bundle(change(good))
    assert caught.value.message.endswith(".")


def test_accepts_zeros_up_to_a_record() -> None:
    assert not read_bundle(bundle_of() + bytes(9 * 1024)).files


@pytest.mark.parametrize("length", [1, 2, 3, 83, 84, 85, 86, 87, 93, 94, 95, 96, 99, 100, 101, 102, 248, 255])
@pytest.mark.parametrize("mark", ["a", "ü"])
def test_names_of_every_length_come_back(length: int, mark: str) -> None:
    """100 bytes fit the header; beyond, and for other than ASCII, an extended header whose record counts its own length."""
    size = len(mark.encode())
    name = "a" * (length % size) + mark * (length // size)
    assert list(read_bundle(packed({name: b"x"})).files) == [name]
    with tarfile.open(fileobj=io.BytesIO(packed({name: b"x"}))) as tar:
        assert tar.getnames()[1:] == [f"files/{name}"]


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1024])
def test_contents_are_padded_to_whole_blocks_and_no_further(size: int) -> None:
    raw = packed({"a": b"x" * size, "b": b"y"})
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        assert [member.size for member in tar.getmembers()[1:]] == [size, 1]
    assert bytes(read_bundle(raw).files["a"]) == b"x" * size


def test_the_size_of_a_member_is_bounded() -> None:
    block = member("files/a", b"x" * 11)
    assert [name for name, _ in members(memoryview(block + END), 11)] == ["files/a"]
    with pytest.raises(TooLarge):
        list(members(memoryview(block + END), 10))


def test_a_name_in_a_sentence_is_short_and_shows_every_character() -> None:
    assert shown_name("a" * 120) == "“" + "a" * 120 + "”"
    assert shown_name("a" * 121) == "“" + "a" * 117 + "…”"
    assert shown_name("a\nb\x7f\u2028c") == "“a\ufffdb\ufffd\ufffdc”"
