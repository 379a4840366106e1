"""Certificates, proxies, cookies and logs: who else could read what the service tells a forge."""

from __future__ import annotations

import gzip
import ipaddress
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from enablement_ext.adapters.forges.client import ForgeClient
from enablement_ext.core.errors import ForgeAway
from tests.git.fake_forge import FakeForge, says, serving
from tests.git.forge_fixtures import UNHURRIED
from tests.git.test_forge_client import KEY, Plain, call
from tests.polling import PATIENCE


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def plain() -> Iterator[FakeForge]:
    with serving(Plain()) as forge:
        yield forge


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that is its own authority, with its key behind it."""
    key, name = rsa.generate_private_key(65537, 2048), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "forge")])
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(addresses, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    file = tmp_path_factory.mktemp("tls") / "ca.pem"
    file.write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM) + private)
    return file


@pytest.fixture
def secure(ca_file: Path) -> Iterator[FakeForge]:
    """The forge over https."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(ca_file)
    with serving(Plain(), tls) as forge:
        yield forge


class Proxy:
    """A proxy that forwards what follows `CONNECT` and keeps all that it could read."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.heads: list[bytes] = []
        self.forwarded = bytearray()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head and (more := client.recv(4096)):
            head += more
        self.heads.append(head)
        host, _, port = head.split()[1].decode().rpartition(":")
        server = socket.create_connection((host, int(port)), timeout=PATIENCE)
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=self._copy, args=(server, client), daemon=True).start()
        self._copy(client, server)

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.forwarded += data
                target.sendall(data)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    made = Proxy()
    with closing(made.listener):
        yield made


def test_an_authority_of_ones_own_is_trusted_and_nobody_else_is(secure: FakeForge, ca_file: Path) -> None:
    assert ForgeClient(f"{secure.url}/api", UNHURRIED, str(ca_file)).send_checked(call()).status == 200
    secure.asked.clear()
    with pytest.raises(ForgeAway):
        ForgeClient(f"{secure.url}/api", UNHURRIED).send(call())
    with pytest.raises(ForgeAway):
        ForgeClient(f"{secure.url.replace('127.0.0.1', 'localhost')}/api", UNHURRIED, str(ca_file)).send(call())
    assert secure.asked == []


def test_the_systems_authorities_may_be_named_by_the_environment(
    secure: FakeForge, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    assert ForgeClient(f"{secure.url}/api", UNHURRIED).send_checked(call()).status == 200


def test_a_file_without_certificates_is_said_at_once(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for file in (empty, tmp_path / "missing.pem"):
        with pytest.raises(ValueError, match=file.name):
            ForgeClient("https://forge.example/api", UNHURRIED, str(file))


def test_a_proxy_forwards_tls_and_reads_nothing(
    secure: FakeForge, ca_file: Path, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    assert ForgeClient(f"{secure.url}/api", UNHURRIED, str(ca_file)).send_checked(call()).status == 200
    assert [head.split()[0] for head in proxy.heads] == [b"CONNECT"]
    assert KEY in secure.asked[0].headers["authorization"]
    for seen in (*proxy.heads, bytes(proxy.forwarded)):
        assert KEY.encode() not in seen
        assert b"/api" not in seen
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert ForgeClient(f"{secure.url}/api", UNHURRIED, str(ca_file)).send_checked(call()).status == 200
    assert len(proxy.heads) == 1


@contextmanager
def all_proxies(monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[None]:
    with monkeypatch.context() as patch:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            patch.setenv(name, url)
        yield


def test_in_the_clear_no_proxy_is_asked(plain: FakeForge, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    with all_proxies(monkeypatch, proxy.url):
        assert ForgeClient(f"{plain.url}/api", UNHURRIED).send_checked(call()).status == 200
    assert proxy.heads == []


@pytest.mark.parametrize("url", ["socks5://user:proxy-password@127.0.0.1:1", "ftp://proxy-password@x", "http://[::"])
def test_a_proxy_that_cannot_be_used_is_said_at_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with all_proxies(monkeypatch, url):
        with pytest.raises(ValueError, match="proxy") as caught:
            ForgeClient("https://forge.example/api", UNHURRIED)
        assert "proxy-password" not in str(caught.value)
        ForgeClient("http://forge.example/api", UNHURRIED)  # asks none


def test_no_cookie_is_kept(plain: FakeForge) -> None:
    client = ForgeClient(f"{plain.url}/api", UNHURRIED)
    plain.faults.append(says(200, Set_Cookie="session=somebody; Path=/"))
    for _ in range(2):
        client.send_checked(call())
    assert ["cookie" in asked.headers for asked in plain.asked] == [False]


def test_a_packed_body_is_not_unpacked(plain: FakeForge) -> None:
    packed = gzip.compress(b"x" * 100_000)
    plain.faults.append(says(200, packed, Content_Encoding="gzip"))
    client = ForgeClient(f"{plain.url}/api", UNHURRIED)
    assert client.send_checked(call(max_body=len(packed))).body == packed
    client.send_checked(call())
    assert plain.asked[0].headers["accept-encoding"] == "identity"


def test_an_errors_body_is_cut(plain: FakeForge) -> None:
    plain.faults.append(says(404, b"x" * 3_000_000))
    response = ForgeClient(f"{plain.url}/api", UNHURRIED).send(call(max_body=2))
    assert response.status == 404
    assert len(response.body) == 1024 * 1024


def test_no_log_line_says_what_was_asked(plain: FakeForge, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = ForgeClient(f"{plain.url}/api", UNHURRIED)
    client.send_checked(call(path="secret-path"))
    plain.faults += [says(302, Location="http://evil.example/")]
    with pytest.raises(ForgeAway):
        client.send(call(path="secret-path"))
    assert "secret-path" not in caplog.text
    assert KEY not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith(("httpx", "httpcore"))]
