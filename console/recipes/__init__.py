"""Configurations of proxies that ask keydeck before they let a request pass.

One proxy's files are whole: what they print is what its tests start. `@name@` in one stands for a
place, filled in by `written`, and a line with `@key_header@` is there once for each header that may
hold a key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import quote

from store.errors import Invalid

PROXIES = {
    "nginx": ("nginx.conf",),
    "caddy": ("Caddyfile",),
    "traefik": ("traefik.yml", "keydeck-routes.yml"),
    "haproxy": ("haproxy.cfg", "keydeck.lua"),
    "envoy": ("envoy.yaml",),
}
"""The files of each."""

_ADDRESS = "Write HOST:PORT, such as 127.0.0.1:8080."


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def address(field: str, text: str) -> Address:
    """Return an address as it was typed, with or without `http://`. Raises Invalid."""
    host, colon, port = text.removeprefix("http://").removesuffix("/").rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    well = all(part.isalnum() or part in "-._:" for part in bare) and bare.isascii()
    if not colon or not bare or not well or not (port.isascii() and port.isdecimal()):
        raise Invalid(field, f"“{text}” is no address. {_ADDRESS}")
    if ":" in bare and bare == host:
        raise Invalid(field, f"An IPv6 address stands in brackets: [{bare}]:{port}.")
    if not 0 < int(port) < 65536:
        raise Invalid(field, f"There is no port {port}. {_ADDRESS}")
    return Address(bare, int(port))


def written(
    proxy: str,
    *,
    keydeck: Address,
    upstream: Address,
    listen: Address,
    scopes: Sequence[str] = (),
    key_headers: Sequence[str] = (),
) -> dict[str, str]:
    """Return the files of a proxy by name, for an API at `upstream` that wants these scopes.

    A key may also come in `key_headers`: they are handed on to keydeck and end there.

    Raises Invalid for a scope where the proxy has no way to ask for one.
    """
    if proxy == "envoy" and scopes:
        raise Invalid(
            "scope",
            "Envoy asks with its client's own address, so it cannot say what is needed. Leave "
            "--scope out, and say it by routes: keydeck routes add.",
        )
    query = "&".join(["preflight=pass", *(f"scope={quote(scope, safe=':')}" for scope in scopes)])
    places = {
        "keydeck": str(keydeck),
        "keydeck_host": keydeck.host,
        "keydeck_port": str(keydeck.port),
        "upstream": str(upstream),
        "upstream_host": upstream.host,
        "upstream_port": str(upstream.port),
        "listen": str(listen),
        "listen_host": listen.host,
        "listen_port": str(listen.port),
        "query": query,
    }
    return {name: _filled_in(name, places, key_headers) for name in PROXIES[proxy]}


def _filled_in(name: str, places: dict[str, str], key_headers: Sequence[str]) -> str:
    lines = files(__name__).joinpath(name).read_text("utf-8").splitlines(keepends=True)
    text = "".join(_repeated(line, key_headers) for line in lines)
    for place, value in places.items():
        text = text.replace(f"@{place}@", value)
    return text


def _repeated(line: str, key_headers: Sequence[str]) -> str:
    if "@key_header" not in line:
        return line
    return "".join(
        line.replace("@key_header@", header)
        .replace("@key_header_lower@", header.lower())
        .replace("@key_header_snake@", header.lower().replace("-", "_"))
        for header in key_headers
    )
