"""Security headers. Every answer carries a base set; answers with user bytes and pages carry more.

A stored file is never shown by the browser: it is an attachment of no type that sniffing could change, in a sandbox without an
origin, so that even a mistake elsewhere cannot make it script of this host.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

EVERY: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)

# A page of ours: its own style and script only, and not in anybody's frame. What opened it is cut off (Cross-Origin-Opener-Policy): it
# has no window to navigate, to close or to measure (docs/adr/0031-decision-origin.md).
_PAGE_POLICY = (
    "default-src 'none'; img-src {images}; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; require-trusted-types-for 'script'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action {form}"
)


def page_headers(nonce: str, form_action: str = "'none'", images: str = "'none'") -> dict[str, str]:
    """Headers of a page whose style and script elements carry this nonce. `form_action` and `images` are CSP source lists."""
    return {
        "Cross-Origin-Opener-Policy": "same-origin",
        # With "no-referrer" a browser sends `Origin: null` with the page's own form.
        "Referrer-Policy": "same-origin",
        "Content-Security-Policy": _PAGE_POLICY.format(nonce=nonce, form=form_action, images=images),
        "X-Frame-Options": "DENY",
    }


def attachment_headers(name: str) -> dict[str, str]:
    """Headers of a download. The name is the last part of a path, and text only: quotes, controls and non-ASCII are encoded."""
    last = name.rsplit("/", 1)[-1] or "file"
    plain = "".join(mark if mark.isascii() and (mark.isalnum() or mark in "-_. ") else "_" for mark in last)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(last, safe='')}",
        "X-Frame-Options": "DENY",
    }
