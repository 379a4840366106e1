"""Posts to webhooks. The name is resolved once, every address it has is looked at, and the connection goes to one of those: what the name means
a moment later does not count. No redirect is followed, no proxy of the environment is used, and of an answer the status alone is read.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from enablement_ext.core.review.notifications.models import Undeliverable
from enablement_ext.core.review.notifications.webhooks import Posting

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], list[str]]

_STEP_SECONDS = 10.0
_WHOLE_SECONDS = 30.0
_FINAL = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})


def resolved(host: str, port: int) -> list[str]:
    """Every address of a name. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class WebhookClient:
    """A `WebhookPoster` over HTTP. `private` are the networks beside the public internet that may be reached; `ca_file`: "" for public authorities."""

    def __init__(self, private: tuple[Network, ...] = (), ca_file: str = "", resolve: Resolver = resolved) -> None:
        self._private, self._ca_file, self._resolve = private, ca_file, resolve

    def post(self, posting: Posting) -> None:
        """Raises `Undeliverable`."""
        parts = urlsplit(posting.url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        connection = self._connection(host, port, secure)
        limit = threading.Timer(_WHOLE_SECONDS, connection.break_off)
        limit.daemon = True
        limit.start()
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, posting.body, dict(posting.headers))
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as broken:
            raise Undeliverable(f"the receiver did not take it: {type(broken).__name__}") from None
        finally:
            limit.cancel()
            connection.close()
        if 300 <= status < 400:
            raise Undeliverable(f"the receiver answered {status}: redirects are not followed", final=True)
        if not 200 <= status < 300:
            raise Undeliverable(f"the receiver answered {status}", final=status in _FINAL)

    def _connection(self, host: str, port: int, secure: bool) -> PinnedConnection:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise Undeliverable("the receiver's name cannot be resolved") from None
        refused = [each for each in addresses if not self._may_reach(each)]
        if refused or not addresses:
            raise Undeliverable(
                "the receiver's address is a private one; see WebhookSettings.private_networks", final=True
            )
        tls = ssl.create_default_context(cafile=self._ca_file or None) if secure else None
        return PinnedConnection(host, port, addresses[0], tls)

    def _may_reach(self, text: str) -> bool:
        address = _plain(ipaddress.ip_address(text.partition("%")[0]))
        if any(address.version == network.version and address in network for network in self._private):
            return True
        return address.is_global and not address.is_multicast


class PinnedConnection(http.client.HTTPConnection):
    """A connection to one address, for a name: the certificate must be the name's."""

    def __init__(self, host: str, port: int, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=_STEP_SECONDS)
        self.default_port = 443 if tls is not None else 80  # what the Host header leaves out
        self._address, self._tls = address, tls

    def connect(self) -> None:
        """To the address, whatever the name means by now."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)

    def break_off(self) -> None:
        """From another thread: whoever waits for the receiver waits no longer."""
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _plain(address: Address) -> Address:
    """The IPv4 address within an IPv6 one, by which a private one could be written as a public one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
