"""Tools of an OpenAPI document: Swagger 2.0, OpenAPI 3.0 and 3.1.

What a document says of servers and of credentials is nothing to a tool: where it is called is the
operator's word, and who calls is vouched for by headers. Only the path that its first server has is
taken, as `keydeck routes import` takes it, so that routes and tools name the same places.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from store.domain.routes.openapi import (
    LeftOut,
    Operation,
    checked_document,
    operations_of,
    places_of,
    title_of,
)
from store.domain.routes.pattern import Varies, pattern
from store.domain.routes.references import Json, resolved
from store.domain.routes.servers import Servers
from store.domain.tools import swagger
from store.domain.tools.bodies import body_of
from store.domain.tools.forbidden import USUAL_HEADERS, as_read, free_name, sendable_header
from store.domain.tools.naming import argument_name, plain, unique, wanted_name
from store.domain.tools.schemas import Schemas
from store.domain.tools.tool import MOST_TOOLS, SEPARATORS, USUAL_TOOLS, Body, Parameter, Tool
from store.errors import Invalid

_METHODS = ("get", "head", "post", "put", "patch", "delete")
_STYLES = {
    "path": ("simple",),
    "header": ("simple",),
    "query": (*SEPARATORS, "deepObject"),
}
_LESS_AT_A_TIME = (
    "limit per_page perpage page_size pagesize page offset cursor after before starting_after "
    "ending_before continue count first max_results maxresults page_token pagetoken size skip top "
    "start"
)
_PAGING = frozenset(_LESS_AT_A_TIME.split())
_LONGEST_TITLE = 80
_LONGEST_DESCRIPTION = 800


@dataclass(frozen=True, slots=True)
class Choice:
    """Which operations are wanted: all, or those that each of these lets pass."""

    tags: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Of tools or of operations (`operationId`); `*` stands for anything."""
    most: int = USUAL_TOOLS
    headers: tuple[str, ...] = ()
    """That are asked for beside USUAL_HEADERS."""


@dataclass(frozen=True, slots=True)
class ToolReading:
    """What a document gives."""

    title: str
    prefix: str
    tools: tuple[Tool, ...]
    left_out: tuple[LeftOut, ...]
    """What was looked at and cannot be a tool."""
    cut: int
    """How many more were wanted, and not looked at any more."""
    unasked: tuple[str, ...] = ()
    """Headers of its operations that nobody is asked for, and that the operator may name."""


def read_tools(document: Any, choice: Choice, *, prefix: str | None = None) -> ToolReading:
    """Return the tools of a document.

    `prefix` is what stands in front of its paths, by default its first server's path. Raises
    Invalid for what is no document, or where nothing of it is wanted.
    """
    if not 1 <= choice.most <= MOST_TOOLS:
        raise Invalid("most", f"Choose 1 to {MOST_TOOLS} tools: clients refuse more.")
    for header in choice.headers:
        if not sendable_header(header):
            raise Invalid(
                "header", f"“{plain(header, 64)}” says who calls, or how: no assistant says that."
            )
    document = checked_document(document)
    operations, left_out = operations_of(document)
    servers = Servers(document, ((one[3], one[2]) for one in operations), prefix)
    before = servers.prefix()
    callable_ones = [one for one in operations if one[0] in _METHODS]
    names = _names(callable_ones)
    wanted = [
        (name, one)
        for name, one in zip(names, callable_ones, strict=True)
        if _chosen(choice, name, one)
    ]
    if not wanted:
        raise Invalid("file", _nothing(choice, callable_ones, left_out))
    try:
        reader = _Reader(document, servers, choice.headers)
    except RecursionError:
        raise Invalid("file", "That document is nested too deeply.") from None
    made: dict[str, Tool] = {}
    # What nobody should begin to use goes first.
    best = deque(sorted(wanted, key=lambda one: one[1][3].get("deprecated") is True))
    while best and len(made) < choice.most:
        name, one = best.popleft()
        try:
            made[name] = reader.tool(name, one)
        except Invalid as error:
            left_out.append(LeftOut(f"{one[0].upper()} {one[1]}", str(error)))
    tools = tuple(made[name] for name, _ in wanted if name in made)
    unasked = tuple(sorted(reader.unasked))
    return ToolReading(title_of(document), before, tools, tuple(left_out), len(best), unasked)


def _names(operations: Sequence[Operation]) -> list[str]:
    return unique(
        (
            wanted_name(str(operation.get("operationId") or ""), method, path),
            f"{method} {path}",
        )
        for method, path, _, operation in operations
    )


