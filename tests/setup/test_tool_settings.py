"""Which variables reach which tool: what a person set in one place, anywhere, is what pip, uv, npm and yarn are told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from enablement_ext.core.network.failures import explained, first_words, without_secrets
from enablement_ext.core.network.tool_settings import SYSTEM_BUNDLES, certificates_named, is_exempt, passed_on

STORE = SYSTEM_BUNDLES[0]
INDEX, REGISTRY, PROXY = "https://packages.test/simple/", "https://packages.test/npm/", "http://proxy.test:3128"


def told(environ: Mapping[str, str], files: Mapping[str, str] | None = None) -> dict[str, str]:
    """What is added for an account with these variables and these files, "~" being its home."""
    kept = {path.replace("~", "/home/dana"): text for path, text in (files or {}).items()}

    def read(path: Path) -> str:
        if str(path) not in kept:
            raise FileNotFoundError(path)
        return kept[str(path)]

    return passed_on({"HOME": "/home/dana", **environ}, read)


def test_nothing_set_and_no_store_changes_nothing() -> None:
    assert told({}) == {}


def test_the_systems_store_reaches_every_tool() -> None:
    assert told({}, {STORE: "certificates"}) == {
        "PIP_CERT": STORE,
        "npm_config_cafile": STORE,
        "NODE_EXTRA_CA_CERTS": STORE,
        "UV_SYSTEM_CERTS": "1",
        "UV_NATIVE_TLS": "1",
    }


@pytest.mark.parametrize(
    ("environ", "files"),
    [
        ({"SSL_CERT_FILE": "/ca.pem"}, {}),
        ({"PIP_CERT": "/ca.pem"}, {}),
        ({"REQUESTS_CA_BUNDLE": "/ca.pem"}, {}),
        ({"NPM_CONFIG_CAFILE": "/ca.pem"}, {}),
        ({}, {"/etc/pip.conf": "[global]\ncert = /ca.pem\n"}),
        ({}, {"~/.npmrc": 'cafile="/ca.pem"\n'}),
        # A variable counts more than a file.
        (
            {"SSL_CERT_FILE": "/ca.pem"},
            {"~/.config/pip/pip.conf": "[global]\ncert = /old.pem\n", "/etc/npmrc": "cafile=/old.pem"},
        ),
    ],
)
def test_certificates_named_anywhere_reach_every_tool(environ: dict[str, str], files: dict[str, str]) -> None:
    added = told(environ, {STORE: "certificates", **files})
    for name in ("SSL_CERT_FILE", "PIP_CERT", "npm_config_cafile", "NODE_EXTRA_CA_CERTS"):
        assert added[name] == "/ca.pem", name
    assert added["UV_SYSTEM_CERTS"] == "1"


def test_a_tools_own_variable_counts_most() -> None:
    added = told(
        {"SSL_CERT_FILE": "/ca.pem", "PIP_CERT": "/pip.pem", "NODE_EXTRA_CA_CERTS": "/node.pem", "UV_SYSTEM_CERTS": "0"}
    )
    assert added["PIP_CERT"] == "/pip.pem"
    assert added["NODE_EXTRA_CA_CERTS"] == "/node.pem"
    assert added["npm_config_cafile"] == "/ca.pem"
    assert "UV_SYSTEM_CERTS" not in added


@pytest.mark.parametrize(
    ("environ", "files"),
    [
        ({"PIP_INDEX_URL": INDEX}, {}),
        ({"UV_INDEX_URL": INDEX}, {}),
        ({"UV_DEFAULT_INDEX": INDEX}, {"/etc/pip.conf": "[global]\nindex-url = https://old.test/\n"}),
        ({}, {"~/.config/pip/pip.conf": f"[global]\nindex-url = {INDEX}\n"}),
        ({}, {"/etc/pip.conf": f"[install]\nindex_url = {INDEX}\n"}),
        ({"PIP_CONFIG_FILE": "/other.conf"}, {"/other.conf": f"[global]\nindex-url = {INDEX}\n"}),
        ({}, {"~/.config/uv/uv.toml": f'[[index]]\nurl = "{INDEX}"\ndefault = true\n'}),
        ({}, {"/etc/uv/uv.toml": f'[pip]\nindex-url = "{INDEX}"\n'}),
    ],
)
def test_an_index_named_for_pip_or_uv_reaches_both(environ: dict[str, str], files: dict[str, str]) -> None:
    added = told(environ, files)
    assert (added["UV_DEFAULT_INDEX"], added["PIP_INDEX_URL"]) == (INDEX, INDEX)


def test_further_indexes_reach_both() -> None:
    added = told({}, {"/etc/pip.conf": "[global]\nextra-index-url =\n  https://a.test/\n  https://b.test/\n"})
    assert added["UV_EXTRA_INDEX_URL"] == added["PIP_EXTRA_INDEX_URL"] == "https://a.test/ https://b.test/"


@pytest.mark.parametrize(
    ("environ", "files"),
    [
        ({"npm_config_registry": REGISTRY}, {}),
        ({"NPM_CONFIG_REGISTRY": REGISTRY}, {"~/.npmrc": "registry=https://old.test/"}),
        ({"YARN_NPM_REGISTRY_SERVER": REGISTRY}, {}),
        ({}, {"~/.npmrc": f"; ours\nregistry={REGISTRY}\n"}),
        ({"WHERE": "packages.test"}, {"/usr/etc/npmrc": "registry=https://${WHERE}/npm/"}),
        ({}, {"~/.yarnrc.yml": f'npmRegistryServer: "{REGISTRY}"\n'}),
    ],
)
def test_a_registry_named_for_npm_or_yarn_reaches_both(environ: dict[str, str], files: dict[str, str]) -> None:
    added = told(environ, files)
    assert (added["npm_config_registry"], added["YARN_NPM_REGISTRY_SERVER"]) == (REGISTRY, REGISTRY)


def test_the_login_of_npms_registry_reaches_yarn_and_no_others_does() -> None:
    npmrc = f"registry={REGISTRY}\n//packages.test/npm/:_authToken=ours\n//other.test/:_authToken=another\n"
    added = told({}, {"~/.npmrc": npmrc})
    assert (added["YARN_NPM_AUTH_TOKEN"], added["YARN_NPM_ALWAYS_AUTH"]) == ("ours", "true")
    elsewhere = told({"npm_config_registry": "https://packages.test.evil.test/npm/"}, {"~/.npmrc": npmrc})
    assert "YARN_NPM_AUTH_TOKEN" not in elsewhere


@pytest.mark.parametrize(
    ("environ", "files"),
    [
        ({"https_proxy": PROXY}, {}),
        ({"ALL_PROXY": PROXY}, {}),
        ({"PIP_PROXY": PROXY}, {}),
        ({}, {"~/.npmrc": f"https-proxy={PROXY}\n"}),
        ({}, {"/etc/pip.conf": f"[global]\nproxy = {PROXY}\n"}),
    ],
)
def test_a_proxy_named_anywhere_reaches_every_tool(environ: dict[str, str], files: dict[str, str]) -> None:
    everything = environ | told(environ, files)
    assert PROXY in {everything.get("HTTPS_PROXY"), everything.get("https_proxy")}
    assert everything["YARN_HTTPS_PROXY"] == PROXY


def test_yarn_which_knows_no_exceptions_gets_no_proxy_for_a_registry_that_is_one() -> None:
    asked = {"HTTPS_PROXY": PROXY, "npm_config_registry": REGISTRY, "NO_PROXY": "localhost,.test"}
    assert "YARN_HTTPS_PROXY" not in told(asked)
    assert told(asked | {"NO_PROXY": "localhost"})["YARN_HTTPS_PROXY"] == PROXY


@pytest.mark.parametrize(
    ("host", "no_proxy", "exempt"),
    [
        ("packages.test", "packages.test", True),
        ("packages.test", "*.test", True),
        ("packages.test", ".test:443 , x", True),
        ("packages.test", "*", True),
        ("packages.test", "ages.test", False),
        ("packages.test", "", False),
        ("", "", False),
    ],
)
def test_no_proxy(host: str, no_proxy: str, *, exempt: bool) -> None:
    assert is_exempt(host, no_proxy) is exempt


def test_broken_files_count_as_empty() -> None:
    files = {
        "/etc/pip.conf": "no section\n",
        "/etc/uv/uv.toml": "= [",
        "~/.npmrc": "\n=\nnothing",
        "~/.yarnrc.yml": "- 1",
    }
    assert told({}, files) == {}


def test_verification_is_never_switched_off() -> None:
    files = {"/etc/pip.conf": "[global]\ntrusted-host = packages.test\n", "~/.npmrc": "strict-ssl=false\n"}
    assert told({"PIP_TRUSTED_HOST": "packages.test", "npm_config_strict_ssl": "false"}, files) == {}


def test_the_named_file_of_certificates_is_the_persons_and_not_the_systems() -> None:
    assert certificates_named({"SSL_CERT_FILE": "/gone.pem"}, Path.read_text) == "/gone.pem"


@pytest.mark.parametrize(
    ("tool", "said", "line"),
    [
        (
            "uv",
            "error: Failed to fetch: https://packages.test:8/simple/six/\n  cause: invalid peer certificate: UnknownIssuer",
            "uv could not reach packages.test: its certificate comes from an authority that is not trusted here; set SSL_CERT_FILE",
        ),
        (
            "pip",
            "HTTPSConnectionPool(host='packages.test', port=443): Max retries exceeded (Caused by SSLError(CERTIFICATE_VERIFY_FAILED))",
            "pip could not reach packages.test: its certificate comes from an authority that is not trusted here; set SSL_CERT_FILE",
        ),
        (
            "jlpm",
            "RequestError: getaddrinfo ENOTFOUND packages.test\n at TLSSocket",
            "jlpm could not reach packages.test: the name is not known here; set HTTPS_PROXY, or the address of the company's own registry",
        ),
        (
            "uv",
            "Failed to fetch: https://dana:pw@packages.test/simple/\n tunnel error: failed\n tcp connect error: Connection refused",
            "uv could not reach packages.test: the proxy does not let it through; check HTTPS_PROXY and NO_PROXY",
        ),
        (
            "npm",
            "npm error code E401\nnpm error 401 Unauthorized - GET https://packages.test/npm/six",
            "npm could not reach packages.test: it wants another login; put user and password or a token",
        ),
        (
            "npm",
            "npm error connect ECONNREFUSED 127.0.0.1:9",
            "npm could not reach its package index: it does not answer",
        ),
    ],
)
def test_one_line_says_which_tool_did_not_reach_what_and_what_to_set(tool: str, said: str, line: str) -> None:
    answer = explained(tool, said, {})
    assert answer.startswith(line)
    assert "\n" not in answer
    assert "pw" not in answer


@pytest.mark.parametrize(
    "said", ["ModuleNotFoundError: No module named 'x'", "Hash mismatch for six", "error code 401", ""]
)
def test_other_failures_are_not_blamed_on_the_network(said: str) -> None:
    assert explained("uv", said, {}) == ""


def test_a_file_of_certificates_that_cannot_be_read_is_named() -> None:
    assert explained("pip", "OSError: no", {}, "/gone.pem").startswith("pip cannot read the certificates in /gone.pem")


def test_other_failures_come_to_the_line_that_names_the_error() -> None:
    assert first_words("Resolving\n\n  error:   it broke\n hint: no\n") == "error: it broke"
    assert first_words("\n") == "it said nothing"
    assert without_secrets("at https://dana:pw@packages.test/x") == "at https://packages.test/x"
