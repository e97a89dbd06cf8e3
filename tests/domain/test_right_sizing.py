"""What a key could do without, on both sides of sixty days."""

import pytest

from store.domain.right_sizing import UNUSED_FOR, proposal, unused_since
from store.domain.scopes import canonical, from_canonical
from store.domain.times import DAY
from store.domain.usage import ScopeUse
from tests.console.text.test_next_step import KEY, key
from tests.house import NOON

BOTH = key(scopes=from_canonical("events:read events:write"), created_at=NOON - 84 * DAY)
READ = ScopeUse("events:read", 12_430, NOON - 84 * DAY, NOON)


@pytest.mark.parametrize(
    ("seen", "uses", "granted_at", "unused", "days"),
    [
        (BOTH, (READ,), {}, "events:write", 84),
        (BOTH, (), {}, "events:read events:write", 84),
        (BOTH, (READ,), {"events:write": NOON - UNUSED_FOR}, "events:write", 60),
        (BOTH, (READ,), {"events:write": NOON - UNUSED_FOR + 1}, "", 0),
        (BOTH, (READ, ScopeUse("events:write", 1, 0, NOON - 61 * DAY)), {}, "events:write", 61),
        (BOTH, (READ, ScopeUse("events:write", 1, 0, NOON - 59 * DAY)), {}, "", 0),
        (key(created_at=NOON - UNUSED_FOR + 1), (), {}, "", 0),
        (key(revoked_at=NOON), (), {}, "", 0),
        (key(expires_at=NOON), (), {}, "", 0),
        (KEY, (READ,), {}, "", 0),
    ],
)
def test_a_scope_may_go_that_was_granted_and_not_needed_for_sixty_days(
    seen: object, uses: tuple[ScopeUse, ...], granted_at: dict[str, int], unused: str, days: int
) -> None:
    found = unused_since(seen, uses, granted_at, NOON)  # type: ignore[arg-type]
    if found is None:
        assert (unused, days) == ("", 0)
        return
    assert (canonical(found[0]), (NOON - found[1]) // DAY) == (unused, days)


def test_a_proposal_tells_what_was_seen_and_whether_anything_is_left() -> None:
    once = ScopeUse("events:write", 0, 0, NOON - 84 * DAY)
    unused = from_canonical("events:write")
    seen = proposal(BOTH, unused, NOON - 84 * DAY, (READ, once))
    assert (seen.never, seen.used, seen.revoke) == (False, (("events:read", 12_430),), False)
    assert canonical(seen.kept) == "events:read"
    assert proposal(BOTH, unused, NOON, (READ,)).never
    assert [seen.days(NOON + more) for more in (-1, 0, DAY - 1, DAY)] == [83, 84, 84, 85]
    assert proposal(BOTH, BOTH.scopes, NOON, ()).revoke


def test_what_was_used_most_is_told_first() -> None:
    uses = [ScopeUse(f"{name}:read", count, 0, NOON) for name, count in (("a", 2), ("b", 9))]
    seen = proposal(BOTH, from_canonical("events:write"), NOON, [*uses, ScopeUse("c", 0, 0, NOON)])
    assert seen.used == (("b:read", 9), ("a:read", 2))
