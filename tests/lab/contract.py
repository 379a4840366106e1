"""The lab server's contract (`enablement_ext/lab/openapi.yaml`) as a check of requests and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

import enablement_ext
from tests.lab.lab_server import Lab

_PACKAGE = Path(enablement_ext.__file__).parent
LAB = _PACKAGE / "lab" / "openapi.yaml"
LINES = "application/x-ndjson"

Json = dict[str, Any]


def _resources() -> Iterator[tuple[str, Resource[Any]]]:
    for path in (LAB, _PACKAGE / "web" / "openapi.yaml"):
        yield path.as_uri(), DRAFT202012.create_resource(yaml.safe_load(path.read_text()))


SPEC: Json = yaml.safe_load(LAB.read_text())
_REGISTRY: Registry[Any] = Registry().with_resources(_resources())


def operations() -> dict[tuple[str, str], Json]:
    """By method and path as the contract writes it."""
    return {
        (method, path): operation
        for path, item in SPEC["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post")
    }


def validate(value: object, schema: Mapping[str, object]) -> None:
    """Raises `ValidationError` where the value is not what this schema of the lab's contract says."""
    Draft202012Validator(_absolute(schema), registry=_REGISTRY).validate(value)


def check_exchange(method: str, path: str, sent: object, response: requests.Response) -> str:
    """The answer, and the request where it was accepted, have the promised shapes; the operation's name."""
    operation = _operation(method, f"/enablement/{path.partition('?')[0]}")
    described = _followed(operation["responses"].get(str(response.status_code), operation["responses"]["default"]))
    media_type = response.headers["Content-Type"].partition(";")[0]
    if "content" in described:
        assert media_type in described["content"], (method, path, media_type)
        schema = described["content"][media_type]["schema"]
        for value in _values(media_type, response.text):
            validate(value, schema)
    if method == "post" and response.status_code == 200 and "content" in described:
        validate(sent, _followed(operation["requestBody"])["content"]["application/json"]["schema"])
    return str(operation["operationId"])


@dataclass(frozen=True)
class CheckedLab(Lab):
    """A running server whose every exchange is held against the contract. `used`: the operations that were."""

    used: set[str] = field(default_factory=set)

    def get(self, path: str, **more: Any) -> requests.Response:
        response = super().get(path, **more)
        self.used.add(check_exchange("get", path, None, response))
        return response

    def post(self, path: str, value: object, **more: Any) -> requests.Response:
        response = super().post(path, value, **more)
        self.used.add(check_exchange("post", path, value, response))
        return response


def checked(lab: Lab) -> CheckedLab:
    return CheckedLab(lab.url, lab.home, lab.log)


def _operation(method: str, path: str) -> Json:
    for (known, template), operation in operations().items():
        if known == method and re.fullmatch(re.sub(r"\\{\w+\\}", ".+", re.escape(template)), path):
            return operation
    raise AssertionError(f"{method} {path} is not in the contract")


def _values(media_type: str, text: str) -> list[object]:
    return [json.loads(line) for line in (text.splitlines() if media_type == LINES else [text])]


def _followed(item: Json) -> Json:
    """The item itself, or the component of this document that it points at."""
    names = str(item.get("$ref", "#")).split("/")[1:]
    return reduce(lambda found, name: found[name], names, SPEC) if names else item


def _absolute(schema: Mapping[str, object]) -> Mapping[str, object]:
    """A reference begins at this document; what is written in place has none."""
    reference = schema.get("$ref")
    return schema if reference is None else {"$ref": urljoin(LAB.as_uri(), str(reference))}
