"""What ends something asks first at a terminal, and nowhere else."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store.clock import SystemClock
from store.keys import State
from store.people import Role
from tests.commands.conftest import Keydeck
from tests.commands.seated import Sat, Seat, seat
from tests.house import PASSWORD, House, use

SitDown = Callable[..., Sat]


@pytest.fixture(scope="module")
def chair() -> Iterator[Seat]:
    """A terminal."""
    with seat() as taken:
        yield taken


@pytest.fixture
def sitting(chair: Seat, house: House) -> SitDown:
    """Run command lines as Alice at a terminal."""
    house.clock.advance(SystemClock().now() - house.clock.now())

    def sit(*arguments: str, answers: tuple[str, ...] = (), errors: str = "") -> Sat:
        environment = {
            **os.environ,
            "KEYDECK_STORE": house.url,
            "KEYDECK_PEPPER_FILE": str(house.pepper_path),
            "KEYDECK_AS": "alice@acme.example",
            "KEYDECK_PASSWORD": PASSWORD,
            "KEYDECK_WORKSPACE": "acme-events",
        }
        return chair.run(arguments, environment, *answers, errors=errors)

    return sit


def works(house: House, name: str = "Zapier") -> bool:
    """Return whether a key of Alice's is active."""
    key = house.store.keys.find_to_revoke(house.alice, name)
    return key.state(house.clock.now()) is State.ACTIVE


def test_a_key_is_revoked_at_a_terminal_by_its_name_with_its_traffic_in_view(
    sitting: SitDown, house: House
) -> None:
    key = house.create("Zapier").key
    use(house, key, "availability:read", times=3)
    for given in ("", "y", "Zapie"):
        left = sitting("keys", "revoke", "Zapier", answers=(given,))
        assert (left.status, left.questions) == (1, 1)
        assert "Nothing was changed." in left.screen
    assert works(house)
    for said in (
        "Held by    alice",
        "by 10.0.3.7, 3 requests in the last hour",
        "cannot be undone",
    ):
        assert said in left.screen
    assert sitting("keys", "revoke", "Zapier", answers=(f"jw_{key.id[:5]}",)).status == 0
    assert not works(house)
    again = sitting("keys", "revoke", "Zapier")
    assert (again.status, again.questions) == (5, 0), "what is over already is not asked about"


@pytest.mark.parametrize("way", ["--yes", "no terminal"])
def test_with_yes_and_without_a_terminal_nothing_is_asked(
    sitting: SitDown, keydeck: Keydeck, house: House, way: str
) -> None:
    house.create("Zapier")
    if way == "--yes":
        done = sitting("keys", "revoke", "Zapier", "--yes")
        assert (done.status, done.questions) == (0, 0)
    else:
        assert keydeck("keys", "revoke", "Zapier").status == 0
    assert not works(house)


def test_a_question_is_seen_where_standard_error_is_a_file(
    sitting: SitDown, house: House, tmp_path: Path
) -> None:
    house.create("Zapier")
    kept = tmp_path / "errors"
    asked = sitting("keys", "revoke", "Zapier", answers=("no",), errors=str(kept))
    assert (asked.status, asked.questions) == (1, 1)
    assert "Type “Zapier”" in asked.screen
    assert kept.read_text() == "Nothing was changed.\n"


def test_a_plan_goes_to_free_at_a_terminal_by_its_name_where_keys_are_in_use(
    sitting: SitDown, house: House
) -> None:
    for number in range(4):
        key = house.create(f"Key {number}").key
        if number != 2:
            use(house, key, "availability:read")
    left = sitting("plan", "free", answers=("y",))
    assert (left.status, left.questions) == (1, 1), left.screen
    assert "4 active keys, 3 of them used in the last day: “Key " in left.screen
    assert sitting("plan", "pro").questions == 0
    done = sitting("plan", "free", answers=("acme-events",))
    assert (done.status, done.questions) == (0, 1)
    assert sitting("plan", "free").questions == 0, "it is on free already"


def test_leaving_says_what_it_comes_to_and_the_last_admin_is_not_asked(
    sitting: SitDown, house: House
) -> None:
    house.add_member("tom@acme.example", Role.ADMIN)
    tom = house.store.people.leaving(house.alice, "tom@acme.example").person
    assert tom.name == "tom"
    house.connect("Claude")
    left = sitting("people", "leave", "alice@acme.example")
    assert (left.status, left.questions) == (1, 1)
    assert "Revoked with it, as they connected it: “Claude” (last used never)." in left.screen
    house.store.people.leave(house.alice, "tom@acme.example")
    last = sitting("people", "leave", "alice@acme.example")
    assert (last.status, last.questions) == (5, 0)
