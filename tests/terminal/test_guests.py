"""What somebody let in over SSH can make the console take or believe, over a real sshd."""

import os
from pathlib import Path

import psutil
import pytest

from console.bounded_app import MOST_COLUMNS, MOST_LINES
from console.guest import MOST_MEMORY
from tests.terminal.ssh import SSHD
from tests.terminal.test_ssh import drawn_for, guests, opened, sit

pytestmark = pytest.mark.skipif(SSHD is None, reason="sshd is not installed")

LARGEST = 65_535
MIB = 1 << 20


def test_a_size_that_no_screen_has_takes_no_memory(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, door):
        terminal = sit(door, tmp_path)
        terminal.sees("No keys yet")
        [console] = guests(tmp_path)

        def drawn_to(columns: int, lines: int) -> None:
            terminal.wait(lambda _: f"\x1b[{lines};".encode() in terminal.raw, f"line {lines}")
            assert f"\x1b[{lines + 1};".encode() not in terminal.raw
            assert console.memory_info().rss < 400 * MIB, (columns, lines)

        # By sshd, as a client's window has it; then as the terminal itself would write it.
        for by_sshd in (True, False):
            terminal.raw = b""
            if by_sshd:
                terminal.process.setwinsize(LARGEST, LARGEST)
            else:
                terminal.send(f"\x1b[48;{LARGEST};{LARGEST};1;1t")
            drawn_to(MOST_COLUMNS, MOST_LINES)
            # Each is another, or sshd would tell nobody.
            for lines, columns in ((0, 0), (1, LARGEST), (LARGEST, 1), (30, 100), (24, 80)):
                terminal.process.setwinsize(lines, columns)
                terminal.read(0.2)
        terminal.wait(lambda screen: drawn_for(screen, 80, 24), "a console of 80 by 24")
        assert console.memory_info().rss < 400 * MIB
        terminal.send("q")
        assert terminal.ended() == 0


def test_what_is_typed_before_the_console_is_there_loses_no_key(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, door):
        terminal = sit(door, tmp_path)
        terminal.send("nAhead")
        terminal.sees("1 of 3")
        terminal.sees("Ahead")
        terminal.send("\x1b")
        terminal.sees("No keys yet")
        # Late answers over a slow line; spelt as keys they open one dialog after the other.
        terminal.send("\x1b]11;rgb:1212/1313/1717\x1b\\\x1bP>|XTerm(370)\x1b\\\x1b[?64;1;2c")
        terminal.send("?")
        terminal.sees("What the keys do")
        terminal.send("\x1bq")
        assert terminal.ended() == 0


def test_a_guests_process_is_bounded_and_leaves_no_dump(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, door):
        terminal = sit(door, tmp_path)
        terminal.sees("No keys yet")
        [console] = guests(tmp_path)
        assert console.rlimit(psutil.RLIMIT_DATA) == (MOST_MEMORY, MOST_MEMORY)
        assert console.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        terminal.send("q")
        assert terminal.ended() == 0


def test_nothing_a_client_sends_steers_the_console(tmp_path: Path) -> None:
    """Were sshd told to accept everything: files are written, modules imported, sizes taken."""
    evil = tmp_path / "evil"
    evil.mkdir()
    for name in ("sitecustomize", "usercustomize", "evil"):
        (evil / f"{name}.py").write_text(f"open({str(evil / 'ran')!r}, 'w')\n")
    (evil / "store").mkdir()
    (evil / "store" / "__init__.py").write_text(f"open({str(evil / 'ran')!r}, 'w')\n")
    sent = {
        "PYTHONPATH": str(evil),
        "PYTHONSTARTUP": str(evil / "evil.py"),
        "PYTHONPYCACHEPREFIX": str(evil / "cache"),
        "TEXTUAL_LOG": str(evil / "log"),
        "TEXTUAL_DRIVER": "evil:Driver",
        "TEXTUAL_SCREENSHOT": "1",
        "TEXTUAL_SCREENSHOT_LOCATION": str(evil),
        "XDG_STATE_HOME": str(evil),
        "XDG_DATA_HOME": str(evil),
        "TMPDIR": str(evil),
        "COLUMNS": "60000",
        "LINES": "60000",
        "KEYDECK_THEME": "no such",
    }
    with opened(tmp_path, accepted="*") as (_, door):
        terminal = sit(door, tmp_path, **sent)
        terminal.sees("No keys yet")
        [console] = guests(tmp_path)
        assert console.environ()["TEXTUAL_LOG"] == sent["TEXTUAL_LOG"], "sshd passed it on"
        terminal.send("q")
        assert terminal.ended() == 0
    assert sorted(os.listdir(evil)) == ["evil.py", "sitecustomize.py", "store", "usercustomize.py"]
