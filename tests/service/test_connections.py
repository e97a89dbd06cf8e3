"""Connections in the store: what may be approved, by whom, and how they end."""

from typing import Any

import pytest

from store.domain.connections import (
    ACCESS_LIFETIME,
    ASK_LIFETIME,
    REFRESH_WINDOW,
    ConnectionNote,
    short_code,
)
from store.domain.key_string import Secret
from store.domain.keys import State
from store.domain.people import Plan, Role
from store.domain.times import DAY, HOUR, SECOND
from store.errors import (
    AdminsOnly,
    AuthorizationRequestOver,
    BeyondAsked,
    ConnectionRevoked,
    GrantRefused,
    Invalid,
    KeydeckError,
    NoSuchAuthorizationRequest,
    NotAMember,
    ResourceInUse,
    SignInFailed,
    TooManyAttempts,
    TooManyAuthorizationRequests,
)
from store.persistence.database import sqlite_library
from store.persistence.repositories.oauth_clients import MOST_UNUSED
from store.persistence.repositories.tokens import MOST_ACCESS
from store.service.client_registration import MOST_REGISTERED
from tests.house import CALLBACK, PASSWORD, House, granted_scopes

pytestmark = pytest.mark.both_engines


def test_no_more_is_approved_than_was_asked_for(house: House) -> None:
    ask = house.ask(asked="events:read").ask
    wider = granted_scopes("events:read events:write")
    with pytest.raises(BeyondAsked, match="events:write"):
        house.store.authorization_requests.approve(house.alice, ask.id, wider, "30d")
    with pytest.raises(Invalid):
        house.store.authorization_requests.approve(house.alice, ask.id, frozenset(), "30d")
    with pytest.raises(Invalid):
        house.store.authorization_requests.approve(house.alice, ask.id, ask.scopes, "forever")
    made = house.store.authorization_requests.approve(
        house.alice, ask.id, ask.scopes, "1d"
    ).unwaited()
    assert (made.scopes, made.approved_by) == (ask.scopes, "alice@acme.example")
    assert made.expires_at == house.clock.now() + DAY
    assert made.notes(house.clock.now()) == (ConnectionNote.EXPIRING, ConnectionNote.NOT_OPENED)


def test_a_request_is_decided_once_and_in_its_time(house: House) -> None:
    first, second = house.ask(), house.ask()
    approve = house.store.authorization_requests.approve
    approve(house.alice, first.ask.id, first.ask.scopes, "30d")
    with pytest.raises(AuthorizationRequestOver):
        approve(house.bob, first.ask.id, first.ask.scopes, "30d")
    house.clock.instant += ASK_LIFETIME
    with pytest.raises(AuthorizationRequestOver):
        approve(house.alice, second.ask.id, second.ask.scopes, "30d")
    with pytest.raises(AuthorizationRequestOver):
        house.store.authorization_requests.pick_up(
            first.ask.id, first.browser, "https://here.example"
        )


def test_a_short_code_finds_its_request_however_it_is_typed(house: House) -> None:
    brought = house.ask()
    code = short_code(brought.browser.reveal())
    for typed in (code, code.lower(), f" {code.replace('-', ' ')} "):
        assert (
            house.store.authorization_requests.by_short_code(house.alice, typed).id
            == brought.ask.id
        )
    with pytest.raises(NoSuchAuthorizationRequest):
        house.store.authorization_requests.by_short_code(house.alice, "BBBB-BBBB")
    with pytest.raises(Invalid, match="eight letters"):
        house.store.authorization_requests.by_short_code(house.alice, "123")


def test_what_was_connected_before_ends_with_the_yes_or_not_at_all(house: House) -> None:
    first, second = house.connect(), house.connect()
    other = house.connect("Codex")
    revoked = house.store.connections.revoke(house.alice, second.id).unwaited()
    ending = [first.id, second.id, other.id]
    ask = house.ask().ask
    for scopes in (frozenset(), granted_scopes("quotes:write")):
        with pytest.raises((Invalid, BeyondAsked)):
            house.store.authorization_requests.approve(house.alice, ask.id, scopes, "1d", ending)
    assert house.store.connections.show(house.alice, first.id).revoked_at is None
    made, commits = house.store.authorization_requests.approve(
        house.alice, ask.id, ask.scopes, "1d", ending
    ).unpack()
    # One commit, which is waited for: what it takes away is the one that worked.
    assert [taken.subject for commit in commits for taken in commit.taken] == [first.id]
    now = {one.id: one for one in house.store.connections.all(house.alice)}
    assert now[first.id].revoke_reason == "Its assistant signed in anew."
    assert now[first.id].revision == now[made.id].revision
    assert now[second.id] == revoked
    assert now[other.id].revoked_at is None


def test_another_browser_can_do_nothing_with_a_request(house: House) -> None:
    brought = house.ask()
    for use in (house.store.authorization_requests.seen, house.store.authorization_requests.deny):
        with pytest.raises(NoSuchAuthorizationRequest):
            use(brought.ask.id, Secret("another"))


