"""No transaction writes more because the store is larger: whoever is to revoke waits for it."""

from collections.abc import Callable, Iterator, Sized
from contextlib import ExitStack
from pathlib import Path

import pytest

from store.domain.batches import AT_ONCE
from store.domain.clock import FixedClock
from store.domain.key_string import mint
from store.domain.listing import KeyQuery
from store.domain.offboarding import KnownKey
from store.persistence.repositories.idempotency import PRUNED_AT_ONCE
from store.service.connections import ENDED_AT_ONCE
from store.service.leaks import REPORTED_AT_ONCE, Leaked
from store.verifier.usage.roll_up import ROWS_AT_ONCE
from tests.conftest import MoveIn
from tests.growth.asking import ask_everything
from tests.growth.stores import grow, let_somebody_know_all, let_them_approve
from tests.growth.writing import executions_counted, writing_counted
from tests.house import NOON, House, moved_in
from tests.invariants.everything import MUTATIONS
from tests.postgres import Cluster

pytestmark = [pytest.mark.both_engines, pytest.mark.anyio]

LARGE = 2100
"""More of each kind than a transaction may write; a third of the keys work."""
FEW = 60
"""Rows that any transaction may write: a key, its holders, the audit, and what follows a change."""

MANY_ASSISTANTS = 4 * ENDED_AT_ONCE + 1
MOST_STATEMENTS = 100
"""That something is asked with, of as many keys as need two batches: never one for each."""

IN_BATCHES = {
    # PostgreSQL notes down each connection's change, too, and raises the revision.
    "PeopleService.leave": AT_ONCE + 4 * ENDED_AT_ONCE + FEW,
    # What is joined is written, and taken away.
    "roll_up_some": 2 * ROWS_AT_ONCE,
    "Pruning.prune_some": PRUNED_AT_ONCE,
}
"""What writes many rows, so many at once and no more."""


Grown = tuple[House, str]
"""A house with much of everything, and the e-mail of somebody who may know all its keys."""


@pytest.fixture(scope="module")
def grown_once(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    """A house that was grown and is closed, to be copied."""
    with move_in(tmp_path_factory.mktemp("grown"), FixedClock(NOON)) as house:
        grow(house, LARGE)
        leaver = let_somebody_know_all(house)
        house.store.close()
        yield house, leaver


@pytest.fixture
def grown(
    grown_once: Grown, engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Grown]:
    """A copy of it of a test's own."""
    pattern, leaver = grown_once
    with ExitStack() as at_the_end:
        url = None
        if engine == "postgres":
            server: Cluster = request.getfixturevalue("postgres")
            name = pattern.store.database.url.database or ""
            url = server.url(at_the_end.enter_context(server.database(name)))
        house = moved_in(pattern, tmp_path, FixedClock(NOON), url)
        at_the_end.callback(house.store.close)
        yield house, leaver


@pytest.fixture
def anyio_backend() -> str:
    """The verifier runs on asyncio."""
    return "asyncio"


def end_much(house: House, leaver: str) -> None:
    """Find many keys where none should be, and let somebody leave who knows all of them."""
    store, alice = house.store, house.alice
    workspace = store.sign_in.standing(alice).workspace
    found = store.keys.page(alice, KeyQuery(), limit=4 * REPORTED_AT_ONCE).keys
    store.leaks.report_all(alice, [(Leaked(workspace, key), ["a.py:1"]) for key in found])
    left, commits = store.people.leave(alice, leaver).unpack()
    assert len(left.connections) == MANY_ASSISTANTS
    assert len({taken.subject for commit in commits for taken in commit.taken}) == MANY_ASSISTANTS
    assert left.offboarding is not None
    waiting = left.offboarding.waiting(house.clock.now())
    assert len(waiting) > AT_ONCE
    store.offboardings.keep(alice, leaver, waiting[0].key.id, "why")
    store.offboardings.revoke(alice, leaver, waiting[1].key.id)


def ask_of_many(house: House, leaver: str) -> dict[str, Callable[[], Sized]]:
    """Return what is asked of many keys at once, in an order in which it can be."""
    store, alice = house.store, house.alice
    strange = [mint(store.prefix).key for _ in range(AT_ONCE)]

    def left() -> tuple[KnownKey, ...]:
        return store.offboardings.show(alice, leaver).keys

    return {
        "scopes that are unused": lambda: store.right_sizing.all(alice),
        "whose it is what was found": lambda: store.leaks.whose_all(alice, strange),
        "keys that somebody would leave": lambda: store.people.leaving(alice, leaver).keys,
        "let them leave": lambda: [store.people.leave(alice, leaver)] * AT_ONCE,
        "keys that somebody left": left,
    }


def test_what_is_asked_of_many_keys_is_read_many_at_once(grown: Grown) -> None:
    for what, ask in ask_of_many(*grown).items():
        with executions_counted() as executed:
            assert len(ask()) >= AT_ONCE, what
        assert len(executed) <= MOST_STATEMENTS, what


async def test_no_transaction_of_a_use_case_writes_more_than_its_bound(grown: Grown) -> None:
    house, leaver = grown
    let_them_approve(house, leaver, MANY_ASSISTANTS)
    # What was counted on a connection before is not a use case's.
    house.store.database.engine.dispose()
    with writing_counted() as most:
        end_much(house, leaver)
        for mutation in MUTATIONS:
            mutation.call(house, mutation.prepare(house))
        await ask_everything(house)
    over = {whose: rows for whose, rows in most.items() if rows > IN_BATCHES.get(whose, FEW)}
    assert not over, "transactions of more rows than a bound"
    assert len(most) > 50
    for whose in IN_BATCHES:
        assert most[whose] > FEW, f"{whose} writes few rows: it needs no bound of its own"
