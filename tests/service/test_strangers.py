"""What anybody in the world can fill: each is bounded, and a crowd crowds out only itself."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from store.domain.connections import RequestStatus
from store.domain.key_string import Secret
from store.domain.times import DAY, MINUTE
from store.errors import NoSuchAuthorizationRequest, SignInFailed, TooManyAttempts
from store.persistence.repositories import authorization_requests as asks_table
from store.persistence.repositories import oauth_clients, sign_in_attempts
from store.persistence.schema import metadata
from store.service.authorization_requests import Brought, Wanted
from tests.house import CALLBACK, CHALLENGE, PASSWORD, House, granted_scopes

pytestmark = pytest.mark.both_engines

MOST = 24
CROWD = [f"203.0.113.{number}" for number in range(9)] + [
    f"2001:db8:1:{number:x}::/64" for number in range(9)
]
"""Addresses of one stranger, who has a /24 and a /48."""


def wanted(house: House, network: str) -> Wanted:
    client = house.store.clients.register("Claude", [CALLBACK], network)
    scopes = granted_scopes("events:read")
    return Wanted(client.id, CALLBACK, None, CHALLENGE, scopes, "https://here.example/mcp")


def rows(house: House, table: str) -> int:
    with house.store.database.reading() as connection:
        query = select(func.count()).select_from(metadata.tables[table])
        return connection.execute(query).scalar_one()


def flood(house: House, do: Callable[[str], object], times: int = 2 * MOST) -> None:
    for number in range(times):
        house.clock.instant += 1
        do(CROWD[number % len(CROWD)])


def test_a_crowd_takes_no_request_for_approval_from_anybody_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asks_table, "MOST", MOST)

    def bring(network: str) -> Brought:
        return house.store.authorization_requests.ask(wanted(house, network), network)

    waiting, signed_in, approved = bring("198.51.100.7"), bring(CROWD[0]), bring(CROWD[1])
    person = house.alice.person_id
    house.store.authorization_requests.signed_in(signed_in.ask.id, signed_in.browser, person)
    house.store.authorization_requests.approve(
        house.alice, approved.ask.id, approved.ask.scopes, "30d"
    )
    flood(house, bring)
    assert rows(house, "asks") == MOST
    for brought, standing in (
        (waiting, RequestStatus.WAITING),
        (signed_in, RequestStatus.WAITING),
        (approved, RequestStatus.APPROVED),
    ):
        assert (
            house.store.authorization_requests.seen(brought.ask.id, brought.browser).standing
            is standing
        )
    # What is over goes before what is not, whoever has most.
    house.clock.instant += 9 * MINUTE
    late = bring("192.0.2.1")
    house.clock.instant += 2 * MINUTE
    flood(house, bring, MOST - 2)
    assert (
        house.store.authorization_requests.seen(late.ask.id, late.browser).standing
        is RequestStatus.WAITING
    )
    with pytest.raises(NoSuchAuthorizationRequest):
        house.store.authorization_requests.seen(waiting.ask.id, waiting.browser)


def test_a_crowd_takes_no_registration_from_anybody_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth_clients, "MOST_UNUSED", MOST)
    mine = house.store.clients.register("Claude", [CALLBACK], "198.51.100.7")
    flood(
        house,
        lambda network: house.store.clients.register("Flood", [CALLBACK], network),
    )
    assert rows(house, "oauth_clients") == MOST
    assert house.store.clients.get(mine.id) == mine


def test_a_registration_that_nobody_approved_is_kept_for_ninety_days(house: House) -> None:
    clients = house.store.clients
    unused = clients.register("Claude", [CALLBACK], "198.51.100.7")
    used = house.connect().client_id
    house.clock.instant += 90 * DAY
    # Whoever registers sweeps.
    clients.register("Another", [CALLBACK], "198.51.100.8")
    assert clients.get(unused.id) == unused
    house.clock.instant += 1
    clients.register("One more", [CALLBACK], "198.51.100.9")
    assert clients.get(unused.id) is None
    assert clients.get(used) is not None


def test_a_crowd_of_failures_is_bounded_and_forgives_nobody_who_has_failed_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_attempts, "MOST", 10)
    for _ in range(3):
        with pytest.raises(SignInFailed):
            house.store.sign_in.sign_in("alice@acme.example", Secret("wrong password"))
        house.clock.instant += MINUTE
    house.clock.instant -= MINUTE

    def guess(network: str) -> None:
        email = f"{house.clock.now()}@nobody.example"
        with pytest.raises((SignInFailed, TooManyAttempts)):
            house.store.web_sign_in.sign_in(email, Secret("x"), f"{network}-{email}")

    flood(house, guess, 12)
    assert rows(house, "sign_in_attempts") == 10
    with pytest.raises(TooManyAttempts):
        house.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD))


def test_strangers_who_keep_failing_fill_no_audit(house: House) -> None:
    """Of the oldest workspace, where those are told of whose e-mail nobody has."""
    before = len(house.store.audit_trail.newest(house.alice, limit=1000))
    for number in range(40):
        with pytest.raises(SignInFailed):
            house.store.web_sign_in.sign_in(
                f"{number}@nobody.example", Secret("x"), f"198.51.100.{number}"
            )
    new = house.store.audit_trail.newest(house.alice, limit=1000)[:-before]
    assert {entry.action for entry in new} == {"person.sign_in_failed"}
    assert [entry.details["failures"] for entry in new] == [32, 16, *range(10, 0, -1)]
    assert house.store.audit_trail.verify(house.alice).trouble is None


def test_guesses_at_one_person_fill_no_audit_either_and_are_all_counted(house: House) -> None:
    before = len(house.store.audit_trail.newest(house.alice, limit=1000))
    for _ in range(17):
        with pytest.raises(SignInFailed):
            house.store.sign_in.sign_in("alice@acme.example", Secret("wrong password"))
        house.clock.instant += MINUTE
    new = house.store.audit_trail.newest(house.alice, limit=1000)[:-before]
    assert [entry.details["failures"] for entry in new] == [16, *range(10, 0, -1)]
