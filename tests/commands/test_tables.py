"""Tables: one line a row at a terminal, in its colours; everything in a pipe."""

import fcntl
import os
import re
import struct
import sys
import termios
from collections.abc import Callable
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from console.commands import listing, tables
from console.commands.entry import run
from console.commands.tables import GAP, LEAST, Column, cut
from store.domain.times import DAY
from tests.commands.conftest import Keydeck
from tests.house import PASSWORD, House, use

SGR = re.compile(r"\x1b\[[0-9;]*m")
WIDE = "請求書 🧾 発行サービス（本番環境）のとても長い名前"

Seen = Callable[..., list[str]]


@pytest.fixture
def seen(house: House, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Return what a terminal of so many columns is shown by a command, line by line."""

    def call(*arguments: str, columns: int = 80, **environment: str) -> list[str]:
        ours = {
            "KEYDECK_STORE": house.url,
            "KEYDECK_PEPPER_FILE": str(house.pepper_path),
            "KEYDECK_AS": "alice@acme.example",
            "KEYDECK_PASSWORD": PASSWORD,
            "TERM": "xterm-256color",
        }
        for name in ("COLUMNS", "NO_COLOR"):
            monkeypatch.delenv(name, raising=False)
        for name, value in (ours | environment).items():
            monkeypatch.setenv(name, value)
        master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        read: list[bytes] = []

        def listen() -> None:
            try:
                while block := os.read(master, 65536):
                    read.append(block)
            except OSError:
                pass

        listener = Thread(target=listen)
        listener.start()
        with os.fdopen(slave, "w", encoding="utf-8") as terminal, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", terminal)
            assert run(list(arguments)) == 0
        listener.join()
        os.close(master)
        return b"".join(read).decode().splitlines()

    return call


def furnish(house: House) -> list[str]:
    """Make keys whose rows are too long, wide or dead; return their ids as the table has them."""
    made = [house.create(WIDE), house.create("Website " * 7, "events:read quotes:write")]
    old = house.create("Old")
    house.store.keys.revoke(house.alice, old.key.id).unwaited()
    ids = [issued.key.id for issued in (*made, old)]
    return [f"jw_{one[:5]}" for one in ids]


def test_a_row_is_a_line_of_the_terminal_with_its_id_whole(house: House, seen: Seen) -> None:
    ids = furnish(house)
    for columns in (60, 80, 140):
        lines = [SGR.sub("", line) for line in seen("keys", "list", columns=columns)]
        assert len(lines) == 1 + len(ids), lines
        assert all(cell_len(line) <= columns for line in lines), lines
        assert all(any(f" {one} " in line for line in lines) for one in ids), lines
        # Where ids begin is the same cell in every row, whatever is before it.
        begins = {cell_len(line[: re.search(r"jw_|KEY ", line).start()]) for line in lines}  # type: ignore[union-attr]
        assert len(begins) == 1, lines


def test_states_have_their_sign_and_colour_at_a_terminal(house: House, seen: Seen) -> None:
    furnish(house)
    told = "\n".join(seen("keys", "list"))
    assert "\x1b[32m◌ Unconfirmed" not in told
    assert "\x1b[33m◌ Unconfirmed\x1b[0m" in told
    assert "\x1b[31m✕ Revoked\x1b[0m" in told
    # An empty NO_COLOR is none; one that says anything is.
    assert "\x1b[31m" in "\n".join(seen("keys", "list", NO_COLOR=""))
    for without in (seen("keys", "list", NO_COLOR="1"), seen("keys", "list", TERM="dumb")):
        assert not SGR.search("\n".join(without))
        assert "✕ Revoked" in "\n".join(without)
    for plain in (seen("--ascii", "keys", "list"), seen("keys", "list", TERM="linux")):
        assert "x Revoked" in "\n".join(plain)
        assert "✕" not in "\n".join(plain)
        assert "…" not in "\n".join(plain)


def test_in_a_pipe_everything_is_there_without_colour(house: House, keydeck: Keydeck) -> None:
    furnish(house)
    told = keydeck("keys", "list").out
    assert WIDE in told
    assert ("Website " * 7).strip() in told
    assert "\x1b" not in told
    assert "✕" not in told


def test_columns_come_as_they_are_named_and_rows_as_they_are_sorted(
    house: House, keydeck: Keydeck
) -> None:
    for name in ("Bee", "Ant", "Cat"):
        house.clock.advance(DAY)
        house.create(name)
    lines = keydeck("keys", "list", "--columns", "name,By", "--sort", "-created").out.splitlines()
    assert [line.split() for line in lines] == [
        ["NAME", "BY"],
        ["Cat", "alice@acme.example"],
        ["Ant", "alice@acme.example"],
        ["Bee", "alice@acme.example"],
    ]
    by_name = keydeck("keys", "list", "--sort", "name", "--jsonl").out.splitlines()
    assert [re.search('"name": "(.*?)"', line)[1] for line in by_name] == ["Ant", "Bee", "Cat"]  # type: ignore[index]
    people = keydeck("people", "list", "--filter", "role:admin -bob", "--json").json
    assert {one["role"] for one in people} == {"admin"}
    assert keydeck("people", "list", "--filter", "name:nobody").err == "Nothing matches.\n"


def test_where_there_is_nothing_to_sort_by_comes_last_both_ways(
    house: House, keydeck: Keydeck
) -> None:
    for name in ("Never", "Early", "Late"):
        key = house.create(name).key
        house.clock.advance(1000)
        if name != "Never":
            use(house, key, "events:read")
    for order, wanted in (("last-used", ["Late", "Early"]), ("-last-used", ["Early", "Late"])):
        done = keydeck("keys", "due", "--within", "91d", "--columns", "name", "--sort", order)
        assert done.out.split() == ["NAME", *wanted, "Never"]


@pytest.mark.parametrize("asked", [("keys", "last-used"), ("people", "name")], ids=" ".join)
def test_what_is_too_long_to_be_sorted_is_refused_before_a_row(
    asked: tuple[str, str], house: House, keydeck: Keydeck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_SORTED", 2)
    kind, order = asked
    for name in ("bo", "cy"):
        house.create(name)
        house.add_member(f"{name}@acme.example")
    ended = keydeck(kind, "list", "--sort", order)
    assert (ended.status, "more than 2" in ended.err) == ((2, True) if kind == "people" else (0, 0))
    house.create("third")
    assert "more than 2" in keydeck(kind, "list", "--sort", order).err
    assert keydeck(kind, "list").status == 0


def test_audit_goes_both_ways_and_is_searched_as_in_the_console(
    house: House, keydeck: Keydeck
) -> None:
    house.store.keys.revoke(house.alice, house.create("Zapier").key.id).unwaited()
    house.create("Website")
    newest = [one["seq"] for one in keydeck("audit", "--json").json]
    assert newest == sorted(newest, reverse=True)
    oldest = [one["seq"] for one in keydeck("audit", "--sort", "when", "--json").json]
    assert oldest[: len(newest)] == newest[::-1]
    [revoked] = keydeck("audit", "--filter", "revoked zapier", "--json").json
    assert revoked["action"] == "key.revoked"
    assert "state:" in keydeck("audit", "--filter", "state:active").err


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("keys", "list", "--columns", "nmae"), "Did you mean name? There are state, name, key"),
        (("keys", "list", "--columns", ""), "There are state, name, key"),
        (("keys", "list", "--sort", "by"), "no order by by: it is printed while it is read."),
        (("people", "list", "--sort", "rol"), "Did you mean role?"),
        (("people", "list", "--filter", "rloe:admin"), "Did you mean role?"),
        (("keys", "list", "--jsonl", "--json"), "not both"),
        (("keys", "list", "--columns", "name", "--json"), "JSON has everything"),
    ],
)
def test_what_a_list_does_not_have_is_answered_with_what_it_has(
    asked: tuple[str, ...], told: str, keydeck: Keydeck
) -> None:
    done = keydeck(*asked)
    assert done.status == 2
    assert told in done.err
    assert done.out == ""


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=9),
    st.integers(20, 200),
)
def test_columns_are_cut_to_a_line_the_widest_first(
    given_widths: list[tuple[int, bool]], room: int
) -> None:
    columns = [Column("x", whole=whole) for _, whole in given_widths]
    widths = [width for width, _ in given_widths]
    kept = cut(columns, widths, room)
    total = sum(kept) + GAP * (sum(1 for width in kept if width) - 1)
    assert all(now <= was for now, was in zip(kept, widths, strict=True))
    for column, now, was in zip(columns, kept, widths, strict=True):
        assert now == was if column.whole else now in (0, was) or now >= LEAST
    wholes = sum(was for column, was in zip(columns, widths, strict=True) if column.whole)
    if wholes + LEAST + GAP * len(columns) <= room:
        assert total <= room
    if sum(widths) + GAP * (len(widths) - 1) <= room:
        assert kept == widths


def test_it_is_said_too_what_a_later_row_of_a_long_list_left_no_room_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "look", lambda: tables.Look(width=40))
    monkeypatch.setattr(tables, "AT_ONCE", 1)
    rows = [("a@b", "Ann", "admin"), (f"{'x' * 30}@b", "Bob", "admin")]
    tables.table([Column("E-MAIL", whole=True), "NAME", "ROLE"], rows)
    shown = capsys.readouterr()
    assert "ROLE" in shown.out
    assert shown.err == "There is no room for ROLE. In a pipe everything is there.\n"
