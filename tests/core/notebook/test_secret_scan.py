"""Secrets are found where people leave them, harmless texts are not, and no finding says what it found.

The secrets are put together at run time so that no scanner (and no push protection) takes this file for a leak.
"""

from __future__ import annotations

import base64
import dataclasses
import random
import time

import pytest

from enablement_ext.core.notebook.secret_rules import RULES
from enablement_ext.core.notebook.secret_scan import (
    MOST_FINDINGS,
    ScannedText,
    file_part,
    find_secrets,
    notebook_parts,
    suspicious,
)
from tests.core.notebook.factories import Json, code, display, markdown, stored, stream

_HEX = "0123456789abcdef" * 4
_MIXED = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA" * 4


def _j(*parts: str) -> str:
    return "".join(parts)


_SECRETS = {
    "aws": ("aws-access-key", _j("AK", "IA", "IOSFODNN7ABCDEFG")),
    "aws example": ("aws-access-key", _j("AK", "IA", "IOSFODNN7EXAMPLE")),
    "github": ("github-token", _j("gh", "p_", _MIXED[:36])),
    "github fine-grained": ("github-token", _j("github", "_pat_", _MIXED[:22], "_", _MIXED[:59])),
    "gitlab": ("gitlab-token", _j("gl", "pat-", _MIXED[:20])),
    "slack": ("slack-token", _j("xo", "xb-123456789012-", _MIXED[:24])),
    "slack webhook": ("slack-webhook", _j("https://hooks.slack", ".com/services/T01234567/B01234567/", _MIXED[:24])),
    "google": ("google-api-key", _j("AI", "za", _MIXED[:35])),
    "google oauth": ("google-oauth", _j("GOC", "SPX-", _MIXED[:28])),
    "stripe": ("stripe-key", _j("sk", "_live_", _MIXED[:24])),
    "pypi": ("pypi-token", _j("py", "pi-AgE", _MIXED[:80])),
    "npm": ("npm-token", _j("np", "m_", _MIXED[:36])),
    "hugging face": ("huggingface-token", _j("h", "f_", _MIXED[:34])),
    "anthropic": ("anthropic-key", _j("sk-", "ant-api03-", _MIXED[:90])),
    "openai": ("openai-key", _j("s", "k-", _MIXED[:48])),
    "openai project": ("openai-key", _j("sk-", "proj-", _MIXED[:60])),
    "databricks": ("databricks-token", _j("da", "pi", _HEX[:32])),
    "sendgrid": ("sendgrid-key", _j("S", "G.", _MIXED[:22], ".", _MIXED[:43])),
    "azure storage": (
        "azure-storage-key",
        _j("DefaultEndpointsProtocol=https;Account", "Key=", _MIXED[:86], "==;EndpointSuffix=x"),
    ),
    "azure sas": ("azure-sas", _j("https://a.blob.core.windows.net/c?sv=2022&s", "ig=", _MIXED[:43], "%3D")),
    "jwt": ("json-web-token", _j("ey", "JhbGciOiJIUzI1NiJ9.", "ey", "JzdWIiOiIxMjM0NTY3ODkwIn0.", _MIXED[:43])),
    "private key": ("private-key", _j("-----BEGIN RSA ", "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA")),
    "private key, escaped": ("private-key", _j('{"private_key": "-----BEGIN ', "PRIVATE KEY-----\\nMIIE")),
    "openssh key": ("private-key", _j("-----BEGIN OPENSSH ", "PRIVATE KEY-----\nb3Blbn")),
    "pgp key": ("private-key", _j("-----BEGIN PGP ", "PRIVATE KEY BLOCK-----\n\nlQOY")),
    "database url": ("url-password", _j("postgresql+psycopg://bob:", "s3cr3t", "@db.example.org/x")),
    "url without user": ("url-password", _j("redis://:", "s3cr3t", "@cache:6379/0")),
    "git url": ("url-password", _j("https://oauth2:", _MIXED[:20], "@gitlab.example.org/a.git")),
    "password": ("password", _j("password = ", '"hunter2"')),
    "password, f-string-free": ("password", _j("conn = connect(user='x', pass", "wd='S3cr3t!pass')")),
    "password in a dict": ("password", _j('{"pass', 'word": "Tr0ub4dor&3"}')),
    "password in upper case": ("password", _j("DB_PASS", 'WORD="p4ssw0rd99"')),
    "password in .env": ("password", _j("# db\nDB_PASS", "WORD=hunter2abc\nX=1")),
    "password in yaml": ("password", _j("db:\n  pass", "word: hunter2abc\n")),
    "exported": ("password", _j("export API_TO", "KEN=", _MIXED[:24])),
    "key": ("key", _j("api_", 'key="', _HEX[:32], '"')),
    "key, with spaces": ("key", _j("client_se", "cret  =  '", _MIXED[:30], "'")),
    "environment": ("key", _j('os.environ["AWS_SECRET_', 'ACCESS_KEY"] = "', _MIXED[:40], '"')),
    "bearer": ("bearer-token", _j('headers = {"Authorization": "Bear', "er ", _HEX[:40], '"}')),
}