def test_a_yes_is_void_once_whoever_said_it_was_removed(house: House) -> None:
    cleo = house.add_member("cleo@acme.example", Role.ADMIN)
    before, after = house.ask(), house.ask()
    house.store.authorization_requests.approve(cleo, before.ask.id, before.ask.scopes, "30d")
    house.store.people.set_role(house.alice, cleo.email, Role.MEMBER)
    with pytest.raises(GrantRefused, match="no admin any more"):
        house.store.authorization_requests.pick_up(
            before.ask.id, before.browser, "https://here.example"
        )
    house.store.people.leave(house.alice, cleo.email)
    with pytest.raises(NotAMember):
        house.store.authorization_requests.approve(cleo, after.ask.id, after.ask.scopes, "30d")
    with pytest.raises(ConnectionRevoked):
        house.store.authorization_requests.pick_up(
            before.ask.id, before.browser, "https://here.example"
        )
    mia = house.add_member()
    with pytest.raises(AdminsOnly):
        house.store.authorization_requests.approve(mia, after.ask.id, after.ask.scopes, "30d")


def test_an_opened_connection_stands_while_its_approver_is_no_admin_but_still_there(
    house: House,
) -> None:
    cleo = house.add_member("cleo@acme.example", Role.ADMIN)
    made, pair = house.opened()
    house.store.people.set_role(cleo, house.alice.email, Role.MEMBER)
    assert house.store.tokens.renew(pair.refresh, made.client_id, None).scopes == made.scopes


def test_a_connection_is_narrowed_and_never_widened(house: House) -> None:
    made = house.connect(granted="events:read quotes:read")
    narrowed = house.store.connections.narrow(
        house.alice, "claude", granted_scopes("events:read"), seen=made.revision
    ).unwaited()
    assert narrowed.scopes == granted_scopes("events:read")
    with pytest.raises(BeyondAsked, match="quotes:read"):
        house.store.connections.narrow(house.alice, made.id, made.scopes)
    newest = house.store.audit_trail.newest(house.alice, limit=1)[0]
    assert (newest.action, newest.details["removed"]) == ("connection.scoped", "quotes:read")


def test_another_workspace_sees_and_ends_nothing(house: House) -> None:
    made = house.connect()
    assert house.store.connections.all(house.bob) == []
    for use in (
        house.store.connections.show,
        house.store.connections.details,
        house.store.connections.revoke,
    ):
        with pytest.raises(KeydeckError, match="No connection here"):
            use(house.bob, made.id)


def test_on_free_a_connection_can_still_be_revoked_once(house: House) -> None:
    made = house.connect()
    house.store.operator.set_plan("acme-events", Plan.FREE)
    revoked = house.store.connections.revoke(house.alice, made.id, "not used").unwaited()
    assert revoked.state(house.clock.now()) is State.REVOKED
    with pytest.raises(ConnectionRevoked, match="by alice"):
        house.store.connections.revoke(house.alice, made.id)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE connections SET revoked_at = NULL WHERE id = :id",
        "UPDATE connections SET revoked_at = revoked_at + 1 WHERE id = :id",
        "DELETE FROM connections WHERE id = :id",
        "UPDATE connections SET approved_by = 2 WHERE id = :id",
        "INSERT OR REPLACE INTO connections SELECT * FROM connections WHERE id = :id",
    ],
)
def test_a_revocation_is_final_for_any_program_that_opens_the_file(
    house: House, statement: str
) -> None:
    made = house.connect()
    house.store.connections.revoke(house.alice, made.id)
    connection: Any = sqlite_library().connect(house.store.database.path, isolation_level=None)
    with pytest.raises(sqlite_library().IntegrityError):
        connection.execute(statement, {"id": made.id})
    connection.close()


def test_a_resource_that_a_connection_uses_stays_in_the_catalogue(house: House) -> None:
    made = house.connect()
    house.store.operator.add_resource("invoices")
    with house.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE connections SET scopes = 'invoices:read'")
    with pytest.raises(ResourceInUse, match="Claude"):
        house.store.operator.remove_resource("invoices")
    house.store.connections.revoke(house.alice, made.id)
    house.store.operator.remove_resource("invoices")


@pytest.mark.parametrize(
    ("later", "goes_on", "reason"),
    [
        (REFRESH_WINDOW - 1, False, None),
        (REFRESH_WINDOW, False, "more than 60 seconds later"),
        (1, True, "again after its successor"),
    ],
)
def test_a_refresh_token_has_a_window_until_its_successor_is_used(
    house: House, later: int, reason: str | None, *, goes_on: bool
) -> None:
    made, first = house.opened()
    tokens = house.store.tokens
    second = tokens.renew(first.refresh, made.client_id, None)
    house.clock.advance(later)
    if goes_on:
        tokens.renew(second.refresh, made.client_id, None)
    if reason is None:
        tokens.renew(first.refresh, made.client_id, None)
        # The window is of its first use, however often it is used in it.
        house.clock.advance(1)
        reason = "more than 60 seconds later"
    with pytest.raises(GrantRefused, match="used before"):
        tokens.renew(first.refresh, made.client_id, None)
    ended = house.store.connections.show(house.alice, made.id)
    assert reason in (ended.revoke_reason or "")


