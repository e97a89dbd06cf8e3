"""The rules of a verdict, each combination of them: the first that objects answers."""

from itertools import product

import pytest

from store.domain.credential import Credential
from store.domain.decision import AccessRequest, Restriction, decide, grants, restrictions
from store.domain.verdicts import Verdict

NOW = 1_800_000_000_000
PLAIN = Credential("id", 1, "acme", "pro", "Website", b"", "", "events:read", None, None)


def credential(
    revoked_at: int | None = None,
    expires_at: int | None = None,
    plan: str = "pro",
    scopes: str = "events:read",
    stopped_at: int | None = None,
    networks: str | None = None,
    not_before: int | None = None,
) -> Credential:
    """Return a credential that is limited so."""
    return PLAIN._replace(
        revoked_at=revoked_at,
        expires_at=expires_at,
        plan=plan,
        scopes=scopes,
        stopped_at=stopped_at,
        networks=networks,
        not_before=not_before,
    )


# Each dimension with the verdict it leads to by itself, in the order in which they are asked.
REVOKED = [(None, None), (1, Verdict.REVOKED), (NOW, Verdict.REVOKED), (NOW + 1, Verdict.REVOKED)]
EXPIRES = [
    (None, None),
    (NOW + 1, None),
    (NOW, Verdict.EXPIRED),
    (NOW - 1, Verdict.EXPIRED),
    (0, Verdict.EXPIRED),
]
BEGINS = [(None, None), (NOW, None), (NOW + 1, Verdict.NOT_BEFORE)]
STOPS = [(None, None), (NOW, Verdict.STOPPED), (NOW + 1, Verdict.STOPPED)]
PLANS = [("pro", None), ("free", Verdict.PLAN), ("", Verdict.PLAN), ("Pro", Verdict.PLAN)]
NETWORKS = [
    (None, None),
    ("enforced 203.0.113.0/24 2001:db8::/48", None),
    ("enforced 198.51.100.0/24", Verdict.NETWORK),
    ("observed 198.51.100.0/24", None),
]
SCOPES = [
    ("events:read", (), None),
    ("events:read", ("events:read",), None),
    ("events:read", ("events:write",), Verdict.SCOPE),
    ("events:write", ("events:read",), Verdict.SCOPE),
    ("events:read", ("events:rea",), Verdict.SCOPE),
    ("events:read quotes:read", ("quotes:read", "events:read"), None),
    ("events:read quotes:read", ("quotes:read", "quotes:write"), Verdict.SCOPE),
    ("events:read quotes:read", ("events:read quotes:read",), Verdict.SCOPE),
    ("", ("events:read",), Verdict.SCOPE),
    ("", ("",), None),
]


@pytest.mark.parametrize(("revoked", "expires"), product(REVOKED, EXPIRES))
def test_the_first_objection_is_the_verdict(
    revoked: tuple[int | None, Verdict | None], expires: tuple[int | None, Verdict | None]
) -> None:
    every = product(BEGINS, STOPS, PLANS, NETWORKS, SCOPES)
    for begins, stop, plan, network, (granted, needed, lacking) in every:
        limited = credential(
            revoked[0], expires[0], plan[0], granted, stop[0], network[0], begins[0]
        )
        in_order = (revoked[1], expires[1], begins[1], stop[1], plan[1], network[1], lacking)
        wanted = next((verdict for verdict in in_order if verdict is not None), Verdict.VALID)
        assert decide(limited, AccessRequest(needed, "203.0.113.7"), NOW) is wanted


def test_a_restriction_objects_to_the_same_request_in_the_same_way_whenever_it_is_asked() -> None:
    limited = credential(None, NOW, "free", "", NOW, "enforced 203.0.113.0/24", not_before=NOW + 1)
    request = AccessRequest(("quotes:read",), None, "GET /x")
    objections = [one.check(request, NOW) for one in restrictions(limited)]
    assert objections == [
        Verdict.EXPIRED,
        Verdict.NOT_BEFORE,
        Verdict.STOPPED,
        Verdict.PLAN,
        Verdict.NETWORK,
        Verdict.ROUTE,
        Verdict.SCOPE,
    ]
    assert objections == [one.check(request, NOW) for one in restrictions(limited)]


def test_restrictions_are_values_that_nobody_can_change() -> None:
    every: list[Restriction] = [
        *restrictions(credential(1, 1, "free")),
        *restrictions(credential()),
    ]
    assert every[-1] == every[4]
    for one in every:
        with pytest.raises(AttributeError):
            one.at = 5  # type: ignore[attr-defined]
        hash(one)


@pytest.mark.parametrize(
    ("granted", "needed", "whole"),
    [
        ("events:read", [], True),
        ("events:read", ["events:read"], True),
        ("events:read events:write", ["events:write", "events:read", "events:read"], True),
        ("events:read", ["events:read", "quotes:read"], False),
        ("events:read", ["quotes:read", "events:read"], False),
    ],
)
def test_every_scope_that_is_needed_must_be_granted(
    granted: str, needed: list[str], whole: bool
) -> None:
    assert grants(granted, needed) is whole
