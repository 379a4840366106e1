"""Secrets are found where people leave them, harmless texts are not, and no finding says what it found.

The secrets are put together at run time so that no scanner (and no push protection) takes this file for a leak.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import random
import time

import pytest

from enablement_ext.core.notebook.extraction import ExtractedText, file_texts, notebook_texts
from enablement_ext.core.secrets.rules import RULES
from enablement_ext.core.secrets.scan import MOST_FINDINGS, SecretFinding, find_secrets, secrets_in_notebook
from tests.core.notebook.factories import Json, code, display, markdown, stored, stream, value
from tests.core.secrets.planted import DISGUISES, hosts
from tests.core.secrets.planted import PLANTED as _SECRETS
from tests.core.secrets.planted import joined as _j

_HEX = "0123456789abcdef" * 4
_KEY = _SECRETS["aws"][1]


@pytest.mark.parametrize("name", _SECRETS)
def test_secrets_are_found(name: str) -> None:
    rule, text = _SECRETS[name]
    assert rule in [finding.rule for finding in find_secrets([ExtractedText("here", f"x = 1\n{text}\ny = 2")])]


_LITERALS = [name for name, (rule, _) in _SECRETS.items() if rule in {one.name for one in RULES if one.bounded}]


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", _LITERALS)
def test_what_a_person_reads_is_found_whatever_stands_between_the_letters(name: str, disguise: str) -> None:
    rule, text = _SECRETS[name]
    hidden = DISGUISES[disguise](text)
    assert rule in [finding.rule for finding in find_secrets([ExtractedText("here", hidden)])]
    for cell in hosts(hidden):
        assert rule in [finding.rule for finding in secrets_in_notebook(stored(cell))]


def test_assignments_are_found_through_markup_and_entities() -> None:
    plain = _j("<td>pass", "word</td> = <td>&#39;hunter2&#39;</td>")
    token = f"<p>{_KEY[:4]}<wbr>{_KEY[4:]}</p>"
    for html in (_j("<span>pass", 'word</span> <i>=</i> <span>"hun<b>ter2</b>"</span>'), plain, token):
        for kind in ("text/html", "text/markdown", "image/svg+xml"):
            assert secrets_in_notebook(stored(code("x", display({kind: html})))), html
    assert not secrets_in_notebook(stored(code("x", display({"text/plain": token}))))


def test_what_is_printed_in_pieces_is_one_text() -> None:
    pieces = (stream(f"key {_KEY[:7]}"), stream(_KEY[7:]), stream("x", "stderr"))
    (finding,) = secrets_in_notebook(stored(code("x", stream("a", "stderr"), *pieces)))
    assert finding.where == "cell 1, output 2"
    assert secrets_in_notebook(stored(code("x", stream(_KEY[:7]), stream(_KEY[7:], "stderr")))) == []


def test_a_real_traceback_of_ipython() -> None:
    """As IPython 9 colours the line `client = connect(token="…")` that fails."""
    token = _SECRETS["github"][1]
    line = (
        "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[1]\x1b[39m\x1b[32m, line 1\x1b[39m\n\x1b[32m----> \x1b[39m\x1b[32m1\x1b[39m client = "
        f'connect(token=\x1b[33m"\x1b[39m\x1b[33m{token}\x1b[39m\x1b[33m"\x1b[39m)'
    )
    error: Json = {"output_type": "error", "ename": "NameError", "evalue": "", "traceback": [line]}
    assert {finding.rule for finding in secrets_in_notebook(stored(code("x", error)))} >= {"github-token", "key"}


@pytest.mark.parametrize(
    ("cell", "where"),
    [
        (code("x", id=_j("gh", "p_", "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC3d")), "cell 1, id"),
        (
            code("x", display({_j("application/vnd.gh", "p_", "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC3d"): "x"})),
            "cell 1, output 1, mime type",
        ),
        (
            code(
                "x", display({"application/json": {_j("gh", "p_", "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC3d"): {"a": 1}}})
            ),
            "cell 1, output 1 (application/json)",
        ),
        (
            code("x", display({"application/json": {_j("gh", "p_", "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC3d"): []}})),
            "cell 1, output 1 (application/json)",
        ),
    ],
)
def test_names_that_somebody_chose_are_looked_at_and_are_no_places(cell: Json, where: str) -> None:
    (finding,) = secrets_in_notebook(stored(cell))
    assert finding == SecretFinding(where, "github-token", 1, "a GitHub token")


@pytest.mark.parametrize("name", _SECRETS)
def test_no_finding_contains_the_secret_or_a_part_of_it(name: str) -> None:
    _, text = _SECRETS[name]
    for finding in find_secrets([ExtractedText("here", text)]):
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
    assert find_secrets([ExtractedText("here", text)]) == []


def test_where_and_line() -> None:
    parts = [
        ExtractedText("cell 1", "a\nb"),
        ExtractedText("cell 2", _j("x\ny\npassword", ' = "hunter2"\n', "z\n", 'password = "hunter3"')),
    ]
    assert [(finding.where, finding.line, finding.rule) for finding in find_secrets(parts)] == [
        ("cell 2", 3, "password"),
        ("cell 2", 5, "password"),
    ]


def test_letters_that_change_length_do_not_shift_lines() -> None:
    (finding,) = find_secrets([ExtractedText("x", _j("İ" * 50, "\n\nPassword", ' = "hunter2"'))])
    assert finding.line == 3


def test_findings_are_bounded() -> None:
    many = "\n".join(_j("pass", f'word = "hunter{number}"') for number in range(1_000))
    assert len(find_secrets([ExtractedText("x", many)] * 3)) == MOST_FINDINGS


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
        (code("x", display({"application/vnd.custom": _KEY})), "cell 1, output 1 (another kind)"),
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
    findings = find_secrets(notebook_texts(stored(cell)))
    assert {(finding.where, finding.rule) for finding in findings} == {(where, "aws-access-key")}


def test_notebook_metadata_is_looked_at() -> None:
    (finding,) = find_secrets(notebook_texts(stored(metadata={"title": _KEY})))
    assert finding.where == "notebook metadata"


def test_the_recorded_image_is_no_secret() -> None:
    digest = "sha256:" + "0123456789abcdef" * 4
    image = {"slug": "datascience", "release": "2026.11.0", "digest": digest}
    assert find_secrets(notebook_texts(stored(metadata={"enablement": {"image": image}}))) == []


def test_a_secret_split_over_lines_of_a_source_list_is_one_text() -> None:
    assert find_secrets(notebook_texts(stored(code([f"k = '{_KEY[:8]}", f"{_KEY[8:]}'"]))))


def test_random_images_hold_no_secrets() -> None:
    image = base64.b64encode(random.Random(1).randbytes(3_000_000)).decode()
    html = f'<img src="data:image/png;base64,{image}">'
    data = stored(
        code("x", display({"image/png": image, "text/html": html})),
        markdown("x", attachments={"a.png": {"image/png": image}}),
    )
    assert find_secrets(notebook_texts(data)) == []


def test_text_between_large_images_is_not_passed_over() -> None:
    image = "QUJD" * 5_000
    cells = [
        code("x", display({"image/png": image, "text/plain": f"{'y' * 9_000} {_KEY}", "image/jpeg": image}))
        for _ in range(3)
    ]
    assert [finding.where for finding in find_secrets(notebook_texts(stored(*cells)))] == [
        f"cell {number}, output 1 (text/plain)" for number in (1, 2, 3)
    ]


def _in_file(path: str, data: bytes) -> list[tuple[str, int]]:
    return [(finding.where, finding.line) for finding in find_secrets(file_texts(path, path, data))]


def test_files() -> None:
    text = _j("x\npass", 'word = "hunter2"')
    for data in (
        text.encode(),
        b"\xff\xfe" + text.encode("utf-16-le"),
        b"\xef\xbb\xbf" + text.encode(),
        b"\xfa" + text.encode(),
    ):
        assert _in_file("src/load.py", data) == [("src/load.py", 2)]
    assert _in_file("a.parquet", b"PAR1\x00\x01" + text.encode()) == []


def test_texts_in_json_files_are_decoded() -> None:
    for text in (f"\x1b[31m{_KEY[:9]}\x1b[0m{_KEY[9:]}", _j('x = "1"\npass', 'word = "hunter2"')):
        assert _in_file("a.json", json.dumps({"deep": [{"text": text}]}).encode()) != []
        assert _in_file("b.ipynb", json.dumps(value(code(text.splitlines(keepends=True)))).encode()) != []


def test_nobody_hides_behind_near_misses() -> None:
    (finding,) = find_secrets([ExtractedText("x", "password = 'xxxxxxxx' " * 10_001)])
    assert finding.rule == "password"
    assert find_secrets([ExtractedText("x", "password = 'xxxxxxxx' " * 10_000)]) == []


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
    assert find_secrets([ExtractedText("x", piece * (100_000 // len(piece)))]) == []


@pytest.mark.timing
@NEAR_MISSES
def test_time_is_linear_whatever_the_text(piece: str) -> None:
    text = piece * (3_000_000 // len(piece))
    start = time.process_time()
    find_secrets([ExtractedText("x", text)])
    assert time.process_time() - start < 3  # 3 MB; quadratic would be hours
