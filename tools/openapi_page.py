"""An OpenAPI document as a page of Markdown: operations by subject, then schemas, with links between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "put", "post", "patch", "delete")
# Paths outside of the API are grouped by who may call them.
_OUTSIDE = {"browser": "Pages", "ticket": "Pages", "git": "Git over HTTP", "none": "Probes and callbacks"}
# Where the first part of a path does not name its subject.
_SUBJECTS = {"whoami": "The caller", "openapi": "The contract"}
_BOUNDS = (
    ("format", ""),
    ("minimum", "≥ "),
    ("maximum", "≤ "),
    ("minLength", "length ≥ "),
    ("maxLength", "length ≤ "),
    ("minItems", "items ≥ "),
    ("maxItems", "items ≤ "),
    ("pattern", "matches "),
    ("default", "default "),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, with the parameters of both."""

    method: str
    path: str
    parameters: Sequence[Mapping[str, Any]]
    body: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """The heading it stands below: its tag, else the first fixed part of its path."""
        if self.body.get("tags"):
            return str(self.body["tags"][0])
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        if "api" not in parts and (outside := _OUTSIDE.get(str(self.body.get("x-session")))):
            return outside
        named = [part for part in parts if part not in {"api", "v1", "enablement"}]
        first = (named[0] if named else "service").split(".")[0]
        return _SUBJECTS.get(first, first.replace("-", " ").capitalize())


