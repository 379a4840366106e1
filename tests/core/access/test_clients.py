"""Where a request came from, in an address and in plain words."""

from __future__ import annotations

import pytest

from enablement_ext.core.access.clients import LOOPBACK, browser_words, client_address, parse_networks

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
PROXIES = (*LOOPBACK, *parse_networks(["10.0.0.0/8", "2001:db8::7"]))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (CHROME, "Chrome 141 on Linux"),
        (CHROME.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64") + " Edg/141.0.2", "Edge 141 on Windows"),
        (CHROME + " OPR/120.0.0.0", "Opera 120 on Linux"),
        (CHROME.replace("Chrome/", "HeadlessChrome/"), "Chrome without a window 141 on Linux"),
        (CHROME.replace("X11; Linux x86_64", "X11; CrOS x86_64 1"), "Chrome 141 on ChromeOS"),
        (CHROME.replace("X11; Linux x86_64", "Linux; Android 15"), "Chrome 141 on Android"),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128 on Linux"),
        (f"{MAC} Version/18.1 Safari/605.1.15", "Safari 18 on macOS"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1",
            "Safari 18 on an iPhone",
        ),
        (f"{MAC} CriOS/141.0 Mobile/15E148 Safari/604.1", "Chrome 141 on macOS"),
        ("python-requests/2.32", "an unknown browser"),
        ("curl/8.5.0 (Windows)", "an unknown browser on Windows"),
        ("", "an unknown browser"),
        ("<script>alert(1)</script> Firefox/12345678", "an unknown browser"),
    ],
)
def test_a_browser_in_plain_words(header: str, words: str) -> None:
    assert browser_words(header) == words


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("192.0.2.4", "", "192.0.2.4"),
        ("192.0.2.4", "198.51.100.1", "192.0.2.4"),  # nobody whom we trust: what it says of others counts for nothing
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the first is what the client wrote itself
        ("127.0.0.1", "203.0.113.9, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("2001:db8::7", "[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.1.2.3", "198.51.100.1, nonsense", "10.1.2.3"),  # what is no address ends the chain
        ("10.1.2.3", " , ,", "10.1.2.3"),
        ("10.1.2.3", "10.2.2.2", "10.2.2.2"),
        ("10.1.2.3", "unknown, " + "10.0.0.1, " * 5000, "10.0.0.1"),
        ("", "198.51.100.1", ""),
        ("<script>", "", ""),
    ],
)
def test_the_address_is_what_trusted_proxies_say(peer: str, forwarded: str, found: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == found


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        parse_networks(["10.0.0.0/8", "everywhere"])
