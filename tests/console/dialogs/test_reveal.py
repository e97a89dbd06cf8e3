"""Reveal: shown once, left on purpose, and never claiming more than is known."""

import re
import stat
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Button, Input

from console.clipboard.plan import ClipboardChoice
from console.widgets.pipe_to import PipeTo
from store.domain.listing import KeyQuery
from store.domain.people import Role
from store.domain.times import HOUR
from tests.console.driving import (
    LARGE,
    console,
    opened,
    press,
    screen_text,
    sees,
    type_ahead,
    until,
)
from tests.house import House

pytestmark = pytest.mark.anyio

KEY = re.compile(r"jw_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}")


async def reveal(pilot: Pilot[None]) -> str:
    """Create a key and return it, read off the screen."""
    await press(pilot, "n")
    await sees(pilot, "1 of 3")
    await press(pilot, *"Website", "enter")
    await sees(pilot, "2 of 3")
    await press(pilot, "space", "enter")
    await sees(pilot, "3 of 3")
    await press(pilot, "enter")
    await sees(pilot, "Shown once")
    found = KEY.search(screen_text(pilot))
    assert found is not None
    return found[0]


def paste(pilot: Pilot[None], text: str) -> None:
    """Paste as a terminal does."""
    pilot.app.post_message(events.Paste(text))