def test_refresh_tokens_are_used_once_and_a_second_use_ends_the_connection(house: House) -> None:
    made, first = house.opened()
    tokens = house.store.tokens
    assert first.lasts_ms == ACCESS_LIFETIME
    second = tokens.renew(first.refresh, made.client_id, None)
    with pytest.raises(GrantRefused, match="another client"):
        tokens.renew(second.refresh, "somebody", None)
    house.clock.advance(REFRESH_WINDOW)
    with pytest.raises(GrantRefused, match="used before"):
        tokens.renew(first.refresh, made.client_id, None)
    ended = house.store.connections.show(house.alice, made.id)
    assert (ended.revoked_by, ended.state(house.clock.now())) == (None, State.REVOKED)
    with pytest.raises(GrantRefused, match="revoked"):
        tokens.renew(second.refresh, made.client_id, None)


def test_tokens_end_with_their_connection(house: House) -> None:
    made, pair = house.opened()
    house.clock.instant = made.expires_at - SECOND
    last = house.store.tokens.renew(pair.refresh, made.client_id, None)
    assert last.lasts_ms == SECOND
    house.clock.instant += SECOND
    with pytest.raises(GrantRefused, match="expired"):
        house.store.tokens.renew(last.refresh, made.client_id, None)


def test_a_loop_of_refreshing_leaves_few_rows(house: House) -> None:
    made, pair = house.opened()
    for _ in range(MOST_ACCESS + 10):
        pair = house.store.tokens.renew(pair.refresh, made.client_id, None)
    with house.store.database.reading() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM access_tokens").scalar_one()
    assert kept <= MOST_ACCESS + 1


@pytest.mark.sqlite_only
def test_no_secret_of_a_connection_is_in_any_file(house: House) -> None:
    brought = house.ask()
    _, pair = house.opened()
    code = Secret(short_code(brought.browser.reveal()))
    secrets = [brought.browser, pair.access, pair.refresh, code]
    house.store.close()
    files = [path for path in house.pepper_path.parent.rglob("*") if path.is_file()]
    assert len(files) >= 2
    for secret in secrets:
        assert [path for path in files if secret.reveal().encode() in path.read_bytes()] == []


@pytest.mark.sqlite_only
def test_registrations_are_bounded_by_network_and_in_all(house: House) -> None:
    used = house.connect().client_id
    for _ in range(MOST_REGISTERED - 1):
        house.store.clients.register("Flood", [CALLBACK], "127.0.0.1")
    with pytest.raises(TooManyAuthorizationRequests):
        house.store.clients.register("Flood", [CALLBACK], "127.0.0.1")
    house.clock.instant += HOUR + 1
    with house.store.database.writing() as connection:
        for number in range(MOST_UNUSED + 50):
            connection.exec_driver_sql(
                "INSERT INTO oauth_clients VALUES (?, 'x', '[]', 'elsewhere', ?)",
                (f"flood{number}", house.clock.now()),
            )
    house.clock.instant += 1
    newest = house.store.clients.register("Cursor", [CALLBACK], "127.0.0.1")
    with house.store.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT id FROM oauth_clients").scalars().all()
    assert len(rows) == MOST_UNUSED + 1
    assert {used, newest.id} <= set(rows)


@pytest.mark.parametrize(
    ("email", "network"), [("bob@bolt.example", "10.0.0.1"), ("alice@acme.example", "10.0.0.2")]
)
def test_failing_on_the_page_slows_the_page_down_and_never_the_console(
    house: House, email: str, network: str
) -> None:
    page = house.store.web_sign_in
    with pytest.raises(SignInFailed):
        page.sign_in("alice@acme.example", Secret("wrong password"), "10.0.0.1")
    # The same network with another e-mail, another network with the same.
    with pytest.raises(TooManyAttempts):
        page.sign_in(email, Secret(PASSWORD), network)
    signed_in = house.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD), "acme-events")
    assert signed_in == house.alice
    house.clock.instant += 2 * SECOND
    page.sign_in(email, Secret(PASSWORD), network)


def test_what_a_leaver_approved_ends_with_the_membership_and_nothing_else_does(
    house: House,
) -> None:
    mia = house.add_member(role=Role.ADMIN)
    hers, alices = house.connect("Claude", actor=mia), house.connect("ChatGPT")
    left = house.store.people.leave(house.alice, mia.email).unwaited()
    assert [one.id for one in left.connections] == [hers.id]
    states = {one.id: one.revoked_at for one in house.store.connections.all(house.alice)}
    assert states == {hers.id: house.clock.now(), alices.id: None}
    told = [entry.action for entry in house.store.audit_trail.newest(house.alice, limit=2)]
    assert told == ["person.left", "connection.revoked"]
