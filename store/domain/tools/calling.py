"""From a tool and its arguments to a request: what is judged is to the letter what is sent."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from store.domain.routes.paths import read_path
from store.domain.tools.forbidden import free_name, overrides_method, sendable_header
from store.domain.tools.tool import SEPARATORS, Body, Parameter, Tool
from store.errors import AmbiguousPath, Invalid

LONGEST_TARGET = 8000
"""Bytes of a path with its query: what servers take (RFC 9110 4.1)."""
# RFC 3986 3.3: what stands in a segment as it is.
_IN_SEGMENT = "!$&'()*+=:@"
_MOST_NESTED = 8
_EXACT = 2**53

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the admin's own API."""

    method: str
    path: str
    """As it is sent."""
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    media_type: str | None


def request(tool: Tool, arguments: Arguments) -> Request:
    """Return the request that a call of a tool is. Raises Invalid."""
    known = {one.argument for one in tool.parameters}
    if tool.body is not None:
        known.add(tool.body.argument)
    for name in arguments:
        if name not in known:
            takes = f"It takes {', '.join(sorted(known))}." if known else "It takes none."
            raise Invalid("arguments", f"There is no argument “{name[:80]}”. {takes}")
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        path = _path(tool, given)
        query = "&".join(_query(tool, given))
        headers = tuple(_headers(tool, given))
        body = None if tool.body is None else _body(tool.body, arguments)
    except UnicodeEncodeError:
        raise Invalid("arguments", "An argument holds half a character.") from None
    if len(path) + len(query) > LONGEST_TARGET:
        raise Invalid("arguments", "The arguments make an address that is too long. Give less.")
    return Request(
        tool.method,
        path,
        query,
        headers,
        body,
        tool.body.media_type if tool.body is not None and body is not None else None,
    )


def _path(tool: Tool, given: Arguments) -> str:
    values = {one.name: one for one in tool.parameters if one.place == "path"}
    written = []
    for segment in tool.path.split("/"):
        name = segment[1:-1].removesuffix("...") if segment.startswith("{") else None
        written.append(segment if name is None else _segment(values[name], given))
    path = "/".join(written)
    try:
        read_path(path)
    except AmbiguousPath as error:
        sentence = f"What was given makes an address that can be read in several ways: {error.why}."
        raise Invalid("arguments", sentence) from None
    return path


def _segment(one: Parameter, given: Arguments) -> str:
    value = _needed(one, given)
    if isinstance(value, (dict, list, tuple)):
        return _checked_segment(one, _simple(one, value, _in_list))
    text = _text(one, value)
    if not one.spans:
        return _checked_segment(one, _encoded(text, ","))
    return "/".join(_checked_segment(one, _encoded(part, ",")) for part in text.split("/"))


def _simple(one: Parameter, value: Any, quoted: Callable[[str], str]) -> str:
    """Return what stands in a path or in a header as OpenAPI's style `simple` has it."""
    if not isinstance(value, dict):
        return ",".join(quoted(_text(one, part)) for part in value)
    between = "=" if one.explode else ","
    return ",".join(
        f"{quoted(name)}{between}{quoted(_text(one, part))}" for name, part in value.items()
    )


def _in_list(text: str) -> str:
    return quote(text, safe=_IN_SEGMENT.replace("=", ""), errors="strict")


def _checked_segment(one: Parameter, segment: str) -> str:
    if not segment:
        raise Invalid("arguments", f"“{one.argument}” is empty, and names a part of the address.")
    return segment


def _encoded(text: str, more: str) -> str:
    return quote(text, safe=_IN_SEGMENT + more, errors="strict")


def _needed(one: Parameter, given: Arguments) -> Any:
    if one.argument not in given:
        raise Invalid("arguments", f"“{one.argument}” is missing.")
    return given[one.argument]


def _text(one: Parameter, value: Any) -> str:
    text = _written(value)
    if text is None:
        raise Invalid("arguments", f"“{one.argument}” holds what cannot stand there.")
    return text


