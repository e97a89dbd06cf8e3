"""Where a document says that its operations are served: of that, the path alone is taken. Pure."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from store.domain.routes.references import Json
from store.errors import Invalid


def prefix_of(document: Json, chosen: str | None = None, *nearer: Json) -> str:
    """Return what stands in front of paths: what was chosen, else what the document says itself.

    `nearer` are the operation and its path item, whose own servers go before the document's
    (OpenAPI 3.1 4.8.9.1). Raises Invalid where that is no beginning of a path.
    """
    before = _own_prefix(document, nearer) if chosen is None else chosen.rstrip("/")
    if before and not before.startswith("/"):
        raise Invalid("prefix", f"“{before}” is no beginning of a path. Write --prefix /api/v1.")
    return before


class Elsewhere:
    """Which operations of a document are served at another place than most."""

    def __init__(self, document: Json, operations: Iterable[tuple[Json, Json]]) -> None:
        """`operations` are each with its path item."""
        self._here = _origins(_servers(document))
        served = Counter(self._apart(*one) is None for one in operations)
        # Documents that were put together name at their head what no operation is served at.
        self._tells = served[False] < served[True]

    def place(self, operation: Json, item: Json) -> str | None:
        """Return where an operation is served that is not served where most are, else None."""
        return self._apart(operation, item) if self._tells else None

    def _apart(self, operation: Json, item: Json) -> str | None:
        places = _origins(_servers(operation) or _servers(item))
        return None if not places or self._here & places or not self._here else min(places)


def _own_prefix(document: Json, nearer: tuple[Json, ...]) -> str:
    base = document.get("basePath")
    if isinstance(base, str):
        return base.rstrip("/")
    for source in (*nearer, document):
        for server in _servers(source):
            path = _split(server).path.rstrip("/")
            if "{" in path:
                raise Invalid("prefix", f"“{path}” is no beginning of a path: say --prefix.")
            return path
    return ""


def _servers(source: Json) -> list[str]:
    """Return the addresses of servers, with the defaults of their variables."""
    servers = source.get("servers")
    found = []
    for one in servers if isinstance(servers, list) else ():
        if not isinstance(one, dict) or not isinstance(one.get("url"), str):
            continue
        url, variables = one["url"], one.get("variables")
        for name, variable in (variables if isinstance(variables, dict) else {}).items():
            if isinstance(variable, dict) and "default" in variable:
                url = url.replace(f"{{{name}}}", str(variable["default"]))
        found.append(url)
    return found


def _origins(urls: list[str]) -> set[str]:
    found = set()
    for url in urls:
        # What is no address is told where its path is asked for.
        with suppress(Invalid):
            parts = _split(url)
            if parts.netloc:
                found.add(f"{parts.scheme}://{parts.netloc}".lower())
    return found


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise Invalid("prefix", f"“{url}” is no address of a server. Say --prefix.") from None
