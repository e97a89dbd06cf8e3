"""What restrictions came to, in words."""

from console.text.restriction_words import observed, observed_networks
from store.domain.times import MINUTE
from store.domain.usage import Observed
from store.domain.verdicts import Verdict
from tests.house import NOON

FOUND = [
    Observed(Verdict.LIMITED, "10.0.3.7", "", "GET", "/events", NOON, NOON - MINUTE, 5),
    Observed(Verdict.NETWORK, "10.0.3.8", "", "GET", "/quotes", NOON, NOON - 2 * MINUTE, 1),
    Observed(Verdict.LIMITED, "10.0.3.9", "", "GET", "/events", NOON, NOON - 3 * MINUTE, 2),
]


def test_what_networks_and_limits_would_have_refused_is_told_apart() -> None:
    told = observed(FOUND, NOON).split("; ")
    assert told == [
        "limited: 7 requests of 2 callers would have been refused, the last 1 min ago by 10.0.3.7: "
        "GET /events",
        "network: 1 request of 1 caller would have been refused, the last 2 min ago by 10.0.3.8: "
        "GET /quotes",
    ]
    assert observed_networks(FOUND) == [FOUND[1]]
    assert observed([], NOON) == ""
