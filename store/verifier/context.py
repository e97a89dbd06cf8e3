"""What the endpoints of one worker share: its lookup, its peppers, its engine, its counts."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

from sqlalchemy import Connection

from store.credentials import peppers as pepper_file
from store.domain.clock import Clock, SystemClock
from store.domain.credential import Credential
from store.domain.leases.clock import own_clock
from store.domain.leases.holding import Holding
from store.domain.request_ids import PURPOSE, RequestIds
from store.domain.tools.tool import ToolDocument
from store.domain.verdicts import Verdict
from store.errors import (
    PepperWrong,
    ServerUnreachable,
    StoreBusy,
    StoreFull,
    StoreUnconfirmed,
    StoreUnusable,
)
from store.operations.open import default_pepper_path, default_url
from store.persistence.database import Database
from store.persistence.database.limits import BUSY_TIMEOUT_MS
from store.persistence.high_water import HighWaterMark
from store.persistence.repositories.catalogue import Catalogue
from store.persistence.schema import OF_CONNECTIONS
from store.service.transactions import Transactions
from store.verifier.clients import Clients
from store.verifier.counters import Counters
from store.verifier.foreign_moves import ForeignMoves
from store.verifier.in_flight import InFlight
from store.verifier.key_places import BEARER, KeyPlaces
from store.verifier.leak_queue import LeakQueue
from store.verifier.lookup.open import open_lookup
from store.verifier.memory import Kept, Memory
from store.verifier.proofs import Proofs
from store.verifier.signatures import Signatures
from store.verifier.urls import issuer_at
from store.verifier.usage.limit_book import LimitBook
from store.verifier.usage.limit_rows import known, living
from store.verifier.usage.recorder import UsageRecorder
from store.verifier.verify import VerifyResult

T = TypeVar("T")
P = ParamSpec("P")

_REREAD_EVERY_S = 1.0
_TRY_FOR_S = 1.0
MOST_KNOWN = 20_000
"""Windows of limits of which it is read at the start how much was let through."""

_log = logging.getLogger("keydeck.verifier")


class WorkerContext:
    """One worker's lookup, peppers, engine, usage and counters.

    Made in the process and thread that serve. Reads happen on the event loop, because they take
    microseconds; writes wait for a lock and have a thread.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        pepper_path: Path | None = None,
        counters: Counters | None = None,
        public_url: str | None = None,
        address: str = "",
        proxies: Sequence[str] = (),
        leak_keys: Path | None = None,
        lease_s: float | None = None,
        clock: Clock | None = None,
        key_places: KeyPlaces = BEARER,
        allowed_origins: Sequence[str] = (),
        tools: Sequence[ToolDocument] = (),
    ) -> None:
        """Open the store; `proxies` are networks whose word on a client's address is believed.

        `address` is where the socket listens: what absolute addresses begin with where they must
        be absolute and no `public_url` is named. `leak_keys` is a file of public keys, by which
        reports of leaks may be signed. With `lease_s` it may answer from memory as long as a
        keeper holds its lease. `key_places` are where a request may carry its key,
        `allowed_origins` those whose pages may call /mcp, beside this machine's. `tools` are what
        assistants find here beside those of the store. Raises Invalid for an address, a network or
        a file that is none, or StoreUnusable, unless the store waits for its operator alone.
        """
        self.clock = clock or SystemClock()
        self.counters = counters or Counters()
        self.public_url = (public_url or "").rstrip("/")
        self.issuer = self.public_url or issuer_at(address)
        self.pepper_path = pepper_path or default_pepper_path()
        self.peppers = pepper_file.read(self.pepper_path)
        self.request_ids = RequestIds(self.peppers.derive_newest(PURPOSE), self.clock)
        self._engine = Database(url or default_url())
        high_water = HighWaterMark.beside(self.pepper_path, self._engine.whereabouts)
        self.lookup = open_lookup(self._engine, high_water)
        self.holding: Holding[Kept] | None = Holding(lease_s, own_clock) if lease_s else None
        """The lease, where there is one."""
        rows = self.lookup.remembered() if self.holding is None else self.holding
        self.memory = Memory(rows) if rows is not None else None
        self.limits = LimitBook(self.counters.workers)
        self._begin_limits()
        self.usage = UsageRecorder(self.database, self.counters, self.clock, limits=self.limits)
        self.connection_usage = UsageRecorder(
            self.database, self.counters, self.clock, OF_CONNECTIONS
        )
        self.clients = Clients(proxies)
        self.key_places = key_places
        self.allowed_origins = tuple(allowed_origins)
        self.tools = tuple(tools)
        self.signatures = Signatures(leak_keys)
        self.intake = LeakQueue()
        self.moves = ForeignMoves(self.transactions)
        self.proofs = Proofs()
        self.in_flight = InFlight(self.counters.fd)
        self._reread_at = 0.0
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="keydeck-write")
        self._turn = asyncio.Lock()
        self._trier = ThreadPoolExecutor(1, thread_name_prefix="keydeck-try")
        self._trying: asyncio.Future[None] | None = None
        self.sample = self._has_sample()
        """Whether the sample API is served, as it was when this began."""

    def _has_sample(self) -> bool:
        try:
            self.check_peppers()
            return self.lookup.has_sample()
        except StoreUnconfirmed as error:
            # Whoever asks is told 503 until its operator has looked, as where one ran already.
            _log.warning("%s", error)
        # The addresses stand for as long as this runs, so also once it is served.
        with self._engine.reading() as connection:
            return any(one.builtin for one in Catalogue(connection).all())

    def _begin_limits(self) -> None:
        # Before anything is let in: what was let through before this began was let through.
        now = self.clock.now()
        with suppress(StoreUnusable), self._engine.reading() as connection:
            used, whole = known(connection, MOST_KNOWN, now)
            self.limits.begin(used, living(connection, now) + 1, now, whole=whole)

    @property
    def engine(self) -> Database:
        """The engine, whether or not the store may be served now."""
        return self._engine

    def database(self) -> Database:
        """Return the engine, once the store was seen to be one that is served.

        Raises StoreUnusable when there is none.
        """
        self.lookup.watch()
        return self._engine

    def transactions(self) -> Transactions:
        """Return what use cases stand on. Raises StoreUnusable."""
        return Transactions(
            self.database(),
            self.peppers,
            self.lookup.prefix,
            self.clock,
            high_water=self.lookup.high_water,
        )

    def check_peppers(self) -> None:
        """Raise PepperWrong unless every pepper of the store is in the file, StoreUnusable else."""
        wanted = self.lookup.fingerprints()
        if any(fingerprint not in self.peppers for fingerprint in wanted):
            self._reread_peppers()
            pepper_file.check_complete(self.peppers, wanted, self.pepper_path)

    @property
    def unwritten(self) -> str | None:
        """Why nothing could be written the last time that was tried, None where it could."""
        refusal = self._engine.unwritten
        if refusal is None:
            return None
        return "its disk is full" if isinstance(refusal, StoreFull) else "it can only be read"

    async def check_connections(self) -> None:
        """Raise StoreUnusable unless the database gives connections besides that of the hot read.

        There is one try at a time, beside the loop: those who come meanwhile go by its outcome.
        """
        if self._engine.on_sqlite:
            return
        if self._trying is None or self._trying.done():
            self._trying = asyncio.get_running_loop().run_in_executor(self._trier, self._try)
        try:
            await asyncio.wait_for(asyncio.shield(self._trying), _TRY_FOR_S)
        except TimeoutError:
            raise ServerUnreachable("the database server does not answer") from None

    def _try(self) -> None:
        with self._engine.reading() as connection:
            connection.exec_driver_sql("SELECT 1")

    async def write_if(
        self,
        decide: Callable[[Connection], VerifyResult],
        work: Callable[[Connection, Credential], T],
    ) -> T | VerifyResult:
        """Run `work` in a write transaction where `decide` lets it, else return the verdict.

        Raises StoreBusy after 5 s without a turn.
        """
        database = self.database()

        def transaction() -> T | VerifyResult:
            with database.writing() as connection:
                verification = decide(connection)
                if verification.verdict is not Verdict.VALID or verification.credential is None:
                    return verification
                return work(connection, verification.credential)

        try:
            await asyncio.wait_for(self._turn.acquire(), BUSY_TIMEOUT_MS / 1000)
        except TimeoutError:
            raise StoreBusy from None
        try:
            loop = asyncio.get_running_loop()
            return await asyncio.shield(loop.run_in_executor(self._writer, transaction))
        finally:
            self._turn.release()

    def close(self) -> None:
        """Close every connection; the usage must have been written."""
        self.intake.close()
        self.proofs.close()
        self.moves.close()
        self._writer.shutdown()
        self._trier.shutdown()
        self.lookup.close()
        self._engine.close()

    def with_peppers(
        self, decide: Callable[P, VerifyResult], *given: P.args, **named: P.kwargs
    ) -> VerifyResult:
        """Return what `decide` does, anew with the peppers as they are now where it lacks one.

        Raises PepperWrong when they lack it too.
        """
        try:
            return decide(*given, **named)
        except KeyError:
            # The key was made with a pepper younger than this process.
            self._reread_peppers()
        try:
            return decide(*given, **named)
        except KeyError:
            raise PepperWrong(str(self.pepper_path)) from None

    def _reread_peppers(self) -> None:
        if time.monotonic() >= self._reread_at:
            self._reread_at = time.monotonic() + _REREAD_EVERY_S
            self.peppers = pepper_file.read(self.pepper_path)
