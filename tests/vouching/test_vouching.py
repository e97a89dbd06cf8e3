"""Nobody acts where its admin handed them nothing, and no workspace learns what another knows."""

from typing import Any

import pytest

from store.domain.people import Role
from tests.house import House
from tests.vouching.left_out import RULES, left_out
from tests.vouching.looking import Found
from tests.vouching.machine import ACME, BOLT
from tests.vouching.searching import search, tell

_TO_ACME = ("invite", {"slug": ACME, "to": "acme", "role": Role.ADMIN})
_TO_THE_CTO = ("invite", {"slug": BOLT, "to": "cto", "role": Role.ADMIN})
_WITH_ACMES_CODE = ("enrol", {"which": 0, "named": False})
_WITH_BOLTS_CODE = ("enrol", {"which": 2, "named": False})
_INTO_BOLT = ("sign_in", {"party": "acme", "slug": BOLT})
_STORIES: tuple[list[tuple[str, dict[str, Any]]], ...] = (
    [_TO_ACME, _TO_THE_CTO, _WITH_ACMES_CODE],
    [_TO_ACME, _WITH_ACMES_CODE, _TO_THE_CTO, _INTO_BOLT],
    [_TO_ACME, _TO_THE_CTO],
    [_TO_ACME, _TO_THE_CTO, _WITH_ACMES_CODE, _WITH_BOLTS_CODE],
)


def test_chance_finds_nobody_where_nobody_vouched_for_them(sqlite_pattern: House) -> None:
    found, steps = search(sqlite_pattern, 3)
    assert found is None
    assert steps > 60


@pytest.mark.parametrize(("rule", "story"), zip(RULES, _STORIES, strict=True), ids=RULES)
def test_every_rule_is_needed(
    sqlite_pattern: House, rule: str, story: list[tuple[str, dict[str, Any]]]
) -> None:
    tell(sqlite_pattern, story)
    with left_out(rule), pytest.raises(Found):
        tell(sqlite_pattern, story)
