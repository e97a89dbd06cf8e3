"""`keydeck init --no-sample` and `keydeck resources sample`."""

from pathlib import Path

import pytest

from tests.commands.conftest import Keydeck
from tests.house import House


def test_a_store_begins_without_the_sample_api_and_gets_it_when_asked(
    keydeck: Keydeck, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = ("--store", f"sqlite:///{tmp_path}/new.db")
    made = keydeck(
        "init", "--workspace", "Third", "--admin", "alice@acme.example", "--no-sample", *new
    )
    assert made.status == 0, made.err
    assert keydeck("resources", "list", "--json", *new).json == []
    refused = keydeck("keys", "create", "--name", "First", "--scope", "events:read", *new)
    assert (refused.status, "keydeck resources add NAME" in refused.err) == (4, True)
    back = keydeck("resources", "sample", "on", "--json", *new).json
    assert {one["name"] for one in back} == {"availability", "events", "quotes"}
    # It is not taken out of a store that others use, whatever else is said.
    kept = keydeck("init", "--workspace", "Third", "--admin", "alice@acme.example", "--no-sample")
    assert (kept.status, "resources sample off" in kept.err) == (2, True)
    assert len(keydeck("resources", "list", "--json").json) == 3
    assert [one.slug for one in house.store.sign_in.workspaces()] == [
        "acme-events",
        "bolt-catering",
    ]
