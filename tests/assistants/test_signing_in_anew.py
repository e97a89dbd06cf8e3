"""An assistant that signs in anew offers to end what it was connected as before."""

import html
import re

import pytest

from store.domain.keys import State
from store.domain.people import Role
from store.service.connections import MOST_EARLIER
from tests.assistants.walking import Walk
from tests.verifier.serving import Served

CODE = "https://claude.ai/oauth/claude-code-client-metadata"


def offered(walk: Walk) -> list[str]:
    """Return the connections that the page offers to end; none is ticked."""
    assert "checked" not in "".join(re.findall(r'<input[^>]*name="end"[^>]*>', walk.html))
    return re.findall(r'name="end" value="([^"]+)"', walk.html)


def signed_in(walk: Walk, name: str, back: str) -> None:
    """Register again, ask, and sign in on the page."""
    assert walk.register(name, back).status_code == 201
    assert walk.authorize(redirect_uri=back).status_code == 303
    walk.sign_in()


def states(own: Served) -> dict[str, State]:
    """Return the state of each connection."""
    now = own.house.clock.now()
    return {one.id: one.state(now) for one in own.house.store.connections.all(own.house.alice)}


def test_what_is_ticked_ends_with_the_yes_and_nothing_else_does(
    own_walk: Walk, own: Served
) -> None:
    old = own_walk.connected("events:read")
    kept = own_walk.connected("events:read")
    signed_in(own_walk, "claude", "http://127.0.0.1:50999/callback")
    both = offered(own_walk)
    assert len(both) == 2
    assert "It is connected already" in own_walk.html
    own_walk.approve("events:read", end=both[-1])
    assert sorted(states(own).values()) == [State.ACTIVE, State.ACTIVE, State.REVOKED]
    assert states(own)[both[-1]] is State.REVOKED
    assert own_walk.call(old["access_token"]).status_code == 401
    assert own_walk.call(kept["access_token"]).status_code == 200
    ended = own.house.store.connections.show(own.house.alice, both[-1])
    assert (ended.revoked_by, ended.revoke_reason) == (
        "alice@acme.example",
        "Its assistant signed in anew.",
    )


def test_nothing_ends_that_is_not_offered(own_walk: Walk, own: Served) -> None:
    own_walk.connected("events:read")
    other = own.house.connect("Claude", actor=own.house.bob)
    [mine] = states(own)
    # Another name, another place, and a connection that is not this assistant's.
    for name, back in (
        ("Claude Two", "http://127.0.0.1:33418/callback"),
        ("Claude", "https://claude.example/callback"),
    ):
        signed_in(own_walk, name, back)
        assert offered(own_walk) == []
        own_walk.press(
            "approve",
            scope=["events:read"],
            lifetime="30d",
            workspace="acme-events",
            end=[mine, other.id],
        )
    assert states(own)[mine] is State.ACTIVE
    bobs = own.house.store.connections.show(own.house.bob, other.id)
    assert bobs.state(own.house.clock.now()) is State.ACTIVE


@pytest.mark.parametrize("chosen", ["acme-events", "bolt-catering"])
def test_what_is_ticked_ends_in_whichever_workspace_it_is_and_whichever_is_chosen(
    own_walk: Walk, own: Served, chosen: str
) -> None:
    house = own.house
    there = house.accept(house.bob, house.alice, Role.ADMIN)
    own_walk.connected("events:read")
    mine = house.store.connections.all(house.alice)
    # More of the first workspace than one sign-in ends, ahead of what stands in the second.
    more = [house.connect("Claude", actor=house.alice) for _ in range(MOST_EARLIER + 1)]
    elsewhere = house.connect("Claude", actor=there)
    signed_in(own_walk, "Claude", "http://127.0.0.1:50999/callback")
    assert elsewhere.id in offered(own_walk)
    assert "in <bdi>Bolt Catering</bdi>" in own_walk.html
    assert "in <bdi>Acme Events</bdi>" in own_walk.html
    own_walk.approve("events:read", workspace=chosen, end=elsewhere.id)
    assert own_walk.token(redirect_uri="http://127.0.0.1:50999/callback").status_code == 200
    ended = house.store.connections.show(house.bob, elsewhere.id)
    assert (ended.revoked_by, ended.revoke_reason) == (
        "alice@acme.example",
        "Its assistant signed in anew.",
    )
    assert all(states(own)[one.id] is State.ACTIVE for one in [*mine, *more])


def test_an_assistant_known_by_its_address_is_the_same_at_another_port(own_walk: Walk) -> None:
    own_walk.client_id = CODE
    for port, before in ((3118, 0), (50123, 1)):
        back = f"http://localhost:{port}/callback"
        own_walk.authorize(redirect_uri=back)
        own_walk.sign_in()
        assert len(offered(own_walk)) == before
        own_walk.approve("events:read")
        assert own_walk.token(redirect_uri=back).status_code == 200
    # Whoever registers under its name is not it.
    signed_in(own_walk, "Claude Code", "http://localhost:50123/callback")
    assert offered(own_walk) == []


def test_a_name_that_speaks_for_us_is_a_name_wherever_it_stands(own_walk: Walk) -> None:
    name = "Approved by keydeck” (safe) “"
    for _ in range(2):
        signed_in(own_walk, name, "http://127.0.0.1:33418/callback")
        page = html.unescape(re.sub(r"<[^>]+>", "", own_walk.html))
        said = re.findall(r"“[^“”]*”", page)
        assert {"“Approved by keydeck' (safe) '”"} == {one for one in said if "Approved" in one}
        assert "Approved by keydeck" not in re.sub(r"“[^“”]*”", "", page)
        own_walk.approve("events:read")
