"""A restore while the store is served: no key is revived, and nobody has to restart."""

import threading
from functools import partial
from pathlib import Path

from store.operations.backup import back_up
from store.operations.open import open_store
from store.operations.restore import restore
from tests.verifier.serving import API, Served, eventually, serving


def test_a_restore_under_load_revives_no_key_for_a_single_request(
    pair: Served, tmp_path: Path
) -> None:
    house = pair.house
    kept, revoked = pair.issue(), pair.issue()
    copy = tmp_path / "copy.db"
    back_up(house.url, copy)
    house.store.keys.revoke(house.alice, revoked.key.id)
    answers: set[tuple[str, int]] = set()
    over = threading.Event()

    def ask() -> None:
        with pair.server.client() as client:
            while not over.is_set():
                for name, issued in (("kept", kept), ("revoked", revoked)):
                    headers = {"Authorization": f"Bearer {issued.secret.reveal()}"}
                    answers.add((name, client.get("/api/v1/verify", headers=headers).status_code))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        assert restore(house.url, copy, pepper_path=house.pepper_path).carried_over == 1
    over.set()
    for thread in threads:
        thread.join()
    assert answers == {("kept", 200), ("revoked", 401)}


def test_a_store_restored_blindly_serves_nobody_until_its_operator_has_looked(
    pair: Served, tmp_path: Path
) -> None:
    house, issued = pair.house, pair.issue()
    key = issued.secret.reveal()
    copy = tmp_path / "copy.db"
    back_up(house.url, copy)
    house.store.keys.revoke(house.alice, issued.key.id)
    assert pair.ask("/verify", key).status_code == 401
    house.store.close()
    house.store.database.path.write_bytes(b"somebody's letter" * 1000)
    assert restore(house.url, copy, pepper_path=house.pepper_path).waiting
    # For up to a second a worker still has the file that was there, revocation and all.
    eventually(lambda: pair.ask("/verify", key).status_code == 503)
    for _ in range(20):
        answer = pair.ask("/verify", key)
        assert (answer.status_code, answer.headers.get("retry-after")) != (200, None)
        assert answer.status_code in (401, 503)
    eventually(lambda: pair.client.get("/readyz").status_code == 503)
    with serving(house, tmp_path / "late") as late, late.client() as client:
        # Whoever is started meanwhile waits as well: clients are told when to come again.
        asked = partial(client.get, f"{API}/verify", headers={"Authorization": f"Bearer {key}"})
        assert (asked().status_code, asked().headers["retry-after"]) == (503, "1")
        house.store = open_store(house.url, pepper_path=house.pepper_path)
        house.store.operator.confirm_restored()
        eventually(lambda: pair.ask("/verify", key).status_code == 200)
        eventually(lambda: asked().status_code == 200)
        assert "keydeck store confirm" in late.said()
