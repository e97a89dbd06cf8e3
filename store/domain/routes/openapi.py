"""Routes of an OpenAPI document: Swagger 2.0, OpenAPI 3.0 and 3.1. Pure.

GET and HEAD read, all else writes, on a resource that an operation's first tag names, or the first
segment of its path that says something; or what the document's own `security` asks for. What cannot
be a route is left out, and told: what no route names is refused.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

from store.domain.names import checked_name, checked_resource
from store.domain.routes.pattern import Pattern, pattern
from store.domain.routes.references import Json, resolved, steps
from store.domain.routes.route import ANY_KEY, PUBLIC, Route
from store.domain.routes.servers import Servers
from store.domain.scopes import canonical, scope
from store.errors import Invalid

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
_READS = ("get", "head")
_PLACE = re.compile(r"\{([^{}/]+)\}")
_PART = re.compile(r"\{[^{}/]*\}")
# It says of which API or version a path is, and nothing of what it is about.
_VERSION = re.compile(r"api|rest|v\d+([a-z]+\d*)?|\d+(\.\d+)*", re.IGNORECASE)
_MULTI = "x-multi-segment"
"""GitHub's word for a parameter that may hold slashes."""
_SWAPPED = re.compile(r"(read|write):([a-z][a-z0-9_-]*)")


class ResourceFrom(Enum):
    """What names the resource of an operation."""

    TAG = "tag"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An operation that cannot be a route, and why."""

    operation: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says."""

    title: str
    prefix: str
    """What every path begins with."""
    routes: tuple[Route, ...]
    resources: Mapping[str, str]
    """Names of those that scopes are on, and what named them."""
    left_out: tuple[LeftOut, ...]


def read_document(
    document: Any,
    *,
    prefix: str | None = None,
    resources_from: ResourceFrom | None = None,
    security: bool = False,
) -> Reading:
    """Return the routes of a document. Raises Invalid for one that is none.

    `prefix` is what stands in front of its paths, by default its first server's path or its
    `basePath`. Resources are named after tags where each operation has one, else after paths.
    """
    document = checked_document(document)
    operations, left_out = operations_of(document)
    servers = Servers(document, ((one[3], one[2]) for one in operations), prefix)
    before = servers.prefix()
    if resources_from is None:
        tagged = all(_tag(operation) for *_, operation in operations)
        resources_from = ResourceFrom.TAG if tagged else ResourceFrom.PATH
    read = _Reader(document, servers, resources_from, security=security)
    read.left_out.extend(left_out)
    for method, path, item, operation in operations:
        read.take(method, path, item, operation)
    return Reading(
        title_of(document),
        before,
        tuple(_without_needless_rests([*read.routes.values()])),
        read.resources,
        tuple(read.left_out),
    )


class _Reader:
    def __init__(
        self, document: Json, servers: Servers, resources_from: ResourceFrom, *, security: bool
    ) -> None:
        self._document, self._servers = document, servers
        self._from, self._security = resources_from, security
        self._title = title_of(document)
        self.routes: dict[object, Route] = {}
        self.resources: dict[str, str] = {}
        self.left_out: list[LeftOut] = []

    def take(self, method: str, path: str, item: Json, operation: Json) -> None:
        name = f"{method.upper()} {path}"
        try:
            before = self._servers.prefix(operation, item)
            found = pattern(f"{method.upper()} {before}{places_of(path, item, operation)}")
            needs = (
                self._asked(operation)
                if self._security
                else self._by_method(method, operation, path)
            )
        except Invalid as error:
            self.left_out.append(LeftOut(name, str(error)))
            return
        if method == "head" and self._same_as_get(found.place, needs):
            return
        twin = self.routes.get(found.place)
        if twin is not None:
            self.left_out.append(LeftOut(name, f"It is the same place as {twin}."))
            return
        self.routes[found.place] = Route(found, needs, self._title)

    def _same_as_get(self, place: tuple[str, Any], needs: str) -> bool:
        get = self.routes.get(("GET", place[1]))
        return get is not None and get.needs == needs

    def _by_method(self, method: str, operation: Json, path: str) -> str:
        word = _tag(operation) if self._from is ResourceFrom.TAG else _telling(path)
        if not word:
            raise Invalid("resource", "Nothing in it names a resource. Add it by hand.")
        resource = _resource(word)
        self.resources.setdefault(resource, word)
        return f"{resource}:{'read' if method in _READS else 'write'}"

    def _asked(self, operation: Json) -> str:
        asked = operation.get("security", self._document.get("security"))
        if not isinstance(asked, list):
            raise Invalid("security", "Nothing says what it needs (security). Add it by hand.")
        ways = [way for way in asked if isinstance(way, dict)]
        if not ways or any(not way for way in ways):
            return PUBLIC
        needed = {
            frozenset(
                str(word) for words in way.values() if isinstance(words, list) for word in words
            )
            for way in ways
        }
        if len(needed) > 1:
            raise Invalid("security", "Each of several ways lets it pass, with other scopes.")
        words = needed.pop()
        if not words:
            return ANY_KEY
        found = frozenset(scope(_SWAPPED.sub(r"\2:\1", word)) for word in words)
        for one in found:
            self.resources.setdefault(checked_resource(one.resource), one.resource)
        return canonical(found)


