"""After a revocation by another process: `python -m tests.benchmarks.verify.rivals.revoked`.

Two servers on one SQLite store. The key is used at both, revoked at the first, and asked for ten
times at the second; then the store is asked what it holds. keyshield is cached, as its
documentation recommends for speed; keydeck is as it comes.
"""

import sqlite3
import sys
import tempfile
from pathlib import Path

import httpx

from store.domain.keys import State
from tests.benchmarks.verify.rivals.start import Rival, keyshield
from tests.house import build, moved_in
from tests.verifier.serving import API, serving

ASKED = 10


def main() -> int:
    """Ask both and print what they answered; 1 when keydeck accepted a revoked key."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        accepted, row = _keyshield(folder / "keyshield.db")
        print(f"keyshield 2.0.1, cached: accepted {accepted} of {ASKED}; its row is {row}")
        ours, state = _keydeck(folder)
        print(f"keydeck: accepted {ours} of {ASKED}; the key is {state.value}")
    return 1 if ours else 0


def _keyshield(database: Path) -> tuple[int, str]:
    with keyshield("cached", database) as first, keyshield("cached", database, make=False) as other:
        key = first.keys[0]
        for one in (first, other):
            assert _status(_place(one), key) == 200
        key_id = key.split("-")[1]
        httpx.post(
            f"http://127.0.0.1:{first.port}/revoke/{key_id}", trust_env=False, timeout=30
        ).raise_for_status()
        assert _status(_place(first), key) != 200
        accepted = sum(_status(_place(other), key) == 200 for _ in range(ASKED))
    # Nobody has the file open any more, so the standard library's SQLite may read it.
    [[active]] = sqlite3.connect(database).execute(
        "SELECT is_active FROM api_keys WHERE key_id = ?", (key_id,)
    )
    return accepted, "active" if active else "inactive"


def _keydeck(folder: Path) -> tuple[int, State]:
    (folder / "pattern").mkdir()
    pattern = build(folder / "pattern")
    pattern.store.close()
    (folder / "served").mkdir()
    house = moved_in(pattern, folder / "served")
    issued = house.create()
    key = issued.secret.reveal()
    with serving(house, folder / "first") as first, serving(house, folder / "other") as other:
        for server in (first, other):
            assert _status(f"{server.address}{API}/verify", key) == 200
        house.store.keys.revoke(house.alice, issued.key.id)
        accepted = sum(_status(f"{other.address}{API}/verify", key) == 200 for _ in range(ASKED))
    state = house.store.keys.show(house.alice, issued.key.id).state(house.clock.now())
    house.store.close()
    return accepted, state


def _place(rival: Rival) -> str:
    return f"http://127.0.0.1:{rival.port}/verify"


def _status(url: str, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(url, headers=headers, trust_env=False, timeout=30).status_code


if __name__ == "__main__":
    sys.exit(main())
