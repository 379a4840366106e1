"""Kubernetes' own published schemas as an offline validator: the OpenAPI document that every release carries in its module.

It is closed here (no key that is not in it), as `kubectl --validate=strict` does. Custom resources come with their own schema, from the
Prometheus Operator's module.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator

from tests.helm.charts import Document

_OPERATOR = "github.com/prometheus-operator/prometheus-operator", "v0.85.0"
_CUSTOM = {"ServiceMonitor": "servicemonitors", "PrometheusRule": "prometheusrules"}
_EITHER = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"


def mistakes(document: Document, kubernetes: str) -> Iterator[str]:
    """What the API server of that version would refuse, a line each. What is null counts as not said, as it does there."""
    where = f"{document['kind']} {document['metadata']['name']}"
    if document["kind"] in _CUSTOM:
        schema, definitions = _custom(document["kind"]), {}
    else:
        definitions = _definitions(kubernetes)
        schema = {"$ref": f"#/definitions/{_name_of(document, kubernetes)}"}
    validator = Draft4Validator({**schema, "definitions": definitions})
    for error in validator.iter_errors(_said(document)):
        yield f"{where}: {'.'.join(str(part) for part in error.absolute_path)}: {error.message[:200]}"


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _said(each) for key, each in value.items() if each is not None}
    return [_said(each) for each in value] if isinstance(value, list) else value


@cache
def _module(path: str, version: str) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        command = ["go", "mod", "download", "-json", f"{path}@{version}"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{path} {version} cannot be had: {done.stderr or done.stdout}")
    return Path(json.loads(done.stdout)["Dir"])


@cache
def _document(kubernetes: str) -> dict[str, Any]:
    path = _module("k8s.io/kubernetes", f"v{kubernetes}") / "api/openapi-spec/swagger.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["definitions"]
    return found


@cache
def _definitions(kubernetes: str) -> dict[str, Any]:
    definitions = {name: _closed(schema) for name, schema in _document(kubernetes).items()}
    definitions[_EITHER] = {"type": ["string", "integer"]}
    definitions[_QUANTITY] = {"type": ["string", "number"]}
    return definitions


def _closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """An object with named keys takes no others."""
    named = "properties" in schema and "x-kubernetes-preserve-unknown-fields" not in schema
    return {**schema, **({"additionalProperties": False} if named else {})}


def _name_of(document: Document, kubernetes: str) -> str:
    group, _, version = document["apiVersion"].rpartition("/")
    wanted = {"group": group, "version": version, "kind": document["kind"]}
    for name, schema in _document(kubernetes).items():
        if wanted in schema.get("x-kubernetes-group-version-kind", []):
            return name
    raise AssertionError(f"Kubernetes {kubernetes} knows no {document['apiVersion']} {document['kind']}")


@cache
def _custom(kind: str) -> dict[str, Any]:
    path = _module(*_OPERATOR) / f"example/prometheus-operator-crd/monitoring.coreos.com_{_CUSTOM[kind]}.yaml"
    definition = yaml.safe_load(path.read_text(encoding="utf-8"))
    schema: dict[str, Any] = _deep(definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
    return schema


def _deep(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_deep(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["string", "integer"]}
    read = {key: _deep(each) for key, each in schema.items()}
    is_metadata = schema.get("type") == "object" and set(schema) <= {"type", "description"}
    return read if is_metadata else _closed(read)
