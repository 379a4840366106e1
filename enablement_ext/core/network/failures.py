"""What a package tool's output says about the network, as one line for a person: which host was not reached, why, and what to set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from enablement_ext.core.network.config_files import Read, can_be_read
from enablement_ext.core.network.tool_settings import OFFLINE, certificates_named
from enablement_ext.core.text.addresses import text_without_credentials

PAGE = "docs/how-to/company-network.md"
OFFLINE_PAGE = "docs/how-to/offline.md"
_CERTIFICATE = (
    r"\bUnknownIssuer\b|\bCERTIFICATE_VERIFY_FAILED\b|certificate verify failed|self[- ]signed certificate"
    r"|\bUNABLE_TO_VERIFY_LEAF_SIGNATURE\b|\bSELF_SIGNED_CERT|\bUNABLE_TO_GET_ISSUER_CERT"
    r"|unable to (?:verify the first|get (?:local )?issuer) certificate"
)
_PROXY = (
    r"tunnel error|\bProxyError\b|Cannot connect to proxy|tunneling socket|Proxy Authentication Required"
    r"|HTTP error 407|statusCode=407"
)
_NAME = (
    r"dns error|failed to lookup address|\bENOTFOUND\b|\bEAI_AGAIN\b|Name or service not known"
    r"|Temporary failure in name resolution|getaddrinfo failed"
)
_LOGIN = r"\b40[13] (?:Client Error|Unauthorized|Forbidden)|HTTP error 40[13]|\bE40[13]\b|Invalid authentication"
_SILENT = (
    r"Connection refused|\bECONNREFUSED\b|\bECONNRESET\b|Connection reset|timed out|\bETIMEDOUT\b"
    r"|\bENETUNREACH\b|\bEHOSTUNREACH\b|Network is unreachable|No route to host|client error \(Connect\)"
)
_MISSING = re.compile(
    r"network was disabled|[Nn]etwork access ha(?:s|ve) been disabled|No matching distribution found|blocked because of your configuration|\bENOTCACHED\b"
)
_LAST_WORDS = 12_000  # characters; a trouble that passed stands further up in a long log
_HOSTS = (
    re.compile(r"https?://[^\s'\"<>()]+"),
    re.compile(r"host='([^']+)'"),
    re.compile(r"(?:ENOTFOUND|EAI_AGAIN) ([\w.-]+)"),
)


@dataclass(frozen=True, slots=True)
class _Cause:
    pattern: re.Pattern[str]
    why: str
    advice: str


# The first that fits: a proxy that refuses also says "connection refused".
_CAUSES = (
    _Cause(
        re.compile(_CERTIFICATE),
        "its certificate comes from an authority that is not trusted here",
        "set SSL_CERT_FILE to a file with the company's certificate authority",
    ),
    _Cause(
        re.compile(_PROXY),
        "the proxy does not let it through",
        "check HTTPS_PROXY and NO_PROXY",
    ),
    _Cause(
        re.compile(_NAME),
        "the name is not known here",
        "set HTTPS_PROXY, or the address of the company's own {index}",
    ),
    _Cause(
        re.compile(_LOGIN),
        "it wants another login",
        "put user and password or a token for it where {tool} reads them",
    ),
    _Cause(
        re.compile(_SILENT),
        "it does not answer",
        "set HTTPS_PROXY, or the address of the company's own {index}",
    ),
)
_INDEX_OF = {
    "pip": "index in PIP_INDEX_URL",
    "uv": "index in UV_DEFAULT_INDEX",
    "npm": "registry in npm_config_registry",
    "jlpm": "registry in npm_config_registry",
}


def explained(tool: str, said: str, environ: Mapping[str, str], read: Read) -> str:
    """One line about a failure to reach something, "" when the output says nothing about the network.

    `environ` is what the tool ran with.
    """
    said = said[-_LAST_WORDS:]
    folder = environ.get(OFFLINE, "")
    if folder and _MISSING.search(said):
        return f"{tool} did not find everything it needs in {folder}; make that folder anew with `make bundle`, see {OFFLINE_PAGE}"
    cause = next((cause for cause in _CAUSES if cause.pattern.search(said)), None)
    named = certificates_named(environ, read)
    if named and cause in {None, _CAUSES[0]} and not can_be_read(read, named):
        return f"{tool} cannot read the certificates in {named}; correct SSL_CERT_FILE, see {PAGE}"
    if cause is None:
        return ""
    host = _host(tool, said, environ)
    advice = cause.advice.format(tool=tool, index=_INDEX_OF.get(tool, "package index"))
    return f"{tool} could not reach {host}: {cause.why}; {advice}, see {PAGE}"


def first_words(said: str) -> str:
    """What a tool's output comes to when it is not about the network: the line that names the error, without decoration."""
    lines = [" ".join(line.split()) for line in said.splitlines() if line.strip()]
    marked = [line for line in lines if re.search(r"\berror\b|ERR!|YN0001|Usage Error", line, re.IGNORECASE)]
    return without_secrets((marked or lines[-1:] or ["it said nothing"])[0])[:300]


def without_secrets(text: str) -> str:
    """The text with user and password taken out of every address."""
    return text_without_credentials(text)


def _host(tool: str, said: str, environ: Mapping[str, str]) -> str:
    """The host that the output is about, else the one that the tool was told to ask."""
    errors = "\n".join(line for line in said.splitlines() if not re.search(r"npm help config|See: ", line))
    for pattern in _HOSTS:
        if found := pattern.search(errors):
            return urlsplit(found[0]).hostname or found[0] if "://" in found[0] else found[1]
    told = {
        "pip": "PIP_INDEX_URL",
        "uv": "UV_DEFAULT_INDEX",
        "npm": "npm_config_registry",
        "jlpm": "YARN_NPM_REGISTRY_SERVER",
    }
    return urlsplit(environ.get(told.get(tool, ""), "")).hostname or "its package index"
