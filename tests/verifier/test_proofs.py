"""Values that are proven by a password's hash: each once, few at a time, and beside the loop."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from argon2.exceptions import HashingError

from store.verifier import proofs
from store.verifier.problems import Problem
from store.verifier.proofs import MOST_OF_NETWORK, MOST_OF_ONE, MOST_WAITING, Proofs, Proving

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The verifier's own."""
    return "asyncio"


async def settled(proofs: Proofs, presented: str, digest: str, prove: Callable[[], bool]) -> bool:
    """Ask until there is an answer."""
    while True:
        try:
            return proofs.proven(presented, digest, prove, "10.0.3.7")
        except Proving as proving:
            await proving.settled


@pytest.mark.parametrize("right", [True, False])
async def test_what_was_compared_once_is_not_again_and_of_another_key_it_is(right: bool) -> None:
    found = Proofs(0)
    asked: list[int] = []

    def prove() -> bool:
        asked.append(1)
        return right

    for digest in ("one", "one", "other"):
        assert await settled(found, "value", digest, prove) is right
    many = await asyncio.gather(*(settled(found, "another", "one", prove) for _ in range(50)))
    assert set(many) == {right}
    assert len(asked) == 3
    found.close()


async def test_who_is_too_many_is_told_to_come_back_and_keeps_nobody_else_out() -> None:
    found, go = Proofs(0), threading.Event()

    def prove() -> bool:
        return go.wait(60)

    waiting: list[Proving] = []

    def ask(presented: str, digest: str, network: str | None = None) -> bool:
        """Return whether it is taken on, from a network of its own where none is named."""
        try:
            found.proven(presented, digest, prove, network or f"{presented} {digest}")
        except Proving as proving:
            waiting.append(proving)
            return True
        except Problem as problem:
            return problem.status != 503
        raise AssertionError("nobody can have told")

    of_one = [ask(f"guess {number}", "known") for number in range(MOST_OF_ONE + 5)]
    assert of_one.count(True) == MOST_OF_ONE
    assert ask("guess 0", "known"), "who asks the same waits for the same"
    others = [ask("value", f"key {number}") for number in range(MOST_WAITING + 5)]
    assert others.count(True) == MOST_WAITING - MOST_OF_ONE
    assert others[0]
    go.set()
    await asyncio.gather(*(one.settled for one in waiting))
    assert found.proven("value", "key 0", prove, "any")
    assert ask("guess 9", "known")
    # Whoever guesses without end, behind whatever is public, takes nobody's place.
    go.clear()
    guesses = [
        ask(f"guess {number} again", f"key {number % 20}", "stranger") for number in range(100)
    ]
    assert guesses.count(True) == MOST_OF_NETWORK
    assert ask("another", "key 0")
    assert ask("another", "key 19")
    go.set()
    await asyncio.gather(*(one.settled for one in waiting))
    assert ask("one more", "key 7", "stranger"), "its places are free again"
    found.close()


@pytest.mark.parametrize("error", [MemoryError(), HashingError("Memory allocation error")])
async def test_what_could_not_be_compared_is_not_taken_for_wrong(error: Exception) -> None:
    found = Proofs(0)

    def prove() -> bool:
        raise error

    for _ in range(2):
        with pytest.raises(Problem) as refused:
            await settled(found, "value", "one", prove)
        assert refused.value.status == 503
    assert await settled(found, "value", "one", lambda: True)
    with pytest.raises(Problem):
        await asyncio.to_thread(found.proven, "another", "one", prove, "any")
    found.close()


async def test_it_rests_longer_than_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    found, now, rested = Proofs(), [100.0], list[float]()
    monkeypatch.setattr(proofs, "monotonic", lambda: now[0])

    def rest(seconds: float) -> bool:
        rested.append(seconds)
        now[0] += max(seconds, 0)
        return False

    monkeypatch.setattr(found._closing, "wait", rest)

    def prove() -> bool:
        now[0] += 0.25
        return False

    for number in range(3):
        assert not await settled(found, f"guess {number}", "known", prove)
    assert rested[1:] == [0.75, 0.75]
    found.close()
