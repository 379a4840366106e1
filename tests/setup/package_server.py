"""A company's network in small: an HTTPS server with a Python index and an npm registry, its own certificate authority, and a proxy.

Everything listens on 127.0.0.1. The certificate is good for `localhost` and for `packages.test`; that second name resolves nowhere, so what
reaches it went through the proxy.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.polling import PATIENCE

HIDDEN_NAME = "packages.test"


@dataclass(slots=True)
class PackageServer:
    """Where it listens, its authority's certificate, what it serves, and the paths that were asked for."""

    port: int
    authority: Path
    wheels: dict[str, bytes] = field(default_factory=dict)
    tarballs: dict[str, bytes] = field(default_factory=dict)
    token: str = ""
    asked: list[str] = field(default_factory=list)

    def index(self, host: str = "localhost") -> str:
        """The simple index's address."""
        return f"https://{host}:{self.port}/simple/"

    def registry(self, host: str = "localhost") -> str:
        """The npm registry's address."""
        return f"https://{host}:{self.port}/npm/"

    def add_wheel(self, name: str, content: bytes) -> str:
        """Serves a wheel and returns the lock's line for it."""
        self.wheels[name] = content
        project, version = name.split("-")[:2]
        return f"{project}=={version} --hash=sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass(slots=True)
class ConnectProxy:
    """A proxy that knows CONNECT alone and leads everywhere to one port. `targets` are the names it was asked for."""

    port: int
    targets: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving_packages(folder: Path) -> Iterator[PackageServer]:
    """A server with a certificate of a new authority, whose own certificate lies in `folder`."""
    context = _certified(folder)
    server = _Server(("127.0.0.1", 0), _Registry)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    described = PackageServer(server.server_address[1], folder / "authority.pem")
    server.described = described  # type: ignore[attr-defined]
    with _served(server):
        yield described


@contextmanager
def proxying(target: PackageServer) -> Iterator[ConnectProxy]:
    """A proxy whose every tunnel ends at the package server."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Tunnel)
    server.daemon_threads = True
    described = ConnectProxy(server.server_address[1])
    server.described, server.target = described, target.port  # type: ignore[attr-defined]
    with _served(server):
        yield described


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust the certificate hangs up; that is what some tests are about."""


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Registry(BaseHTTPRequestHandler):
    """`/simple/…` and `/files/…` for Python, `/npm/…` for npm; a token is asked for where one is set."""

    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_GET(self) -> None:
        """One page, one file, or 404."""
        served: PackageServer = self.server.described  # type: ignore[attr-defined]
        path = self.path.partition("?")[0].strip("/")
        served.asked.append(path)
        if served.token and path.startswith("npm/") and self.headers.get("Authorization") != f"Bearer {served.token}":
            self._answer(401, "application/json", b"{}")
            return
        kind, _, name = path.partition("/")
        host = self.headers.get("Host", "")
        answer = {"simple": _simple, "files": _file, "npm": _npm}.get(kind, _nothing)(served, name, host)
        if answer is None:
            self._answer(404, "text/plain", b"not here")
        else:
            self._answer(200, *answer)

    def do_HEAD(self) -> None:
        """As GET, without the content."""
        self.do_GET()

    def _answer(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Silent."""


Answer = tuple[str, bytes] | None


def _simple(served: PackageServer, name: str, _host: str) -> Answer:
    """The index's JSON form, which both pip and uv understand; it alone tells when a file was uploaded."""
    wheels = [wheel for wheel in served.wheels if wheel.partition("-")[0].replace("_", "-").lower() == name]
    files = [
        {
            "filename": wheel,
            "url": f"/files/{wheel}",
            "hashes": {"sha256": hashlib.sha256(served.wheels[wheel]).hexdigest()},
            "upload-time": "2026-01-01T00:00:00Z",
        }
        for wheel in wheels
    ]
    page = {"meta": {"api-version": "1.1"}, "name": name, "versions": ["1.0"], "files": files}
    return ("application/vnd.pypi.simple.v1+json", json.dumps(page).encode()) if wheels else None


def _file(served: PackageServer, name: str, _host: str) -> Answer:
    return ("application/octet-stream", served.wheels[name]) if name in served.wheels else None


def _npm(served: PackageServer, name: str, host: str) -> Answer:
    package, separator, tarball = name.partition("/-/")
    if package not in served.tarballs:
        return None
    content = served.tarballs[package]
    if separator and tarball:
        return "application/octet-stream", content
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    dist = {"tarball": f"https://{host}/npm/{package}/-/{package}-1.0.0.tgz", "integrity": integrity}
    version = {"name": package, "version": "1.0.0", "dist": dist}
    packument = {"name": package, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
    return "application/json", json.dumps(packument).encode()


def _nothing(_served: PackageServer, _name: str, _host: str) -> Answer:
    return None


class _Tunnel(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Reads one CONNECT and passes bytes both ways until one side ends."""
        request = self.rfile.readline().decode("latin-1").split()
        while self.rfile.readline().strip():
            pass
        if len(request) < 2 or request[0] != "CONNECT":
            self.wfile.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            return
        self.server.described.targets.append(request[1])  # type: ignore[attr-defined]
        with socket.create_connection(("127.0.0.1", self.server.target)) as there:  # type: ignore[attr-defined]
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pumped, args=(there, self.connection), daemon=True)
            back.start()
            _pumped(self.connection, there)
            back.join(timeout=PATIENCE)


def _pumped(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _certified(folder: Path) -> ssl.SSLContext:
    """A TLS context for this machine under both names, signed by an authority that nobody knows."""
    folder.mkdir(parents=True, exist_ok=True)
    key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of a test")])
    authority = _signed(issuer, issuer, key, key, [])
    names: Sequence[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.DNSName(HIDDEN_NAME),
        x509.IPAddress(ip_address("127.0.0.1")),
    ]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = _signed(subject, issuer, server_key, key, names)
    pem = serialization.Encoding.PEM
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    private = server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    names: Sequence[x509.GeneralName],
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(bool(names), False, False, False, False, not names, not names, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())
