"""What can become of a request: each verdict is an outcome that stops at a step, for good."""

from store.domain.verdicts import ANSWERED, OF_CREDENTIALS, OUTCOMES, Step, Verdict


def test_every_refusal_is_an_outcome_that_says_where_it_stopped() -> None:
    for verdict in Verdict:
        if verdict is not Verdict.VALID:
            assert OUTCOMES[verdict.value], verdict


def test_every_step_can_stop_a_request() -> None:
    assert {step for steps in OUTCOMES.values() for step in steps or ()} == set(Step)
    assert OUTCOMES[ANSWERED] == ()


def test_who_proved_to_hold_a_secret_is_told_what_limits_it() -> None:
    assert (
        *(Verdict.EXPIRED, Verdict.REVOKED, Verdict.PLAN),
        *(Verdict.SCOPE, Verdict.ROUTE, Verdict.STOPPED, Verdict.NETWORK, Verdict.NOT_BEFORE),
        Verdict.LIMITED,
    ) == OF_CREDENTIALS


def test_an_outcome_has_its_place_for_good() -> None:
    # Ids that are out there hold it.
    assert tuple(OUTCOMES)[:26] == (
        *(ANSWERED, "missing", "scheme", "malformed", "checksum", "unknown", "expired", "revoked"),
        *("plan", "scope", "several_keys", "key_in_query", "invalid_request", "not_found"),
        *("method_not_allowed", "request_timeout", "too_large", "unsupported_media_type"),
        *("invalid_body", "internal", "unavailable", "rate_limited", "invalid_signature"),
        *("precondition_failed", "idempotency_running", "idempotency_reused"),
    )
