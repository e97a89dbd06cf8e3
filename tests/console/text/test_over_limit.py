"""What to do about a key that a limit refuses: where that limit is set."""

from dataclasses import replace

from console.text.next_step import NextStep, next_step
from store.domain.limits import Used, shared
from store.domain.times import HOUR, MINUTE
from store.domain.verdicts import Verdict
from tests.console.text.test_next_step import details, key, step
from tests.house import NOON

OVER = key(over_limit_at=NOON - 2 * HOUR)


def test_a_limit_of_its_own_is_raised_where_the_key_is() -> None:
    assert step(OVER, (Verdict.LIMITED, 2 * HOUR)) == NextStep(
        "l", "Refused 2 h ago by a limit: GET /. Raise it, or tell its holder."
    )


def test_one_that_it_shares_is_raised_where_that_is_set() -> None:
    (limit,) = shared("owner 5/1m;", "mia")
    seen = replace(details(OVER), limits=(Used(limit, 5, NOON + MINUTE),))
    assert next_step(seen, NOON, "jw") == NextStep(
        "", "Refused 2 h ago by a limit. Raise it with keydeck limits set, or tell its holder."
    )
