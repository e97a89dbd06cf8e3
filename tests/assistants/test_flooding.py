"""Thousands that register, and one assistant among them that means it."""

from sqlalchemy import func, insert, select

from store.persistence.repositories.oauth_clients import MOST_UNUSED
from store.persistence.schema import oauth_clients
from tests.assistants.walking import Walk
from tests.house import House

MANY = MOST_UNUSED + 250


def flood(house: House, at: int, wave: int) -> None:
    """Let as many networks as there are register one program each, all in blocks of their own."""
    rows = [
        {
            "id": f"flood{wave}x{number}",
            "name": "Flood",
            "redirect_uris": '["http://127.0.0.1:1/"]',
            "network": f"2001:{wave:x}:{number:x}::/64",
            "created_at": at,
        }
        for number in range(MANY)
    ]
    with house.store.database.writing() as connection:
        connection.execute(insert(oauth_clients), rows)


def registered(house: House) -> int:
    """Return how many programs are kept."""
    with house.store.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(oauth_clients)).scalar_one()


def test_an_assistant_connects_between_thousands_that_register(own_walk: Walk) -> None:
    house = own_walk.served.house
    now = house.clock.now()
    for wave in range(2):
        flood(house, now + wave, wave)
        assert own_walk.register("Flood").status_code == 201
        assert registered(house) == MOST_UNUSED, "the oldest went, and no more than that"
    assert own_walk.register().status_code == 201
    mine = own_walk.client_id
    assert own_walk.authorize().status_code == 303
    # Whoever asks is none of those that can go, and neither is whoever was approved.
    flood(house, now + 2, 2)
    own_walk.register("Flood")
    own_walk.client_id = mine
    assert "What it may do" in own_walk.sign_in().text
    own_walk.approve("events:read")
    flood(house, now + 3, 3)
    own_walk.register("Flood")
    own_walk.client_id = mine
    tokens = own_walk.token().json()
    assert own_walk.call(tokens["access_token"]).status_code == 200
    assert own_walk.refresh(tokens["refresh_token"]).status_code == 200
    assert registered(house) == MOST_UNUSED + 1
