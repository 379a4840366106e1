"""What secrets look like. Data for `core.secrets.scan`, with the judgement that tells a secret from a placeholder.

Shapes follow the providers' documentation and the rule sets of detect-secrets and kingfisher; each pattern matches from its literal on.
Repetition is bounded and, where it could backtrack, possessive.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is tried where one of `anchors` begins (in any case where `any_case`); `accept` judges what matched.

    `bounded`: the pattern asks what stands before and behind. `core.secrets.shapes` has a wider form of each for fast engines.
    """

    name: str
    hint: str
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    accept: Callable[[re.Match[str]], bool]
    any_case: bool = False
    bounded: bool = False


def _entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


_PLACEHOLDER = re.compile(
    r"x{4,}|\*{2,}|\.{3}|<[^>]*>|[${%][{(]|\{\w|your|change.?me|example|placeholder|dummy|redacted", re.IGNORECASE
)
_NO_SECRET = re.compile(
    r"password|passwd|pwd|passphrase|secret|token|none|null|true|false|undefined|test|string|str", re.IGNORECASE
)
_NAMED_ELSEWHERE = re.compile(
    r"(?:https?://|[./~]|[A-Za-z]:\\)|.*\.(?:json|ya?ml|toml|txt|csv|pem|key|env|ini|cfg|py|parquet)$", re.IGNORECASE
)
_WORDS = re.compile(r"[A-Za-z]+(?:[ ._:/-][A-Za-z]+)*[ ._-]?\d{0,4}")
_COUNTED_NAME = re.compile(r"[A-Za-z_]+[_-]\d{1,4}")
_ENV_LINE = re.compile(r"\s{0,8}(?:export |set |ENV )?[\w.-]{0,60}")


def _placeholder(value: str) -> bool:
    return (
        bool(_PLACEHOLDER.search(value) or _NO_SECRET.fullmatch(value) or _NAMED_ELSEWHERE.match(value))
        or len(set(value)) < 4
    )


def _always(_: re.Match[str]) -> bool:
    return True


def _random(match: re.Match[str]) -> bool:
    return _entropy(match[0]) >= 3.0


def _password(match: re.Match[str]) -> bool:
    """A password is short and chosen by people: a letter and a digit or sign are enough."""
    value = match["value"]
    signs = any(sign.isdigit() or (sign not in "_-./: " and not sign.isalnum()) for sign in value)
    return signs and any(sign.isalpha() for sign in value) and value.count(" ") < 2 and not _placeholder(value)


def _key(match: re.Match[str]) -> bool:
    """A key is made by machines: long, mixed, and not words."""
    value = match["value"]
    digits = sum(sign.isdigit() for sign in value)
    cases = min(sum(sign.isupper() for sign in value), sum(sign.islower() for sign in value))
    mixed = 0 < digits < len(value) and (digits * 12 >= len(value) or cases * 5 >= len(value)) and " " not in value
    return mixed and not _WORDS.fullmatch(value) and _entropy(value) >= 3.0 and not _placeholder(value)


def _env_line(match: re.Match[str]) -> bool:
    """An unquoted value is one only where the line is nothing but NAME=value (or NAME: value), as in .env and YAML files."""
    text, value = match.string, match["value"]
    start = text.rfind("\n", max(0, match.start() - 100), match.start()) + 1
    if not _ENV_LINE.fullmatch(text, start, match.start()):
        return False
    if match["sign"] == " = " and value.replace(".", "_").isidentifier():  # a variable or an attribute
        return False
    if match["sign"] != "=" and ("." in value or _COUNTED_NAME.fullmatch(value)):
        return False
    return any(sign.isdigit() for sign in value) and any(sign.isalpha() for sign in value) and not _placeholder(value)


def _url_password(match: re.Match[str]) -> bool:
    value = match["value"]
    return not re.search(r"[{}<>$*]|\.{3}", value) and not re.fullmatch(
        r"password|passwd|pass|pwd|x+|\.+|your.*", value, re.IGNORECASE
    )


_START = r"(?<![A-Za-z0-9+/_-])"
_END = r"(?![A-Za-z0-9+/_-])"
_SIGN = r"[\"'`]?\]?\s{0,4}+(?:={1,2}|:=?|=>)\s{0,4}+"
_QUOTED = r"[rbfuRBFU]{0,2}(?P<quote>[\"'])(?P<value>(?:(?!(?P=quote))[^\n\\]){%s})(?P=quote)"
PASSWORDS = ("password", "passwd", "pwd", "passphrase", "passwort")
KEYS = (
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "accesskey",
    "auth_key",
    "private_key",
    "account_key",
    "credential",
)


def _literal(
    name: str, hint: str, anchors: tuple[str, ...], shape: str, accept: Callable[[re.Match[str]], bool] = _random
) -> Rule:
    return Rule(name, hint, anchors, re.compile(_START + shape), accept, bounded=True)


def _named(name: str, hint: str, anchors: tuple[str, ...], shape: str, accept: Callable[[re.Match[str]], bool]) -> Rule:
    words = "|".join(re.escape(anchor) for anchor in anchors)
    return Rule(
        name,
        hint,
        anchors,
        re.compile(rf"(?i:{words})(?!i[sz])[\w-]{{0,40}}+{shape}", re.MULTILINE),
        accept,
        any_case=True,
    )


