"""What ends something asks first at a terminal, and nowhere else."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.commands.ending import ENDS, ENDS_NOTHING
from store.domain.keys import State
from store.domain.times import HOUR
from tests.commands.conftest import Keydeck
from tests.commands.examples import ELSEWHERE, EVE, EXAMPLES, TOM, commands, furnish, standing
from tests.commands.seated import Sat, Seat, seat
from tests.house import PASSWORD, House, moved_in, use

SitDown = Callable[..., Sat]


@pytest.fixture(scope="module")
def chair() -> Iterator[Seat]:
    """A terminal."""
    with seat() as taken:
        yield taken


@pytest.fixture
def sitting(chair: Seat, house: House) -> SitDown:
    """Run command lines as Alice at a terminal."""

    def sit(*arguments: str, answers: tuple[str, ...] = (), **streams: str) -> Sat:
        environment = {
            **os.environ,
            "KEYDECK_STORE": house.url,
            "KEYDECK_PEPPER_FILE": str(house.pepper_path),
            "KEYDECK_AS": "alice@acme.example",
            "KEYDECK_PASSWORD": PASSWORD,
            "KEYDECK_WORKSPACE": "acme-events",
        }
        return chair.run(arguments, environment, *answers, **streams)

    return sit


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory, sqlite_pattern: House) -> House:
    """A house that is furnished, to be copied."""
    house = moved_in(sqlite_pattern, tmp_path_factory.mktemp("furnished"))
    furnish(house)
    house.store.close()
    return house


@pytest.fixture
def house(pattern: House, tmp_path: Path) -> Iterator[House]:
    """Alice's house at the present instant, with something of everything."""
    copied = moved_in(pattern, tmp_path)
    yield copied
    copied.store.close()


def test_every_command_is_judged() -> None:
    named = commands()
    assert sorted(named) == sorted([*ENDS, *ENDS_NOTHING])
    assert set(named) == {*EXAMPLES, *ELSEWHERE}
    for name, command in named.items():
        if name in ("store copy", "store restore"):
            continue
        takes_yes = any(one.name == "yes" for one in command.params)
        asks = name in ENDS or name in ("store confirm", "keys import", "resume")
        assert takes_yes is asks, name


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_ends_at_a_terminal_without_a_yes(
    sitting: SitDown, house: House, tmp_path: Path, name: str
) -> None:
    words, before = EXAMPLES[name](house, tmp_path), standing(house)
    sat = sitting(*words)
    assert "defect" not in sat.screen, sat.screen
    assert standing(house).lacks(before) == [], sat.screen
    asks = name in ENDS or name in ("people offboarding resume", "resume")
    assert bool(sat.questions) is asks, sat.screen


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name in ENDS])
def test_with_yes_it_asks_nothing_and_ends_it(
    sitting: SitDown, house: House, tmp_path: Path, name: str
) -> None:
    words, before = EXAMPLES[name](house, tmp_path), standing(house)
    sat = sitting(*words, "--yes", *MORE.get(name, ()))
    assert sat.questions == 0, sat.screen
    assert standing(house).lacks(before), sat.screen


MORE = {
    # What --yes does not answer: who would be cut off there has to be named.
    "rotations finish": ("--confirm", "Shop"),
    "keys rotate": ("--end-older",),
}


@pytest.mark.parametrize("name", ["keys scope", "people leave", "rotations finish", "plan"])
def test_without_a_terminal_it_acts_as_before(
    keydeck: Keydeck, house: House, tmp_path: Path, name: str
) -> None:
    words, before = EXAMPLES[name](house, tmp_path), standing(house)
    done = keydeck(*words, *MORE.get(name, ()), "--workspace", "acme-events")
    assert done.status == 0, done.err
    assert standing(house).lacks(before), done.err


CHANGES = (
    *(name for name in EXAMPLES if name in ENDS),
    *("keys create", "keys confirm", "people add", "people password", "resources add", "colour"),
    "routes add",
    *("init", "leaks policy", "people offboarding keep"),
)


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_committed_is_said_although_nothing_can_be_printed(
    sitting: SitDown, house: House, tmp_path: Path, name: str
) -> None:
    words = (*EXAMPLES[name](house, tmp_path), *MORE.get(name, ()), "--json")
    words = (*words, "--yes") if name in ENDS else words
    audited = house.store.audit_trail.newest(house.alice, limit=100)
    sat = sitting(*words, output="/dev/full")
    assert "defect" not in sat.screen, sat.screen
    entries = [
        one
        for one in house.store.audit_trail.newest(house.alice, limit=100)
        if one.seq > audited[0].seq and not one.action.startswith("person.signed_in")
    ]
    assert entries or name == "init", sat.screen
    assert sat.status == (6 if name == "scan" else 1), sat.screen
    said = ("It is done all the same: ", "exists, and nobody has it. ")
    assert any(one in sat.screen for one in said), sat.screen
    assert "no space left on device" in sat.screen


