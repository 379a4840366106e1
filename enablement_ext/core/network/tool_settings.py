"""One setting of the person's reaches every tool: what pip, uv, npm and yarn must be told in their own variables.

Each tool has its own variable for the certificate authority, the proxy and the index, and reads none of the others'. The order in which a
value is looked for, for each tool: its own variable; the variable that belongs to no tool (`SSL_CERT_FILE`, `HTTPS_PROXY`); another tool's
variable; its own configuration file; another tool's file; for certificates at last the system's store. Nothing is ever loosened: no
setting that switches verification off is passed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from enablement_ext.core.network.config_files import (
    Read,
    npm_settings,
    pip_settings,
    text_of,
    uv_settings,
    yarn_settings,
)

# Where Linux distributions and macOS keep the system's certificates as one file.
SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


@dataclass(frozen=True, slots=True)
class _Setting:
    """Its variables and file keys by tool; the tool "" stands for what belongs to none."""

    variables: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, tuple[str, ...]]


_CERTIFICATES = _Setting(
    {
        "": ("SSL_CERT_FILE",),
        "pip": ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
        "npm": ("npm_config_cafile",),
    },
    {"pip": ("cert",), "npm": ("cafile",)},
)
_PYTHON_INDEX = _Setting(
    {"uv": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"), "pip": ("PIP_INDEX_URL",)},
    {"uv": ("index-url",), "pip": ("index-url",)},
)
_MORE_PYTHON = _Setting(
    {"uv": ("UV_EXTRA_INDEX_URL",), "pip": ("PIP_EXTRA_INDEX_URL",)},
    {"uv": ("extra-index-url",), "pip": ("extra-index-url",)},
)
_NPM_REGISTRY = _Setting(
    {"npm": ("npm_config_registry",), "yarn": ("YARN_NPM_REGISTRY_SERVER",)},
    {"npm": ("registry",), "yarn": ("npmRegistryServer",)},
)
_HTTPS_PROXY = _Setting(
    {
        "": ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"),
        "pip": ("PIP_PROXY",),
        "npm": ("npm_config_https_proxy", "npm_config_proxy"),
        "yarn": ("YARN_HTTPS_PROXY",),
    },
    {"pip": ("proxy",), "npm": ("https-proxy", "proxy"), "yarn": ("httpsProxy",)},
)
_HTTP_PROXY = _Setting(
    {
        "": ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
        "pip": ("PIP_PROXY",),
        "npm": ("npm_config_proxy",),
        "yarn": ("YARN_HTTP_PROXY",),
    },
    {"pip": ("proxy",), "npm": ("proxy",), "yarn": ("httpProxy",)},
)
_NO_PROXY = _Setting({"": ("NO_PROXY", "no_proxy"), "npm": ("npm_config_noproxy",)}, {"npm": ("noproxy",)})


@dataclass(frozen=True, slots=True)
class _Sources:
    """Everything a person may have set, anywhere."""

    environ: Mapping[str, str]
    files: Mapping[str, Mapping[str, str]]

    def value(self, setting: _Setting, tool: str = "") -> str:
        """What this tool is to use; "" when nobody said anything."""
        return next((value for value in self._values(setting, tool) if value and value != "null"), "")

    def _values(self, setting: _Setting, tool: str) -> Iterator[str]:
        in_order = [tool, "", *(other for other in setting.variables if other not in {tool, ""})]
        yield from (self.environ.get(name, "") for each in in_order for name in setting.variables.get(each, ()))
        yield from (self.files.get(each, {}).get(key, "") for each in in_order for key in setting.keys.get(each, ()))


def passed_on(environ: Mapping[str, str], read: Read) -> dict[str, str]:
    """The variables to add to `environ` for pip, uv, npm and yarn; good for all of them at once."""
    # npm takes its variables in any case, and with a hyphen for an underscore.
    own = {
        key.lower().replace("-", "_"): value for key, value in environ.items() if key.lower().startswith("npm_config_")
    }
    files = {
        "pip": pip_settings(environ, read),
        "npm": npm_settings(environ, read),
        "yarn": yarn_settings(environ, read),
        "uv": uv_settings(environ, read),
    }
    sources = _Sources({**environ, **own}, files)
    added = _certificates(sources, read) | _indexes(sources) | _proxies(sources)
    return {name: value for name, value in added.items() if value}


def certificates_named(environ: Mapping[str, str], read: Read) -> str:
    """The file of certificate authorities that the person named somewhere, "" when none was named."""
    sources = _Sources(environ, {"pip": pip_settings(environ, read), "npm": npm_settings(environ, read)})
    return sources.value(_CERTIFICATES)


def _certificates(sources: _Sources, read: Read) -> dict[str, str]:
    store = next((path for path in SYSTEM_BUNDLES if text_of(read, path)), "")
    named = sources.value(_CERTIFICATES)
    added = {
        "PIP_CERT": sources.value(_CERTIFICATES, "pip") or store,
        "npm_config_cafile": sources.value(_CERTIFICATES, "npm") or store,
        # Yarn has no setting of the same name in all its versions, but runs on Node, which adds these to its own.
        "NODE_EXTRA_CA_CERTS": sources.environ.get("NODE_EXTRA_CA_CERTS") or named or store,
        "SSL_CERT_FILE": named if named != store else "",
    }
    # Not without a store: uv's own list is better than an empty one.
    if (named or store) and not {"UV_SYSTEM_CERTS", "UV_NATIVE_TLS"} & sources.environ.keys():
        added |= {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}  # the newer and the older name
    return added


def _indexes(sources: _Sources) -> dict[str, str]:
    registry = sources.value(_NPM_REGISTRY, "yarn")
    added = {
        "UV_DEFAULT_INDEX": sources.value(_PYTHON_INDEX, "uv"),
        "PIP_INDEX_URL": sources.value(_PYTHON_INDEX, "pip"),
        "UV_EXTRA_INDEX_URL": " ".join(sources.value(_MORE_PYTHON, "uv").split()),
        "PIP_EXTRA_INDEX_URL": " ".join(sources.value(_MORE_PYTHON, "pip").split()),
        "npm_config_registry": sources.value(_NPM_REGISTRY, "npm"),
        "YARN_NPM_REGISTRY_SERVER": registry,
    }
    if registry and not any(name.startswith("YARN_NPM_AUTH_") for name in sources.environ):
        added |= _yarn_login(registry, sources.files["npm"])
    return added


def _yarn_login(registry: str, npm: Mapping[str, str]) -> dict[str, str]:
    """npm keeps a registry's login under the registry's address without its scheme."""
    address = registry.partition(":")[2].rstrip("/") + "/"
    for key, name in ((":_authToken", "YARN_NPM_AUTH_TOKEN"), (":_auth", "YARN_NPM_AUTH_IDENT")):
        fitting = [prefix for prefix in npm if prefix.endswith(key) and address.startswith(prefix.removesuffix(key))]
        if fitting:
            return {name: npm[max(fitting, key=len)], "YARN_NPM_ALWAYS_AUTH": "true"}
    return {}


def _proxies(sources: _Sources) -> dict[str, str]:
    environ, no_proxy = sources.environ, sources.value(_NO_PROXY)
    added: dict[str, str] = {}
    for setting, upper, lower in (
        (_HTTPS_PROXY, "HTTPS_PROXY", "https_proxy"),
        (_HTTP_PROXY, "HTTP_PROXY", "http_proxy"),
    ):
        if not environ.get(upper) and not environ.get(lower):
            added[upper] = sources.value(setting)
    if not environ.get("NO_PROXY") and not environ.get("no_proxy"):
        added["NO_PROXY"] = no_proxy
    # Yarn knows its own two settings only, and no exceptions; it talks to one registry, so the exception is decided here.
    if not is_exempt(urlsplit(sources.value(_NPM_REGISTRY, "yarn")).hostname or "", no_proxy):
        added["YARN_HTTPS_PROXY"] = sources.value(_HTTPS_PROXY, "yarn")
        added["YARN_HTTP_PROXY"] = sources.value(_HTTP_PROXY, "yarn")
    return added


def is_exempt(host: str, no_proxy: str) -> bool:
    """Whether NO_PROXY names this host, a domain that it is in, or everything ("*")."""
    names = [name.strip().lower().removeprefix("*.").lstrip(".").partition(":")[0] for name in no_proxy.split(",")]
    host = host.lower()
    return any(name == "*" or (name and (host == name or host.endswith(f".{name}"))) for name in names)