RULES: tuple[Rule, ...] = (
    _literal(
        "aws-access-key",
        "an AWS access key id",
        ("AKIA", "ASIA", "ABIA", "ACCA"),
        rf"A[A-Z]{{3}}[A-Z2-7]{{16}}{_END}|A[A-Z]{{3}}[A-Z0-9]{{16}}{_END}",
    ),
    _literal(
        "github-token", "a GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9]{36,255}"
    ),
    _literal("github-token", "a GitHub token", ("github_pat_",), r"github_pat_[A-Za-z0-9_]{50,255}"),
    _literal(
        "gitlab-token",
        "a GitLab token",
        ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"),
        r"gl[a-z]{1,4}-[A-Za-z0-9_.-]{20,255}",
    ),
    _literal(
        "slack-token",
        "a Slack token",
        ("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-"),
        r"(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,255}",
    ),
    Rule(
        "slack-webhook",
        "a Slack webhook",
        ("hooks.slack.com/services/",),
        re.compile(r"hooks\.slack\.com/services/[A-Z0-9]{6,20}/[A-Z0-9]{6,20}/[A-Za-z0-9]{16,40}"),
        _always,
    ),
    _literal("google-api-key", "a Google API key", ("AIza",), rf"AIza[0-9A-Za-z_-]{{35}}{_END}"),
    _literal(
        "google-oauth",
        "a Google OAuth secret",
        ("GOCSPX-", "ya29."),
        r"(?:GOCSPX-[A-Za-z0-9_-]{24,64}|ya29\.[A-Za-z0-9_-]{30,1000})",
    ),
    _literal(
        "stripe-key",
        "a Stripe key",
        ("sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"),
        r"(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,255}",
    ),
    _literal("pypi-token", "a PyPI token", ("pypi-AgE",), r"pypi-AgE[A-Za-z0-9_-]{50,1000}"),
    _literal("npm-token", "an npm token", ("npm_",), rf"npm_[A-Za-z0-9]{{36}}{_END}"),
    _literal(
        "huggingface-token", "a Hugging Face token", ("hf_", "api_org_"), rf"(?:hf|api_org)_[A-Za-z0-9]{{30,40}}{_END}"
    ),
    _literal("anthropic-key", "an Anthropic API key", ("sk-ant-",), r"sk-ant-[A-Za-z0-9_-]{20,255}"),
    _literal(
        "openai-key",
        "an OpenAI API key",
        ("sk-",),
        r"sk-(?!ant-)(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,255}|[A-Za-z0-9]{32,64}(?![A-Za-z0-9_-]))",
    ),
    _literal("databricks-token", "a Databricks token", ("dapi",), rf"dapi[a-f0-9]{{32}}(?:-\d)?{_END}"),
    _literal("sendgrid-key", "a SendGrid key", ("SG.",), r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    _literal(
        "digitalocean-token", "a DigitalOcean token", ("dop_v1_", "doo_v1_", "dor_v1_"), r"do[opr]_v1_[a-f0-9]{64}"
    ),
    Rule(
        "azure-storage-key",
        "an Azure storage or service bus key",
        ("accountkey=", "sharedaccesskey="),
        re.compile(r"(?i:accountkey|sharedaccesskey)=[A-Za-z0-9+/]{40,100}={0,2}"),
        _random,
        any_case=True,
    ),
    Rule(
        "azure-sas", "a signed Azure link", ("&sig=", "?sig="), re.compile(r"[&?]sig=[A-Za-z0-9%+/]{40,120}"), _random
    ),
    _literal(
        "json-web-token",
        "a JSON web token",
        ("eyJ",),
        r"eyJ[A-Za-z0-9_-]{10,4000}+\.eyJ[A-Za-z0-9_-]{10,8000}+\.[A-Za-z0-9_-]{16,2000}",
    ),
    Rule(
        "private-key",
        "a private key",
        ("-----BEGIN ",),
        re.compile(r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]){0,8}[A-Za-z0-9+/:=]"),
        _always,
    ),
    Rule(
        "url-password",
        "a password in a URL",
        ("://",),
        re.compile(r"://[^\s:/?#@\"'`<>\\]{0,100}+:(?P<value>[^\s/@\"'`<>\\]{1,200}+)@[A-Za-z0-9\[]"),
        _url_password,
    ),
    _named("password", "a password written out", PASSWORDS, _SIGN + _QUOTED % "6,200", _password),
    _named("key", "a key or token written out", KEYS, _SIGN + _QUOTED % "12,500", _key),
    _named(
        "password",
        "a password written out",
        (*PASSWORDS, *KEYS),
        r"(?P<sign>=|: {1,4}| = )(?P<value>[^\s\"'`#,;(){}\[\]]{8,300}+)[ \t\r]{0,8}$",
        _env_line,
    ),
    Rule(
        "bearer-token",
        "a token in an Authorization header",
        ("bearer ", "basic ", "token "),
        re.compile(r"(?i:bearer|basic|token) (?P<value>[A-Za-z0-9._~+/-]{20,2000}+={0,2})"),
        _key,
        any_case=True,
    ),
)
