"""A disk that is full: keys are verified all the same, and what was counted is kept.

The kernel refuses the server's writes at a file size limit, as it would at the disk's end: the one
gives EFBIG, the other ENOSPC, and SQLite takes both for a failed write.
"""

from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import func, select

from store.checking import check
from store.schema import verdict_counts
from tests.house import House
from tests.verifier.serving import API, eventually, serving

QUOTE = {"customer": "Jane", "currency": "EUR", "amount": "1"}


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_FSIZE"), reason="needs Linux")
def test_a_full_disk_stops_no_verification_and_loses_no_count(
    own_house: House, tmp_path: Path
) -> None:
    house = own_house
    issued = house.create("Website", "availability:read quotes:write")
    headers = {"Authorization": f"Bearer {issued.secret.reveal()}"}

    def counted() -> int:
        with house.store.database.reading() as connection:
            return int(connection.execute(select(func.sum(verdict_counts.c.count))).scalar() or 0)

    with serving(house, tmp_path / "stderr") as server, server.client(headers=headers) as client:
        assert client.post(f"{API}/quotes", json=QUOTE).status_code == 201
        eventually(lambda: counted() == 1)
        process = psutil.Process(server.process.pid)
        unlimited = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (1, unlimited[1]))
        for _ in range(20):
            assert client.get(f"{API}/verify").status_code == 200
        refused = client.post(f"{API}/quotes", json=QUOTE)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert refused.headers["retry-after"]
        eventually(lambda: 'usage_flushes_total{result="failed"} 0' not in _metrics(client))
        # A revocation made where there is room is seen at once.
        house.store.keys.revoke(house.alice, issued.key.id)
        assert client.get(f"{API}/verify").json()["code"] == "revoked"
        assert counted() == 1
        process.rlimit(psutil.RLIMIT_FSIZE, unlimited)
        eventually(lambda: counted() == 23)
        assert server.terminate() == 0
    assert check(house.url, pepper_path=house.pepper_path) == []


def _metrics(client: httpx.Client) -> str:
    return client.get("/metrics").text
