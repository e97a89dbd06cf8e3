"""Where a document says that its operations are served: of that, the path alone is taken. Pure."""

from typing import Any
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


def elsewhere(document: Json, *nearer: Json) -> str | None:
    """Return where an operation is served that is not served where the document is, else None."""
    own = next(filter(None, map(_servers, nearer)), [])
    places, here = _origins(own), _origins(_servers(document))
    return None if not places or not here or here.intersection(places) else min(places)


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
    parts: list[Any] = [_split(one) for one in urls]
    return {f"{one.scheme}://{one.netloc}".lower() for one in parts if one.netloc}


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise Invalid("prefix", f"“{url}” is no address of a server. Say --prefix.") from None
