"""Command lines at a real pseudo-terminal, each in a process of its own that starts at once.

One process has imported everything and forks for each: starting Python anew would take a second.
"""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO, cast

from tests.hashes import quick_hashes

PATIENCE = 60.0
_ASKED = re.compile(rb": $")
"""Every question ends like this, and waits there."""
_END_OF_INPUT = b"\x04"


@dataclass(frozen=True)
class Sat:
    """What a command line left on a terminal."""

    status: int
    screen: str
    questions: int
    """How often it waited for an answer."""


class Seat:
    """The process that forks."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *answers: str,
        errors: str = "",
        output: str = "",
    ) -> Sat:
        """Run a command line, and answer its questions in order; the rest by Ctrl+D.

        With `errors` and `output` its standard error and output go into those files; `closed` and
        `a closed pipe` are none.
        """
        told = {
            "arguments": list(arguments),
            "environment": {**environment},
            "answers": answers,
            "errors": errors,
            "output": output,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return Sat(**json.loads(self._process.stdout.readline()))


@contextmanager
def seat() -> Iterator[Seat]:
    """Give a seat at a terminal."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.commands.seated"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Seat(process)
        assert process.stdin is not None
        process.stdin.close()


def _serve() -> None:
    for heavy in ("console.commands.keys", "store.operations.open"):
        import_module(heavy)
    quick_hashes()

    for task in sys.stdin:
        told = json.loads(task)
        sat = _sit([*told.pop("answers")], told)
        print(json.dumps(sat), flush=True)


def _sit(answers: list[str], told: dict[str, Any]) -> dict[str, object]:
    process, terminal = pty.fork()
    if process == 0:
        _become(**told)
    screen, since, questions = b"", b"", 0
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.05)[0]:
            if _ASKED.search(since):
                questions += 1
                since = b""
                os.write(terminal, f"{answers.pop(0)}\n".encode() if answers else _END_OF_INPUT)
            continue
        try:
            block = os.read(terminal, 65536)
        except OSError:
            # Nobody has the other end any more.
            break
        screen += block
        since += block
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "screen": screen.decode(errors="replace").replace("\r\n", "\n"),
        "questions": questions,
    }


def _become(arguments: list[str], environment: dict[str, str], errors: str, output: str) -> None:
    from console.commands.entry import run

    status = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        if errors:
            os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT, 0o600), 2)
        if output == "closed":
            os.close(1)
            sys.stdout = cast("TextIO", None)
        elif output == "a closed pipe":
            reading, writing = os.pipe()
            os.close(reading)
            os.dup2(writing, 1)
        elif output:
            os.dup2(os.open(output, os.O_WRONLY), 1)
        status = run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    _serve()
