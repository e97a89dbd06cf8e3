"""What a document says is sent beside the parameters, as far as an assistant can send it."""

from typing import Any

from store.domain.routes.references import Json
from store.domain.tools.tool import SEPARATORS, Body
from store.errors import Invalid

_FORM = "application/x-www-form-urlencoded"


def body_of(given: Json, argument: str) -> tuple[Body, Any] | None:
    """Return what a `requestBody` asks for as an argument, and its schema.

    None where it is nothing that an assistant can send, and may be left out; raises Invalid where
    it may not.
    """
    content = _dict(given.get("content"))
    required = given.get("required") is True
    kind = _media_type(content)
    if kind is None:
        if required:
            raise Invalid("file", "What it is sent is neither JSON nor a plain form.")
        return None
    media = _dict(content[kind])
    fields = {
        str(name): one
        for name, one in _dict(media.get("encoding")).items()
        if isinstance(one, dict)
    }
    sent = kind.partition(";")[0].strip().lower()
    body = Body(
        argument,
        "application/json" if "*" in sent else sent,
        required,
        tuple(name for name, how in fields.items() if how.get("style") == "deepObject"),
        tuple((name, sign) for name, how in fields.items() if (sign := _between(how)) is not None),
    )
    return body, media.get("schema", {})


def _between(how: Json) -> str | None:
    """Return what stands between the elements of a field, None where each is a field (OpenAPI)."""
    style = how.get("style", "form")
    return None if how.get("explode", style == "form") else SEPARATORS.get(str(style))


def _media_type(content: Json) -> str | None:
    """Return which of several an assistant can send, None for none."""
    ranked = []
    for kind in map(str, content):
        spelt = kind.partition(";")[0].strip().lower()
        if spelt == "application/json":
            ranked.append((0, kind))
        elif spelt.endswith("+json") or spelt in ("text/json", "*/*", "application/*"):
            ranked.append((1, kind))
        elif spelt == _FORM:
            ranked.append((2, kind))
    return min(ranked, key=lambda one: one[0])[1] if ranked else None


def _dict(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