def _chosen(choice: Choice, name: str, one: Operation) -> bool:
    method, _, _, operation = one
    tags = operation.get("tags")
    told = {str(tag).casefold() for tag in tags} if isinstance(tags, list) else set()
    called = (name, str(operation.get("operationId") or name))
    return (
        (not choice.tags or any(tag.casefold() in told for tag in choice.tags))
        and (not choice.methods or method in {wanted.lower() for wanted in choice.methods})
        and (
            not choice.names
            or any(fnmatchcase(word, wanted) for word in called for wanted in choice.names)
        )
    )


def _nothing(choice: Choice, operations: Sequence[Operation], left_out: Sequence[LeftOut]) -> str:
    if not operations:
        why = f" {left_out[0].operation}: {left_out[0].why}" if left_out else ""
        return f"That document has no operation that could be called.{why}"
    if not choice.tags:
        return "No operation of that document is among those that were chosen."
    tags = {
        plain(tag, 40)
        for *_, operation in operations
        if isinstance(operation.get("tags"), list)
        for tag in operation["tags"]
    }
    known = ", ".join(sorted(tags)[:20])
    return f"No operation of that document is among those that were chosen. Its tags: {known}."


class _Reader:
    def __init__(self, document: Json, servers: Servers, headers: Sequence[str]) -> None:
        self._document, self._servers = document, servers
        self._headers = {as_read(one) for one in (*USUAL_HEADERS.split(), *headers)}
        self.unasked: set[str] = set()
        self._schemas = Schemas(document)
        self._is_swagger = "openapi" not in document
        self._credentials = _credentials(document)

    def tool(self, name: str, one: Operation) -> Tool:
        """Return the tool of an operation. Raises Invalid where it cannot be one."""
        method, path, item, operation = one
        away = self._servers.elsewhere(operation, item)
        if away is not None:
            raise Invalid("file", f"It is served elsewhere: {plain(away, 80)}.")
        given = self._given(item, operation)
        before = self._servers.prefix(operation, item)
        place = pattern(f"{method.upper()} {before}{places_of(path, item, operation)}")
        places = [
            segment[1:-1].removesuffix("...")
            for segment in place.path.split("/")
            if segment.startswith("{")
        ]
        if len(set(places)) != len(places):
            raise Invalid("file", "Two places of its path have one name.")
        properties: dict[str, Any] = {}
        parameters: list[Parameter] = []
        for parameter in given:
            made = self._parameter(parameter, properties, places)
            if made is not None:
                properties[made.argument] = self._described(parameter)
                parameters.append(made)
        for place_name in places:
            if not any(one.place == "path" and one.name == place_name for one in parameters):
                argument = argument_name(place_name, properties, "path")
                properties[argument] = {"type": "string"}
                parameters.append(Parameter(argument, place_name, "path", True, "simple", False))
        if place.open_ended and place.segments[-1] is Varies.REST:
            parameters = [
                _spanning(one) if one.place == "path" and one.name == places[-1] else one
                for one in parameters
            ]
        body = self._body(operation, self._swagger_body(item, operation), properties)
        required = [one.argument for one in parameters if one.required]
        if body is not None:
            made_body, schema = body
            properties[made_body.argument] = schema
            required += [made_body.argument] if made_body.required else []
        title, description = _told(method, path, operation)
        return Tool(
            name,
            title,
            description,
            place.method,
            place.path,
            tuple(parameters),
            None if body is None else body[0],
            self._schemas.of_arguments(properties, required),
            tuple(
                one.argument
                for one in parameters
                if one.place == "query"
                and one.name.lower().replace("-", "_").lstrip("$") in _PAGING
            ),
            self._hidden(operation),
        )

    def _given(self, item: Json, operation: Json) -> list[Json]:
        """Return the parameters of an operation, beside its body."""
        return [
            swagger.parameter(one) if self._is_swagger else one
            for one in self._all_given(item, operation)
            if one.get("in") not in ("body", "formData")
        ]

    def _all_given(self, item: Json, operation: Json) -> list[Json]:
        found: dict[tuple[str, str], Json] = {}
        for source in (item, operation):
            several = source.get("parameters")
            for one in several if isinstance(several, list) else ():
                parameter = resolved(self._document, one)
                found[str(parameter.get("in")), str(parameter.get("name"))] = parameter
        return [*found.values()]

    def _parameter(
        self, given: Json, taken: dict[str, Any], places: Sequence[str]
    ) -> Parameter | None:
        """Return a parameter, None for one that nobody is asked for."""
        name = str(given.get("name") or "")
        where: Any = str(given.get("in"))
        required = where == "path" or given.get("required") is True
        if not name or name in self._credentials.get(where, ()):
            return None
        if where == "cookie":
            if required:
                raise Invalid("file", f"It takes a cookie ({plain(name, 40)}).")
            return None
        if where == "header" and not self._is_asked(name):
            return None
        if where == "query" and not free_name(name):
            return None
        if where == "path":
            name = places_of(f"{{{name}}}", {}, {})[1:-1]
            if name not in places:
                return None
        as_json = "schema" not in given and isinstance(given.get("content"), dict)
        usual = "form" if where == "query" else "simple"
        style = str(given.get("style") or usual)
        if where not in ("path", "query", "header") or style not in _STYLES[where]:
            if where not in _STYLES and not required:
                return None
            how = style if where in _STYLES else f"a part of its {where}"
            way = f"Its parameter {plain(name, 40)} is written as {plain(how, 40)}"
            raise Invalid("file", f"{way}, which is not known here.")
        explode = given.get("explode")
        return Parameter(
            argument_name(name, taken, where),
            name,
            where,
            required,
            style,
            explode if isinstance(explode, bool) else style == "form",
            as_json,
        )

    def _is_asked(self, header: str) -> bool:
        if not sendable_header(header):
            return False
        if as_read(header) in self._headers:
            return True
        self.unasked.add(header)
        return False

    def _described(self, given: Json) -> Json:
        """Return the schema of a parameter, with what is said of it."""
        schema = given.get("schema")
        if not isinstance(schema, dict):
            content = given.get("content")
            media: Any = next(iter(content.values()), {}) if isinstance(content, dict) else {}
            schema = media.get("schema", {}) if isinstance(media, dict) else {}
        text = given.get("description")
        if isinstance(schema, dict) and isinstance(text, str) and "$ref" not in schema:
            return {**schema, "description": text}
        if isinstance(schema, dict) and isinstance(text, str):
            return {"allOf": [schema], "description": text}
        return schema if isinstance(schema, dict) else {}

    def _swagger_body(self, item: Json, operation: Json) -> Json | None:
        if not self._is_swagger:
            return None
        consumes = operation.get("consumes", self._document.get("consumes"))
        return swagger.body(self._all_given(item, operation), consumes)

    def _body(
        self, operation: Json, of_swagger: Json | None, taken: dict[str, Any]
    ) -> tuple[Body, Any] | None:
        written = operation.get("requestBody") if of_swagger is None else of_swagger
        if written is None:
            return None
        return body_of(resolved(self._document, written), argument_name("body", taken, "body"))

    def _hidden(self, operation: Json) -> tuple[tuple[str, ...], ...]:
        responses = operation.get("responses")
        for status, answer in (responses if isinstance(responses, dict) else {}).items():
            if not str(status).startswith("2"):
                continue
            try:
                content = resolved(self._document, answer).get("content")
            except Invalid:
                continue
            for kind, media in (content if isinstance(content, dict) else {}).items():
                if "json" in str(kind) and isinstance(media, dict):
                    return self._schemas.hidden(media.get("schema"))
        return ()


