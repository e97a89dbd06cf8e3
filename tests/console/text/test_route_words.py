"""Whom a change of routes would refuse, in the sentences that somebody decides by."""

from dataclasses import replace

import pytest

from console.text.route_words import refuses
from store.domain.people import Plan, Workspace
from store.domain.routes.pattern import pattern
from store.domain.routes.route import Route
from store.domain.times import DAY
from store.service.foreseen_routes import ForeseenRoute, RouteUse
from tests.domain.test_keys import KEY, NOW

FOUND = ForeseenRoute(
    before=Route(pattern("GET /events/{id}"), "events:read"),
    after=None,
    open=False,
    since=NOW - 30 * DAY,
    used=(),
    unused=0,
    seldom=None,
    more_keys=False,
    more_gaps=False,
    shared=0,
    tools=False,
)
USED = (RouteUse(Workspace(1, "acme", "Acme", Plan.PRO), KEY, 4, ()),)
CUT = "Of the first 200 keys that were looked at, none needed events:read in the last 30 days."
UNSEEN = " Not of all was it looked at how seldom they call."


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (FOUND, "No key that it would refuse needed events:read in the last 30 days."),
        (replace(FOUND, unused=200, more_keys=True), CUT),
        (
            replace(FOUND, more_keys=True),
            "Not every key was looked at; none that was needed events:read in the last 30 days.",
        ),
        (replace(FOUND, unused=200, more_keys=True, more_gaps=True), CUT + UNSEEN),
        (
            replace(FOUND, used=USED, unused=199, more_keys=True),
            "That would have refused up to 4 requests of 1 key at least in the last 30 days, those "
            "that needed events:read. By which path is not kept. 199 keys more at least may use it "
            "and did not.",
        ),
        (
            replace(FOUND, tools=True),
            "No key that it would refuse needed events:read in the last 30 days. Assistants are "
            "not counted here.",
        ),
        (replace(FOUND, open=True), "That refuses nobody."),
        (
            replace(FOUND, open=True, tools=True),
            "That refuses no key, but assistants' tools are refused then: they need a route.",
        ),
    ],
)
def test_no_more_is_said_than_was_looked_at(found: ForeseenRoute, said: str) -> None:
    assert refuses(found, NOW) == said