async def test_the_key_stands_alone_on_its_line(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        key = await reveal(pilot)
        [line] = [line for line in screen_text(pilot).splitlines() if key in line]
        before, after = line.split(key)
        # At the very edges the table below may show.
        assert before[3:].strip() == ""
        assert after[:-3].strip() == ""


async def test_escape_does_not_lose_the_key(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        key = await reveal(pilot)
        for pressed in ("escape", "q", "ctrl+p", "n", "X"):
            await press(pilot, pressed)
            assert key in screen_text(pilot)
        await sees(pilot, "I have stored it")


async def test_an_enter_too_many_copies_nothing_and_i_says_that_it_is_stored(
    house: House, tmp_path: Path
) -> None:
    board = tmp_path / "board"
    choice = ClipboardChoice("command", ("sh", "-c", f"cat > {board}"))
    async with opened(console(house, clipboard=choice), shows="No keys yet") as pilot:
        await press(pilot, "n")
        await sees(pilot, "1 of 3")
        await press(pilot, *"Website", "enter")
        await sees(pilot, "2 of 3")
        await press(pilot, "space", "enter")
        await sees(pilot, "3 of 3")
        for _ in range(3):
            type_ahead(pilot, "enter")
        await sees(pilot, "Shown once")
        made = house.store.keys.show(house.alice, "Website")
        await sees(pilot, f"keydeck-{made.id}.key")
        await press(pilot, "i")
        await sees(pilot, "Not proven yet")
        assert not board.exists()
        await press(pilot, "i")
        await sees(pilot, "● Active")


async def test_leaving_unproven_asks_once_more_and_then_confirms(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await reveal(pilot)
        await press(pilot, "shift+tab", "enter")
        await sees(pilot, "Not proven yet")
        assert house.store.keys.show(house.alice, "Website").confirmed_at is None
        await press(pilot, "enter")
        await sees(pilot, "● Active")
        await until(
            pilot, lambda: house.store.keys.show(house.alice, "Website").confirmed_at, "confirmed"
        )


async def test_tmux_is_cleaned_though_whoever_stored_it_is_no_admin_any_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    mia = house.add_member("mia@acme.example", Role.ADMIN)
    app, cleaned = console(house), list[str]()
    monkeypatch.setattr(app, "leave_nothing", lambda secret: cleaned.append(secret.reveal()))
    async with opened(app, shows="No keys yet") as pilot:
        key = await reveal(pilot)
        house.store.people.set_role(mia, "alice@acme.example", Role.MEMBER)
        await press(pilot, "shift+tab", "enter")
        await sees(pilot, "Not proven yet")
        await press(pilot, "enter")
        await until(pilot, lambda: cleaned == [key], "cleaned")


async def test_a_paste_proves_that_the_clipboard_holds_it(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        key = await reveal(pilot)
        paste(pilot, "something else")
        await sees(pilot, "That is not this key:")
        # The focus is not in the field, where what the bar names would be typed.
        await press(pilot, "p")
        await sees(pilot, "Enter runs it")
        await press(pilot, "escape")
        paste(pilot, f"{key}\n")
        await sees(pilot, "Your clipboard holds this key.")
        await press(pilot, "enter")
        await sees(pilot, "● Active")
        assert key not in screen_text(pilot)


async def test_of_a_paste_that_is_not_the_key_it_is_said_which_it_was(house: House) -> None:
    other = house.create("Other")
    async with opened(console(house), shows="Other") as pilot:
        key = await reveal(pilot)
        for pasted, said in (
            (" \n", "that clipboard is empty"),
            (key[:-5], f"a part of this key: {len(key) - 5} of {len(key)} characters"),
            (f"KEY={key}", "this key with something beside it"),
            (other.secret.reveal(), f"another key, jw_{other.key.id}"),
            ("hallo", "not this key"),
        ):
            paste(pilot, pasted)
            await sees(pilot, said)
            assert other.secret.reveal()[-20:] not in screen_text(pilot)
            assert isinstance(pilot.app.focused, Button)


async def test_in_the_field_the_bar_names_what_its_keys_do(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await reveal(pilot)
        pilot.app.screen.query_one("#paste").focus()
        await sees(pilot, "enter Check")
        await press(pilot, "b", "w", "enter")
        await sees(pilot, "That is not this key:")
        pilot.app.screen.query_one("#paste").focus()
        await sees(pilot, "enter Check")
        await press(pilot, "i", "escape")
        await sees(pilot, "i Stored")
        assert not pilot.app.screen.query_one("#paste", Input).value
        await press(pilot, "i")
        await sees(pilot, "Not proven yet")


async def test_copying_says_sent_and_not_copied_where_nobody_answers(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    async with opened(console(house), shows="No keys yet") as pilot:
        await reveal(pilot)
        await press(pilot, "c")
        await sees(pilot, "Sent to")
        assert "Copied" not in screen_text(pilot)


async def test_a_file_is_written_for_its_owner_alone(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(console(house), shows="No keys yet") as pilot:
        (tmp_path / ".git").mkdir()
        key = await reveal(pilot)
        await sees(pilot, "That is in a git work tree: do not commit it.")
        for _ in range(2):
            type_ahead(pilot, "w")
        await sees(pilot, "Written to")
        await press(pilot, "w")
        assert "Not written" not in screen_text(pilot)
        [path] = tmp_path.glob("keydeck-*.key")
        assert path.read_text() == f"{key}\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.unlink()
        await press(pilot, "w")
        await until(pilot, path.exists, "written again")


async def test_a_key_is_piped_to_a_command_and_what_became_of_it_is_said(
    house: House, tmp_path: Path
) -> None:
    vault, gate = tmp_path / "vault", tmp_path / "gate"
    async with opened(console(house), shows="No keys yet") as pilot:
        key = await reveal(pilot)
        await press(pilot, "p")
        paste(pilot, "sh -c 'echo sealed >&2; exit 2'")
        await press(pilot, "enter")
        await sees(pilot, "sh did not take the key (exit 2: sealed).")
        assert pilot.app.focused is pilot.app.screen.query_one("#command")
        command = f"sh -c 'until [ -e {gate} ]; do sleep 0.02; done; cat > {vault}'"
        pilot.app.screen.query_one("#command", Input).value = command
        await press(pilot, "enter", "enter")
        pilot.app.screen.query_one("#stored", Button).press()
        await sees(pilot, "The command is still running.")
        gate.touch()
        await sees(pilot, "sh took the key (exit 0).")
        assert vault.read_text() == key
        await press(pilot, "enter")
        await sees(pilot, "● Active")


async def test_the_field_for_a_command_takes_no_key(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        key = await reveal(pilot)
        await press(pilot, "p")
        paste(pilot, key)
        await sees(pilot, "Your clipboard holds this key.")
        field = pilot.app.screen.query_one("#command", Input)
        assert field.value == ""
        field.value = f"echo {key}"
        field.focus()
        await press(pilot, "enter")
        await sees(pilot, "Write it without.")
        await press(pilot, "escape")
        assert not pilot.app.screen.query_one(PipeTo).display
        assert key in screen_text(pilot)


async def test_a_guest_has_neither_file_nor_command(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    app = console(house, email=None, guest=house.alice.person_id)
    async with opened(app, shows="No keys yet") as pilot:
        key = await reveal(pilot)
        assert "Pipe" not in screen_text(pilot)
        assert "Write file" not in screen_text(pilot)
        await press(pilot, "w", "p")
        assert pilot.app.screen.query_one(PipeTo).display is False
        await press(pilot, "c")
        await sees(pilot, "Sent to")
        assert key in screen_text(pilot)
    assert {path for path in tmp_path.iterdir() if path.suffix == ".key"} == set()
    assert before <= set(tmp_path.iterdir())


async def test_the_way_that_was_chosen_is_the_way_it_takes(house: House, tmp_path: Path) -> None:
    board = tmp_path / "board"
    choice = ClipboardChoice("command", ("sh", "-c", f"cat > {board}"))
    async with opened(console(house, clipboard=choice), shows="No keys yet") as pilot:
        key = await reveal(pilot)
        await press(pilot, "c")
        await sees(pilot, "Sent with sh. Paste below to check.")
        assert board.read_text() == key


async def test_a_blank_is_put_in_the_place_of_the_key_by_hand_and_not_before_it(
    house: House, tmp_path: Path
) -> None:
    board = tmp_path / "board"
    choice = ClipboardChoice("command", ("sh", "-c", f"cat > {board}"))
    async with opened(console(house, clipboard=choice), shows="No keys yet") as pilot:
        key = await reveal(pilot)
        await press(pilot, "b")
        assert "Blank" not in screen_text(pilot)
        await press(pilot, "c")
        await sees(pilot, "b Blank clipboard")
        assert board.read_text() == key
        await press(pilot, "b")
        await sees(pilot, "A blank was sent after it.")
        assert board.read_text() == " "
        assert key in screen_text(pilot)


async def test_no_blank_overtakes_the_key_while_a_copy_runs(house: House, tmp_path: Path) -> None:
    board, gate = tmp_path / "board", tmp_path / "gate"
    waiting = f"until [ -e {gate} ]; do sleep 0.02; done; cat > {board}"
    choice = ClipboardChoice("command", ("sh", "-c", waiting))
    gate.touch()
    async with opened(console(house, clipboard=choice), shows="No keys yet") as pilot:
        key = await reveal(pilot)
        await press(pilot, "c")
        await sees(pilot, "Sent with sh.")
        gate.unlink()
        board.unlink()
        await press(pilot, "c", "b")
        await sees(pilot, "Copying…")
        gate.touch()
        await sees(pilot, "Sent with sh.")
        assert board.read_text() == key


async def test_nothing_in_the_console_can_be_asked_for_the_key_afterwards(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        key = await reveal(pilot)
        app = pilot.app
        await press(pilot, "c", "ctrl+c", "ctrl+p")
        app.screen.text_select_all()
        await press(pilot, "ctrl+c")
        assert app.clipboard == ""
        assert list(app.get_system_commands(app.screen)) == [], "no screenshot"
        paste(pilot, key)
        await sees(pilot, "Your clipboard holds this key.")
        await press(pilot, "enter")
        await sees(pilot, "● Active")
        assert app.clipboard == ""
        assert key not in app.export_screenshot()


async def test_an_unconfirmed_key_offers_its_rotation_with_a_short_overlap(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await reveal(pilot)
        pilot.app.exit(return_code=129)
    async with opened(console(house), LARGE) as pilot:
        await sees(pilot, "was lost, rotate it.")
        await press(pilot, "r")
        await sees(pilot, "Nobody said that this key is stored.")
        await sees(pilot, "Works until 24 Nov 2026 13:00 UTC")
        await press(pilot, "enter")
        await sees(pilot, "The new key of Website is ready.")
    [old] = [
        key for key in house.store.keys.page(house.alice, KeyQuery(), limit=9).keys if key.successor
    ]
    assert old.expires_at == house.clock.now() + HOUR


async def test_a_line_cut_at_the_reveal_leaves_the_key_unconfirmed(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        await reveal(pilot)
        pilot.app.exit(return_code=129)
    async with opened(console(house)) as pilot:
        await sees(pilot, "Unconfirmed")


async def test_where_a_line_is_too_narrow_it_says_what_a_selection_would_hold(
    house: House,
) -> None:
    async with opened(console(house), (64, 20), shows="No keys yet") as pilot:
        await press(pilot, "n")
        await sees(pilot, "1 of 3")
        await press(pilot, *"Website", "enter")
        await sees(pilot, "2 of 3")
        await press(pilot, "space", "enter", "enter")
        await sees(pilot, "Too narrow for one line")


async def test_the_key_reaches_no_toast_no_title_and_no_repr(house: House) -> None:
    async with opened(console(house), shows="No keys yet") as pilot:
        key = await reveal(pilot)
        await press(pilot, "c")
        paste(pilot, key)
        await sees(pilot, "Your clipboard holds this key.")
        app = pilot.app
        said = [*(note.message for note in app._notifications), app.title, app.sub_title]
        said += [repr(screen) for screen in app.screen_stack]
        said += [repr(widget) for widget in app.screen.walk_children()]
        assert not any(key in text for text in said)