def checked_document(document: Any) -> Json:
    """Return what may be read as an OpenAPI document. Raises Invalid."""
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise Invalid("file", "That is no OpenAPI document: it has no paths.")
    version = str(document.get("openapi") or document.get("swagger") or "")
    if not version.startswith(("3.", "2.")):
        raise Invalid("file", "That is no OpenAPI document: it says neither openapi nor swagger.")
    return document


def title_of(document: Json) -> str:
    """Return what a document is called. Raises Invalid."""
    info = document.get("info")
    title = info.get("title") if isinstance(info, dict) else None
    return checked_name(str(title or "OpenAPI"), "title")


Operation = tuple[str, str, Json, Json]


def operations_of(document: Json) -> tuple[list[Operation], list[LeftOut]]:
    """Return method, path, path item and operation of each, and what is none."""
    found: list[Operation] = []
    left_out = []
    for path, given in document["paths"].items():
        if path.startswith("x-"):
            continue
        try:
            item = _path_item(document, given)
        except Invalid as error:
            left_out.append(LeftOut(path, str(error)))
            continue
        for method in METHODS:
            operation = item.get(method)
            if isinstance(operation, dict):
                found.append((method, path, item, _with_parameters(document, operation)))
            elif method in item:
                left_out.append(LeftOut(f"{method.upper()} {path}", "It says nothing of itself."))
    return found, left_out


def _path_item(document: Json, given: Any) -> Json:
    """Return a path item with what it refers to.

    What stands beside a `$ref` goes before it: OpenAPI 3.1 leaves that open, and this is how it is
    meant. Raises Invalid where it refers to nothing, or to itself.
    """
    whole: dict[str, Any] = {}
    for part in steps(document, given):
        whole = {**part, **whole}
    return _with_parameters(document, whole)


def _with_parameters(document: Json, given: Json) -> Json:
    """Return a path item or an operation with what its parameters refer to, where that is there."""
    parameters = given.get("parameters")
    if not isinstance(parameters, list):
        return given
    followed = []
    for one in parameters:
        with suppress(Invalid):
            one = resolved(document, one)
        followed.append(one)
    return {**given, "parameters": followed}


def _tag(operation: Json) -> str:
    tags = operation.get("tags")
    return str(tags[0]) if isinstance(tags, list) and tags else ""


def _telling(path: str) -> str:
    """Return the first segment of a path that names something."""
    literal = [word for word in path.split("/") if word and not _PART.search(word)]
    telling = [word for word in literal if not _VERSION.fullmatch(word)]
    return (telling or literal or [""])[0]


def _resource(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")
    return _named(made if made[:1].isalpha() else f"r{made}")


def _named(resource: str) -> str:
    return resource[:40].rstrip("-_")


def places_of(path: str, item: Json, operation: Json) -> str:
    """Return a path with its places as patterns have them."""
    parts = path.split("/")
    last = _PLACE.fullmatch(parts[-1])
    if last is not None and spans(last[1], item, operation):
        parts[-1] = f"{{{last[1]}...}}"
    return "/".join(
        _PLACE.sub(lambda found: f"{{{re.sub('[^A-Za-z0-9_.-]', '_', found[1])}}}", part)
        for part in parts
    )


def spans(name: str, *sources: Json) -> bool:
    """Return whether a parameter may hold slashes, as whoever wrote the document says."""
    for source in sources:
        parameters = source.get("parameters")
        for one in parameters if isinstance(parameters, list) else ():
            if isinstance(one, dict) and one.get("name") == name and one.get(_MULTI) is True:
                return True
    return False


def _without_needless_rests(routes: Sequence[Route]) -> list[Route]:
    """Return routes of which no rest stands in another's way.

    A document means one segment or more by it, and a rest may be none at all.
    """
    made = list(routes)
    for at, one in enumerate(made):
        if one.pattern.open_ended and any(_clash(one.pattern, other.pattern) for other in routes):
            written = one.pattern.path.replace("...}", "}")
            made[at] = one._replace(pattern=pattern(f"{one.pattern.method} {written}"))
    return made


def _clash(one: Pattern, two: Pattern) -> bool:
    return one.overlaps(two) and not one.within(two) and not two.within(one)