@pytest.mark.parametrize("name", _SECRETS)
def test_secrets_are_found(name: str) -> None:
    rule, text = _SECRETS[name]
    assert rule in [finding.rule for finding in find_secrets([ScannedText("here", f"x = 1\n{text}\ny = 2")])]


@pytest.mark.parametrize("name", _SECRETS)
def test_no_finding_contains_the_secret_or_a_part_of_it(name: str) -> None:
    _, text = _SECRETS[name]
    for finding in find_secrets([ScannedText("here", text)]):
        said = "".join(str(worth) for worth in dataclasses.asdict(finding).values())
        assert not any(
            text[at : at + 6] in said
            for at in range(len(text) - 6)
            if any(sign.isdigit() for sign in text[at : at + 6])
        )


@pytest.mark.parametrize(
    "text",
    [
        "password = getpass()",
        'password = getpass.getpass("Password: ")',
        'password = input("Your password? ")',
        'token = os.environ["TOKEN"]',
        'api_key = os.getenv("OPENAI_API_KEY")',
        "password = cfg.password1",
        "password = settings.db_password_2",
        "password=PASSWORD_1,",
        'password = "your-password-1"',
        'password = "<insert 1 here>"',
        'password = "********"',
        'password = "xxxxxxxx1"',
        'secret = "${SECRET_1}"',
        'secret = "{{ vault.secret_1 }}"',
        'api_key = f"{prefix}1234567890abcdef"',
        'password = ""',
        'password = "password"',
        'pad_token = "<pad>"',
        'eos_token = "<|endoftext|>"',
        'tokenizer_name = "distilbert-base-uncased-finetuned-sst-2-english"',
        'token_url = "https://login.example.org/0123456789abcdef/token"',
        'key_file = "/etc/keys/service-account-01.json"',
        'secret_path = "vault/data-science/2026-01.json"',
        'columns = ["password", "user_name2"]',
        '{"token": "user_id"}',
        "token: tokens_2021",
        'max_tokens = "1000"',
        "if token == other_token1:",
        "the token 12345678901234567890 was issued",
        "# password: see the vault",
        "postgres://user:password@host/db",
        'f"postgres://{user}:{password}@{host}/db"',
        "see https://example.org/a:b@c and http://localhost:8888/",
        "https://example.org:8443/path?x=a@b",
        "sk-learn is scikit-learn, and hf_hub_download is a function",
        "a basic understanding of gradient boosting is assumed here",
        "-----BEGIN PUBLIC KEY-----\nMIIB",
        "-----BEGIN CERTIFICATE-----\nMIIB",
        "eyJ is how a token begins",
        "sha256:" + _HEX,
        "commit " + _HEX[:40],
        "id = '123e4567-e89b-12d3-a456-426614174000'",
    ],
)
def test_harmless_texts_are_left_alone(text: str) -> None:
    assert find_secrets([ScannedText("here", text)]) == []


def test_where_and_line() -> None:
    parts = [
        ScannedText("cell 1", "a\nb"),
        ScannedText("cell 2", _j("x\ny\npassword", ' = "hunter2"\n', "z\n", 'password = "hunter3"')),
    ]
    assert [(finding.where, finding.line, finding.rule) for finding in find_secrets(parts)] == [
        ("cell 2", 3, "password"),
        ("cell 2", 5, "password"),
    ]


def test_letters_that_change_length_do_not_shift_lines() -> None:
    (finding,) = find_secrets([ScannedText("x", _j("İ" * 50, "\n\nPassword", ' = "hunter2"'))])
    assert finding.line == 3


def test_findings_are_bounded() -> None:
    many = "\n".join(_j("pass", f'word = "hunter{number}"') for number in range(1_000))
    assert len(find_secrets([ScannedText("x", many)] * 3)) == MOST_FINDINGS


_KEY = _SECRETS["aws"][1]


@pytest.mark.parametrize(
    ("cell", "where"),
    [
        (code(f"key = '{_KEY}'"), "cell 1"),
        (markdown(f"our key is {_KEY}"), "cell 1"),
        (markdown(f"{_KEY}", cell_type="raw"), "cell 1"),
        (code("x", stream(f"{_KEY}\n")), "cell 1, output 1"),
        (code("x", stream("a"), display({"text/html": f"<b>{_KEY}</b>"})), "cell 1, output 2 (text/html)"),
        (code("x", display({"image/svg+xml": f"<svg>{_KEY}</svg>"})), "cell 1, output 1 (image/svg+xml)"),
        (code("x", display({"application/json": {"deep": [{"aws": _KEY}]}})), "cell 1, output 1 (application/json)"),
        (code("x", display({"application/json": {_KEY: 1}})), "cell 1, output 1 (application/json)"),
        (code("x", display({"application/vnd.custom": _KEY})), "cell 1, output 1 (application/vnd.custom)"),
        (code("x", {"output_type": "error", "ename": "E", "evalue": _KEY, "traceback": []}), "cell 1, output 1"),
        (
            code("x", {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["a", f"x {_KEY}"]}),
            "cell 1, output 1",
        ),
        (code("x", metadata={"tags": [_KEY]}), "cell 1, metadata"),
        (markdown("x", attachments={f"{_KEY}.png": {"image/png": "QUJD"}}), "cell 1, attachment name"),
        (markdown("x", attachments={"a.txt": {"text/plain": _KEY}}), "cell 1, attachment (text/plain)"),
    ],
)
def test_every_place_in_a_notebook_is_looked_at(cell: Json, where: str) -> None:
    findings = find_secrets(notebook_parts(stored(cell)))
    assert {(finding.where, finding.rule) for finding in findings} == {(where, "aws-access-key")}