def _credentials(document: Json) -> dict[str, set[str]]:
    """Return what the document's own credentials are called, by where they stand."""
    components = document.get("components")
    schemes = (
        components.get("securitySchemes")
        if isinstance(components, dict)
        else document.get("securityDefinitions")
    )
    found: dict[str, set[str]] = {}
    for scheme in schemes.values() if isinstance(schemes, dict) else ():
        if isinstance(scheme, dict) and scheme.get("type") == "apiKey":
            found.setdefault(str(scheme.get("in")), set()).add(str(scheme.get("name")))
    return found


def _told(method: str, path: str, operation: Json) -> tuple[str, str]:
    summary = plain(operation.get("summary"), _LONGEST_TITLE)
    name = wanted_name(str(operation.get("operationId") or ""), method, path)
    words = name.replace("_", " ")[:_LONGEST_TITLE]
    title = (summary or words[:1].upper() + words[1:]).rstrip(".")
    more = plain(operation.get("description"), _LONGEST_DESCRIPTION)
    description = more if more.startswith(summary) else f"{summary.rstrip('.')}. {more}"
    if operation.get("deprecated") is True:
        description = f"Deprecated. {description}"
    return title, description.strip() or title


def _spanning(one: Parameter) -> Parameter:
    return Parameter(
        one.argument, one.name, one.place, one.required, one.style, one.explode, one.as_json, True
    )