class ContractPage:
    """Renders one document. `name` is the page's, and begins its link targets, so that pages may have schemas of one name.

    `others` are the pages of documents whose schemas this one refers to, by the address it refers to them with.
    """

    def __init__(self, name: str, contract: Mapping[str, Any], others: Mapping[str, str]) -> None:
        self.name = name
        self.contract = contract
        self.others = others

    def render(self, source: str) -> str:
        """The page. `source` is the path of the document, for whoever wants the original."""
        info = self.contract["info"]
        parts = [
            f"# HTTP API: {info['title']}",
            "",
            f"Rendered from `{source}`.",
            "",
            _text(info.get("description", "")),
        ]
        subjects: dict[str, list[Operation]] = {}
        for operation in self.operations():
            subjects.setdefault(operation.subject, []).append(operation)
        for subject, operations in subjects.items():
            parts += ["", f"## {subject}"]
            for operation in operations:
                parts += ["", *self._operation(operation)]
        parts += ["", "## Schemas"]
        for name, schema in self.contract.get("components", {}).get("schemas", {}).items():
            parts += ["", f"({self._target('schema', name)})=", f"### {name}", "", *self._fields(schema)]
        return "\n".join(parts).rstrip() + "\n"

    def operations(self) -> Iterator[Operation]:
        """Every operation, in the order of the document."""
        for path, item in self.contract["paths"].items():
            for method in METHODS:
                if method in item:
                    own = [*item.get("parameters", ()), *item[method].get("parameters", ())]
                    yield Operation(method.upper(), path, [self._resolved(one) for one in own], item[method])

    def _operation(self, operation: Operation) -> Iterator[str]:
        body = operation.body
        if "operationId" in body:
            yield f"({self._target('operation', body['operationId'])})="
        yield f"### `{operation.method} {operation.path}`"
        yield ""
        yield _text(body.get("summary") or body.get("description", ""))
        facts = [f"operation `{body['operationId']}`"] if "operationId" in body else []
        facts += [
            f"{word} `{body[key]}`" for word, key in (("scope", "x-scope"), ("session", "x-session")) if key in body
        ]
        if facts:
            yield from ("", "*" + ", ".join(facts) + "*")
        if operation.parameters:
            yield from ("", "| parameter | in | type | meaning |", "|---|---|---|---|")
            for one in operation.parameters:
                name = f"`{one['name']}`" + (" (required)" if one.get("required") and one["in"] != "path" else "")
                yield f"| {name} | {one['in']} | {self._type(one.get('schema', {}))} | {cell(one.get('description', ''))} |"
        if "requestBody" in body:
            yield from self._request(self._resolved(body["requestBody"]))
        yield from self._answers(body.get("responses", {}))

    def _request(self, request: Mapping[str, Any]) -> Iterator[str]:
        for media, content in request.get("content", {}).items():
            schema = content.get("schema", {})
            inline = "properties" in schema
            yield ""
            said = "" if inline or not schema else f" {self._type(schema)}."
            yield f"Request body: `{media}`.{said} {_text(request.get('description', ''))}".rstrip()
            if inline:
                yield from ("", *self._fields(schema))

    def _answers(self, answers: Mapping[str, Any]) -> Iterator[str]:
        yield from ("", "| status | body | meaning |", "|---|---|---|")
        for status, answer in answers.items():
            bodies = []
            for media, content in self._resolved(answer).get("content", {}).items():
                schema = content.get("schema")
                bodies.append(f"`{media}`" + (f": {self._type(schema)}" if schema else ""))
            yield f"| {status} | {'<br>'.join(bodies)} | {cell(self._resolved(answer).get('description', ''))} |"

    def _fields(self, schema: Mapping[str, Any]) -> Iterator[str]:
        if schema.get("description"):
            yield from (_text(schema["description"]), "")
        for base in (one for one in schema.get("allOf", ()) if "$ref" in one):
            yield from (f"All fields of {self._type(base)}, and:", "")
        rows = list(self._rows("", schema))
        if rows:
            yield from ("| field | type | meaning |", "|---|---|---|", *rows)
        elif "$ref" in schema or "allOf" not in schema:
            yield f"Type: {self._type(schema)}."

    def _rows(self, prefix: str, schema: Mapping[str, Any]) -> Iterator[str]:
        """The fields of an object, those of objects within it below their path."""
        for part in schema.get("allOf", ()):
            yield from self._rows(prefix, part)
        required = schema.get("required", ())
        for name, one in schema.get("properties", {}).items():
            optional = "" if name in required else " (optional)"
            yield f"| `{prefix}{name}`{optional} | {self._type(one)} | {cell(one.get('description', ''))} |"
            if "properties" in one:
                yield from self._rows(f"{prefix}{name}.", one)
            elif "prefixItems" not in one and "properties" in one.get("items", {}):
                yield from self._rows(f"{prefix}{name}[].", one["items"])

    def _type(self, schema: Mapping[str, Any]) -> str:
        if "$ref" in schema:
            document, _, place = str(schema["$ref"]).partition("#")
            name = place.rsplit("/", 1)[1]
            return f"[{name}](#{self._target('schema', name, self.others[document] if document else self.name)})"
        for key, word in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " with ")):
            if key in schema:
                return word.join(self._alternative(one) for one in schema[key])
        if "const" in schema:
            return f"`{schema['const']}`"
        if "enum" in schema:
            return "one of " + ", ".join(f"`{'null' if one is None else one}`" for one in schema["enum"])
        named = schema.get("type", "anything")
        text = " or ".join(self._kind(one, schema) for one in ([named] if isinstance(named, str) else named))
        bounds = [f"{word}{_bound(key, schema[key])}" for key, word in _BOUNDS if key in schema]
        return f"{text}, {', '.join(bounds)}" if bounds else text

    def _alternative(self, schema: Mapping[str, Any]) -> str:
        """One of several: an object that has no name of its own is told by its fields."""
        fields = [f"`{name}`: {self._type(one)}" for name, one in schema.get("properties", {}).items()]
        return f"{{ {', '.join(fields)} }}" if fields else self._type(schema)

    def _kind(self, named: str, schema: Mapping[str, Any]) -> str:
        if named == "array" and "prefixItems" in schema:
            return f"array of exactly ({', '.join(self._type(one) for one in schema['prefixItems'])})"
        if named == "array" and "items" in schema:
            return f"array of {self._type(schema['items'])}"
        if named == "object" and isinstance(schema.get("additionalProperties"), Mapping):
            return f"object of {self._type(schema['additionalProperties'])}"
        return named

    def _resolved(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in value:
            return value
        found: Any = self.contract
        for part in str(value["$ref"]).removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)

    def _target(self, kind: str, name: str, page: str = "") -> str:
        return f"{page or self.name}-{kind}-{name}".lower()


def _bound(key: str, value: object) -> str:
    return f"`{value}`".replace("|", "\\|") if key in {"pattern", "default"} else str(value)


def _text(text: str) -> str:
    """A sentence on one line, with its angle brackets kept as text outside of code."""
    pieces = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(piece if piece.startswith("`") else piece.replace("<", "&lt;") for piece in pieces)


def cell(text: str) -> str:
    """A sentence for a cell of a table."""
    return _text(text).replace("|", "\\|")
