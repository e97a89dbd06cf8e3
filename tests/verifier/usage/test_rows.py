"""Calls of tools as they are kept: added to what stands, the last instant staying the last."""

import pytest

from store.domain.credential import Credential
from store.domain.times import DAY, HOUR
from store.domain.usage import Refusal, ToolOutcome, ToolUse
from store.domain.verdicts import Verdict
from store.persistence.schema import OF_CONNECTIONS
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
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
