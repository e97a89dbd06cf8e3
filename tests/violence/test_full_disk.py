"""A disk that is full: keys are verified all the same, and what was counted is kept.

Everywhere the kernel refuses the server's writes at a file size limit (EFBIG). Where one may mount,
a small tmpfs is filled to its end besides (ENOSPC).
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import func, select

from store.errors import StoreUnusable
from store.operations.check import check
from store.persistence.schema import verdict_counts
from tests.house import House, moved_in
from tests.verifier.serving import API, eventually, serving

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
        # A revocation made where there is room is seen at once.
        house.store.keys.revoke(house.alice, issued.key.id)
        assert client.get(f"{API}/verify").json()["code"] == "revoked"
        assert _counted(house) == 1
        process.rlimit(psutil.RLIMIT_FSIZE, unlimited)
        eventually(lambda: _counted(house) == 23)
        assert server.terminate() == 0
    assert check(house.url, pepper_path=house.pepper_path) == []


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def test_the_end_of_a_small_disk_refuses_changes_in_one_sentence_and_loses_none(
    sqlite_pattern: House, tmp_path: Path
) -> None:
    with _small_disk(tmp_path / "disk") as mounted:
        if not mounted:
            # Hardly anybody but root may mount. The test above holds everywhere.
            return
        house = moved_in(sqlite_pattern, tmp_path / "disk")
        issued = house.create("Website", "availability:read quotes:write")
        headers = {"Authorization": f"Bearer {issued.secret.reveal()}"}
        with (
            serving(house, tmp_path / "stderr") as server,
            server.client(headers=headers) as client,
        ):
            filler = tmp_path / "disk" / "filler"
            with suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
            allowed, wrote = 0, 201
            while wrote == 201:
                # What the store's own files have in reserve is used up first.
                wrote = client.post(f"{API}/quotes", json=QUOTE).status_code
                allowed += 1
                assert client.get(f"{API}/verify").status_code == 200
            assert wrote == 503
            with pytest.raises(StoreUnusable) as refusal:
                house.store.keys.revoke(house.alice, issued.key.id)
            assert "full" in str(refusal.value)
            assert client.get(f"{API}/verify").status_code == 200
            filler.unlink()
            house.store.keys.revoke(house.alice, issued.key.id)
            assert client.get(f"{API}/verify").json()["code"] == "revoked"
            eventually(lambda: _counted(house) == 2 * allowed + 2)
            assert server.terminate() == 0
        assert check(house.url, pepper_path=house.pepper_path) == []
        house.store.close()


def _counted(house: House) -> int:
    with house.store.database.reading() as connection:
        return int(connection.execute(select(func.sum(verdict_counts.c.count))).scalar() or 0)


def _metrics(client: httpx.Client) -> str:
    return client.get("/metrics").text
