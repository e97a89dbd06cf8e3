"""Usage in memory: what is kept and joined is what would have been counted at once."""

from hypothesis import given
from hypothesis import strategies as st

from store.domain.credential import Credential
from store.domain.times import MINUTE
from store.domain.usage import CALLERS_KEPT, REFUSALS_KEPT, Refusal, ToolOutcome
from store.domain.verdicts import Verdict
from store.verifier.usage.batch import Batch

HELD = (Verdict.VALID, Verdict.EXPIRED, Verdict.REVOKED, Verdict.PLAN, Verdict.SCOPE)


def key(key_id: str) -> Credential:
    """Return a key of workspace 1."""
    return Credential(key_id, 1, "acme", "pro", "Website", b"", "", "events:read", None, None)


requests = st.lists(
    st.tuples(
        st.sampled_from(["one", "two", "three"]),
        st.sampled_from(HELD),
        st.integers(0, 3 * MINUTE),
        st.lists(st.sampled_from(["events:read", "quotes:write"]), unique=True),
    ),
    max_size=20,
)


def counted(asked: list[tuple[str, Verdict, int, list[str]]]) -> Batch:
    """Count requests one by one."""
    batch = Batch()
    for key_id, verdict, now, needed in asked:
        batch.count(key(key_id), verdict, now, f"10.0.0.{now % 7}", needed, b"agent %d" % (now % 2))
        if verdict is not Verdict.VALID:
            batch.refuse(key(key_id), Refusal(now, verdict, None, "", "GET", "/", str(now)))
        batch.call(key(key_id), f"tool_{now % 2}", ToolOutcome.DONE, now)
    return batch


def contents(batch: Batch) -> list[object]:
    """Return all a batch holds."""
    refusals = {whose: list(kept) for whose, kept in batch.refusals.items()}
    return [
        *(batch.verdicts, batch.scopes, batch.used, batch.scope_used, batch.callers, refusals),
        batch.tools,
    ]


@given(requests, requests)
def test_two_batches_joined_are_one(
    first: list[tuple[str, Verdict, int, list[str]]],
    second: list[tuple[str, Verdict, int, list[str]]],
) -> None:
    joined = counted(first)
    joined.add(counted(second))
    assert contents(joined) == contents(counted(first + second))


@given(requests, st.integers(1, 3))
def test_the_parts_of_a_batch_hold_a_few_keys_each_and_are_the_batch(
    asked: list[tuple[str, Verdict, int, list[str]]], most: int
) -> None:
    whole, joined = counted(asked), Batch()
    for part in whole.parts(most):
        assert len({slot[:2] for slot in part.verdicts}) <= most
        joined.add(part)
    assert contents(joined) == contents(counted(asked))


@given(requests)
def test_every_request_is_counted_once_and_only_allowed_ones_are_uses(
    asked: list[tuple[str, Verdict, int, list[str]]],
) -> None:
    batch = counted(asked)
    valid = [one for one in asked if one[1] is Verdict.VALID]
    assert sum(batch.verdicts.values()) == len(asked)
    assert sum(batch.scopes.values()) == sum(len(needed) for *_, needed in valid)
    for (_, key_id), use in batch.used.items():
        instants = [now for whose, _, now, _ in valid if whose == key_id]
        assert (use.first, use.last) == (min(instants), max(instants))
        assert use.address in {f"10.0.0.{now % 7}" for now in instants if now == use.last}
        callers = batch.callers[1, key_id]
        assert sum(calls.count for calls in callers.values()) == len(instants)
        assert {(min(instants), max(instants))} == {
            (
                min(calls.first for calls in callers.values()),
                max(calls.last for calls in callers.values()),
            )
        }


def test_a_key_keeps_its_latest_refusals() -> None:
    batch = counted([("one", Verdict.EXPIRED, now, []) for now in range(REFUSALS_KEPT + 7)])
    [kept] = batch.refusals.values()
    assert [one.at for one in kept] == list(range(7, REFUSALS_KEPT + 7))


def test_a_key_keeps_a_few_callers_however_many_there_are() -> None:
    batch = Batch()
    for number in range(CALLERS_KEPT + 7):
        batch.count(key("one"), Verdict.VALID, number, "10.0.0.1", [], b"agent %d" % number)
    later = Batch()
    later.count(key("one"), Verdict.VALID, 99, "10.0.0.2", [], b"agent")
    batch.add(later)
    [callers] = batch.callers.values()
    assert len(callers) == CALLERS_KEPT
    assert ("10.0.0.2", b"agent") in callers
    assert batch.used[1, "one"].first == 0


def test_what_is_too_much_goes_oldest_first_and_is_said() -> None:
    batch = counted([("one", Verdict.VALID, now * MINUTE, ["events:read"]) for now in range(10)])
    batch.count(key("two"), Verdict.VALID, 0, None, [])
    assert batch.shrink(4) == 7
    assert sorted(start // MINUTE for _, _, start, _ in batch.verdicts) == [6, 7, 8, 9]
    assert len(batch.scopes) == 4
    assert batch.shrink(4) == 0
