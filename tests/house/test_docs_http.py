"""The pages of the HTTP contracts: every operation and schema is there, and every link within them leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.openapi_page import METHODS, ContractPage
from tools.reference import CONTRACTS, REFERENCE

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = {name: ROOT / source for name, source in CONTRACTS.items() if (ROOT / source).is_file()}


def contract(schema: object, path: dict[str, Any] | None = None) -> dict[str, Any]:
    """A document with one schema and, where it is given, one path."""
    paths = {} if path is None else {"/things/{thing}": path}
    return {"info": {"title": "Things"}, "paths": paths, "components": {"schemas": {"Thing": schema}}}


def rendered(document: dict[str, Any]) -> str:
    return ContractPage("here", document, {"../there.yaml": "there"}).render("here.yaml")


def test_the_contract_of_the_service_has_a_page() -> None:
    assert "http-service" in WRITTEN


@pytest.mark.parametrize("name", WRITTEN)
def test_every_operation_and_every_schema_stands_on_its_page(name: str) -> None:
    page = (REFERENCE / f"{name}.md").read_text(encoding="utf-8")
    document = yaml.safe_load(WRITTEN[name].read_text(encoding="utf-8"))
    routes = [
        f"### `{method.upper()} {path}`"
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]
    schemas = [f"### {schema}" for schema in document["components"]["schemas"]]
    headings = re.findall(r"^### .+$", page, re.MULTILINE)
    assert sorted(headings) == sorted([*routes, *schemas])


def test_every_link_between_the_pages_has_its_target() -> None:
    pages = [(REFERENCE / f"{name}.md").read_text(encoding="utf-8") for name in WRITTEN]
    targets = [target for page in pages for target in re.findall(r"^\((\S+)\)=$", page, re.MULTILINE)]
    links = {link for page in pages for link in re.findall(r"\]\(#(\S+?)\)", page)}
    assert len(targets) == len(set(targets))
    assert links
    assert links <= set(targets)


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        (
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 1}}},
            "| `a` | integer, ≥ 1 |  |",
        ),
        ({"properties": {"a": {"type": ["string", "null"]}}}, "| `a` (optional) | string or null |  |"),
        (
            {
                "properties": {
                    "a": {"type": "array", "items": {"type": "object", "properties": {"b": {"type": "string"}}}}
                }
            },
            "| `a[].b` (optional) | string |  |",
        ),
        (
            {"properties": {"a": {"$ref": "#/components/schemas/Thing"}}},
            "| `a` (optional) | [Thing](#here-schema-thing) |  |",
        ),
        (
            {"properties": {"a": {"$ref": "../there.yaml#/components/schemas/Other"}}},
            "| `a` (optional) | [Other](#there-schema-other) |  |",
        ),
        (
            {"properties": {"a": {"enum": ["x", None], "description": "x|y <z>"}}},
            "| `a` (optional) | one of `x`, `null` | x\\|y &lt;z> |",
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"const": 2}], "items": False},
            "Type: array of exactly (string, `2`).",
        ),
        ({"oneOf": [{"properties": {"a": {"type": "string"}}}, {"type": "null"}]}, "Type: { `a`: string } or null."),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "Type: object of integer."),
    ],
)
def test_a_schema_is_told_in_a_line(schema: dict[str, Any], line: str) -> None:
    assert line in rendered(contract(schema)).splitlines()


def test_an_operation_has_the_parameters_of_its_path_and_its_own() -> None:
    path = {
        "parameters": [{"name": "thing", "in": "path", "required": True, "schema": {"type": "string"}}],
        "get": {
            "operationId": "look",
            "summary": "Look",
            "x-scope": "read",
            "parameters": [
                {
                    "name": "deep",
                    "in": "query",
                    "required": True,
                    "schema": {"type": "boolean"},
                    "description": "how far",
                }
            ],
            "responses": {
                "200": {
                    "description": "it",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                }
            },
        },
    }
    lines = rendered(contract({"type": "object"}, path)).splitlines()
    for line in (
        "## Things",
        "### `GET /things/{thing}`",
        "*operation `look`, scope `read`*",
        "| `thing` | path | string |  |",
        "| `deep` (required) | query | boolean | how far |",
        "| 200 | `application/json`: [Thing](#here-schema-thing) | it |",
    ):
        assert line in lines
