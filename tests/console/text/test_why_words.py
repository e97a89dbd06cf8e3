"""A decision in words: there are some for whatever can become of a request."""

from console.text import why_words
from store.domain.trace import trace
from store.domain.verdicts import OUTCOMES, Step
from store.service.why import Explanation


def test_every_outcome_has_words() -> None:
    for outcome in OUTCOMES:
        told = Explanation(outcome, 0, trace(outcome), "req_", None, None)
        assert why_words.title(told)
        assert all(why_words.steps(told)[0]) if told.steps else True
        why_words.advice(told, 0, "jw")


def test_every_step_that_is_passed_has_words() -> None:
    steps = why_words.steps(Explanation("answered", 0, trace("answered"), "req_", None, None))
    assert [step for step, _, said in steps if said] == list(Step)
