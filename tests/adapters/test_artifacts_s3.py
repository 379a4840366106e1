"""Artifacts in a bucket when things go wrong: the store is away, ill, slow, refuses, lies; what is said, and how soon."""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from enablement_ext.adapters.artifacts_s3 import S3ArtifactStore, S3Place
from enablement_ext.core.errors import ArtifactDamaged, NoSpace, StoreUnavailable
from tests.servers.s3 import ObjectServer, object_server

pytestmark = pytest.mark.slow  # the server is built from its Go module the first time


@pytest.fixture
def place(s3: ObjectServer, tmp_path: Path) -> S3Place:
    """A bucket of its own on a server that stays up."""
    return S3Place(s3.bucket(), s3.endpoint, keys=s3.keys(tmp_path / "keys"))


class Ill(BaseHTTPRequestHandler):
    """A store that answers what it is told to, and remembers how it was asked."""

    protocol_version = "HTTP/1.1"
    statuses: ClassVar[list[int]] = []  # the next answers; then 200
    code: ClassVar[str] = "InternalError"
    delay: ClassVar[float] = 0.0
    asked: ClassVar[list[tuple[str, str, dict[str, str]]]] = []

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append((self.command, self.path, {key.lower(): value for key, value in self.headers.items()}))
        if "marker" not in self.path and "enablement-artifacts" not in self.path:
            time.sleep(self.delay)
        status = self.statuses.pop(0) if self.statuses else 200
        body = b"" if status == 200 else f"<Error><Code>{self.code}</Code><Key>secretsecret</Key></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"x"')
        self.end_headers()
        self.wfile.write(body)

    do_PUT = answer  # noqa: N815 - the server's way
    do_GET = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def ill(tmp_path: Path, s3: ObjectServer) -> Iterator[tuple[type[Ill], S3Place]]:
    """A store that is ill on demand."""
    Ill.statuses, Ill.asked, Ill.delay, Ill.code = [], [], 0.0, "InternalError"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ill)
    Thread(target=server.serve_forever, daemon=True).start()
    keys = s3.keys(tmp_path / "keys")
    yield Ill, S3Place("a-bucket", f"http://127.0.0.1:{server.server_port}", keys=keys, timeout=1)
    server.shutdown()
    server.server_close()


@contextmanager
def opened(place: S3Place) -> Iterator[S3ArtifactStore]:
    store = S3ArtifactStore(place)
    yield store
    store.close()


def test_an_upload_says_what_it_is_and_never_overwrites(ill: tuple[type[Ill], S3Place]) -> None:
    sick, place = ill
    with opened(place) as store:
        name = store.put([b"hello"])[0]
    command, path, headers = sick.asked[-1]
    assert (command, path) == ("PUT", f"/a-bucket/objects/{name[:2]}/{name}")
    assert headers["if-none-match"] == "*"
    assert headers["x-amz-checksum-sha256"] == "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="


def test_errors_of_the_store_are_tried_again_a_few_times(ill: tuple[type[Ill], S3Place]) -> None:
    sick, place = ill
    with opened(place) as store:
        sick.statuses[:] = [500, 503]
        store.put([b"hello"])
        sick.statuses[:] = [500] * 100
        with pytest.raises(StoreUnavailable):
            store.put([b"again"])
        assert len(sick.statuses) == 97


def test_a_full_store_is_no_space(ill: tuple[type[Ill], S3Place]) -> None:
    sick, place = ill
    with opened(place) as store:
        sick.code, sick.statuses[:] = "QuotaExceeded", [403]
        with pytest.raises(NoSpace):
            store.put([b"hello"])


def test_a_store_that_does_not_answer_is_given_up(ill: tuple[type[Ill], S3Place]) -> None:
    sick, place = ill
    with opened(place) as store:
        sick.delay = 3600
        for work in (lambda: store.put([b"hello"]), lambda: store.get("a" * 64), lambda: store.has("a" * 64)):
            with pytest.raises(StoreUnavailable):
                work()


@pytest.mark.timing
def test_a_store_that_does_not_answer_is_given_up_soon(ill: tuple[type[Ill], S3Place]) -> None:
    begun = time.monotonic()
    test_a_store_that_does_not_answer_is_given_up(ill)
    assert time.monotonic() - begun < 18  # three times


@pytest.mark.timing
def test_errors_of_the_store_are_given_up_soon(ill: tuple[type[Ill], S3Place]) -> None:
    begun = time.monotonic()
    test_errors_of_the_store_are_tried_again_a_few_times(ill)
    assert time.monotonic() - begun < 4


def test_logs_say_what_is_wrong_and_no_key(ill: tuple[type[Ill], S3Place], caplog: pytest.LogCaptureFixture) -> None:
    sick, place = ill
    caplog.set_level(logging.DEBUG)
    with opened(place) as store:
        sick.code, sick.statuses[:] = "SlowDown", [400] * 9
        with pytest.raises(StoreUnavailable) as caught:
            store.put([b"hello"])
    assert "SlowDown" in caplog.text
    assert place.keys is not None
    for secret in ("secretsecret", (place.keys / "secret-access-key").read_text().strip(), "AWS4-HMAC"):
        assert secret not in caplog.text + str(caught.value) + repr(store)


