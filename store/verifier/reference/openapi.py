"""OpenAPI 3.1, made of the table of endpoints and the types that read and write the JSON."""

import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import msgspec

from store.domain.verdicts import Verdict
from store.verifier import limit_headers, notices
from store.verifier.endpoints import Places
from store.verifier.key_places import KeyPlaces
from store.verifier.operation import Operation, Parameter, named
from store.verifier.problems import KINDS, PROBLEM_JSON, ProblemDocument
from store.verifier.reference.typed import typed

_REF = "#/components/schemas/{name}"
_JSON = "application/json"
_EVERYWHERE = {
    "X-Request-Id": "Names this request, also in the log.",
    "Cache-Control": "Always `no-store`.",
}
_OF_PROBLEMS = {
    401: {"WWW-Authenticate": "The challenge (RFC 6750 3)."},
    403: {"WWW-Authenticate": "The challenge, where a scope is lacking."},
    409: {"Retry-After": "Seconds."},
    429: {"Retry-After": "Seconds."},
    405: {"Allow": "The methods there are."},
    503: {"Retry-After": "Seconds."},
}
ORDER = tuple(KINDS)
WITH_KEY = (
    "invalid_request",
    *(verdict.value for verdict in Verdict if verdict not in (Verdict.VALID, Verdict.SCOPE)),
    "internal",
    "unavailable",
)
"""What every operation that takes a key can answer, whichever scopes it takes."""


def document(places: Places, public_url: str, prefix: str, key_places: KeyPlaces) -> dict[str, Any]:
    """Return the document. `public_url` is what addresses begin with, empty where unknown.

    `key_places` are where a request may carry its key.
    """
    schemes = _security_schemes(prefix, key_places)
    operations = [operation for place in places.values() for operation in place.operations.values()]
    types = [ProblemDocument]
    for operation in operations:
        types += [named(model) for model in (operation.answer, operation.body) if _is_type(model)]
    _, schemas = msgspec.json.schema_components(types, ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "keydeck verifier",
            "version": version("keydeck"),
            "summary": "Verifies API keys, and serves what they give access to.",
            "description": (
                f"Send a key as `Authorization: Bearer {prefix}_…`{_also(key_places)}. "
                "Instants are RFC 3339 in UTC. "
                "A query parameter that an address does not know is refused. "
                "What goes wrong is answered as a problem (RFC 9457) whose `code` is for programs."
            ),
        },
        "servers": [{"url": public_url or "/"}],
        "components": {
            "schemas": typed(schemas),
            "securitySchemes": schemes,
        },
        "paths": {
            path: {
                method.lower(): _operation(path, method, operation, schemes)
                for method, operation in place.operations.items()
            }
            for path, place in places.items()
        },
    }


def _security_schemes(prefix: str, key_places: KeyPlaces) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": f"{prefix}_ + 12 characters id + _ + 49 characters secret",
            "description": "An API key.",
        }
    }
    if key_places.basic:
        found["key_basic"] = {
            "type": "http",
            "scheme": "basic",
            "description": "An API key as the password; the user is not looked at.",
        }
    for header in key_places.headers:
        found[f"key_{header.lower().replace('-', '_')}"] = {
            "type": "apiKey",
            "in": "header",
            "name": header,
            "description": "An API key.",
        }
    return found


def _also(key_places: KeyPlaces) -> str:
    places = [f"`{header}: …`" for header in key_places.headers]
    if key_places.basic:
        places.append("as the password of Basic")
    return "".join(f", or {place}" for place in places)


def _operation(
    path: str, method: str, operation: Operation, schemes: Iterable[str]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": f"{method.lower()}{re.sub('[^a-z0-9]+', '_', path)}".rstrip("_"),
        "summary": operation.summary,
        "description": operation.description,
        "responses": {
            str(operation.status): _answer(operation),
            **_unchanged(operation),
            **_problems(operation),
        },
    }
    # Empty says that no key is needed; absent would say nothing.
    needed = operation.scopes
    found["security"] = [{name: list(needed)} for name in schemes] if needed is not None else []
    if operation.parameters:
        found["parameters"] = [_parameter(parameter) for parameter in operation.parameters]
    if operation.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {
                media_type: {"schema": _schema(operation.body), "example": operation.example}
                for media_type in operation.media_types
            },
        }
    return found


def _answer(operation: Operation) -> dict[str, Any]:
    answer = operation.answer
    found: dict[str, Any] = {
        "description": operation.answered,
        "headers": {
            **_headers({**_EVERYWHERE, **operation.headers}, required=True),
            **_notices(operation),
        },
    }
    if answer is not None:
        found["content"] = (
            {_JSON: {"schema": _schema(answer)}}
            if _is_type(answer)
            else {answer: {"schema": {"type": "string"}}}
        )
    return found


def _unchanged(operation: Operation) -> dict[str, Any]:
    if not operation.unchanged:
        return {}
    headers = {**_EVERYWHERE, **operation.headers}
    described = {**_headers(headers, required=True), **_notices(operation)}
    return {"304": {"description": operation.unchanged, "headers": described}}


def codes(operation: Operation) -> tuple[str, ...]:
    """Return every code an operation can answer with, in the order of their statuses."""
    found = set(operation.problems)
    if operation.scopes is not None:
        found.update(WITH_KEY)
        if operation.scopes:
            found.add("scope")
    return tuple(sorted(found, key=lambda code: (KINDS[code].status, ORDER.index(code))))


def _problems(operation: Operation) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in codes(operation):
        by_status.setdefault(KINDS[code].status, []).append(code)
    return {
        str(status): {
            "description": ", ".join(f"{KINDS[code].title} (`{code}`)" for code in found) + ".",
            "headers": {
                **_headers(_EVERYWHERE, required=True),
                **_headers(_OF_PROBLEMS.get(status, {}), required=False),
                **_headers(operation.refusal_headers, required=False),
                **(_notices(operation) if status not in (401, 403) else {}),
            },
            "content": {PROBLEM_JSON.decode(): {"schema": _schema(ProblemDocument)}},
        }
        for status, found in sorted(by_status.items())
    }


def _notices(operation: Operation) -> dict[str, Any]:
    # Told to whoever was let in, whatever becomes of the request then.
    told = notices.DESCRIBED | limit_headers.DESCRIBED
    return {} if operation.scopes is None else _headers(told, required=False)


def _headers(described: dict[str, str], *, required: bool) -> dict[str, Any]:
    return {
        name: {"description": words, "required": required, "schema": {"type": "string"}}
        for name, words in described.items()
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.place == "path",
        "description": parameter.description,
        "schema": parameter.schema,
    }


def _is_type(answer: Any) -> bool:
    return isinstance(named(answer), type)


def _schema(of: Any) -> dict[str, Any]:
    reference = {"$ref": _REF.format(name=named(of).__name__)}
    return reference if named(of) is of else {"type": "array", "items": reference}
