"""Whom restrictions of several keys would have refused, told as of one."""

from store.domain.foreseen import Foreseen, ForeseenScopes, ends_together, scopes_together
from store.domain.usage import Caller, ScopeUse

ANA = Caller("10.0.3.7", "curl/8", 10, 20, 2)
LATER = Caller("10.0.3.7", "curl/8", 5, 40, 3)
BEN = Caller("10.0.3.9", "", 1, 30, 7)


def test_a_caller_of_two_keys_is_one_with_what_was_asked_of_both() -> None:
    one = Foreseen(0, (ANA,), (BEN,), None, False)
    other = Foreseen(0, (LATER, BEN), (), 70, True)
    assert ends_together([one, other]) == Foreseen(
        0, (Caller("10.0.3.7", "curl/8", 5, 40, 5), BEN), (), 70, True
    )


def test_a_scope_that_two_keys_used_is_one_with_the_requests_of_both() -> None:
    one = ForeseenScopes(0, (ScopeUse("events:read", 2, 1, 20),), (ANA,), 50)
    other = ForeseenScopes(
        0, (ScopeUse("quotes:read", 1, 1, 30), ScopeUse("events:read", 3, 0, 10)), (BEN,), 70
    )
    found = scopes_together([one, other])
    assert found.used == (ScopeUse("quotes:read", 1, 1, 30), ScopeUse("events:read", 5, 0, 20))
    assert (found.callers, found.seldom) == ((BEN, ANA), 70)