@pytest.mark.parametrize("name", _SECRETS)
def test_a_notebook_with_a_secret_anywhere_is_suspicious(name: str) -> None:
    """The search over the bytes as they are stored never says no where the search over the texts would find something."""
    _, text = _SECRETS[name]
    key, _, value = text.partition("=")
    for cell in (
        code(text),
        code(text.splitlines(keepends=True)),
        code("x", stream(f"a\n{text}\n")),
        code("x", display({"application/json": {"deep": [text, {text: 1}, {key.strip(): value.strip()}]}})),
        code("x", {"output_type": "error", "ename": "E", "evalue": "", "traceback": text.split("\n")}),
        markdown(f"é “{text}” İ"),
    ):
        data = stored(cell)
        assert suspicious(data) >= bool(find_secrets(notebook_parts(data)))
    assert suspicious(stored(code(text)))
    assert not suspicious(stored(code("x = 1"), markdown("Nothing to see.")))


def test_no_anchor_holds_what_canonical_json_spells_otherwise() -> None:
    anchors = [anchor for rule in RULES for anchor in rule.anchors]
    assert all(mark.isprintable() and mark not in '"\\' for anchor in anchors for mark in anchor)


def test_notebook_metadata_is_looked_at() -> None:
    (finding,) = find_secrets(notebook_parts(stored(metadata={"title": _KEY})))
    assert finding.where == "notebook metadata"


def test_the_recorded_image_is_no_secret() -> None:
    digest = "sha256:" + "0123456789abcdef" * 4
    image = {"slug": "datascience", "release": "2026.11.0", "digest": digest}
    assert find_secrets(notebook_parts(stored(metadata={"enablement": {"image": image}}))) == []


def test_a_secret_split_over_lines_of_a_source_list_is_one_text() -> None:
    assert find_secrets(notebook_parts(stored(code([f"k = '{_KEY[:8]}", f"{_KEY[8:]}'"]))))


def test_random_images_hold_no_secrets() -> None:
    image = base64.b64encode(random.Random(1).randbytes(3_000_000)).decode()
    html = f'<img src="data:image/png;base64,{image}">'
    data = stored(
        code("x", display({"image/png": image, "text/html": html})),
        markdown("x", attachments={"a.png": {"image/png": image}}),
    )
    assert find_secrets(notebook_parts(data)) == []


def test_text_between_large_images_is_not_passed_over() -> None:
    image = "QUJD" * 5_000
    cells = [
        code("x", display({"image/png": image, "text/plain": f"{'y' * 9_000} {_KEY}", "image/jpeg": image}))
        for _ in range(3)
    ]
    assert [finding.where for finding in find_secrets(notebook_parts(stored(*cells)))] == [
        f"cell {number}, output 1 (text/plain)" for number in (1, 2, 3)
    ]


def test_files() -> None:
    text = _j("x\npass", 'word = "hunter2"')
    for data in (
        text.encode(),
        b"\xff\xfe" + text.encode("utf-16-le"),
        b"\xef\xbb\xbf" + text.encode(),
        b"\xfa" + text.encode(),
    ):
        part = file_part("src/load.py", data)
        assert part is not None
        assert [(finding.where, finding.line) for finding in find_secrets([part])] == [("src/load.py", 2)]
    assert file_part("a.parquet", b"PAR1\x00\x01" + text.encode()) is None


def test_nobody_hides_behind_near_misses() -> None:
    (finding,) = find_secrets([ScannedText("x", "password = 'xxxxxxxx' " * 10_001)])
    assert finding.rule == "password"
    assert find_secrets([ScannedText("x", "password = 'xxxxxxxx' " * 10_000)]) == []


NEAR_MISSES = pytest.mark.parametrize(
    "piece",
    [
        "password",
        "password = '",
        "password=a",
        "password_",
        "://",
        "://a:",
        "eyJ",
        "eyJaaaaaaaaaaa.eyJaaaaaaaaaaa.",
        "-----BEGIN ",
        "token ",
        "sk-",
        "AKIA",
        "a",
        "\n",
    ],
)


@NEAR_MISSES
def test_near_misses_are_no_secrets(piece: str) -> None:
    assert find_secrets([ScannedText("x", piece * (100_000 // len(piece)))]) == []


@pytest.mark.timing
@NEAR_MISSES
def test_time_is_linear_whatever_the_text(piece: str) -> None:
    text = piece * (3_000_000 // len(piece))
    start = time.process_time()
    find_secrets([ScannedText("x", text)])
    assert time.process_time() - start < 3  # 3 MB; quadratic would be hours
