"""Artifacts as objects named by their hash in a bucket that speaks the S3 API: for any number of replicas.

    PREFIX/objects/ab/abcd…        the artifacts
    PREFIX/quarantine/abcd…/HASH   what was found in an artifact's place, under the hash it has now, for people to look at
    PREFIX/enablement-artifacts    says that this is the place and not an empty bucket of the same name, and whose bytes these are
    PREFIX/enablement-probe        written now and then to see that it can be

An object is made with `If-None-Match: *` and its SHA-256, which the store checks before it answers, so that two writers make one object
and what was acknowledged has arrived whole. Nothing is ever deleted: a damaged copy stays in its place until the same bytes are stored
again, because a store of this kind cannot promise that what is deleted is still the damaged copy and not another replica's good one.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from enablement_ext.core.errors import ArtifactDamaged, NoSpace, StoreUnavailable
from enablement_ext.core.text.identifiers import SHA256_HEX

if TYPE_CHECKING:  # the package says that these exist for type checkers only
    from obstore.store import ClientConfig, S3Config, S3Credential

log = logging.getLogger(__name__)

ACCESS_KEY_FILE, SECRET_KEY_FILE, SESSION_TOKEN_FILE = "access-key-id", "secret-access-key", "session-token"
_MARKER = "enablement-artifacts"
_PROBE = "enablement-probe"
_PROBE_SECONDS = 60.0
_LARGE = 4 * 1024 * 1024  # from here on an upload is worth asking first, and takes its time
_PIECE = 4 * 1024 * 1024
_PATIENCE = 10  # so many times the time-out may a large object take as a whole
_CONNECT_SECONDS = 5.0
_RETRIES = 2
_KEYS_SECONDS = 300.0  # so late is a file with a new key read
_AT_ONCE = 8
_REASON = re.compile(r"<Code>(\w{1,60})</Code>")
_FULL = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "EntityQuotaExceeded"})
_REFUSED = frozenset(
    {"SignatureDoesNotMatch", "InvalidAccessKeyId", "AccessDenied", "XAdminUserNotFound", "ExpiredToken"}
)
_SIGNS = {
    "External AWS credential provider": "no keys in the folder",
    "169.254.": "no keys",  # nothing in the environment, so that a machine's own service was asked for some
    "timed out": "no answer in time",
    "error sending request": "no answer",
}


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where the bucket is. `endpoint` is empty for AWS itself; `keys` is a folder with the files `access-key-id` and
    `secret-access-key` (and `session-token`), without it the AWS variables of the environment count; `timeout` in seconds.
    """

    bucket: str
    endpoint: str = ""
    region: str = "us-east-1"
    prefix: str = ""
    path_style: bool = True
    keys: Path | None = None
    timeout: float = 10.0


def place_named_in(environ: Mapping[str, str]) -> S3Place:
    """The place that the variables ENABLEMENT_S3_… name, for commands. Raises `StoreUnavailable` where they name no bucket."""
    bucket, endpoint = environ.get("ENABLEMENT_S3_BUCKET", ""), environ.get("ENABLEMENT_S3_ENDPOINT", "")
    if not bucket:
        raise StoreUnavailable("Set ENABLEMENT_S3_BUCKET to the bucket that artifacts are kept in.")
    return S3Place(
        bucket,
        endpoint,
        region=environ.get("ENABLEMENT_S3_REGION") or environ.get("AWS_REGION") or "us-east-1",
        prefix=environ.get("ENABLEMENT_S3_PREFIX", ""),
        path_style=bool(endpoint),
        keys=Path(environ["ENABLEMENT_S3_KEYS"]) if environ.get("ENABLEMENT_S3_KEYS") else None,
    )


class _Standing(Enum):
    """What is in an artifact's place."""

    MISSING = auto()
    SAME = auto()
    DAMAGED = auto()


