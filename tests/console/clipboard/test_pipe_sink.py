"""Piping a key to a command: on its standard input, and its failure told without the key."""

import time
from pathlib import Path

import psutil
import pytest

from console.clipboard import pipe_sink
from console.clipboard.pipe_sink import NotTaken, pipe
from console.clipboard.programs import LEFT_OUT, give, words
from store.domain.key_string import mint
from store.errors import Invalid

KEY = mint("jw").key
TEXT = KEY.reveal()


def shell(script: str) -> tuple[str, ...]:
    """Return the words of a command that runs a script."""
    return ("sh", "-c", script)


def test_the_command_gets_the_key_alone_and_its_output_goes_nowhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    vault = tmp_path / "vault"
    said = pipe(
        KEY, shell(f"cat > {vault}; echo stored; tr '\\0' ' ' < /proc/$$/cmdline > {vault}2")
    )
    assert said == "sh took the key (exit 0)."
    assert vault.read_text() == TEXT, "not even a line break: vault kv put would keep it"
    assert TEXT not in (tmp_path / "vault2").read_text()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        pytest.param("exit 3", "sh did not take the key (exit 3).", id="silent"),
        pytest.param(
            "echo >&2; echo 'no such vault' >&2; echo 'usage: …' >&2; exit 2",
            "sh did not take the key (exit 2: no such vault).",
            id="the first line of many",
        ),
        pytest.param(
            "printf '\\033[31mno\\033[0m \\033]52;c;eA==\\007 way\\n' >&2; exit 1",
            "sh did not take the key (exit 1: no �]52;c;eA==� way).",
            id="what would steer the terminal",
        ),
        pytest.param(
            "head -c 40 >&2; exit 1", f"sh did not take the key (exit 1: {LEFT_OUT}).", id="a piece"
        ),
        pytest.param(
            "tee /dev/stderr | grep -q nothing",
            f"sh did not take the key (exit 1: {LEFT_OUT}).",
            id="the whole key",
        ),
        pytest.param("kill -9 $$", "sh did not take the key (it was killed by signal 9).", id="9"),
        pytest.param(
            "yes >&2 & sleep 0.1; kill $!; exit 1",
            "sh did not take the key (exit 1: y).",
            id="more than a pipe holds",
        ),
    ],
)
def test_a_failure_is_told_in_one_safe_line_without_the_key(script: str, sentence: str) -> None:
    with pytest.raises(NotTaken) as caught:
        pipe(KEY, shell(script))
    assert str(caught.value) == sentence


def test_a_command_that_never_stops_talking_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe_sink, "WITHIN", 0.3)
    with pytest.raises(NotTaken, match=r"took too long and was stopped: y\)"):
        pipe(KEY, shell("exec yes >&2"))


def test_a_command_that_hangs_is_stopped_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipe_sink, "WITHIN", 0.3)
    began, started = time.monotonic(), tmp_path / "started"
    with pytest.raises(NotTaken, match="took too long and was stopped"):
        pipe(KEY, shell(f"sleep 60 & echo $! > {started}; wait"))
    assert time.monotonic() - began < 30
    child = int(started.read_text())
    end = time.monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end, "it is still there"


def test_what_a_command_leaves_running_holds_nobody_up() -> None:
    began = time.monotonic()
    ended = give(KEY, shell("cat > /dev/null; sleep 20 & exit 0"), 90)
    assert ended.well
    assert time.monotonic() - began < 15


def test_a_key_among_the_words_is_refused_before_anything_runs(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    with pytest.raises(Invalid, match="on standard input") as caught:
        pipe(KEY, shell(f"touch {ran}; echo {TEXT}"))
    assert TEXT not in str(caught.value)
    assert not ran.exists()


def test_a_file_that_cannot_be_run_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("no program")
    broken.chmod(0o755)
    assert give(KEY, [str(broken)], 1).how == "it did not start: exec format error"


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("sh -c 'cat > \"a b\"'", ("sh", "-c", 'cat > "a b"')),
        ("cat $HOME ~ | tee", ("cat", "$HOME", "~", "|", "tee")),
    ],
)
def test_a_command_is_split_as_a_shell_would_and_run_by_none(
    command: str, found: tuple[str, ...]
) -> None:
    assert words(command) == found


@pytest.mark.parametrize(
    ("command", "trouble"),
    [
        ("", "Name a command"),
        ("   ", "Name a command"),
        ("pass 'insert", "does not end"),
        ("no-such-program-at-all insert", "is no program here"),
    ],
)
def test_what_is_no_command_is_refused(command: str, trouble: str) -> None:
    with pytest.raises(Invalid, match=trouble):
        words(command)