@pytest.mark.parametrize("output", ["/dev/full", "closed", "a closed pipe"])
def test_a_key_that_could_not_be_printed_is_named_with_the_way_out(
    sitting: SitDown, house: House, output: str
) -> None:
    for words in (("--name", "New"), ("--name", "Other", "--json")):
        sat = sitting("keys", "create", "--scope", "events:read", *words, output=output)
        key = house.store.keys.show(house.alice, words[1])
        assert sat.status == 1
        assert f"“{words[1]}” (jw_{key.id}) exists, and nobody has it." in sat.screen
        assert f"keydeck keys rotate jw_{key.id} --overlap 1s" in sat.screen
        assert key.confirmed_at is None


@pytest.mark.parametrize("name", ["people add", "people invite", "people password"])
def test_a_code_that_could_not_be_printed_is_replaced_by_the_command_that_is_named(
    sitting: SitDown, house: House, tmp_path: Path, keydeck: Keydeck, name: str
) -> None:
    words = EXAMPLES[name](house, tmp_path)
    for output in ("/dev/full", "a closed pipe"):
        lost = sitting(*words, *(("--yes",) if name in ENDS else ()), output=output)
        assert lost.status == 1
        told = lost.screen.partition("exists, and nobody has it. Make another: keydeck ")[2]
        assert told, lost.screen
        if name == "people add":
            break
    again = keydeck(*told.split()[:3], "--workspace", "acme-events")
    assert again.status == 0, again.err
    assert len(again.out.split()) == 1


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
    there = house.store.operator.in_use("acme-events")
    assert there.used < there.active
    said = f"{there.active} active keys, {there.used} of them used in the last day: “Key "
    assert said in left.screen
    assert sitting("plan", "pro").questions == 0
    done = sitting("plan", "free", answers=("acme-events",))
    assert (done.status, done.questions) == (0, 1)
    assert sitting("plan", "free").questions == 0, "it is on free already"


def test_leaving_says_what_it_comes_to_and_the_last_admin_is_not_asked(
    sitting: SitDown, house: House
) -> None:
    left = sitting("people", "leave", "alice@acme.example")
    assert (left.status, left.questions) == (1, 1)
    assert (
        "Revoked with the membership, as they connected it: “Claude” (last used never)."
        in left.screen
    )
    assert "active keys, to be decided about next." in left.screen
    house.store.people.leave(house.alice, TOM)
    last = sitting("people", "leave", "alice@acme.example")
    assert (last.status, last.questions) == (5, 0)


def test_a_leavers_copy_works_as_long_as_somebody_said_and_never_unasked(
    sitting: SitDown, house: House
) -> None:
    rotate = ("people", "offboarding", "rotate", EVE, "Eves")
    done = sitting(*rotate, answers=("a week or so", "1h"))
    assert (done.status, done.questions) == (0, 2), done.screen
    assert "eve can go on with “Eves” until " in done.screen
    assert done.screen.index("eve can go on") < done.screen.index("All is decided.")
    [one] = house.store.offboardings.show(house.alice, EVE).keys
    assert one.key.expires_at is not None
    assert one.key.expires_at - house.clock.now() < 2 * HOUR


def test_going_through_a_leavers_keys_tells_the_use_of_each_once(
    sitting: SitDown, house: House
) -> None:
    done = sitting("people", "offboarding", "resume", EVE, answers=("rotate", "1h"))
    assert "how long does the copy they know work on?" in done.screen
    assert (done.status, done.screen.count("last used")) == (0, 1), done.screen


def test_a_key_that_was_never_used_has_no_overlap_for_a_leaver(
    sitting: SitDown, keydeck: Keydeck, house: House
) -> None:
    keydeck("people", "leave", TOM, "--workspace", "acme-events")
    done = sitting("people", "offboarding", "resume", TOM, answers=("rotate",))
    assert "was never used, so the copy they know stops at once" in done.screen
    assert "can go on" not in done.screen, done.screen
    shown = keydeck("people", "offboarding", "show", TOM, "--json", "--workspace", "acme-events")
    [toms] = [one for one in shown.json["keys"] if one["name"] == "Toms"]
    assert (toms["decision"], toms["state"]) == ("rotate", "expired")