class S3ArtifactStore:
    """An `ArtifactStore` in a bucket, which must exist. Safe from any thread."""

    def __init__(self, place: S3Place) -> None:
        """Marks the place. Raises `StoreUnavailable` with what is wrong: no such bucket, keys refused, nobody there."""
        self._place = place
        self._quick = _client(place, total=place.timeout)
        self._large = _client(place, total=place.timeout * _PATIENCE)
        self._reading = _client(place, total=place.timeout * _PATIENCE, silence=place.timeout)
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="artifact-s3")
        self._damaged: set[str] = set()
        self._probed_at = float("-inf")
        self._prepare()

    def put(self, blobs: Sequence[bytes | memoryview]) -> list[str]:
        """Store all blobs and return their hashes in order once the store has acknowledged all. Raises `NoSpace`, `StoreUnavailable`."""
        wanted: dict[str, bytes | memoryview] = {}
        names = [hashlib.sha256(blob).hexdigest() for blob in blobs]
        wanted.update(zip(names, blobs, strict=True))
        if len(wanted) == 1:
            self._store(names[0], blobs[0])
        else:
            for _ in self._pool.map(self._store, wanted.keys(), wanted.values()):
                pass
        return names

    def get(self, sha256: str) -> bytes:
        """The bytes, verified. A damaged copy is kept in quarantine too. Raises `ArtifactDamaged`, `StoreUnavailable`."""
        blob = self._read(sha256) if SHA256_HEX.fullmatch(sha256) else None
        if blob is None:
            raise ArtifactDamaged(facts={"sha256": sha256, "missing": True})
        if hashlib.sha256(blob).hexdigest() != sha256:
            self._set_aside(sha256, blob)
            raise ArtifactDamaged(facts={"sha256": sha256, "missing": False})
        return blob

    def has(self, sha256: str) -> bool:
        """Whether the bytes are there and were not found damaged by this process. Raises `StoreUnavailable`."""
        if not SHA256_HEX.fullmatch(sha256) or sha256 in self._damaged:
            return False
        with _translated():
            try:
                obstore.head(self._quick, _path(sha256))
            except FileNotFoundError:
                self._must_be_here()
                return False
        return True

    def ready(self) -> None:
        """Reads the marker, and once a minute writes an object. Raises `StoreUnavailable`, `NoSpace`."""
        with _translated():
            self._must_be_here()
            if time.monotonic() - self._probed_at > _PROBE_SECONDS:
                obstore.put(self._quick, _PROBE, b"", use_multipart=False)
                self._probed_at = time.monotonic()

    def owner(self) -> str:
        """What the marker says. Raises `StoreUnavailable`."""
        with _translated():
            self._must_be_here()
            return bytes(obstore.get(self._quick, _MARKER).bytes()).decode("ascii").strip()

    def belong_to(self, instance: str) -> None:
        """Writes the marker. Raises `StoreUnavailable`, `NoSpace`."""
        with _translated():
            obstore.put(self._quick, _MARKER, instance.encode(), use_multipart=False)

    def close(self) -> None:
        """Wait for what is being stored."""
        self._pool.shutdown()

    def _prepare(self) -> None:
        with _translated(), _explained(self._place):
            try:
                obstore.put(self._quick, _MARKER, b"", mode="create", use_multipart=False)
            except AlreadyExistsError:
                return

    def _store(self, name: str, blob: bytes | memoryview) -> None:
        """Make the object unless exactly these bytes are there."""
        large = len(blob) >= _LARGE
        with _translated():
            # A large one is not sent in vain: a store that refuses it early ends the connection, and its answer is lost.
            standing = self._standing(name, blob) if large else _Standing.MISSING
            client = self._large if large else self._quick
            if standing is _Standing.MISSING:
                try:
                    obstore.put(client, _path(name), blob, mode="create", use_multipart=False)
                    standing = _Standing.SAME
                except AlreadyExistsError:
                    standing = self._standing(name, blob)
                except BaseError:
                    # Somebody else may have made it meanwhile, and the refusal may have been lost in the middle of the upload.
                    standing = self._standing(name, blob) if large else _Standing.MISSING
                    if standing is _Standing.MISSING:
                        raise
            if standing is not _Standing.SAME:
                obstore.put(client, _path(name), blob, use_multipart=False)
                log.warning("artifact %s was stored anew in place of a damaged copy", name)
        self._damaged.discard(name)

    def _standing(self, name: str, blob: bytes | memoryview) -> _Standing:
        """Whether exactly these bytes are there; a copy that is damaged is kept in quarantine too."""
        try:
            if obstore.head(self._quick, _path(name))["size"] == len(blob) and self._same(name, blob):
                return _Standing.SAME
        except FileNotFoundError:
            return _Standing.MISSING
        self._set_aside(name, self._read(name) or b"")
        return _Standing.DAMAGED

    def _same(self, name: str, blob: bytes | memoryview) -> bool:
        at = 0
        rest = memoryview(blob)
        for piece in obstore.get(self._reading, _path(name)).stream(min_chunk_size=_PIECE):
            if rest[at : at + len(piece)] != piece:
                return False
            at += len(piece)
        return at == len(blob)

    def _read(self, name: str) -> bytes | None:
        """What is there, None where nothing is. Never in memory twice."""
        with _translated():
            try:
                found = obstore.get(self._reading, _path(name))
            except FileNotFoundError:
                self._must_be_here()
                return None
            whole = io.BytesIO()  # gives its own buffer out, where joining pieces would copy them
            for piece in found.stream(min_chunk_size=_PIECE):
                whole.write(piece)
            return whole.getvalue()

    def _set_aside(self, name: str, damaged: bytes) -> None:
        self._damaged.add(name)
        log.error("artifact %s is damaged; what is in its place was copied to quarantine", name)
        path = f"quarantine/{name}/{hashlib.sha256(damaged).hexdigest()}"
        try:
            obstore.put(self._large, path, damaged, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return
        except BaseError as error:
            log.warning("artifact %s could not be copied to quarantine: %s", name, reason(error))

    def _must_be_here(self) -> None:
        """A bucket that has gone, or another one in its place, is a store that is away and not one without artifacts."""
        try:
            obstore.head(self._quick, _MARKER)
        except FileNotFoundError:
            raise StoreUnavailable("The artifact store is not there.") from None


def reason(error: Exception) -> str:
    """What went wrong, in a word or two: the answer itself may name keys, and is not for logs."""
    message = str(error)
    code = _REASON.search(message)
    if code:
        return code[1]
    return next((meaning for sign, meaning in _SIGNS.items() if sign in message), type(error).__name__)


def _client(place: S3Place, *, total: float, silence: float | None = None) -> S3Store:
    """A client with its own connections. `total` bounds one request, `silence` the wait for its next piece, both in seconds."""
    options: ClientConfig = {
        "connect_timeout": timedelta(seconds=min(_CONNECT_SECONDS, place.timeout)),
        "timeout": timedelta(seconds=total),
        "allow_http": place.endpoint.startswith("http://"),
    }
    if silence is not None:
        options["read_timeout"] = timedelta(seconds=silence)
    config: S3Config = {
        "region": place.region,
        "virtual_hosted_style_request": not place.path_style,
        "checksum_algorithm": "SHA256",
        "conditional_put": "etag",
    }
    if place.endpoint:
        config["endpoint"] = place.endpoint
    return S3Store(
        place.bucket,
        prefix=place.prefix.strip("/") or None,
        config=config,
        client_options=options,
        retry_config={
            "max_retries": _RETRIES,
            "retry_timeout": timedelta(seconds=place.timeout),
            "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1), "base": 2},
        },
        credential_provider=_keys_in(place.keys) if place.keys is not None else None,
    )


def _keys_in(folder: Path) -> Callable[[], S3Credential]:
    """Keys from files, read again every few minutes, so that a changed Secret needs no restart."""

    def read() -> S3Credential:
        token = folder / SESSION_TOKEN_FILE
        return {
            "access_key_id": (folder / ACCESS_KEY_FILE).read_text().strip(),
            "secret_access_key": (folder / SECRET_KEY_FILE).read_text().strip(),
            "token": token.read_text().strip() if token.exists() else None,
            "expires_at": datetime.now(UTC) + timedelta(seconds=_KEYS_SECONDS),
        }

    return read


def _path(sha256: str) -> str:
    return f"objects/{sha256[:2]}/{sha256}"


@contextmanager
def _translated() -> Iterator[None]:
    """Translates the object store's errors into ours."""
    try:
        yield
    except (BaseError, OSError) as error:
        why = reason(error)
        log.warning("artifact store: %s", why)
        raise (NoSpace() if why in _FULL else StoreUnavailable()) from None


@contextmanager
def _explained(place: S3Place) -> Iterator[None]:
    """At start somebody is setting it up: say what is wrong."""
    endpoint = place.endpoint or f"AWS, region {place.region}"
    try:
        yield
    except AlreadyExistsError:
        raise
    except (BaseError, OSError) as error:
        why = reason(error)
        log.warning("artifact store: %s", why)
        if why == "NoSuchBucket":
            raise StoreUnavailable(
                f"There is no bucket {place.bucket} at {endpoint}. Make it, or name another."
            ) from None
        if why in _REFUSED or isinstance(error, PermissionDeniedError | UnauthenticatedError):
            raise StoreUnavailable(
                f"The object store at {endpoint} refuses these keys for the bucket {place.bucket} ({why})."
            ) from None
        raise StoreUnavailable(f"The object store at {endpoint} cannot be used ({why}).") from None
