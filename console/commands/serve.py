"""`keydeck serve`: the verifier."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands.api_document import chooses, read_tools_of
from console.commands.line import Line
from console.commands.options import for_operator
from console.commands.output import document
from store.errors import Invalid

if TYPE_CHECKING:
    from store.domain.tools.tool import ToolDocument
    from store.verifier.server import Serving


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="HOST", help="Where it answers."
)
@click.option("--port", default=8080, show_default=True, metavar="PORT", help="0 takes a free one.")
@click.option(
    "--unix",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Answer on this socket, mode 0660, and on no port.",
)
@click.option("--workers", default=1, show_default=True, metavar="NUMBER", help="Processes.")
@click.option("--public-url", metavar="URL", help="What absolute addresses begin with.")
@click.option(
    "--trust-proxy",
    "proxies",
    multiple=True,
    metavar="CIDR|unix",
    help="Believe X-Forwarded-For from there, or at the --unix socket. Repeat it for several.",
)
@click.option(
    "--key-header",
    "key_headers",
    multiple=True,
    metavar="NAME",
    help="Take a key in this header, too, such as X-API-Key. Repeat it for several.",
)
@click.option("--basic", is_flag=True, help="Take a key as the password of Basic, too.")
@click.option(
    "--allow-origin",
    "allowed_origins",
    multiple=True,
    metavar="ORIGIN",
    help="Let pages of it call /mcp, such as https://app.example.com. Repeat it for several.",
)
@click.option(
    "--tools",
    "tools_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Let assistants call your own API, as its OpenAPI document has it, at --upstream.",
)
@click.option("--upstream", metavar="URL", help="Where your API is called for --tools.")
@chooses
@click.option(
    "--leak-keys",
    metavar="FILE",
    help="Public keys of GitHub's secret scanning, by which POST /api/v1/leaks may be signed.",
)
@click.option(
    "--lease",
    metavar="LENGTH",
    help="1s to 10s, on PostgreSQL: answer keys that were used lately from memory.",
)
@click.option(
    "--internal",
    metavar="HOST:PORT|unix:PATH",
    help="Answer /readyz and /metrics there, and not where keys are.",
)
@click.option(
    "--access-log",
    type=click.Choice(["off", "common", "json"]),
    default="off",
    show_default=True,
    help="Note each answer on standard error, never with a key.",
)
@click.option(
    "--log-level",
    type=click.Choice(["error", "warning", "info"]),
    default="info",
    show_default=True,
    help="What else is told there.",
)
@for_operator
def serve(
    line: Line,
    host: str,
    port: int,
    unix: Path | None,
    workers: int,
    public_url: str | None,
    proxies: tuple[str, ...],
    key_headers: tuple[str, ...],
    basic: bool,
    allowed_origins: tuple[str, ...],
    tools_file: Path | None,
    upstream: str | None,
    leak_keys: str | None,
    lease: str | None,
    internal: str | None,
    access_log: str,
    log_level: str,
    **chosen: Any,
) -> None:
    """Answer every request that carries a key, until SIGTERM, SIGHUP or Ctrl+C.

    Prints one line when it accepts connections, and finishes what is under way before it ends. It
    speaks plain HTTP: TLS is the proxy's. --tools and what chooses of it are for this
    verifier alone; keydeck tools add lets every one have them.
    """
    from console.loading import undisturbed

    with undisturbed():
        from store.operations.open import default_pepper_path
        from store.verifier import server
        from store.verifier.access_log import Format
        from store.verifier.logs import Level

    server.serve(
        line.address,
        host=host,
        port=port,
        unix=unix,
        access_log=Format(access_log),
        log_level=Level(log_level),
        workers=workers,
        pepper_path=default_pepper_path(),
        public_url=public_url,
        proxies=proxies,
        leak_keys=Path(leak_keys) if leak_keys else None,
        lease_s=None if lease is None else _lease_s(lease),
        internal=internal,
        key_headers=key_headers,
        basic=basic,
        allowed_origins=allowed_origins,
        tools=_tools(tools_file, upstream, chosen),
        ready=_announce if line.json else server.announce,
    )


def _tools(file: Path | None, upstream: str | None, chosen: dict[str, Any]) -> "list[ToolDocument]":
    from store.domain.tools.tool import ToolDocument

    if file is None or upstream is None:
        if file is not None or upstream is not None or any(chosen.values()):
            raise Invalid("tools", "Say both --tools FILE and --upstream URL, or neither.")
        return []
    reading, origin = read_tools_of(file, upstream, **chosen)
    return [ToolDocument(reading.title, origin, reading.tools)]


def _lease_s(text: str) -> float:
    from store.domain.leases.clock import BOUNDS
    from store.domain.times import SECOND, duration

    try:
        return duration(text, "lease") / SECOND
    except Invalid:
        # A length after all, but none that a lease may have: 0s, 500ms, 1.5s.
        if re.fullmatch(r"[\d.]+ ?(ms|[smhdw])", text.strip()):
            raise Invalid("lease", BOUNDS) from None
        raise


def _announce(serving: "Serving") -> None:
    document(
        {
            "address": serving.address,
            "workers": serving.workers,
            "internal": serving.internal,
            "assistants": serving.assistants,
        }
    )
