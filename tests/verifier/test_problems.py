"""Refusals on the wire: each verdict has a status, a title and a sentence for either credential."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from store.domain.request_ids import LENGTH, PREFIX
from store.domain.verdicts import OF_CREDENTIALS, OUTCOMES, Verdict
from store.verifier import problems
from store.verifier.problems import KINDS, REFUSALS, Problem, refused
from store.verifier.verify import VerifyResult

_TEXTS = st.text(st.characters(codec="utf-8")) | st.just('x,"request_id":"req_y')
_IDS = st.text("09azAZ", min_size=LENGTH - len(PREFIX), max_size=LENGTH - len(PREFIX))


def test_every_verdict_but_valid_is_a_kind_of_problem() -> None:
    assert {verdict.value for verdict in Verdict if verdict is not Verdict.VALID} <= set(KINDS)
    # A request id must be able to say so.
    assert set(KINDS) - set(OUTCOMES) == {"forbidden"}


def test_every_verdict_on_what_was_presented_has_its_sentences() -> None:
    # A limit's has how often, and when again: see test_limits.
    assert set(REFUSALS) == {Verdict.UNKNOWN, *OF_CREDENTIALS} - {Verdict.LIMITED}
    for said in REFUSALS.values():
        assert said.of_key != said.of_connection


def test_a_scope_that_is_asked_for_is_no_template() -> None:
    problem = refused(VerifyResult(Verdict.SCOPE), ("{needed}:{0}",))
    assert problem.detail == "This API key lacks a permission. Needed: {needed}:{0}."


@given(st.sampled_from(sorted(KINDS)), _TEXTS, st.none() | _TEXTS, _IDS)
def test_a_problem_is_the_document_that_is_made_of_all_its_members(
    code: str, detail: str, scope: str | None, drawn: str
) -> None:
    request_id = PREFIX + drawn
    wanted: dict[str, Any] = {
        "type": f"urn:keydeck:problem:{code}",
        "title": KINDS[code].title,
        "status": KINDS[code].status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        **({"required_scope": scope} if scope else {}),
    }
    answer = Problem(code, detail, ((b"x-a", b"b"),), scope).answer(request_id.encode())
    assert answer.status == KINDS[code].status
    written = json.dumps(wanted, ensure_ascii=False, separators=(",", ":")) + "\n"
    assert answer.body == written.encode()
    fields = dict(answer.headers)
    assert fields[b"content-length"] == str(len(answer.body)).encode()
    assert fields[b"x-a"] == b"b"
    assert answer.head.endswith(b"\r\nx-a: b\r\n")


TOLD = {Verdict.VALID, Verdict.SCOPE, Verdict.ROUTE, Verdict.LIMITED}
"""No problem at all, one with what was sent in it, or one that is another each time."""


def test_what_somebody_sent_is_not_remembered() -> None:
    problems._remembered.cache_clear()
    for code in KINDS:
        Problem(code, "said").answer(b"req_" + b"0" * 19)
    assert problems._remembered.cache_info().currsize == len(set(Verdict) - TOLD)
