"""What the routes of one worker share: letting a key in, reading, writing under its verdict."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from sqlalchemy import Connection
from starlette.types import Scope

from store import peppers as pepper_file
from store.clock import Clock, SystemClock
from store.credential import Credential
from store.database import Database
from store.database.limits import BUSY_TIMEOUT_MS
from store.deciding import grants
from store.errors import Invalid, PepperWrong, StoreBusy
from store.opening import default_pepper_path, default_url
from store.repositories.credentials import key_inside
from store.request_ids import RequestIds
from store.schema import OF_CONNECTIONS
from store.scopes import scope as scope_of
from store.service.ground import Ground
from store.usage import ASKED, Refusal
from store.verdicts import Verdict
from store.verifier.answers import NOTICE
from store.verifier.bearer import Flaw, read
from store.verifier.clients import Clients
from store.verifier.counters import Counters
from store.verifier.foreign import header, kept, raw_header
from store.verifier.in_flight import InFlight
from store.verifier.intake import Intake
from store.verifier.leasing.memory import Memory
from store.verifier.lookup import open_lookup
from store.verifier.notices import Notices
from store.verifier.problems import invalid_request, refused, unreadable
from store.verifier.query import check_known
from store.verifier.signatures import Signatures
from store.verifier.usage import Usage
from store.verifier.verify import FindKey, Verification, of_key, verify

T = TypeVar("T")
P = ParamSpec("P")

_REREAD_EVERY_S = 1.0


class Door:
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
    ) -> None:
        """Open the store; `proxies` are networks whose word on a client's address is believed.

        `address` is where the socket listens: what absolute addresses begin with where they must
        be absolute and no `public_url` is named. `leak_keys` is a file of public keys, by which
        reports of leaks may be signed. With `lease_s` it may answer from memory as long as a
        keeper holds its lease. Raises Invalid for an address, a network or a file that is none, or
        StoreUnusable.
        """
        self.clock = clock or SystemClock()
        self.counters = counters or Counters()
        self.public_url = (public_url or "").rstrip("/")
        self.issuer = self.public_url or address.rstrip("/")
        self.pepper_path = pepper_path or default_pepper_path()
        self.peppers = pepper_file.read(self.pepper_path)
        self.request_ids = RequestIds(self.peppers, self.clock)
        self._engine = Database(url or default_url())
        self.lookup = open_lookup(self._engine)
        self.memory = Memory(lease_s) if lease_s else None
        self._notices = Notices(self.lookup.rotated_at)
        self.usage = Usage(self.database, self.counters, self.clock)
        self.connection_usage = Usage(self.database, self.counters, self.clock, OF_CONNECTIONS)
        self.clients = Clients(proxies)
        self.signatures = Signatures(leak_keys)
        self.intake = Intake()
        self.in_flight = InFlight(self.counters.fd)
        self._reread_at = 0.0
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="keydeck-write")
        self._turn = asyncio.Lock()
        self.check_peppers()

    def database(self) -> Database:
        """Return the engine, once the store was seen to be one that is served.

        Raises StoreUnusable when there is none.
        """
        self.lookup.watch()
        return self._engine

    def ground(self) -> Ground:
        """Return what use cases stand on. Raises StoreUnusable."""
        return Ground(self.database(), self.peppers, self.lookup.prefix, self.clock)

    def check_peppers(self) -> None:
        """Raise PepperWrong unless every pepper of the store is in the file, StoreUnusable else."""
        wanted = self.lookup.fingerprints()
        if any(one not in self.peppers for one in wanted):
            self._reread_peppers()
            pepper_file.check_complete(self.peppers, wanted, self.pepper_path)

    def admit(self, scope: Scope, needed: Sequence[str], known: frozenset[str]) -> Credential:
        """Return the key of a request that may do what needs these scopes, and count the verdict.

        `known` are the parameters its query may have. Raises Problem with the verdict when it may
        not, or (400) for another parameter; StoreUnusable when nobody can tell.
        """
        presented, now = self._presented(scope), self.clock.now()
        verification = self._remembered(presented, needed, now)
        if verification is None:
            verification = self._read(presented, needed)
        key = self._settled(scope, verification, needed, now)
        check_known(scope["query_string"], known)
        return key

    async def write(
        self, scope: Scope, needed: Sequence[str], work: Callable[[Connection, Credential], T]
    ) -> T:
        """Run `work` in a write transaction in which the verdict is decided again.

        A key that was revoked while the body arrived or while the lock was awaited writes nothing:
        Problem is raised and rolls back. Raises StoreBusy after 5 s without a turn.
        """
        presented = self._presented(scope)

        def decided(connection: Connection) -> Verification:
            find = key_inside(connection)
            return self.with_peppers(self._verify, presented, find, needed)

        done = await self.write_if(decided, work)
        if isinstance(done, Verification):
            self._settled(scope, done, needed, self.clock.now())
            raise AssertionError("a refused write is settled by a problem")
        return done

    async def write_if(
        self,
        decide: Callable[[Connection], Verification],
        work: Callable[[Connection, Credential], T],
    ) -> T | Verification:
        """Run `work` in a write transaction where `decide` lets it, else return the verdict.

        Raises StoreBusy after 5 s without a turn.
        """
        database = self.database()

        def transaction() -> T | Verification:
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
        self._writer.shutdown()
        self.lookup.close()
        self._engine.close()

    def _presented(self, scope: Scope) -> str:
        presented = read(scope["headers"], scope["query_string"])
        if isinstance(presented, Flaw):
            if presented is Flaw.MISSING:
                self.counters.verdict(Verdict.MISSING)
            elif presented is Flaw.OTHER_SCHEME:
                self.counters.verdict(Verdict.MALFORMED)
            raise unreadable(presented)
        return presented

    def with_peppers(
        self, decide: Callable[P, Verification], *given: P.args, **named: P.kwargs
    ) -> Verification:
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

    def _remembered(self, presented: str, needed: Sequence[str], now: int) -> Verification | None:
        if self.memory is None:
            return None
        key = self.memory.key(presented, self.lookup.prefix)
        return None if key is None else of_key(key, needed, now)

    def _read(self, presented: str, needed: Sequence[str]) -> Verification:
        ticket = self.memory.ticket() if self.memory is not None else None
        verification = self.with_peppers(self._verify, presented, self.lookup.key, needed)
        if self.memory is not None and verification.credential is not None:
            self.memory.keep_key(ticket, presented, verification.credential)
        return verification

    def _verify(self, presented: str, find: FindKey, needed: Sequence[str]) -> Verification:
        return verify(
            presented,
            prefix=self.lookup.prefix,
            find=find,
            peppers=self.peppers,
            needed=needed,
            clock=self.clock,
        )

    def _reread_peppers(self) -> None:
        if time.monotonic() >= self._reread_at:
            self._reread_at = time.monotonic() + _REREAD_EVERY_S
            self.peppers = pepper_file.read(self.pepper_path)

    def _settled(
        self, scope: Scope, verification: Verification, needed: Sequence[str], now: int
    ) -> Credential:
        verdict, key = verification.verdict, verification.credential
        if verdict is Verdict.SCOPE and key is not None:
            self.check_known(needed, key)
        self.counters.verdict(verdict)
        if key is None:
            raise refused(verification, needed)
        address = self.clients.address(scope)
        agent = raw_header(scope, b"user-agent")
        self.usage.record(key, verdict, now, address, needed, agent)
        if verdict is Verdict.VALID:
            if key.expires_at is not None:
                scope[NOTICE] = self._notices.of(key, now)
            return key
        # Made now, so that the row and the id tell of the same instant.
        request_id = self.request_ids.make(verdict.value, now)
        kept_of_it = refusal(scope, verdict, now, address, request_id)
        if verdict is Verdict.SCOPE and scope["path"].endswith("/verify"):
            # What it asked for stands in its query alone: all of it, or none where it is too long.
            path = scope["path"] + ASKED + "+".join(needed)
            kept_of_it = kept_of_it._replace(path=path) if kept(path) == path else kept_of_it
        self.usage.refuse(key, kept_of_it)
        raise refused(verification, needed, request_id)

    def check_known(self, needed: Sequence[str], key: Credential) -> None:
        """Raise Problem (400) for a scope that a key lacks and the catalogue does not know."""
        # A scope that is granted is known: one in use is not taken out of the catalogue.
        for text in needed:
            try:
                wanted = scope_of(text)
            except Invalid:
                raise invalid_request(
                    "A scope is written resource:read or resource:write."
                ) from None
            if not grants(key.scopes, [text]) and not self.lookup.resource_known(wanted.resource):
                raise invalid_request("A scope names a resource that is not in the catalogue.")


def refusal(
    scope: Scope, verdict: Verdict, now: int, address: str | None, request_id: bytes
) -> Refusal:
    """Return what is kept of a request that was refused."""
    return Refusal(
        at=now,
        verdict=verdict,
        address=address,
        user_agent=header(scope, b"user-agent"),
        method=kept(scope["method"]),
        path=kept(scope["path"]),
        request_id=request_id.decode("ascii"),
    )
