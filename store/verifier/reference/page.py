"""The reference as one HTML page: no script, nothing to load, readable in any browser."""

import json
import re
import shlex
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from store.verifier.endpoints import Places
from store.verifier.operation import Operation, named
from store.verifier.problems import KINDS
from store.verifier.reference.openapi import codes

API = "$API"
"""Stands for where the verifier answers; the page says so."""

TOPICS = {
    "why": "Request ids, what stopped a request, what a key was used for.",
    "restrictions": "What a key may not do although its scopes let it.",
    "routes": "Say once what each request to your own API needs.",
    "proxies": "Let nginx, Caddy, Traefik, HAProxy or Envoy ask for your API.",
    "client": "Ask keydeck from inside your own Python program.",
    "assistants": "Connect an assistant over MCP, say what it may do, and end it.",
    "leaks": "Find keys where none should be, and what a report of one does.",
    "verifier": "Run it, ask it how it is, and what it answers besides verdicts.",
}
"""What `keydeck help` has for whoever calls the API or guards one, by name. No verifier needs the
console, which ships the texts, so their summaries stand here too."""

_CODE = re.compile("`([^`]*)`")


class OperationEntry(NamedTuple):
    """One operation, as the page shows it."""

    anchor: str
    method: str
    path: str
    operation: Operation
    codes: tuple[str, ...]
    curl: str
    answer: str
    """The name of the answer's schema, or its media type."""
    body: str
    example: str


def page(places: Places, document: dict[str, Any]) -> str:
    """Return the page of an OpenAPI document and the endpoints it was made of."""
    environment = Environment(
        loader=PackageLoader("store.verifier.reference", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["coded"] = _coded
    entries = [
        _entry(path, method, operation)
        for path, place in places.items()
        for method, operation in place.operations.items()
    ]
    return environment.get_template("page.html").render(
        info=document["info"],
        server=document["servers"][0]["url"],
        entries=entries,
        schemas={
            name: _fields(schema) for name, schema in document["components"]["schemas"].items()
        },
        described={
            name: schema.get("description", "")
            for name, schema in document["components"]["schemas"].items()
        },
        kinds=KINDS,
        topics=TOPICS,
    )


def _entry(path: str, method: str, operation: Operation) -> OperationEntry:
    answer = named(operation.answer)
    return OperationEntry(
        anchor=f"{method.lower()}{path}",
        method=method,
        path=path,
        operation=operation,
        codes=codes(operation),
        curl=curl(path, method, operation),
        answer=answer.__name__ if isinstance(answer, type) else str(answer),
        body="" if operation.body is None else named(operation.body).__name__,
        example="" if operation.example is None else json.dumps(operation.example, indent=2),
    )


def curl(path: str, method: str, operation: Operation) -> str:
    """Return a command line that calls an operation; `$KEY` is the key, `$API` the place."""
    for parameter in operation.parameters:
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", f"${parameter.name.upper()}")
    query = "&".join(
        f"{parameter.name}={quote(parameter.example, safe=':')}"
        for parameter in operation.parameters
        if parameter.place == "query" and parameter.example != "…"
    )
    words = ["curl", "-s"]
    if operation.scopes is not None:
        words.append('-H "Authorization: Bearer $KEY"')
    if method != "GET":
        words.append(f"-X {method}")
    if operation.example is not None:
        words.append(f"-H 'Content-Type: {operation.media_types[0]}'")
        words.append(f"-d {shlex.quote(json.dumps(operation.example))}")
    words.append(f'"{API}{path}{"?" if query else ""}{query}"')
    return " ".join(words[:2]) + " \\\n  " + " \\\n  ".join(words[2:])


def _coded(text: str) -> Markup:
    # Descriptions are in the Markdown that OpenAPI allows; this much of it is used.
    return Markup(  # noqa: S704 - escaped first
        _CODE.sub(r"<code>\1</code>", str(escape(text)))
    )


class SchemaField(NamedTuple):
    """One field of a schema."""

    name: str
    words: str
    refers: str
    """The name of the schema it holds, or nothing."""
    required: bool


def _fields(schema: dict[str, Any]) -> list[SchemaField]:
    required = schema.get("required", [])
    return [
        SchemaField(name, *_words(of), name in required)
        for name, of in schema.get("properties", {}).items()
    ]


def _words(schema: dict[str, Any]) -> tuple[str, str]:
    if "$ref" in schema:
        return "", schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        found = [_words(option) for option in schema["anyOf"]]
        words = " or ".join(text for text, _ in found if text)
        return words, next((name for _, name in found if name), "")
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"]), ""
    if schema.get("type") == "array":
        words, name = _words(schema["items"])
        return f"list of {words}".rstrip(), name
    words = str(schema.get("format", schema.get("type", "any")))
    if "minimum" in schema:
        words += f" from {schema['minimum']}"
    if "maximum" in schema:
        words += f" to {schema['maximum']:,}"
    if "pattern" in schema:
        words += f" such as {schema['pattern']}"
    return words, ""
