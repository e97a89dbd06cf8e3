"""How a request was decided: which step stopped it, and what the others had done by then."""

import pytest

from store.domain.trace import Result, trace
from store.domain.verdicts import ANSWERED, OUTCOMES, Step

MARKS = {
    Result.PASSED: "+",
    Result.STOPPED: "x",
    Result.UNTOLD: "?",
    Result.NOT_REACHED: ".",
}


@pytest.mark.parametrize(
    ("outcome", "drawn"),
    [
        # read, shape, checksum, found, secret, state, stop, plan, network, scope, limit
        ("missing", "x.........."),
        ("scheme", "x.........."),
        ("malformed", "+x........."),
        ("checksum", "++x........"),
        ("unknown", "+++??......"),
        ("expired", "+++++x....."),
        ("revoked", "+++++x....."),
        ("not_before", "+++++x....."),
        ("stopped", "++++++x...."),
        ("plan", "+++++++x..."),
        ("network", "++++++++x.."),
        ("scope", "+++++++++x."),
        ("limited", "++++++++++x"),
        (ANSWERED, "+++++++++++"),
        ("rate_limited", ""),
        ("nothing that there is", ""),
    ],
)
def test_each_step_before_the_one_that_stopped_it_passed_and_none_after_was_reached(
    outcome: str, drawn: str
) -> None:
    assert "".join(MARKS[one.result] for one in trace(outcome)) == drawn
    assert [one.step for one in trace(outcome)] in ([], list(Step))


def test_no_outcome_tells_an_unknown_id_from_a_wrong_secret() -> None:
    for outcome in OUTCOMES:
        results = {one.step: one.result for one in trace(outcome)}
        assert results.get(Step.FOUND) == results.get(Step.SECRET), outcome
        assert results.get(Step.FOUND) is not Result.STOPPED, outcome
