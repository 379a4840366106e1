"""Where a request came from, as it is told to the person in whose name it was made: the address, and the browser in plain words."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
UNKNOWN_BROWSER = "an unknown browser"
_MOST_HOPS = 20  # of a header that anybody can write

# The first that occurs is it: browsers name those that they descend from after their own name.
_BROWSERS = (
    (re.compile(r"\b(?:Edg|EdgA|EdgiOS)/([0-9]{1,4})\b"), "Edge"),
    (re.compile(r"\bOPR/([0-9]{1,4})\b"), "Opera"),
    (re.compile(r"\bVivaldi/([0-9]{1,4})\b"), "Vivaldi"),
    (re.compile(r"\bSamsungBrowser/([0-9]{1,4})\b"), "Samsung Internet"),
    (re.compile(r"\b(?:Firefox|FxiOS)/([0-9]{1,4})\b"), "Firefox"),
    (re.compile(r"\bHeadlessChrome/([0-9]{1,4})\b"), "Chrome without a window"),
    (re.compile(r"\b(?:Chrome|CriOS)/([0-9]{1,4})\b"), "Chrome"),
    (re.compile(r"\bVersion/([0-9]{1,4})[0-9.]* (?:Mobile/\S+ )?Safari/"), "Safari"),
)
_SYSTEMS = (
    (re.compile(r"\b(?:iPhone|iPod)\b"), "an iPhone"),
    (re.compile(r"\biPad\b"), "an iPad"),
    (re.compile(r"\bAndroid\b"), "Android"),
    (re.compile(r"\bCrOS\b"), "ChromeOS"),
    (re.compile(r"\bWindows\b"), "Windows"),
    (re.compile(r"\bMac OS X\b|\bMacintosh\b"), "macOS"),
    (re.compile(r"\bLinux\b"), "Linux"),
)


@dataclass(frozen=True, slots=True)
class Client:
    """`address` is an IP address ("": not known), `browser` words such as "Firefox 128 on Linux". Neither proves anything: a person recognises it."""

    address: str
    browser: str


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The address that a request came from: of whom it was sent to us by, or, where that is a trusted proxy, of whom that proxy names.

    `forwarded_for` is the header X-Forwarded-For, to which each proxy appends whom it was sent the request by; it is read from its end,
    because its beginning is what the client wrote. "" where there is no address.
    """
    hops = [part.strip() for part in forwarded_for.split(",") if part.strip()][-_MOST_HOPS:]
    found = _address(peer)
    while found is not None and hops and any(found in network for network in trusted):
        before = _address(hops.pop())
        if before is None:
            break
        found = before
    return "" if found is None else str(found)


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks from texts such as `10.0.0.0/8` or a single address. Raises `ValueError`."""
    return tuple(ipaddress.ip_network(text.strip()) for text in texts)


def browser_words(user_agent: str) -> str:
    """The browser and the system that a User-Agent header names, in plain words; nothing of the header itself is in them but a number."""
    text = user_agent[:1000]
    name = next((f"{words} {found[1]}" for pattern, words in _BROWSERS if (found := pattern.search(text))), "")
    system = next((words for pattern, words in _SYSTEMS if pattern.search(text)), "")
    if not name:
        return f"{UNKNOWN_BROWSER} on {system}" if system else UNKNOWN_BROWSER
    return f"{name} on {system}" if system else name


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """With a port or in brackets as well: proxies write both. An IPv4 address inside IPv6 is that IPv4 address."""
    plain = text.strip()
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        found = ipaddress.ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found
