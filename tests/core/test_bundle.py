from __future__ import annotations

import io
import json
import random
import tarfile
import time
from collections.abc import Callable, Mapping

import pytest

from enablement_ext.core.bundle import Bundle, BundleLimits, OutgoingFile, read_bundle, write_bundle
from enablement_ext.core.errors import BadBundle, EnablementError, TooLarge
from enablement_ext.core.ustar import END, header, padding

SENDING: dict[str, object] = {
    "answers": {"title": "Umsätze"},
    "notebook": {"path": "a.ipynb", "sha256": "0"},
    "files": [],
}


def packed(files: Mapping[str, bytes], sending: Mapping[str, object] | None = None) -> bytes:
    """A bundle made by our writer."""
    outgoing = write_bundle(sending or SENDING, [OutgoingFile(path, len(raw), (raw,)) for path, raw in files.items()])
    data = b"".join(outgoing.chunks)
    assert len(data) == outgoing.length
    return data


def member(name: str, content: bytes = b"x") -> bytes:
    """One member as our writer makes it, whatever its name."""
    return header(name, len(content)) + content + bytes(padding(len(content)))


def bundle_of(*members: bytes, first: bytes | None = None) -> bytes:
    """A bundle with these raw members behind a good first one."""
    return (first or member("submission.json", json.dumps(SENDING).encode())) + b"".join(members) + END


def with_kind(kind: bytes, name: str = "files/odd", link: bytes = b"/etc/passwd", content: bytes = b"") -> bytes:
    """A member of another kind, with a right checksum."""
    return resealed(member(name, content), {156: kind, 157: link})


def resealed(raw: bytes, changes: Mapping[int, bytes]) -> bytes:
    """The member with bytes of its first header replaced and the checksum made right."""
    head = bytearray(raw[:512])
    for at, value in changes.items():
        head[at : at + len(value)] = value
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + raw[512:]


def pax(*records: bytes, name: str = "short", content: bytes = b"x") -> bytes:
    """A member with an extended header of these raw records."""
    body = b"".join(records)
    return resealed(member("pax", body), {156: b"x"}) + member(name, content)


def record(key: str, value: str) -> bytes:
    body = f" {key}={value}\n".encode()
    size = len(body) + 1
    while size != len(body) + len(str(size)):
        size += 1
    return str(size).encode() + body


def refused(data: bytes) -> str:
    with pytest.raises(BadBundle) as caught:
        read_bundle(data)
    return caught.value.message


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


@pytest.mark.parametrize(
    "path",
    [
        "../x", "a/../x", "a/..", "/etc/passwd", "/", "", ".", "./a", "a//b", "a/", "c:\\x", "C:x", "a\\b", "a\nb", "a\x7fb",
        "a\x1b[31mb", "a\u202egpj.exe", "a\u2028b", "e\u0301.csv", ".git/config", "sub/.GIT/hooks/pre-commit", "x" * 300, "a/" * 40 + "b", "ab/" * 400 + "b",
    ],
)  # fmt: skip
def test_refuses_paths(path: str) -> None:
    message = refused(bundle_of(member(f"files/{path}")))
    assert message.endswith(".")
    assert not set(message) & set("\n\x1b\x7f\u202e\u2028")
    with pytest.raises(BadBundle):
        write_bundle(SENDING, [OutgoingFile(path, 0, ())])


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"S", b"g", b"L", b"K", b"V", b"\xff"])
def test_refuses_all_but_regular_files_naming_them(kind: bytes) -> None:
    assert "“files/odd”" in refused(bundle_of(with_kind(kind)))


def test_refuses_a_regular_file_with_a_link_target() -> None:
    assert "link target" in refused(bundle_of(with_kind(b"0")))


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
    for paths, named in [(["a"], "“b”"), (["a", "b", "c"], "“c”")]:
        with pytest.raises(BadBundle, match=named):
            bundle.require_exactly(paths)


@pytest.mark.parametrize("chunks", [(b"12",), (b"123", b"4"), ()])
def test_a_file_that_changes_while_it_is_sent_breaks_the_bundle(chunks: tuple[bytes, ...]) -> None:
    outgoing = write_bundle(SENDING, [OutgoingFile("data.csv", 3, chunks)])
    with pytest.raises(BadBundle, match=r"data\.csv"):
        b"".join(outgoing.chunks)


def test_a_hundred_thousand_files_are_answered_fast() -> None:
    data = bundle_of(*(member(f"files/{number}", b"") for number in range(100_000)))
    began = time.perf_counter()
    assert "500 files" in refused(data)
    generous = read_bundle(data, BundleLimits(files=200_000))
    assert len(generous.files) == 100_000
    assert time.perf_counter() - began < 2 * 3  # seconds; both readings together, on a busy machine


def test_fifty_megabytes_cost_nothing() -> None:
    data = packed({"big.ipynb": bytes(50_000_000)})
    began = time.perf_counter()
    read_bundle(data)
    assert time.perf_counter() - began < 0.05


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
