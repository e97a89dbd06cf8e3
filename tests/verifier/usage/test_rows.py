"""Calls of tools as they are kept: added to what stands, the last instant staying the last."""

import pytest

from store.domain.credential import Credential
from store.domain.times import DAY, HOUR
from store.domain.usage import Refusal, ToolOutcome, ToolUse
from store.domain.verdicts import Verdict
from store.persistence.schema import OF_CONNECTIONS
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import LET_GO_AT_ONCE, write
from tests.house import House

pytestmark = pytest.mark.both_engines


def test_what_is_written_is_added_to_the_day_that_stands(house: House) -> None:
    made, now = house.connect(), house.clock.now()
    row = Credential(made.id, made.workspace_id, "", "", "", b"", "", "", None, None)
    for at in (now, now - HOUR, now - 40 * DAY):
        batch = Batch()
        batch.call(row, "list_events", ToolOutcome.DONE, at)
        batch.call(row, "list_events", ToolOutcome.REFUSED, at)
        batch.call(row, "edit_event", ToolOutcome.FAILED, at)
        batch.refuse(
            row, Refusal(at, Verdict.SCOPE, None, "", "POST", "/mcp", f"req_{at}", "list_events")
        )
        write(house.store.database, batch, OF_CONNECTIONS)
    month = house.store.connections.details(house.alice, made.id)
    assert month.tools == (
        ToolUse("edit_event", 0, 0, 2, now),
        ToolUse("list_events", 2, 2, 0, now),
    )
    assert {one.tool for one in month.usage.refusals} == {"list_events"}
    found = house.store.connections.usage(house.alice, made.id, 0)
    assert [use.calls for use in found.tools] == [3, 6]
    with house.store.transactions.reading() as unit:
        assert unit.connection_usage.tools(house.bob.workspace_id, made.id, 0) == ()
        assert unit.usage.tools(made.workspace_id, made.id, 0) == ()


def test_days_by_tool_go_after_three_months_some_at_a_time_and_the_days_sums_stay(
    house: House,
) -> None:
    made, other, now = house.connect(), house.connect("Other"), house.clock.now()

    def called(whose: str, days_ago: int, *tools: str) -> None:
        row = Credential(whose, made.workspace_id, "", "", "", b"", "", "", None, None)
        batch = Batch()
        for tool in tools:
            batch.call(row, tool, ToolOutcome.DONE, now - days_ago * DAY)
        batch.count(row, Verdict.VALID, now - days_ago * DAY, None, (), b"")
        write(house.store.database, batch, OF_CONNECTIONS)

    def known(whose: str) -> dict[str, int]:
        tools = house.store.connections.usage(house.alice, whose, 0).tools
        return {use.tool: use.calls for use in tools}

    many = [f"tool_{number}" for number in range(LET_GO_AT_ONCE)]
    called(made.id, 91, *many, "list_events")
    called(other.id, 91, "list_events")
    called(made.id, 90, "list_events")
    assert known(made.id) == {**dict.fromkeys(many, 1), "list_events": 2}
    called(made.id, 0, "list_events")
    assert len(known(made.id)) <= 2
    called(made.id, 0, "list_events")
    assert known(made.id) == {"list_events": 3}
    assert known(other.id) == {"list_events": 1}
    usage = house.store.connections.usage(house.alice, made.id, 0).usage
    assert usage.traffic.by_verdict == {Verdict.VALID: 4}
