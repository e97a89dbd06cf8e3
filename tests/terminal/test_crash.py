"""A defect in the console: one sentence, a log without values, and no secret anywhere."""

import re
import sys
from pathlib import Path

from tests.terminal.screen import Terminal, surroundings
from tests.terminal.test_story import PASSWORD, set_up

# The defect strikes where the key is in local variables of several frames.
BROKEN = """
import sys
from console.dialogs import reveal

def broken(base_url, scopes):
    frame = sys._getframe(1)
    secret = frame.f_locals["self"]._secret.reveal()
    open("seen", "w").write(secret)
    raise RuntimeError(f"a message that quotes {secret}")

reveal.curl.lines = broken
from console.__main__ import main
sys.exit(main())
"""


def test_a_crash_says_one_sentence_and_shows_no_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BROKEN]
    terminal = Terminal(command, surroundings(tmp_path), cwd=tmp_path)
    set_up(terminal)
    terminal.send("n")
    terminal.sees("1 of 3")
    terminal.line("Website")
    terminal.sees("2 of 3")
    terminal.send(" \r")
    terminal.sees("3 of 3")
    terminal.send("\r")
    assert terminal.ended() == 1
    assert "keydeck stopped because of a defect" in terminal.text
    assert "Traceback" not in terminal.text

    secret = (tmp_path / "seen").read_text()
    assert secret.encode() not in terminal.raw
    [log] = (tmp_path / "state").rglob("crash-*.log")
    told = log.read_text()
    assert "RuntimeError" in told
    assert "reveal.py" in told
    assert not re.search(r"jw_[0-9A-Za-z]{12}_", told)
    assert PASSWORD not in told
    assert secret not in told
