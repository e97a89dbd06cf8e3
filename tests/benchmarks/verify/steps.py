"""One verification taken apart: nanoseconds a step, in this process, without any server."""

import gc
import random
import time
import zlib
from collections.abc import Callable
from hmac import compare_digest
from statistics import median

from store.domain.clock import SystemClock
from store.domain.credential import Credential
from store.domain.decision import NOTHING, AccessRequest, grants
from store.domain.key_string import mint, parse
from store.domain.times import DAY
from store.domain.verdicts import Verdict
from store.verifier.api_keys import key_authenticator
from store.verifier.bearer import read
from store.verifier.context import WorkerContext
from store.verifier.counters import Counters
from store.verifier.lookup.open import open_lookup
from store.verifier.usage.batch import Batch
from store.verifier.verify import verify
from store.verifier.verify_route import _answer
from tests.house import House

REPEATS = 2000
ROUNDS = 25
_REMEMBERED = "the same, the key remembered"


def steps(house: House) -> dict[str, float]:
    """Return the median nanoseconds of each step of a verification."""
    issued = house.create("Steps", "availability:read events:read")
    key = issued.secret.reveal()
    peppers, lookup, clock = house.store.peppers, open_lookup(house.store.database), SystemClock()
    row = lookup.key(issued.key.id)
    assert row is not None
    digest, body = row.digest, key[:-6].encode()
    context = WorkerContext(house.url, pepper_path=house.pepper_path)
    ask = key_authenticator(context)._looked_up
    headers = [(b"host", b"x"), (b"authorization", f"Bearer {key}".encode())]
    counters, batch = Counters(), Batch()
    needed = ("events:read",)
    request = AccessRequest(needed, "192.0.2.1")
    parts: dict[str, Callable[[], object]] = {
        "header": lambda: read(headers, b""),
        "parse and checksum": lambda: parse(key, "jw"),
        "of which the checksum": lambda: zlib.crc32(body),
        "read": lambda: lookup.key(issued.key.id),
        "digest and compare": lambda: peppers.matches(key, row.pepper, digest),
        "of which the comparison": lambda: compare_digest(digest, digest),
        "rules": lambda: grants(row.scopes, needed),
        "whole verdict": lambda: verify(
            key, prefix="jw", find=lookup.key, peppers=peppers, request=request, clock=clock
        ),
        "the same, remembered": lambda: ask(key, request),
        "answer": lambda: _answer(
            row.id, row.name, row.workspace, row.scopes, row.owner, row.labels, row.expires_at
        ),
        "counting": lambda: _count(counters, batch, row, clock.now()),
    }
    found = {name: _nanoseconds(part) for name, part in parts.items()}
    lookup.close()
    context.close()
    return found


def _count(counters: Counters, batch: Batch, row: Credential, now: int) -> None:
    counters.verdict(Verdict.VALID)
    batch.count(row, Verdict.VALID, now, "127.0.0.1", ("events:read",), b"python-requests/2.32.3")


def _nanoseconds(part: Callable[[], object]) -> float:
    rounds = []
    gc.disable()
    for _ in range(ROUNDS):
        began = time.perf_counter_ns()
        for _ in range(REPEATS):
            part()
        rounds.append((time.perf_counter_ns() - began) / REPEATS)
    gc.enable()
    return median(rounds)


def differences(house: House, calls: int = 20_000) -> dict[str, tuple[float, float]]:
    """Return the medians, in microseconds, of pairs of refusals that must not be told apart.

    The calls of a pair are interleaved at random, so that both meet the same machine.
    """
    context = WorkerContext(house.url, pepper_path=house.pepper_path)
    ask = key_authenticator(context)._looked_up
    clock = SystemClock()
    alive = house.create("Alive")
    revoked = house.create("Revoked")
    house.store.keys.revoke(house.alice, revoked.key.id)
    expired = house.create("Expired")
    with house.store.database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE keys SET expires_at = ? WHERE id = ?", (clock.now() - DAY, expired.key.id)
        )
    strange = (
        [mint("jw").key.reveal() for _ in range(50)],
        [mint("jw", alive.key.id).key.reveal() for _ in range(50)],
    )
    pairs = {
        "unknown id / wrong secret": strange,
        "expired / revoked": ([expired.secret.reveal()], [revoked.secret.reveal()]),
        _REMEMBERED: strange,
    }
    chance = random.Random(7)
    found = {}
    gc.disable()
    for name, sides in pairs.items():
        if name == _REMEMBERED:
            ask(alive.secret.reveal(), NOTHING)
        taken: tuple[list[int], list[int]] = ([], [])
        for _ in range(2 * calls):
            side = chance.randrange(2)
            key = chance.choice(sides[side])
            began = time.perf_counter_ns()
            ask(key, NOTHING)
            taken[side].append(time.perf_counter_ns() - began)
        found[name] = (median(taken[0]) / 1000, median(taken[1]) / 1000)
    gc.enable()
    context.close()
    return found
