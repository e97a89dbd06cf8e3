"""What the audit and the console say of refresh tokens that are used again."""

import pytest
from sqlalchemy import Engine, event, select

from console.text.connection_words import in_full
from store.domain.audit.actions import Action
from store.domain.connections import REFRESH_WINDOW
from store.domain.key_networks import key_networks
from store.domain.times import HOUR
from store.errors import GrantRefused
from store.persistence.repositories.tokens import MOST_ACCESS
from store.persistence.schema import access_tokens
from store.service.mutation import Mutation
from tests.house import House

pytestmark = pytest.mark.both_engines

HERE, THERE = "10.0.0.1", "198.51.100.7"


def told(house: House) -> list[str]:
    """Return what the audit tells of connections' tokens, oldest first."""
    actions = [entry.action for entry in house.store.audit_trail.newest(house.alice)]
    about = (
        Action.CONNECTION_RENEWED_AGAIN,
        Action.CONNECTION_RENEWED_ELSEWHERE,
        Action.CONNECTION_ENDED,
    )
    return [action for action in reversed(actions) if action in about]


def words(house: House, connection_id: str) -> dict[str, str]:
    """Return what the console says of a connection, by its labels."""
    details = house.store.connections.details(house.alice, connection_id)
    return dict(in_full(details, house.clock.now()))


def test_renewing_in_turn_is_told_of_by_nobody(house: House) -> None:
    made, pair = house.opened()
    for _ in range(3):
        pair = house.store.tokens.renew(pair.refresh, made.client_id, None, HERE)
    assert told(house) == []
    assert "Next" not in words(house, made.id)


def test_windows_of_one_assistant_are_told_of_once_and_a_stranger_apart(house: House) -> None:
    made, first = house.opened()
    renew = house.store.tokens.renew
    for network in (HERE, HERE, HERE, THERE, THERE, HERE):
        renew(first.refresh, made.client_id, None, network)
    assert told(house) == [Action.CONNECTION_RENEWED_AGAIN, Action.CONNECTION_RENEWED_ELSEWHERE]
    entry = house.store.audit_trail.newest(house.alice)[0]
    assert (entry.details["first_network"], entry.details["network"]) == (HERE, THERE)
    assert f"{HERE} and {THERE}. Revoke it" in words(house, made.id)["Next"]


def test_each_of_many_windows_can_call_with_what_it_was_given_and_goes_on(house: House) -> None:
    made, first = house.opened()
    renew = house.store.tokens.renew

    def kept() -> set[str]:
        with house.store.database.reading() as connection:
            return set(connection.execute(select(access_tokens.c.id)).scalars())

    given = [renew(first.refresh, made.client_id, None, HERE) for _ in range(20)]
    assert {pair.access.reveal().split("_")[1] for pair in given} <= kept()
    *_, pair = [renew(one.refresh, made.client_id, None, HERE) for one in given]
    assert told(house) == [Action.CONNECTION_RENEWED_AGAIN]
    for _ in range(MOST_ACCESS):
        house.clock.advance(1)
        pair = renew(pair.refresh, made.client_id, None, HERE)
    assert len(kept()) == MOST_ACCESS


def test_whoever_comes_from_ever_more_networks_fills_no_audit(house: House) -> None:
    made, first = house.opened()
    for number in range(30):
        house.store.tokens.renew(first.refresh, made.client_id, None, f"10.0.{number}.1")
    assert len(told(house)) == 7


def test_nothing_is_written_where_it_is_said_that_nothing_changes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, written = list[bool](), list[str]()
    leave_unchanged = Mutation.leave_unchanged

    def leaving(mutation: Mutation) -> None:
        leave_unchanged(mutation)
        said.append(True)

    def executed(_: object, __: object, statement: str, *___: object) -> None:
        if said and statement.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            written.append(statement)

    def ended(_: object) -> None:
        said.clear()

    monkeypatch.setattr(Mutation, "leave_unchanged", leaving)
    listeners = (("before_cursor_execute", executed), ("commit", ended), ("rollback", ended))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        made, first = house.opened()
        for network in (HERE, HERE, HERE, THERE, THERE, HERE):
            house.store.tokens.renew(first.refresh, made.client_id, None, network)
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)
    assert written == []


def test_a_stolen_token_ends_the_connection_once_both_go_on_and_the_console_says_so(
    house: House,
) -> None:
    made, first = house.opened()
    renew = house.store.tokens.renew
    mine = renew(first.refresh, made.client_id, None, HERE)
    renew(first.refresh, made.client_id, None, THERE)
    renew(mine.refresh, made.client_id, None, HERE)
    with pytest.raises(GrantRefused, match="used before"):
        renew(first.refresh, made.client_id, None, THERE)
    assert told(house) == [Action.CONNECTION_RENEWED_ELSEWHERE, Action.CONNECTION_ENDED]
    said = words(house, made.id)
    assert "by itself: a refresh token was used again after its successor" in said["Ends"]
    assert said["Next"].startswith("connect it again from the assistant")


@pytest.mark.parametrize("back", [-HOUR, HOUR])
def test_a_clock_that_is_set_makes_no_window_longer(house: House, back: int) -> None:
    made, first = house.opened()
    house.store.tokens.renew(first.refresh, made.client_id, None, HERE)
    house.clock.advance(back)
    with pytest.raises(GrantRefused, match="used before"):
        house.store.tokens.renew(first.refresh, made.client_id, None, THERE)


def test_a_token_stolen_into_another_network_than_is_enforced_is_not_used_up(house: House) -> None:
    made, pair = house.opened()
    networks = key_networks([f"{HERE}/32"], enforced=True)
    house.store.connections.set_networks(house.alice, made.id, networks).unwaited()
    for elsewhere in (THERE, None):
        with pytest.raises(GrantRefused, match="for other networks") as refused:
            house.store.tokens.renew(pair.refresh, made.client_id, None, elsewhere)
        assert refused.value.error == "access_denied"
    following = house.store.tokens.renew(pair.refresh, made.client_id, None, HERE)
    # Nor does one that was used before end the connection from there.
    with pytest.raises(GrantRefused, match="for other networks"):
        house.store.tokens.renew(pair.refresh, made.client_id, None, THERE)
    house.store.tokens.renew(following.refresh, made.client_id, None, HERE)
    assert told(house) == []


def test_a_late_second_use_is_an_end_and_no_renewal(house: House) -> None:
    made, first = house.opened()
    house.store.tokens.renew(first.refresh, made.client_id, None, HERE)
    house.clock.advance(REFRESH_WINDOW)
    with pytest.raises(GrantRefused, match="used before"):
        house.store.tokens.renew(first.refresh, made.client_id, None, THERE)
    assert told(house) == [Action.CONNECTION_ENDED]
