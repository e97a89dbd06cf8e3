"""Copying a new key, as an admin does: in tmux, in GNU screen, at a desktop, and nowhere."""

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.house import build
from tests.terminal.making import make, sign_in
from tests.terminal.multiplexer import asked, needs_tmux, tmux
from tests.terminal.screen import PATIENCE, Terminal, sitting, surroundings

CONSOLE = [sys.executable, "-m", "console", "--workspace", "acme-events"]

needs = {
    name: pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed")
    for name in ("screen", "xclip", "Xvfb")
}


@pytest.fixture(autouse=True)
def _house(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "keydeck"
    folder.mkdir(parents=True)
    build(folder).store.close()


def reveal(terminal: Terminal) -> str:
    """Sign in as Alice, make a key and return it, as it stands on the screen."""
    sign_in(terminal)
    return make(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_terminal_without_another_screen_keeps_no_key(
    tmp_path: Path, number: signal.Signals
) -> None:
    with sitting(tmp_path) as terminal:
        key = reveal(terminal)
        assert key in terminal.text
        terminal.process.kill(number)
        terminal.ended()
        assert not terminal.text.strip()


@needs_tmux
def test_tmux_passes_the_key_on_and_keeps_nothing_of_it(tmp_path: Path) -> None:
    with tmux(tmp_path, *CONSOLE) as (terminal, call):
        key = reveal(terminal)
        terminal.send("c")
        terminal.sees("Sent through tmux")
        terminal.wait(lambda screen: asked(key) in terminal.raw, "the clipboard of the terminal")
        buffers = subprocess.run([*call, "list-buffers"], capture_output=True, text=True)
        assert buffers.stdout == ""


@needs_tmux
def test_tmux_that_keeps_programs_off_is_said_and_a_file_is_the_way_on(tmp_path: Path) -> None:
    with tmux(tmp_path, *CONSOLE, settings="set -s set-clipboard off") as (terminal, call):
        key = reveal(terminal)
        terminal.send("c")
        terminal.sees("set-clipboard is off")
        assert asked(key) not in terminal.raw
        buffers = subprocess.run([*call, "list-buffers"], capture_output=True, text=True)
        assert buffers.stdout == ""
        terminal.send("w")
        terminal.sees("Written to")
        [written] = tmp_path.glob("keydeck-*.key")
        assert written.read_text() == f"{key}\n"
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
        terminal.send("\r")
        terminal.sees("● Active")


@needs_tmux
def test_what_a_selection_and_an_eager_tmux_have_kept_is_taken_out(tmp_path: Path) -> None:
    words = [*CONSOLE, "--clipboard", "osc52"]
    with tmux(tmp_path, *words, settings="set -s set-clipboard on") as (terminal, call):

        def buffers() -> str:
            shown = [*call, "list-buffers", "-F", "#{buffer_sample}"]
            return subprocess.run(shown, capture_output=True, text=True, check=True).stdout

        key = reveal(terminal)
        subprocess.run([*call, "set-buffer", "something else"], check=True)
        subprocess.run([*call, "set-buffer", "-b", "two\nlines", "named oddly"], check=True)
        terminal.send("c")
        terminal.wait(lambda screen: key[:20] in buffers(), "what tmux keeps of OSC 52")
        subprocess.run([*call, "copy-mode"], check=True)
        around = ("cursor-up", "start-of-line", "begin-selection", "cursor-down", "cursor-down")
        for action in (["search-backward", key], *([one] for one in around), ["end-of-line"],
                       ["copy-selection-and-cancel"]):  # fmt: skip
            subprocess.run([*call, "send-keys", "-X", *action], check=True)
        assert buffers().count("\n") == 4
        terminal.send(f"\x1b[200~{key}\x1b[201~")
        terminal.sees("Your clipboard holds this key.")
        terminal.send("\r")
        terminal.sees("The key was in tmux's buffers, and is no more.")
        assert sorted(buffers().splitlines()) == ["named oddly", "something else"]


@needs_tmux
def test_a_code_is_taken_out_of_tmux_like_a_key(tmp_path: Path) -> None:
    words = [*CONSOLE, "--clipboard", "osc52"]
    with tmux(tmp_path, *words, settings="set -s set-clipboard on") as (terminal, call):
        sign_in(terminal)
        terminal.send("4")
        terminal.sees("alice@acme.example")
        terminal.send("n")
        terminal.sees("Add a person")
        terminal.line("zoe@acme.example")
        terminal.line("Zoe")
        terminal.sees("Code for zoe@acme.example")
        terminal.send("c")
        shown = [*call, "list-buffers", "-F", "#{buffer_sample}"]
        terminal.wait(
            lambda _: subprocess.run(shown, capture_output=True, check=True).stdout,
            "what tmux keeps of OSC 52",
        )
        terminal.line("\t")
        terminal.sees("The code was in tmux's buffers, and is no more.")
        assert subprocess.run(shown, capture_output=True, check=True).stdout == b""


@needs_tmux
@pytest.mark.parametrize("leave", ["quits", "is hung up"])
def test_nothing_of_the_key_stays_in_the_scrollback(tmp_path: Path, leave: str) -> None:
    with tmux(tmp_path, "sh") as (terminal, call):
        terminal.line(shlex.join(CONSOLE))
        key = reveal(terminal)
        pane = [*call, "display-message", "-p", "#{pane_pid}"]
        shell = subprocess.run(pane, capture_output=True, text=True, check=True).stdout
        [console] = psutil.Process(int(shell)).children()
        if leave == "quits":
            terminal.send(f"\x1b[200~{key}\x1b[201~")
            terminal.sees("Your clipboard holds this key.")
            terminal.send("\r")
            terminal.sees("● Active")
            terminal.send("q")
        else:
            console.send_signal(signal.SIGHUP)
        console.wait(PATIENCE)
        terminal.line("echo $((6 * 7))-and-out")
        terminal.sees("42-and-out")
        for alternate in ([], ["-a", "-q"]):
            seen = [*call, "capture-pane", "-p", "-J", "-S", "-", "-E", "-", *alternate]
            text = subprocess.run(seen, capture_output=True, text=True, check=True).stdout
            assert key not in text
            assert key[20:] not in text.replace("\n", "")


@needs["screen"]
def test_screen_passes_the_key_on(tmp_path: Path) -> None:
    sockets = tmp_path / "s"
    sockets.mkdir(mode=0o700)
    settings = tmp_path / "screenrc"
    settings.write_text("startup_message off\n")
    environment = surroundings(tmp_path, SCREENDIR=str(sockets))
    terminal = Terminal(
        ["screen", "-c", str(settings), "-S", "keydeck", *CONSOLE], environment, cwd=tmp_path
    )
    try:
        key = reveal(terminal)
        terminal.send("c")
        terminal.sees("Sent to your terminal's clipboard")
        terminal.wait(lambda screen: asked(key) in terminal.raw, "the clipboard of the terminal")
    finally:
        # It would go on without its terminal, and the console in it.
        subprocess.run(["screen", "-S", "keydeck", "-X", "quit"], env=environment, check=False)
        terminal.process.close(force=True)


@contextmanager
def display() -> Iterator[str]:
    """Run an X server that nobody sees; give its name."""
    reader, writer = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "64x64x8", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(writer)
        try:
            with os.fdopen(reader) as number:
                yield f":{number.readline().strip()}"
        finally:
            server.terminate()


@needs["xclip"]
@needs["Xvfb"]
def test_at_a_desktop_the_key_is_read_back_and_stays_when_the_console_has_gone(
    tmp_path: Path,
) -> None:
    with display() as name, sitting(tmp_path, *CONSOLE[3:], DISPLAY=name) as terminal:
        key = reveal(terminal)
        terminal.send("c")
        terminal.sees("read back, and the same")
        assert asked(key) not in terminal.raw
        terminal.send("\r")
        terminal.sees("● Active")
        terminal.send("q")
        assert terminal.ended() == 0
        pasted = subprocess.run(
            ["xclip", "-selection", "clipboard", "-o"],
            env={**os.environ, "DISPLAY": name},
            capture_output=True,
            text=True,
            timeout=10,
        )
        assert pasted.stdout == key


def test_a_desktop_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    hanging = programs / "xclip"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    with sitting(tmp_path, *CONSOLE[3:], DISPLAY=":4711", PATH=path) as terminal:
        key = reveal(terminal)
        terminal.send("c")
        terminal.sees("Copying…")
        terminal.sees("Sent to your terminal's clipboard")
        assert asked(key) in terminal.raw


def test_the_references_address_is_a_link_and_is_copied_when_asked_for(tmp_path: Path) -> None:
    address = "https://api.acme.example/docs"
    with sitting(tmp_path, *CONSOLE[3:], KEYDECK_API="https://api.acme.example/") as terminal:
        sign_in(terminal)
        terminal.send("d")
        terminal.sees(address)
        terminal.sees("c copies the address.")
        assert asked(address) not in terminal.raw
        terminal.send("c")
        terminal.sees("Sent to your terminal's clipboard")
        assert re.search(rb"\x1b\]8;[^;]*;" + address.encode(), terminal.raw)
        assert asked(address) in terminal.raw
        terminal.send("\r")
        terminal.loses(address)


def test_what_is_no_address_of_an_api_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with sitting(tmp_path, "--api", "api.acme.example") as terminal:
        assert terminal.ended() == 2
        assert "Write https://api.example.com." in terminal.text
