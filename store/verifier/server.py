"""`keydeck serve`: bind the address once, then answer with one process or several."""

import logging
import socket
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from store.domain.clock import SystemClock
from store.domain.leases.clock import BOUNDS, LONGEST_S, SHORTEST_S
from store.domain.times import SECOND
from store.domain.tools.tool import ToolDocument
from store.errors import Invalid
from store.operations.open import open_store
from store.persistence.database import Database
from store.system.service_manager import inherited_sockets, notify
from store.verifier.access_log import Format
from store.verifier.clients import UNIX, Clients
from store.verifier.counters import Counters
from store.verifier.cross_origin import Origins
from store.verifier.key_places import KeyPlaces
from store.verifier.listening import closing_all, listening_at, watched_at
from store.verifier.logs import Level, told_from
from store.verifier.signatures import Signatures
from store.verifier.supervisor import supervise
from store.verifier.urls import MCP, checked_issuer, is_place, issuer_at
from store.verifier.worker import DRAIN_S, Setup, Worker

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MOST_WORKERS = 64

_log = logging.getLogger("keydeck.verifier")


class Serving(NamedTuple):
    """Where a verifier answers."""

    address: str
    """Such as `http://127.0.0.1:8080`, with the port that was really bound."""
    workers: int
    internal: str | None = None
    """Where the machines that watch are answered, where that is somewhere else."""
    issuer: str = ""
    """What the addresses begin with that assistants are told."""

    @property
    def assistants(self) -> str | None:
        """Where assistants connect, None where they cannot."""
        return self.issuer + MCP if is_place(self.issuer) else None


def announce(serving: Serving) -> None:
    """Print the one line that says connections are accepted, and where assistants connect."""
    noun = "worker" if serving.workers == 1 else "workers"
    line = f"keydeck verifier on {serving.address} · {serving.workers} {noun}"
    if serving.internal is not None:
        line += f" · internal on {serving.internal}"
    if serving.assistants is None:
        # Every address is none that anybody can be told.
        line += " · assistants cannot connect without --public-url"
    else:
        line += f" · assistants connect to {serving.assistants}"
    print(line, flush=True)


def serve(
    url: str | None = None,
    host: str = "127.0.0.1",
    port: int = 8080,
    workers: int = 1,
    pepper_path: Path | None = None,
    public_url: str | None = None,
    proxies: Sequence[str] = (),
    leak_keys: Path | None = None,
    lease_s: float | None = None,
    internal: str | None = None,
    key_headers: Sequence[str] = (),
    basic: bool = False,
    allowed_origins: Sequence[str] = (),
    tools: Sequence[ToolDocument] = (),
    unix: Path | None = None,
    access_log: Format = Format.OFF,
    log_level: Level | None = None,
    ready: Callable[[Serving], None] = announce,
) -> None:
    """Answer until SIGTERM, SIGINT or SIGHUP, then drain, write the usage and return.

    Port 0 takes a free one; with `unix` a file is listened at instead, and where a service manager
    hands on sockets, at those: one called `internal` is for the machines that watch. `ready` is
    called when connections are accepted. `public_url` is what absolute addresses begin with;
    without one they are relative, and those of the authorization server, which may not be,
    begin with where it listens. `proxies` are networks whose `X-Forwarded-For` is believed.
    `leak_keys` is a file of public keys, by which reports of leaks may be signed. With
    `lease_s`, on PostgreSQL, each worker answers from memory while it holds a lease of so many
    seconds. `internal` is an address of its own for /readyz and /metrics: HOST:PORT or
    unix:PATH. A key may also come in one of `key_headers`, and, with `basic`, as the password
    of the Basic scheme. Pages of `allowed_origins` may call /mcp, beside this machine's.
    `tools` are what assistants find here beside those of the store. `access_log` is how each
    answer is noted on standard error, `log_level` from which level on it is told there how it
    goes; None leaves that to whoever configured logging.
    Must run in the main thread.

    Raises Invalid for an address or a number that cannot be, StoreUnusable for a store or pepper
    that cannot be used, CannotListen for a port in use, WorkerLost when a worker cannot start.
    """
    if not 1 <= workers <= MOST_WORKERS:
        raise Invalid("workers", f"Choose 1 to {MOST_WORKERS} workers.")
    Clients(proxies)
    Signatures(leak_keys)
    KeyPlaces(key_headers)
    Origins("", allowed_origins)
    public_url = None if public_url is None else checked_issuer(public_url)
    _allow_connections()
    # A store that cannot be served is refused here, once, and not by every worker.
    with closing(open_store(url, pepper_path=pepper_path)) as store:
        store.database.keep_reserve()
        if lease_s is not None:
            _check_lease(lease_s, store.database)
    with (
        told_from(log_level),
        closing_all(inherited_sockets()) as inherited,
        listening_at(host, port, unix, inherited) as (listening, address),
        watched_at(internal, inherited) as watched,
    ):
        if UNIX in proxies and listening.family != getattr(socket, "AF_UNIX", None):
            raise Invalid(
                "trust_proxy",
                f"“{UNIX}” means whoever may open a unix socket, and this is a port. Say --unix "
                "PATH, or the network of the proxy.",
            )
        inside = None if watched is None else watched.socket
        serving = Serving(
            address,
            workers,
            None if watched is None else watched.address,
            public_url or issuer_at(address),
        )
        setup = Setup(
            url=url,
            pepper_path=str(pepper_path.absolute()) if pepper_path else None,
            public_url=public_url,
            address=serving.address,
            proxies=tuple(proxies),
            leak_keys=str(leak_keys.absolute()) if leak_keys else None,
            key_headers=tuple(key_headers),
            basic=basic,
            allowed_origins=tuple(allowed_origins),
            tools=tuple(tools),
            workers=workers,
            lease_s=lease_s,
            access_log=access_log,
            log_level=log_level,
            started_at=SystemClock().now() / SECOND,
        )

        def accepting() -> None:
            ready(serving)
            notify("READY=1", f"STATUS=Answers on {serving.address}")

        if workers == 1:
            counters = Counters()
            Worker(setup, counters, accepting, _drain).run(listening, inside)
            answered = counters.requests()
        else:
            answered = supervise(setup, listening, inside, accepting, _drain)
        _log.info("Stopped, after %d request%s.", answered, "" if answered == 1 else "s")


def _drain() -> None:
    notify("STOPPING=1")
    _log.info("Stopping: what is under way has %d s to be answered.", DRAIN_S)


def _check_lease(lease_s: float, database: Database) -> None:
    if database.on_sqlite:
        raise Invalid(
            "lease",
            "On SQLite a verifier knows of every commit by itself, and a lease would gain nothing. "
            "Leave --lease out.",
        )
    if not SHORTEST_S <= lease_s <= LONGEST_S:
        raise Invalid("lease", BOUNDS)


def _allow_connections() -> None:
    """Take as many file descriptors as one is allowed: every connection is one.

    Many systems begin with 1,024 for the sake of select(), which nothing here uses.
    """
    if resource is not None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        # macOS names no limit and then refuses it.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
