"""An assistant's connection and the request it begins with, on both sides of each boundary."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.connections import (
    LIFETIMES,
    AuthorizationRequest,
    Connection,
    ConnectionNote,
    RequestStatus,
    checked_short_code,
    preselected,
    short_code,
)
from store.domain.keys import State
from store.domain.scopes import canonical, from_canonical
from store.domain.times import DAY, MINUTE, duration
from store.errors import Invalid
from tests.house import CHALLENGE, NOON

REQUEST = AuthorizationRequest(
    id="request",
    client_id="client",
    client_name="Claude",
    redirect_uri="https://claude.ai/cb",
    redirect_host="claude.ai",
    state=None,
    code_challenge=CHALLENGE,
    scopes=from_canonical("events:read"),
    resource="https://acme.example/mcp",
    created_at=NOON,
    expires_at=NOON + 10 * MINUTE,
    person_id=None,
    decided_at=None,
    approved_in=None,
    connection_id=None,
    picked_up_at=None,
)
CONNECTION = Connection(
    id="connection",
    workspace_id=1,
    client_id="client",
    name="Claude",
    redirect_host="claude.ai",
    resource="https://acme.example/mcp",
    scopes=from_canonical("events:read"),
    created_at=NOON,
    approved_by="alice@acme.example",
    expires_at=NOON + 30 * DAY,
    opened_at=NOON,
    last_used_at=NOON,
    revoked_at=None,
    revoked_by=None,
    revoke_reason=None,
    revision=1,
)


@pytest.mark.parametrize(
    ("change", "at", "status"),
    [
        ({}, NOON + 10 * MINUTE - 1, RequestStatus.WAITING),
        ({}, NOON + 10 * MINUTE, RequestStatus.OVER),
        ({"decided_at": NOON, "connection_id": "it"}, NOON, RequestStatus.APPROVED),
        ({"decided_at": NOON}, NOON, RequestStatus.DENIED),
        # A yes that nobody fetched in time is void; one that was fetched stays so.
        ({"decided_at": NOON, "connection_id": "it"}, NOON + DAY, RequestStatus.OVER),
        (
            {"decided_at": NOON, "connection_id": "it", "picked_up_at": NOON},
            NOON + DAY,
            RequestStatus.DONE,
        ),
    ],
)
def test_a_request_is_decided_once_in_its_time_and_fetched(
    change: dict[str, object], at: int, status: RequestStatus
) -> None:
    assert replace(REQUEST, **change).standing(at) is status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, State.ACTIVE),
        ({"expires_at": NOON + 1}, State.ACTIVE),
        ({"expires_at": NOON}, State.EXPIRED),
        ({"expires_at": NOON, "revoked_at": NOON}, State.REVOKED),
        ({"revoked_at": NOON + DAY}, State.REVOKED),
    ],
)
def test_a_connection_s_state_is_derived_as_a_key_s(change: dict[str, int], state: State) -> None:
    assert replace(CONNECTION, **change).state(NOON) is state  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "notes"),
    [
        ({}, ()),
        ({"expires_at": NOON + 3 * DAY}, (ConnectionNote.EXPIRING,)),
        ({"expires_at": NOON + 3 * DAY + 1}, ()),
        ({"opened_at": None, "last_used_at": None}, (ConnectionNote.NOT_OPENED,)),
        ({"last_used_at": None}, (ConnectionNote.NEVER_USED,)),
        (
            {"expires_at": NOON + 1, "last_used_at": None},
            (ConnectionNote.EXPIRING, ConnectionNote.NEVER_USED),
        ),
        ({"expires_at": NOON, "last_used_at": None}, ()),
        ({"revoked_at": NOON, "opened_at": None}, ()),
    ],
)
def test_an_active_connection_has_notes_the_most_pressing_first(
    change: dict[str, int | None], notes: tuple[ConnectionNote, ...]
) -> None:
    assert replace(CONNECTION, **change).notes(NOON) == notes  # type: ignore[arg-type]


def test_only_reading_is_ticked_before_anybody_has_looked() -> None:
    asked = from_canonical("events:read events:write quotes:write")
    assert canonical(preselected(asked)) == "events:read"


@given(st.text())
def test_a_short_code_is_read_however_it_is_typed(secret: str) -> None:
    code = short_code(secret)
    assert len(code) == 9
    assert code[4] == "-"
    assert short_code(secret) == code
    for typed in (code, code.lower(), f" {code.replace('-', ' ')} ", code.replace("-", "")):
        assert checked_short_code(typed) == code


def test_short_codes_use_each_of_their_twenty_letters_at_each_of_their_places() -> None:
    codes = [short_code(str(number)) for number in range(2000)]
    assert len(set(codes)) == 2000
    for place in (0, 1, 2, 3, 5, 6, 7, 8):
        assert len({code[place] for code in codes}) == 20


@pytest.mark.parametrize(
    "typed", ["", "123", "BCDF-GHJ", "BCDF-GHJKL", "BCDA-GHJK", "BCD1-GHJK", "BCDÉ-GHJK"]
)
def test_what_is_no_short_code_is_refused_with_one_that_is(typed: str) -> None:
    with pytest.raises(Invalid, match="eight letters, such as BCDF-GHJK"):
        checked_short_code(typed)


def test_a_connection_lives_as_long_as_it_says_where_it_is_approved() -> None:
    assert {said: duration(said) for said in LIFETIMES} == LIFETIMES
