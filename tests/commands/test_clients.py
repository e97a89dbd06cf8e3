"""`keydeck connections clients`: assistants by an address, fetched from this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.client_documents import fetch
from store.domain.client_documents.known import KNOWN
from tests.commands.conftest import Keydeck
from tests.documents import ADDRESS, Maker, answer, document, maker
from tests.house import House

CLIENTS = ("connections", "clients")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Maker]:
    """A maker's server, to which every name leads."""
    with maker(tmp_path) as running:
        monkeypatch.setattr(fetch, "PUBLIC", running.fetcher())
        yield running


def test_an_assistant_is_fetched_listed_renewed_and_taken_away(
    keydeck: Keydeck, desk: Maker
) -> None:
    added = keydeck(*CLIENTS, "add", ADDRESS)
    assert added.status == 0, added.err
    assert f"{ADDRESS} may ask. It calls itself “Desk”." in added.err
    desk.says = answer(document(client_name="Desk two"))
    renewed = keydeck(*CLIENTS, "add", ADDRESS, "--json").json
    assert (renewed["name"], renewed["host"]) == ("Desk two", "desk.example")
    listed = keydeck(*CLIENTS, "list", "--json").json
    assert {one["client_id"]: one["added_by"] for one in listed} == {
        **dict.fromkeys(KNOWN),
        ADDRESS: "alice@acme.example",
    }
    assert "keydeck's" in keydeck(*CLIENTS, "list").out
    assert keydeck(*CLIENTS, "remove", ADDRESS).status == 0
    assert keydeck(*CLIENTS, "remove", ADDRESS).status == 4
    assert keydeck(*CLIENTS, "remove", next(iter(KNOWN))).status == 5
    done = [entry["action"] for entry in keydeck("audit", "--json").json]
    assert [one for one in done if one.startswith("client.")] == [
        *("client.removed", "client.changed", "client.added"),
    ]


def test_nothing_is_added_of_what_cannot_be_fetched_or_is_none(
    keydeck: Keydeck, desk: Maker
) -> None:
    desk.leads_to = [("169.254.169.254",)]
    refused = keydeck(*CLIENTS, "add", ADDRESS)
    assert (refused.status, refused.out) == (6, "")
    assert "169.254.169.254, which is no address of the public internet" in refused.err
    desk.leads_to = [("93.184.215.14",)]
    desk.says = answer(document("https://other.example/client.json"))
    assert keydeck(*CLIENTS, "add", ADDRESS).status == 2
    assert keydeck(*CLIENTS, "add", "https://127.0.0.1/client.json").status == 2
    assert len(keydeck(*CLIENTS, "list", "--json").json) == len(KNOWN)


def test_a_document_can_be_handed_over_where_the_machine_reaches_nothing(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    given = keydeck(*CLIENTS, "add", ADDRESS, "--file", "-", given=document())
    assert given.status == 0, given.err
    assert keydeck(*CLIENTS, "add", ADDRESS, "--file", str(tmp_path / "none")).status == 2
    assert keydeck(*CLIENTS, "add", ADDRESS, "--file", "-", given=b" " * 9000).status == 2
