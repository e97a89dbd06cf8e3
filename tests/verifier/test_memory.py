"""Memory in front of the hot read: who gets something from it, and what that tells of a key."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from store.domain.connections import ACCESS
from store.domain.credential import AccessToken, Credential
from store.domain.key_string import mint
from store.domain.leases.holding import Holding
from store.domain.remembered import Remembered
from store.verifier import memory as remembering
from store.verifier.lookup.sqlite import SqliteLookup
from store.verifier.memory import Kept, Memory
from tests.house import House
from tests.verifier.serving import wrong_secret


def row(key_id: str) -> Credential:
    """Return a key."""
    return Credential(key_id, 1, "acme", "pro", "Website", b"", "", "events:read", None, None)


@pytest.fixture
def holding() -> Holding[Kept]:
    """A lease that runs."""
    found = Holding[Kept](10.0, lambda: 0.0)
    found.apply(1, (), "timeline")
    found.granted(found.asks(), "timeline")
    return found


@pytest.fixture
def lookup(own_house: House) -> Iterator[SqliteLookup]:
    """The read of a store whose header can be seen."""
    with closing(SqliteLookup(own_house.store.database.path)) as found:
        assert found.wal_index is not None, found.reads_because
        yield found


@pytest.fixture(params=["lease", "header"])
def memory(request: pytest.FixtureRequest) -> Memory:
    """A memory that may answer, in each of the ways there are."""
    if request.param == "lease":
        return Memory(request.getfixturevalue("holding"))
    return Memory(request.getfixturevalue("lookup").remembered())


def test_only_what_was_presented_before_is_answered(memory: Memory) -> None:
    key_id, key = mint("jw")
    presented = key.reveal()
    memory.keep_key(memory.ticket(), presented, row(key_id))
    assert memory.key(presented, "jw") == row(key_id)
    for other in (wrong_secret(presented), presented + "x", presented[:-1], presented.upper(), ""):
        assert memory.key(other, "jw") is None


def test_what_is_unknown_stays_so_until_anything_at_all_is_committed(
    own_house: House, lookup: SqliteLookup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "MOST_UNKNOWN", 2)
    memory = Memory(lookup.remembered())
    first, *others = (mint("jw").key.reveal() for _ in range(3))
    before = memory.unmoved()
    for presented in (first, *others):
        assert not memory.is_unknown(before, presented)
        memory.keep_unknown(before, presented)
    # Two at the most, and whoever sends others takes no key's place.
    assert [memory.is_unknown(before, one) for one in (first, *others)] == [False, True, True]
    own_house.create()
    now = memory.unmoved()
    assert not any(memory.is_unknown(now, one) for one in others)
    # What was being read meanwhile is of before, and no answer any more.
    memory.keep_unknown(before, first)
    assert not memory.is_unknown(now, first)


def test_under_a_lease_what_is_unknown_is_asked_for_each_time(holding: Holding[Kept]) -> None:
    memory, presented = Memory(holding), mint("jw").key.reveal()
    memory.keep_unknown(memory.unmoved(), presented)
    assert not memory.is_unknown(memory.unmoved(), presented)


def test_what_rows_say_alike_is_in_memory_once(own_house: House, memory: Memory) -> None:
    with closing(SqliteLookup(own_house.store.database.path)) as read:
        found = []
        for issued in (own_house.create("One"), own_house.create("Two")):
            fresh, presented = read.key(issued.key.id), issued.secret.reveal()
            assert fresh is not None
            memory.keep_key(memory.ticket(), presented, fresh)
            found.append(memory.key(presented, "jw"))
    one, two = found
    assert one is not None
    assert two is not None
    shared = ("workspace", "plan", "pepper", "scopes")
    assert all(getattr(one, name) is getattr(two, name) for name in shared)


def test_a_token_is_no_key_though_its_id_is_one(holding: Holding[Kept]) -> None:
    memory = Memory(holding)
    key_id, key = mint("jw")
    memory.keep_key(memory.ticket(), key.reveal(), row(key_id))
    token = mint(ACCESS, key_id).key.reveal()
    assert memory.token(token) is None
    memory.keep_token(memory.ticket(), token, AccessToken(key_id, 1, "", row("C" * 12)))
    assert memory.key(key.reveal(), "jw") == row(key_id)
    holding.apply(2, ["C" * 12], "timeline")
    assert memory.token(token) is None


def test_a_wrong_secret_takes_what_a_strange_id_takes(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, key = mint("jw")
    memory.keep_key(memory.ticket(), key.reveal(), row(key_id))
    done: list[str] = []

    def noting(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def noted(*given: object) -> object:
            done.append(name)
            return real(*given)

        return noted

    for place, name in ((Memory, "_mac"), (Remembered, "recall"), (remembering, "compare_digest")):
        monkeypatch.setattr(place, name, noting(name, getattr(place, name)))
    work = []
    for presented in (wrong_secret(key.reveal()), mint("jw").key.reveal()):
        assert memory.key(presented, "jw") is None
        work.append(tuple(done))
        done.clear()
    assert work[0] == work[1] != ()