@pytest.mark.timing
def test_a_store_that_was_killed_is_given_up_soon(tmp_path: Path) -> None:
    with object_server() as server:
        place = S3Place(server.bucket(), server.endpoint, keys=server.keys(tmp_path / "keys"), timeout=2)
        with opened(place) as store:
            server.stop()
            begun = time.monotonic()
            for work in (lambda: store.put([b"x"]), lambda: store.get("a" * 64), lambda: store.has("a" * 64)):
                with pytest.raises(StoreUnavailable):
                    work()
            assert time.monotonic() - begun < 6


def test_a_store_that_was_killed_is_used_again_when_it_is_back(tmp_path: Path) -> None:
    with object_server() as server:
        place = S3Place(server.bucket(), server.endpoint, keys=server.keys(tmp_path / "keys"), timeout=2)
        with opened(place) as store:
            name = store.put([b"hello"])[0]
            server.stop()
            for work in (lambda: store.put([b"x"]), lambda: store.get(name), lambda: store.has(name)):
                with pytest.raises(StoreUnavailable):
                    work()
            server.start()
            assert store.get(name) == b"hello"
            assert not store.has(hashlib.sha256(b"x").hexdigest())


def test_at_start_a_line_says_what_is_wrong(place: S3Place, s3: ObjectServer, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "access-key-id").write_text(s3.access_key)
    (other / "secret-access-key").write_text("wrong")
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    (stranger / "access-key-id").write_text("nobody")
    (stranger / "secret-access-key").write_text("wrong")
    for wrong, said in (
        (S3Place("no-such-bucket", place.endpoint, keys=place.keys), "There is no bucket no-such-bucket at"),
        (S3Place(place.bucket, place.endpoint, keys=other), "refuses these keys for the bucket"),
        (S3Place(place.bucket, place.endpoint, keys=stranger), "refuses these keys for the bucket"),
        (S3Place(place.bucket, place.endpoint, keys=tmp_path / "no-keys"), "(no keys in the folder)"),
        (S3Place(place.bucket, "http://127.0.0.1:1", keys=place.keys), "cannot be used (no answer)"),
    ):
        with pytest.raises(StoreUnavailable) as caught:
            S3ArtifactStore(wrong)
        assert said in caught.value.message
        assert wrong.endpoint in caught.value.message


def test_a_bucket_that_is_gone_is_not_an_empty_one(place: S3Place, s3: ObjectServer) -> None:
    with opened(place) as store:
        name = store.put([b"hello"])[0]
        gone = s3.data / place.bucket
        gone.rename(s3.data / "elsewhere")
        for work in (lambda: store.get(name), lambda: store.has(name), lambda: store.put([b"x"])):
            with pytest.raises(StoreUnavailable):
                work()
        gone.mkdir()  # another one of the same name
        with pytest.raises(StoreUnavailable):
            store.get(name)
        gone.rmdir()
        (s3.data / "elsewhere").rename(gone)
        assert store.get(name) == b"hello"


def test_what_is_damaged_stays_for_people_to_look_at(place: S3Place, s3: ObjectServer) -> None:
    with opened(place) as store, opened(place) as replica:
        name = store.put([b"hello"])[0]
        s3.file(place.bucket, f"objects/{name[:2]}/{name}").write_bytes(b"hellO")
        for reader in (store, replica, store):
            with pytest.raises(ArtifactDamaged):
                reader.get(name)
        kept = list((s3.data / place.bucket / "quarantine" / name).iterdir())
        assert [each.read_bytes() for each in kept] == [b"hellO"]
        replica.put([b"hello"])
        assert store.get(name) == replica.get(name) == b"hello"


def test_a_changed_key_needs_no_restart(place: S3Place, s3: ObjectServer, tmp_path: Path) -> None:
    """Keys are read when they are needed, not when the service starts."""
    assert place.keys is not None
    right = (place.keys / "secret-access-key").read_text()
    with opened(place) as store:
        name = store.put([b"hello"])[0]
    (place.keys / "secret-access-key").write_text("no longer valid")
    with pytest.raises(StoreUnavailable):
        S3ArtifactStore(place)
    (place.keys / "secret-access-key").write_text(right)
    with opened(place) as store:
        assert store.get(name) == b"hello"


MEMORY = """
import resource, sys
from pathlib import Path
from enablement_ext.adapters.artifacts_s3 import S3ArtifactStore, S3Place
store = S3ArtifactStore(S3Place(sys.argv[1], sys.argv[2], keys=Path(sys.argv[3])))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
blob = bytes(range(256)) * (240 * 4096)
name = store.put([blob])[0]
put = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
del blob
assert store.has(name)
found = store.get(name)
print((put - before) // 1024, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, len(found) // 2**20)
"""


def test_a_large_file_is_never_in_memory_twice(place: S3Place, tmp_path: Path) -> None:

    command = [sys.executable, "-c", MEMORY, place.bucket, place.endpoint, str(place.keys)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ}, timeout=120).stdout
    put, both, size = (int(word) for word in said.split())
    assert size == 240
    assert put < 240 + 60
    assert both < 240 + 100