def _written(value: Any) -> str | None:
    """Return a single value as JSON would have it, without quotes; None for what is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        # 7.0 is an integer in a schema, and in few addresses.
        return str(int(value))
    if isinstance(value, (bool, int, float)):
        return _json(value)
    return None


def _query(tool: Tool, given: Arguments) -> Iterator[str]:
    for one in tool.parameters:
        if one.place != "query":
            continue
        if one.argument not in given:
            if one.required:
                _needed(one, given)
            continue
        value = given[one.argument]
        if one.as_json:
            yield _pair(one.name, _json(value))
        elif one.style == "deepObject":
            yield from (_pair(name, text) for name, text in _deep(one.name, value))
        elif isinstance(value, (list, tuple)):
            yield from _several(one, value)
        elif isinstance(value, dict):
            yield from _object(one, value)
        else:
            yield _pair(one.name, _text(one, value))


def _several(one: Parameter, value: list[Any] | tuple[Any, ...]) -> Iterator[str]:
    texts = [_text(one, part) for part in value]
    if one.explode:
        yield from (_pair(one.name, text) for text in texts)
        return
    if not texts:
        return
    between = quote(SEPARATORS.get(one.style, ","), safe=",")
    yield f"{quote(one.name, safe='')}={between.join(quote(text, safe='') for text in texts)}"


def _object(one: Parameter, value: dict[str, Any]) -> Iterator[str]:
    texts = [(name, _text(one, part)) for name, part in value.items() if part is not None]
    if not one.explode:
        flat = ",".join(quote(word, safe="") for pair in texts for word in pair)
        yield f"{quote(one.name, safe='')}={flat}"
        return
    yield from (_pair(name, text) for name, text in texts)


def _deep(name: str, value: Any, level: int = 0) -> Iterator[tuple[str, str]]:
    if level > _MOST_NESTED:
        raise Invalid("arguments", "The arguments are nested too deeply.")
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _deep(f"{name}[{key}]", inner, level + 1)
    elif isinstance(value, (list, tuple)):
        for at, inner in enumerate(value):
            yield from _deep(f"{name}[{at}]", inner, level + 1)
    else:
        yield name, _written(value) or ""


def _pair(name: str, text: str) -> str:
    if not free_name(name):
        raise _no_field(name)
    return f"{quote(name, safe='', errors='strict')}={quote(text, safe='', errors='strict')}"


def _no_field(name: str) -> Invalid:
    return Invalid("arguments", f"The arguments may not have a field “{name[:80]}”.")


def _headers(tool: Tool, given: Arguments) -> Iterator[tuple[str, str]]:
    for one in tool.parameters:
        if one.place != "header" or (one.argument not in given and not one.required):
            continue
        if not sendable_header(one.name):
            # The tool is kept as it was made, when less was known of what tells who calls.
            raise Invalid("arguments", f"“{one.argument}” is not for an assistant to say.")
        value = _needed(one, given)
        parts = value if isinstance(value, (dict, list, tuple)) else [value]
        text = _json(value) if one.as_json else _simple(one, parts, str)
        if not text.isascii() or not text.isprintable():
            raise Invalid("arguments", f"“{one.argument}” may hold visible ASCII alone.")
        yield one.name, text.strip()


def _body(body: Body, arguments: Arguments) -> bytes | None:
    if body.argument not in arguments:
        if body.required:
            raise Invalid("arguments", f"“{body.argument}” is missing.")
        return None
    value = arguments[body.argument]
    if not body.form:
        for name in value if isinstance(value, dict) else ():
            if overrides_method(name):
                raise _no_field(name)
        return _json(value).encode()
    if not isinstance(value, dict):
        raise Invalid("arguments", f"“{body.argument}” is an object of the form's fields.")
    pairs: list[str] = []
    for name, field in value.items():
        pairs.extend(_pair(*one) for one in _field(body, name, field))
    return "&".join(pairs).encode("ascii")


def _field(body: Body, name: str, value: Any) -> Iterator[tuple[str, str]]:
    if name in body.deep:
        yield from _deep(name, value)
    elif isinstance(value, dict):
        # OpenAPI 3.1 4.8.15.1.3: an object in a form is JSON unless the document says otherwise.
        yield name, _json(value)
    elif isinstance(value, (list, tuple)):
        between = dict(body.joined).get(name)
        if between is not None and value:
            value = [between.join(map(_in_joined, value))]
        for part in value:
            nested = isinstance(part, (dict, list, tuple))
            yield name, _json(part) if nested else next(_deep(name, part))[1]
    else:
        yield from _deep(name, value)


def _in_joined(part: Any) -> str:
    text = _written(part)
    return _json(part) if text is None else text


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        raise Invalid("arguments", "The arguments hold what JSON cannot.") from None
