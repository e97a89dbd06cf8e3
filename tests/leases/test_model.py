"""With every rule no request is answered by what was before; with any one left out, some is."""

import pytest

from tests.leases.left_out import LEFT_OUT
from tests.leases.machine import search
from tests.leases.scenarios import tell
from tests.leases.world import Stale

# What chance finds at once; `python -m tests.leases` lets it look for the others.
AT_ONCE = ("2", "3", "8", "10", "11", "13")


@pytest.mark.parametrize("rule", LEFT_OUT)
def test_every_rule_is_needed(rule: str) -> None:
    tell(rule, left_out=False)
    with pytest.raises(Stale):
        tell(rule, left_out=True)


@pytest.mark.parametrize("rule", AT_ONCE)
def test_chance_finds_a_rule_that_is_left_out(rule: str) -> None:
    assert search(rule, 400).stale is not None


def test_with_every_rule_chance_finds_nothing_and_all_comes_in_force() -> None:
    assert search("", 400).examples >= 400
