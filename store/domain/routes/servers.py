"""Where a document says that its operations are served: of that, the path alone is taken. Pure."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from store.domain.routes.references import Json
from store.errors import Invalid

_UNSAID = ""
"""The origin of what is a path alone: it is where the document is, wherever that may be."""
_USUAL_PORTS = {"http": ":80", "https": ":443"}


class Servers:
    """Where most operations of a document are served, and which of them are not."""

    def __init__(
        self, document: Json, operations: Iterable[tuple[Json, Json]], chosen: str | None = None
    ) -> None:
        """`operations` are each with its path item, `chosen` is what stands in front of paths."""
        self._document, self._chosen = document, chosen
        self._usual = _origins(_servers(document)) or (_UNSAID,)
        # Documents that were put together name at their head what no operation is served at.
        served = Counter(origin for one in operations for origin in self._places(*one))
        # Of several that are as frequent the first, and before it what the head names.
        self._here = max((*self._usual, *served), key=lambda origin: served[origin])

    def elsewhere(self, operation: Json, item: Json) -> str | None:
        """Return where an operation is served that is not served where most are, else None."""
        places = self._places(operation, item)
        return None if self._here in places or _UNSAID in places else places[0]

    def prefix(self, *nearer: Json) -> str:
        """Return what stands in front of paths: what was chosen, else what the document says.

        `nearer` are the operation and its path item, whose own servers go before the document's
        (OpenAPI 3.1 4.8.9.1); of several servers the one counts where most operations are served.
        Raises Invalid where that is no beginning of a path.
        """
        before = self._said(nearer) if self._chosen is None else self._chosen.rstrip("/")
        if before and not before.startswith("/"):
            raise Invalid(
                "prefix", f"“{before}” is no beginning of a path. Write --prefix /api/v1."
            )
        return before

    def _said(self, nearer: tuple[Json, ...]) -> str:
        base = self._document.get("basePath")
        if isinstance(base, str):
            return base.rstrip("/")
        for source in (*nearer, self._document):
            servers = _servers(source)
            if servers:
                path = _split(next(filter(self._is_here, servers), servers[0])).path.rstrip("/")
                if "{" in path:
                    raise Invalid("prefix", f"“{path}” is no beginning of a path: say --prefix.")
                return path
        return ""

    def _is_here(self, server: str) -> bool:
        return not {self._here, _UNSAID}.isdisjoint(_origins([server]))

    def _places(self, operation: Json, item: Json) -> tuple[str, ...]:
        servers = _servers(operation) or _servers(item)
        return (_origins(servers) or (_UNSAID,)) if servers else self._usual


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


def _origins(urls: list[str]) -> tuple[str, ...]:
    """Return the origins of addresses, each once (RFC 6454 4)."""
    found = []
    for url in urls:
        # What is no address is told where its path is asked for.
        with suppress(Invalid):
            parts = _split(url)
            scheme = parts.scheme.lower() or "https"
            host, port = parts.netloc.rpartition("@")[2].lower(), _USUAL_PORTS.get(scheme, ":")
            found.append(f"{scheme}://{host.removesuffix(port)}" if host else _UNSAID)
    return tuple(dict.fromkeys(found))


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise Invalid("prefix", f"“{url}” is no address of a server. Say --prefix.") from None
