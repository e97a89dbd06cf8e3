"""A disk that is full: keys are verified all the same, and what was counted is kept.

Everywhere the kernel refuses the server's writes at a file size limit (EFBIG). Where one may mount,
a small tmpfs is filled to its end besides (ENOSPC).
"""

from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import func, select

from store.domain.clock import FixedClock, SystemClock
from store.errors import StoreFull
from store.operations.check import check
from store.persistence.schema import verdict_counts
from tests.house import House, moved_in
from tests.verifier.serving import API, eventually, serving
from tests.violence.disks import fill, keydeck, small

FULL = "its disk is full"
QUOTE = {"customer": "Jane", "currency": "EUR", "amount": "1"}


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_FSIZE"), reason="needs Linux")
def test_a_full_disk_stops_no_verification_and_loses_no_count(
    own_house: House, tmp_path: Path
) -> None:
    house = own_house
    issued = house.create("Website", "availability:read quotes:write")
    headers = {"Authorization": f"Bearer {issued.secret.reveal()}"}

    with serving(house, tmp_path / "stderr") as server, server.client(headers=headers) as client:
        assert client.post(f"{API}/quotes", json=QUOTE).status_code == 201
        eventually(lambda: _counted(house) == 1)
        process = psutil.Process(server.process.pid)
        unlimited = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (1, unlimited[1]))
        for _ in range(20):
            assert client.get(f"{API}/verify").status_code == 200
        refused = client.post(f"{API}/quotes", json=QUOTE)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert refused.headers["retry-after"]
        eventually(lambda: 'usage_flushes_total{result="failed"} 0' not in _metrics(client))
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["writes_refused_because"]) == (200, FULL)
        # A revocation made where there is room is seen at once.
        house.store.keys.revoke(house.alice, issued.key.id)
        assert client.get(f"{API}/verify").json()["code"] == "revoked"
        assert _counted(house) == 1
        process.rlimit(psutil.RLIMIT_FSIZE, unlimited)
        eventually(lambda: _counted(house) == 23)
        assert server.terminate() == 0
    assert check(house.url, pepper_path=house.pepper_path) == []


def test_commands_read_where_nothing_can_be_written(own_house: House, tmp_path: Path) -> None:
    # Somebody has the store open, as a verifier would.
    own_house.create()
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))"
    status, _ = keydeck(own_house, tmp_path, "keys", "list", before=limit)
    assert status == 0
    create = ("keys", "create", "--name", "N", "--scope", "events:read")
    status, said = keydeck(own_house, tmp_path, *create, before=limit)
    assert (status, said) == (1, str(StoreFull(own_house.store.database.place)))
    assert keydeck(own_house, tmp_path, *create)[0] == 0


def test_on_a_small_disk_that_is_full_keys_are_revoked_and_nothing_else_is_written(
    sqlite_pattern: House, tmp_path: Path
) -> None:
    with small(tmp_path / "disk") as mounted:
        if not mounted:
            # Hardly anybody but root may mount. The tests above hold everywhere.
            return
        house = moved_in(sqlite_pattern, tmp_path / "disk", FixedClock(SystemClock().now()))
        issued = house.create("Website", "availability:read quotes:write")
        others = [house.create(f"Key {number}").key.id for number in range(10)]
        headers = {"Authorization": f"Bearer {issued.secret.reveal()}"}
        with (
            serving(house, tmp_path / "stderr") as server,
            server.client(headers=headers) as client,
        ):
            assert client.get("/readyz").json()["writes_refused_because"] is None
            filler = fill(tmp_path / "disk")
            allowed, wrote = 0, 201
            while wrote == 201:
                # What the store's own files have in reserve is used up first.
                wrote = client.post(f"{API}/quotes", json=QUOTE).status_code
                allowed += 1
                assert client.get(f"{API}/verify").status_code == 200
            assert wrote == 503
            eventually(lambda: client.get("/readyz").json()["writes_refused_because"] == FULL)
            assert client.get("/readyz").status_code == 200
            create = ("keys", "create", "--name", "N", "--scope", "events:read")
            for key_id in others[:2]:
                assert keydeck(house, tmp_path, "keys", "list")[0] == 0
                status, said = keydeck(house, tmp_path, *create)
                assert (status, said) == (1, str(StoreFull(house.store.database.place, spare=True)))
                assert keydeck(house, tmp_path, "keys", "revoke", key_id)[0] == 0
                # What it was given is left to nobody else.
                assert client.post(f"{API}/quotes", json=QUOTE).status_code == 503
                allowed += 1
            for key_id in (*others[2:], issued.key.id):
                house.store.keys.revoke(house.alice, key_id)
            assert client.get(f"{API}/verify").json()["code"] == "revoked"
            filler.unlink()
            eventually(lambda: client.get("/readyz").json()["writes_refused_because"] is None)
            assert keydeck(house, tmp_path, *create)[0] == 0
            eventually(lambda: _counted(house) == 2 * allowed - 2 + 1)
            assert server.terminate() == 0
        assert check(house.url, pepper_path=house.pepper_path) == []
        house.store.close()


def _counted(house: House) -> int:
    with house.store.database.reading() as connection:
        return int(connection.execute(select(func.sum(verdict_counts.c.count))).scalar() or 0)


def _metrics(client: httpx.Client) -> str:
    return client.get("/metrics").text
