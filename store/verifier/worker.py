"""One process that answers: a uvicorn server on a socket that is already bound."""

import asyncio
import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import uvicorn

from store.domain.tools.tool import ToolDocument
from store.verifier.access_log import AccessLog, Format
from store.verifier.app import App
from store.verifier.context import WorkerContext
from store.verifier.counters import Counters
from store.verifier.endpoints import Listener
from store.verifier.http.protocol import HttpProtocol
from store.verifier.key_places import KeyPlaces
from store.verifier.leasing.start import told_of
from store.verifier.logs import Level
from store.verifier.metrics import Process
from store.verifier.usage.pruning import Pruning

DRAIN_S = 5


class Setup(msgspec.Struct, frozen=True):
    """What a worker is told."""

    url: str | None
    pepper_path: str | None
    public_url: str | None
    address: str = ""
    proxies: tuple[str, ...] = ()
    leak_keys: str | None = None
    key_headers: tuple[str, ...] = ()
    basic: bool = False
    allowed_origins: tuple[str, ...] = ()
    tools: tuple[ToolDocument, ...] = ()
    worker: int = 0
    workers: int = 1
    lease_s: float | None = None
    access_log: Format = Format.OFF
    log_level: Level | None = None
    """None leaves the logs as they are."""
    started_at: float = 0.0
    """When the verifier was, not this worker: in seconds since 1970."""


class _Server(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        draining: Callable[[], None],
        internal: tuple[uvicorn.Config, socket.socket] | None,
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._draining = draining
        self._internal = internal

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._draining()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._internal is not None and self.started:
            config, listening = self._internal
            config.load()
            # With the state of the other: it is closed, and waited for, with it.
            make = partial(
                HttpProtocol, config=config, server_state=self.server_state, app_state={}
            )
            self.servers.append(
                await asyncio.get_running_loop().create_server(
                    make, sock=listening, backlog=config.backlog
                )
            )
        if self.started:
            self._ready()


def _untold() -> None: ...


class Worker:
    """Serves until it is told to stop, by SIGTERM, SIGINT, SIGHUP or `stop()`."""

    def __init__(
        self,
        setup: Setup,
        counters: Counters,
        ready: Callable[[], None],
        draining: Callable[[], None] = _untold,
    ) -> None:
        """`ready` is called when it accepts connections, `draining` when it accepts no more."""
        self._setup = setup
        self._counters = counters
        self._ready = ready
        self._draining = draining
        self._server: _Server | None = None
        self._stopped = False

    def run(self, listening: socket.socket, internal: socket.socket | None = None) -> None:
        """Answer on a socket, then drain, write the usage and return.

        With an `internal` one what machines watch is answered there, and not on the other.

        Raises Invalid for an address of a store that is none, or StoreUnusable.
        """
        before = {
            # uvicorn raises the signal anew when it has drained; the usage is not written by then.
            number: signal.signal(number, lambda *_: self.stop())
            for number in end_signals()
        }
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._serve(listening, internal))
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop(self) -> None:
        """Let `run` drain and return. May be called from any thread."""
        self._stopped = True
        if self._server is not None:
            self._server.should_exit = True

    async def _serve(self, listening: socket.socket, internal: socket.socket | None) -> None:
        context = WorkerContext(
            self._setup.url,
            pepper_path=Path(self._setup.pepper_path) if self._setup.pepper_path else None,
            counters=self._counters,
            public_url=self._setup.public_url,
            address=self._setup.address,
            proxies=self._setup.proxies,
            leak_keys=Path(self._setup.leak_keys) if self._setup.leak_keys else None,
            lease_s=self._setup.lease_s,
            key_places=KeyPlaces(self._setup.key_headers, basic=self._setup.basic),
            allowed_origins=self._setup.allowed_origins,
            tools=self._setup.tools,
        )
        log = None
        if self._setup.access_log is not Format.OFF:
            log = AccessLog(self._setup.access_log, context)
        try:
            beside = (
                context.usage,
                context.connection_usage,
                told_of(context, self._setup.address),
                Pruning(context.database, context.clock),
            )
            running = [asyncio.create_task(service.run()) for service in beside]
            process = Process(self._setup.workers, self._setup.started_at)
            side = Listener.ALL if internal is None else Listener.PUBLIC
            app = App(context, process, side, log)
            beside_it = None
            if internal is not None:
                beside_it = _config(App(context, process, Listener.INTERNAL)), internal
            self._server = _Server(_config(app), self._ready, self._draining, beside_it)
            self._server.should_exit = self._stopped
            await self._server.serve([listening])
            await app.close()
            for service in beside:
                service.stop()
            await asyncio.gather(*running)
        finally:
            if log is not None:
                log.close()
            context.close()


def end_signals() -> list[signal.Signals]:
    """Return what ends a verifier after it has drained.

    SIGHUP, which a terminal sends that goes away, is left to whoever ignores it, as nohup does.
    """
    found = [signal.SIGTERM, signal.SIGINT]
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        found.append(hangup)
    return found


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=HttpProtocol,
        backlog=app.connections.backlog,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        # By default uvicorn believes X-Forwarded-For when it comes from 127.0.0.1.
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_S,
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.new_event_loop
    return new_event_loop
