"""Refusals on the wire: each verdict has a status, a title and a sentence for either credential."""

from store.domain.verdicts import OF_CREDENTIALS, OUTCOMES, Verdict
from store.verifier.problems import KINDS, REFUSALS, refused
from store.verifier.verify import VerifyResult


def test_every_verdict_but_valid_is_a_kind_of_problem() -> None:
    assert {verdict.value for verdict in Verdict if verdict is not Verdict.VALID} <= set(KINDS)
    # A request id must be able to say so.
    assert set(KINDS) - set(OUTCOMES) == {"forbidden"}


def test_every_verdict_on_what_was_presented_has_its_sentences() -> None:
    assert set(REFUSALS) == {Verdict.UNKNOWN, *OF_CREDENTIALS}
    for said in REFUSALS.values():
        assert said.of_key != said.of_connection


def test_a_scope_that_is_asked_for_is_no_template() -> None:
    problem = refused(VerifyResult(Verdict.SCOPE), ("{needed}:{0}",))
    assert problem.detail == "This API key lacks a permission. Needed: {needed}:{0}."
