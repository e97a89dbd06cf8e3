"""What a store knows of the verifiers that read through: that they are there, and how busy."""

from pathlib import Path

import pytest
from sqlalchemy import insert, select

from store.domain.clock import SystemClock
from store.domain.times import DAY
from store.persistence.schema.verifiers import verifiers
from tests.house import House
from tests.verifier.serving import Served, eventually, serving, wrong_secret

BUSY = """
from store.verifier.leasing import heartbeat
heartbeat.HEARTBEAT_MS = 100
"""


@pytest.mark.both_engines
def test_a_verifier_is_listed_with_what_it_does_until_it_leaves(
    own_house: House, tmp_path: Path
) -> None:
    def listed() -> list[dict[str, object]]:
        with own_house.store.database.reading() as connection:
            return [dict(row) for row in connection.execute(select(verifiers)).mappings()]

    now = SystemClock().now()
    dead = {"id": "dead", "host": "h", "process": 1, "version": "", "address": "", "started_at": 0}
    dead |= dict.fromkeys(("requests", "refusals", "recent_ms", "revision", "renewals"), 0)
    dead |= {"recent_requests": 0, "recent_refusals": 0, "seen_at": now - 2 * DAY}
    with own_house.store.database.counting() as connection:
        connection.execute(insert(verifiers).values(dead))
    with (
        serving(own_house, tmp_path / "stderr", prelude=BUSY) as server,
        server.client() as client,
    ):
        served = Served(own_house, server, client)
        key = served.key()
        for presented in (key, key, wrong_secret(key)):
            served.ask("/verify", presented)

        def told() -> bool:
            found = listed()
            return [(row["requests"], row["refusals"]) for row in found] == [(3, 1)]

        eventually(told)
        [found] = listed()
        assert (found["process"], found["address"]) == (server.process.pid, server.address)
        assert (found["lease_ms"], found["lapsed"]) == (None, False)
        assert abs(int(str(found["seen_at"])) - SystemClock().now()) < 30_000
        ready = client.get("/readyz").json()
        assert (ready["status"], ready["lease"]) == ("ready", "none")
        assert "keydeck_leases_live" not in client.get("/metrics").text
        assert server.terminate() == 0
        assert listed() == []
        assert server.said().count("\n") == 1, "nothing but the ready line"
