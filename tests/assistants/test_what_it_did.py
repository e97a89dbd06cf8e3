"""What an assistant did, by tool: counted beside its calls, and told in one place."""

import re

from console.text.connection_words import in_full
from console.text.why_words import advice, facts, steps, title
from store.domain.times import DAY
from store.service.connections import ConnectionUsage
from tests.assistants.own_api import bills, running
from tests.assistants.test_own_api import offer
from tests.assistants.walking import Walk
from tests.verifier.serving import Served, eventually


def test_each_call_is_counted_by_tool_and_by_what_became_of_it(own_walk: Walk, own: Served) -> None:
    house = own.house
    with running(bills()) as api:
        offer(house, api)
        token = own_walk.connected("events:read bills:read")["access_token"]
        [made] = house.store.connections.all(house.alice)

        def failed(tool: str, **arguments: object) -> str:
            answer = own_walk.call(token, tool, **arguments)
            assert answer.json()["result"]["isError"], answer.text
            return str(answer.headers["X-Request-Id"])

        for _ in range(3):
            assert "structuredContent" in own_walk.call(token, "list_events").json()["result"]
        lacking = failed("create_event", name="Gala")
        failed("get_event", id="000000000000")
        failed("list_events", limit=0)
        own_walk.call(token, "read_bill", bill_id=7)
        failed("read_bill", bill_id=8)
        failed("read_bill", bill_id="seven")
        lacked = failed("tear_up", bill_id=7)
        failed("read_folder", name="a/b")
        failed("read_folder", name="..")
        # Such names anybody can make, without end.
        assert own_walk.call(token, "no_such_tool").json()["error"]["code"] == -32602

    def used(since: int = 0) -> ConnectionUsage:
        return house.store.connections.usage(house.alice, made.id, since)

    eventually(lambda: sum(use.calls for use in used().tools) == 12)
    found = {use.tool: use[1:4] for use in used().tools}
    assert found == {
        "create_event": (0, 1, 0),
        "get_event": (0, 0, 1),
        "list_events": (3, 0, 1),
        "read_bill": (1, 0, 2),
        "read_folder": (0, 0, 2),
        "tear_up": (0, 1, 0),
    }
    now = house.clock.now()
    assert all(abs(now - use.last_used_at) < DAY for use in used().tools)
    assert used(now + DAY).tools == ()
    operations = used().operations
    assert operations["tear_up"] == "DELETE /bills/{bill_id}", "it was called"
    assert "list_bills" in operations, "it may be called"
    assert "write_bill" not in operations
    told = [
        value
        for label, value in in_full(house.store.connections.details(house.alice, made.id), now)
        if label == "Called"
    ]
    assert re.fullmatch(
        r"list_events: 4 calls, 1 failed, .*", next(one for one in told if "list_events" in one)
    )
    for request_id, words, sentence in (
        (
            lacking,
            ("create_event", "POST /mcp?scope=events:write"),
            "It needed events:write; the connection has bills:read events:read.",
        ),
        (
            lacked,
            ("tear_up", "DELETE /bills/7"),
            "It needed bills:delete; the connection has bills:read events:read.",
        ),
    ):
        why = house.store.why.explain(house.alice, request_id)
        said = dict(facts(why, now, "jw"))
        assert (said["Tool"], said["Asked for"]) == words
        assert advice(why, now, "jw")[0].startswith(sentence)
        assert title(why) == "Refused: the connection lacked a scope that was needed"
        assert not [words for _, _, words in steps(why) if "key" in words]
