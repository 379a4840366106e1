"""Secrets of every kind that rules know, planted in the shapes in which people leave them.

They are put together at run time so that no scanner (and no push protection) takes this file for a leak.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.core.notebook.factories import Json, code, display, markdown, stream

_HEX = "0123456789abcdef" * 4
_MIXED = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA" * 4


def joined(*parts: str) -> str:
    """The pieces of a secret in one."""
    return "".join(parts)


# By name: the rule that finds it, and the text.
PLANTED = {
    "aws": ("aws-access-key", joined("AK", "IA", "IOSFODNN7ABCDEFG")),
    "aws example": ("aws-access-key", joined("AK", "IA", "IOSFODNN7EXAMPLE")),
    "github": ("github-token", joined("gh", "p_", _MIXED[:36])),
    "github fine-grained": ("github-token", joined("github", "_pat_", _MIXED[:22], "_", _MIXED[:59])),
    "gitlab": ("gitlab-token", joined("gl", "pat-", _MIXED[:20])),
    "slack": ("slack-token", joined("xo", "xb-123456789012-", _MIXED[:24])),
    "slack webhook": (
        "slack-webhook",
        joined("https://hooks.slack", ".com/services/T01234567/B01234567/", _MIXED[:24]),
    ),
    "google": ("google-api-key", joined("AI", "za", _MIXED[:35])),
    "google oauth": ("google-oauth", joined("GOC", "SPX-", _MIXED[:28])),
    "stripe": ("stripe-key", joined("sk", "_live_", _MIXED[:24])),
    "pypi": ("pypi-token", joined("py", "pi-AgE", _MIXED[:80])),
    "npm": ("npm-token", joined("np", "m_", _MIXED[:36])),
    "hugging face": ("huggingface-token", joined("h", "f_", _MIXED[:34])),
    "anthropic": ("anthropic-key", joined("sk-", "ant-api03-", _MIXED[:90])),
    "openai": ("openai-key", joined("s", "k-", _MIXED[:48])),
    "openai project": ("openai-key", joined("sk-", "proj-", _MIXED[:60])),
    "databricks": ("databricks-token", joined("da", "pi", _HEX[:32])),
    "sendgrid": ("sendgrid-key", joined("S", "G.", _MIXED[:22], ".", _MIXED[:43])),
    "azure storage": (
        "azure-storage-key",
        joined("DefaultEndpointsProtocol=https;Account", "Key=", _MIXED[:86], "==;EndpointSuffix=x"),
    ),
    "azure sas": ("azure-sas", joined("https://a.blob.core.windows.net/c?sv=2022&s", "ig=", _MIXED[:43], "%3D")),
    "jwt": ("json-web-token", joined("ey", "JhbGciOiJIUzI1NiJ9.", "ey", "JzdWIiOiIxMjM0NTY3ODkwIn0.", _MIXED[:43])),
    "private key": ("private-key", joined("-----BEGIN RSA ", "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA")),
    "private key, escaped": ("private-key", joined('{"private_key": "-----BEGIN ', "PRIVATE KEY-----\\nMIIE")),
    "openssh key": ("private-key", joined("-----BEGIN OPENSSH ", "PRIVATE KEY-----\nb3Blbn")),
    "pgp key": ("private-key", joined("-----BEGIN PGP ", "PRIVATE KEY BLOCK-----\n\nlQOY")),
    "database url": ("url-password", joined("postgresql+psycopg://bob:", "s3cr3t", "@db.example.org/x")),
    "url without user": ("url-password", joined("redis://:", "s3cr3t", "@cache:6379/0")),
    "git url": ("url-password", joined("https://oauth2:", _MIXED[:20], "@gitlab.example.org/a.git")),
    "password": ("password", joined("password = ", '"hunter2"')),
    "password, f-string-free": ("password", joined("conn = connect(user='x', pass", "wd='S3cr3t!pass')")),
    "password in a dict": ("password", joined('{"pass', 'word": "Tr0ub4dor&3"}')),
    "password in upper case": ("password", joined("DB_PASS", 'WORD="p4ssw0rd99"')),
    "password in .env": ("password", joined("# db\nDB_PASS", "WORD=hunter2abc\nX=1")),
    "password in yaml": ("password", joined("db:\n  pass", "word: hunter2abc\n")),
    "exported": ("password", joined("export API_TO", "KEN=", _MIXED[:24])),
    "key": ("key", joined("api_", 'key="', _HEX[:32], '"')),
    "key, with spaces": ("key", joined("client_se", "cret  =  '", _MIXED[:30], "'")),
    "environment": ("key", joined('os.environ["AWS_SECRET_', 'ACCESS_KEY"] = "', _MIXED[:40], '"')),
    "bearer": ("bearer-token", joined('headers = {"Authorization": "Bear', "er ", _HEX[:40], '"}')),
}

# How a secret is hidden from a search that looks at letters as they are stored, though everybody reads it.
DISGUISES: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "behind a colour": lambda text: f"value: \x1b[31m{text}\x1b[0m.",
    "between colours of a traceback": lambda text: f"\x1b[0;32m----> 1\x1b[0;31m {text}\x1b[0m\x1b[0;34m)\x1b[0m",
    "behind a word and a colour": lambda text: f"word\x1b[1;38;5;12m{text}",
    "broken by a colour": lambda text: f"{text[:3]}\x1b[1m{text[3:9]}\x1b[22m{text[9:]}",
    "broken by a colour, before a word": lambda text: f"{text[:9]}\x1b[1m{text[9:]}\x1b[0mword",
    "a one-byte introducer": lambda text: f"{text[:9]}\x9b31m{text[9:]}",
    "a link of the terminal": lambda text: f"\x1b]8;;http://e.org\x07{text}\x1b]8;;\x1b\\",
    "invisible letters": lambda text: f"{text[:2]}\u200b{text[2:7]}\u00ad{text[7:12]}\ufeff{text[12:]}",
    "entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "an entity": lambda text: f"{text[:5]}&#x{ord(text[5]):x};{text[6:]}",
    "codes as entities": lambda text: f"{text[:9]}&#27;[31m{text[9:]}",
}


def hosts(text: str) -> list[Json]:
    """A cell for each place in which a notebook shows a text."""
    return [
        code(text),
        markdown(text),
        code("x", stream(text)),
        code("x", {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["a", text]}),
        code("x", display({"text/plain": text})),
        code("x", display({"application/json": {"deep": [text]}})),
    ]
