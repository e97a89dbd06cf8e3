"""Which assistants may ask by an address: how many a workspace adds, and how many ask."""

import pytest

from store.domain.connections import DEFAULT_LIFETIME
from store.errors import ClientNotKnown, TooManyAuthorizationRequests, TooManyClients
from store.service import client_documents
from store.service.authorization_requests import MOST_ASKED, Wanted
from tests.documents import ADDRESS, document
from tests.house import CHALLENGE, House, granted_scopes

pytestmark = pytest.mark.both_engines


def test_a_workspace_adds_no_more_than_its_list_bears(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_documents, "MOST_ADDED", 2)
    service = house.store.client_documents
    for number in range(2):
        address = f"https://made{number}.example/c"
        service.add(house.alice, document(address), address)
    with pytest.raises(TooManyClients):
        service.add(house.alice, document(), ADDRESS)
    # One that is there is renewed, and another workspace's list is another's.
    service.add(house.alice, document("https://made0.example/c"), "https://made0.example/c")
    service.add(house.bob, document(), ADDRESS)


def test_however_often_an_address_asks_it_leaves_one_row(house: House) -> None:
    store = house.store
    store.client_documents.add(house.alice, document(), ADDRESS)
    back, granted = "https://desk.example/back", granted_scopes("events:read")
    wanted = Wanted(ADDRESS, back, None, CHALLENGE, granted, "https://here.example/mcp")
    for _ in range(MOST_ASKED):
        brought = store.authorization_requests.ask(wanted, "10.0.0.1")
    with pytest.raises(TooManyAuthorizationRequests):
        store.authorization_requests.ask(wanted, "10.0.0.1")
    with store.transactions.reading() as unit:
        held = unit.oauth_clients.get(ADDRESS)
    # By its host: its name is what one workspace says.
    assert held is not None
    assert held.name == "desk.example"
    made = store.authorization_requests.approve(
        house.alice, brought.ask.id, granted, DEFAULT_LIFETIME
    ).unwaited()
    assert (made.name, made.client_id) == ("Desk", ADDRESS)
    store.client_documents.remove(house.alice, ADDRESS)
    with pytest.raises(ClientNotKnown):
        store.authorization_requests.ask(wanted, "10.0.0.2")
