"""A defect in the console: one sentence, a log without values, and no secret anywhere."""

import re
import sys
from pathlib import Path

import pytest
from textual.worker import WorkerFailed

from console.crash import write_log
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


def test_what_failed_in_a_worker_is_named_down_to_its_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(secret: str) -> None:
        try:
            raise KeyError(secret)
        except KeyError as error:
            raise LookupError(f"no {secret}") from error

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.raises(LookupError) as raised:
        read(PASSWORD)
    log = write_log(WorkerFailed(raised.value))
    assert log is not None
    told = log.read_text()
    heads = [line.rpartition(".")[2] for line in told.splitlines() if not line.startswith(" ")]
    assert heads == ["WorkerFailed", "LookupError", "KeyError"]
    assert "in read" in told
    assert PASSWORD not in told
