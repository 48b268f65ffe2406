"""The calls of an OpenAPI document, each with its parameters and the schema and an example of its body."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One method of one path."""

    method: str
    path: str
    parameters: tuple[dict[str, Any], ...]
    kind: str
    """The body's content type; empty without a body."""
    schema: Schema
    needed: bool
    example: Any

    @property
    def name(self) -> str:
        """As the log names it."""
        return f"{self.method} {self.path}"


def calls_of(document: dict[str, Any], examples: dict[str, Any]) -> list[Call]:
    """All of them; `examples` are bodies by `METHOD /path`, where the document has none."""
    found = []
    for path, methods in sorted(document["paths"].items()):
        for method, said in sorted(methods.items()):
            body = said.get("requestBody", {})
            contents: dict[str, dict[str, Any]] = body.get("content", {"": {}})
            kind, content = next(iter(contents.items()))
            schema = _resolved(content.get("schema", {}), document)
            name = f"{method.upper()} {path}"
            example = examples.get(name, content.get("example"))
            parameters = tuple(each for each in said.get("parameters", []) if each["in"] in {"path", "query"})
            found.append(Call(method.upper(), path, parameters, kind, schema, body.get("required", False), example))
    return found


def _resolved(schema: Schema, document: dict[str, Any], depth: int = 0) -> Schema:
    """With what it refers to in its place."""
    schema = copy.copy(schema)
    if "$ref" in schema and depth < 12:
        name = schema["$ref"].rpartition("/")[2]
        return _resolved(document["components"]["schemas"][name], document, depth + 1)
    if "properties" in schema:
        schema["properties"] = {key: _resolved(value, document, depth + 1) for key, value in schema["properties"].items()}
    if isinstance(schema.get("items"), dict):
        schema["items"] = _resolved(schema["items"], document, depth + 1)
    for many in ("anyOf", "oneOf", "allOf"):
        if many in schema:
            schema[many] = [_resolved(one, document, depth + 1) for one in schema[many]]
    return schema
