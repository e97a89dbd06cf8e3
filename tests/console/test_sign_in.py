"""Set-up and sign-in."""

from pathlib import Path

import pytest

from console.app import KeydeckApp
from console.launch_options import LaunchOptions
from store.domain.clock import FixedClock
from store.domain.key_string import Secret
from store.domain.people import Plan, Role
from store.operations.open import create_store, open_store
from tests.console.driving import (
    console,
    opened,
    press,
    screen_text,
    sees,
    type_ahead,
    type_in,
    until,
)
from tests.house import NOON, PASSWORD, House

pytestmark = pytest.mark.anyio


async def test_the_first_run_walks_through_set_up_into_the_table(tmp_path: Path) -> None:
    url, pepper = f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "pepper"
    app = KeydeckApp(LaunchOptions(url=url, pepper_path=pepper), FixedClock(NOON))
    async with opened(app, shows="Set up a new store") as pilot:
        await type_in(pilot, "Acme Events")
        await press(pilot, "enter")
        await type_in(pilot, "alice@acme.example")
        await press(pilot, "enter")
        await type_in(pilot, PASSWORD)
        await press(pilot, "enter")
        await type_in(pilot, PASSWORD)
        await press(pilot, "enter")
        await sees(pilot, "No keys yet")
        assert "Acme Events" in screen_text(pilot)
    store = open_store(url, pepper_path=pepper)
    assert store.operator.workspace("acme-events").plan is Plan.PRO


async def test_set_up_makes_nothing_until_everything_is_right(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    app = KeydeckApp(LaunchOptions(url=url, pepper_path=tmp_path / "pepper"))
    async with opened(app, shows="Set up a new store") as pilot:
        for text in ("Acme", "alice@acme.example", "short", "short"):
            await type_in(pilot, text)
            await press(pilot, "enter")
        await sees(pilot, "8 is the least")
        assert list(tmp_path.glob("*.db")) == []


async def test_two_different_passwords_are_noticed(tmp_path: Path) -> None:
    app = KeydeckApp(LaunchOptions(url=f"sqlite:///{tmp_path / 'new.db'}"))
    async with opened(app, shows="Set up a new store") as pilot:
        for text in ("Acme", "alice@acme.example", PASSWORD, PASSWORD + "x"):
            await type_in(pilot, text)
            await press(pilot, "enter")
        await sees(pilot, "The two passwords differ")


async def test_set_up_that_was_cut_short_goes_on(tmp_path: Path) -> None:
    url, pepper = f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "pepper"
    create_store(url, pepper_path=pepper).close()
    app = KeydeckApp(LaunchOptions(url=url, pepper_path=pepper))
    async with opened(app, shows="Set up a new store") as pilot:
        for text in ("Acme Events", "alice@acme.example", PASSWORD, PASSWORD):
            await type_in(pilot, text)
            await press(pilot, "enter")
        await sees(pilot, "No keys yet")


@pytest.mark.parametrize("half_made", [False, True])
async def test_a_guest_sets_nothing_up(tmp_path: Path, half_made: bool) -> None:
    url, pepper = f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "pepper"
    if half_made:
        create_store(url, pepper_path=pepper).close()
    app = KeydeckApp(LaunchOptions(url=url, pepper_path=pepper, guest=1))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.return_code is not None, "the refusal")
    assert app.return_code == (3 if half_made else 1)


@pytest.mark.parametrize("half_made", [False, True])
async def test_where_only_reading_is_wanted_nothing_is_set_up(
    tmp_path: Path, half_made: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    url, pepper = f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "pepper"
    if half_made:
        create_store(url, pepper_path=pepper).close()
    app = KeydeckApp(LaunchOptions(url=url, pepper_path=pepper, read_only=True))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.return_code is not None, "the refusal")
    assert app.return_code == 1
    assert "There is no keydeck store at" in capsys.readouterr().err


async def test_the_code_is_asked_for_only_by_who_has_one(house: House) -> None:
    async with opened(console(house, email=None), shows="Sign in") as pilot:
        assert "from your admin" not in screen_text(pilot)
        await press(pilot, "f2")
        await sees(pilot, "from your admin")


async def test_signing_in_opens_the_workspace(house: House) -> None:
    async with opened(console(house, email=None), shows="Sign in") as pilot:
        await type_in(pilot, "alice@acme.example")
        await press(pilot, "enter")
        await type_in(pilot, PASSWORD)
        await press(pilot, "enter")
        await sees(pilot, "No keys yet")


async def test_a_wrong_password_is_refused_and_slows_the_next_attempt(house: House) -> None:
    async with opened(console(house, email=None), shows="Sign in") as pilot:
        await type_in(pilot, "alice@acme.example")
        await press(pilot, "enter")
        await type_in(pilot, "wrong password")
        await press(pilot, "enter")
        await sees(pilot, "E-mail or password is wrong")
        await type_in(pilot, PASSWORD)
        await press(pilot, "enter")
        await sees(pilot, "possible in 1 second")
        house.clock.advance(2000)
        await sees(pilot, "Press enter to try again.")
        await press(pilot, "enter")
        await sees(pilot, "No keys yet")


async def test_an_enrolment_code_chooses_a_password(house: House) -> None:
    added = house.store.people.add(house.alice, "bea@acme.example", "bea", Role.ADMIN)
    async with opened(console(house, email=None), shows="Sign in") as pilot:
        await press(pilot, "f2")
        for text in ("bea@acme.example", added.code.reveal(), "my own password", "my own password"):
            await type_in(pilot, text)
            await press(pilot, "enter")
        await sees(pilot, "No keys yet")
    signed_in = house.store.sign_in.sign_in("bea@acme.example", Secret("my own password"))
    assert signed_in.email == "bea@acme.example"


async def test_someone_in_several_workspaces_chooses_one(house: House) -> None:
    house.accept(house.bob, house.alice, Role.ADMIN)
    async with opened(console(house), shows="Which workspace?") as pilot:
        await press(pilot, "down", "enter")
        await until(pilot, lambda: "Bolt Catering" in screen_text(pilot), "the chosen workspace")


async def test_a_store_without_its_pepper_is_refused_in_one_sentence(house: House) -> None:
    house.pepper_path.unlink()
    app = console(house)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.return_code is not None, "the refusal")
    assert app.return_code == 1


async def test_keys_typed_ahead_go_where_they_would_have_gone_one_by_one(house: House) -> None:
    async with opened(console(house, email=None), shows="Sign in") as pilot:
        for key in (*"alice", "at", *"acme", "full_stop", *"example", "enter"):
            type_ahead(pilot, key)
        for key in (*PASSWORD.replace(" ", "_"), "enter", "n", *"Website", "enter", "space"):
            type_ahead(pilot, "space" if key == "_" else key)
        await sees(pilot, "2 of 3")
        await sees(pilot, "Can view availability.")
        assert house.store.keys.name_taken(house.alice, "Website") is None
