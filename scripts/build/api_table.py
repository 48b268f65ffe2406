"""`python -m scripts.build.api_table`: writes `docs/api.md`, the calls of the API as people read them, from `docs/openapi.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scripts.build.prose import wrapped

DOCS = Path(__file__).resolve().parents[2] / "docs"
TABLE = DOCS / "api.md"
METHODS = ("get", "post", "put", "patch", "delete")
HEAD = """\
# API of the backend

Made from [openapi.json](openapi.json) by `make openapi`; do not edit it here. A running service has
the same at `/api/openapi.json`, with every field, an example of each call and the error shape.
Who may make which call is in `tests/acceptance/test_roles.py`, which tries every call as every role.
The verifier's calls are in [issuer-api.md](issuer-api.md).

- Identifiers are strings. Times in JSON are RFC 3339 UTC. Amounts are integers in fen. Hashes,
  addresses and signatures are 0x and lower-case hex.
- Times inside signed content (`typed_data`, `credential_expires_at`, a ticket's `expires_at`,
  `vouched_at`, `received_at_seconds`) are whole seconds since 1970, as they were signed.
- A field with `?` may be left out. `[...]` is a list.

## One error shape

```json
{"error": {"code": "PollClosed", "message": "...", "message_zh": "...", "message_en": "...", "details": {}}}
```

`code` names the broken rule and never changes. `details.rows` lists `row`, `field`, `rule`,
`message_zh` and `message_en` for files and forms. BadInput is 422, NotSignedIn 401, NotAllowed 403,
NotFound 404, Conflict 409, TooMany 429 with Retry-After, Unavailable 503.
"""


def table(document: dict[str, Any]) -> str:
    """The page: a section for each room, a row for each call."""
    rows: dict[str, list[str]] = {}
    for path, calls in document["paths"].items():
        for method in METHODS:
            if method in calls:
                tag = (calls[method].get("tags") or ["service"])[0]
                rows.setdefault(tag, []).append(_row(document, method, path, calls[method]))
    sections = [
        f"\n## {tag}\n\n| call | what it does | body | answer |\n|---|---|---|---|\n" + "\n".join(rows[tag]) + "\n" for tag in sorted(rows)
    ]
    return wrapped(HEAD + "".join(sections))


def _row(document: dict[str, Any], method: str, path: str, call: dict[str, Any]) -> str:
    asked = [each["name"] for each in call.get("parameters", ()) if each["in"] == "query"]
    name = f"{method.upper()} {path}" + (f" (?{', ?'.join(asked)})" if asked else "")
    answers = [f"{status}: {_content(document, call['responses'][status])}" for status in call["responses"] if status.startswith("2")]
    cells = (f"`{name}`", call.get("description", ""), _content(document, call.get("requestBody", {})), "; ".join(answers))
    return "| " + " | ".join(" ".join(cell.replace("|", r"\|").split()) for cell in cells) + " |"


def _content(document: dict[str, Any], part: dict[str, Any]) -> str:
    said = []
    for kind, content in part.get("content", {}).items():
        fields = _fields(document, content.get("schema", {}))
        said.append(f"`{fields}`" if fields and kind == "application/json" else f"{kind} `{fields}`" if fields else kind)
    return " or ".join(said)


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "array":
        return f"[{_fields(document, schema['items'])}]"
    if "anyOf" in schema:
        return " / ".join(filter(None, (_fields(document, each) for each in schema["anyOf"])))
    needed = schema.get("required", [])
    return ", ".join(name if name in needed else f"{name}?" for name in schema.get("properties", {}))


def main() -> None:
    """Write the page."""
    document = json.loads((DOCS / "openapi.json").read_text("utf-8"))
    TABLE.write_text(table(document), "utf-8")
    print(json.dumps({"file": TABLE.name, "calls": sum(len(calls) for calls in document["paths"].values())}))


if __name__ == "__main__":
    main()
