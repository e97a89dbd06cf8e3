"""The home of one assistant: its files, its browser, and what it is made to do."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pexpect

from tests.assistants.clients.programs import HERE, Command, Program
from tests.packages import kept, node_modules, run

PATIENCE_S = 90.0
_BROWSER = """#!/bin/sh
printf '%s\\n' "$1" >> "$HOME/opened"
"""
NODE = HERE.parent / "conformance" / "package.json"
"""It brings a newer Node than most systems have, and is there for another test."""
_ASKS = re.compile(r"http\S+/oauth/authorize\?\S+(?=\s)")
_ENDS = re.compile(r'("expires_?[aA]t\\*":\s*)[0-9][0-9.]*')
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class NotToBeHad(Exception):
    """The registry does not have it, or it cannot be installed here."""


def installed(program: Program) -> Path:
    """Return the folder with what a program consists of. Raises NotToBeHad."""
    what = f"{program.package} {sys.version}"
    try:
        with kept(what.encode()) as (folder, whole):
            if not whole:
                _install(program.package, folder)
            return folder
    except AssertionError as error:
        raise NotToBeHad(str(error).strip().splitlines()[-1]) from None
    except FileNotFoundError as error:
        raise NotToBeHad(f"{error.filename} is not installed") from None


def searched(packages: Path, *more: Path) -> str:
    """Return where programs are looked for: a program's own, a newer Node, and the machine's."""
    own = (*more, packages / "node_modules" / ".bin", node_modules(NODE) / ".bin")
    return ":".join((*map(str, own), os.environ["PATH"]))


def _install(package: str, folder: Path) -> None:
    if "==" in package:
        run(sys.executable, "-m", "venv", "--clear", folder / "venv", cwd=folder)
        run(folder / "venv" / "bin" / "python", "-m", "pip", "install", "-q", package, cwd=folder)
        return
    (folder / "package.json").write_text('{"private": true}')
    options = ("--silent", "--no-audit", "--no-fund")
    run("npm", "install", *options, package, cwd=folder)


@dataclass
class Home:
    """A home in which one assistant lives."""

    program: Program
    packages: Path
    folder: Path
    url: str

    def furnish(self) -> None:
        """Give it its files, and a browser that writes down what it is to open."""
        (self.folder / "bin").mkdir(parents=True)
        browser = self.folder / "bin" / "xdg-open"
        browser.write_text(_BROWSER)
        browser.chmod(0o755)
        for name, text in self.program.files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text.replace("@url@", self.url))
        if self.program.beside:
            shutil.copy(HERE / self.program.beside, self.packages)
        for command in self.program.setting_up:
            assert self.does(command), self.said

    def opened(self, name: str) -> str | None:
        """Return what its browser was to open, or somebody without one is to."""
        found = _ASKS.search(self._output(name)) if self.program.prints else None
        try:
            return (self.folder / "opened").read_text().splitlines()[0]
        except (FileNotFoundError, IndexError):
            return found[0] if found else None

    def ages(self) -> None:
        """Let an hour be over for what it has kept, as it would be by its own clock."""
        for file in self.folder.rglob("*.json"):
            text = file.read_text("utf-8")
            aged = _ENDS.sub(r"\g<1>1", text)
            if aged != text:
                file.write_text(aged, "utf-8")

    @property
    def said(self) -> str:
        """The end of what it printed last."""
        return self._output("0")[-600:]

    def signs_in(self, approve: Callable[[str], object], *, anew: bool = False) -> bool:
        """Sign in, with a person who approves what the browser opens; return whether it worked."""
        other = self.program.sign_in_anew if anew else None
        return self.does(other or self.program.sign_in, approve)

    def uses(self, name: str = "0") -> bool:
        """Use it as somebody does who is signed in; return whether it worked."""
        return self.does(self.program.use, name=name)

    def does(
        self,
        command: Command,
        approve: Callable[[str], object] | None = None,
        *,
        name: str = "0",
    ) -> bool:
        """Run a command to its end, or as far as a browser is opened that nobody looks at."""
        (self.folder / "opened").unlink(missing_ok=True)
        words = [self._filled(word) for word in command.words]
        output = self.folder / f"output-{name}"
        running = _Typed if command.typed else _Read
        process = running(words, command, self.folder, self._environment(), output)
        deadline, asked = time.monotonic() + PATIENCE_S, None
        try:
            while time.monotonic() < deadline:
                process.go_on(self._output(name))
                if command.until and re.search(command.until, self._output(name)):
                    return True
                if process.ended():
                    text = self._output(name)
                    return bool(re.search(command.until, text)) if command.until else process.well()
                if not asked and (asked := self.opened(name)):
                    if approve is None:
                        return False
                    approve(asked)
                    # What it does from here on takes as long again where the machine is busy.
                    deadline = time.monotonic() + PATIENCE_S
                time.sleep(0.05)
            return False
        finally:
            process.end()

    def _output(self, name: str) -> str:
        try:
            text = (self.folder / f"output-{name}").read_text("utf-8", "replace")
        except FileNotFoundError:
            return ""
        return _CODES.sub("", text)

    def _filled(self, word: str) -> str:
        python = self.packages / "venv" / "bin" / "python"
        if word == sys.executable and python.exists():
            return str(python)
        word = word.replace("@url@", self.url).replace("@home@", str(self.folder))
        return word.replace("@beside@", str(self.packages / self.program.beside))

    def _environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("CLAUDE")},
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / ".config"),
            "XDG_DATA_HOME": str(self.folder / ".local" / "share"),
            "BROWSER": str(self.folder / "bin" / "xdg-open"),
            "DISPLAY": ":0",
            "PATH": searched(self.packages, self.folder / "bin"),
            **self.program.environment,
        }


class _Read:
    """A program that reads what it is told."""

    def __init__(
        self, words: list[str], command: Command, home: Path, environment: dict[str, str], out: Path
    ) -> None:
        with out.open("wb") as file:
            self._process = subprocess.Popen(
                words,
                cwd=home,
                env=environment,
                stdin=subprocess.PIPE if command.said else subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        if self._process.stdin is not None:
            self._process.stdin.write(f"{command.said}\n".encode())
            self._process.stdin.flush()

    def go_on(self, seen: str) -> None:
        """There is nothing more to tell."""

    def ended(self) -> bool:
        return self._process.poll() is not None

    def well(self) -> bool:
        return self._process.returncode == 0

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


class _Typed:
    """A program at a terminal."""

    def __init__(
        self, words: list[str], command: Command, home: Path, environment: dict[str, str], out: Path
    ) -> None:
        self._file = out.open("wb")
        self._typed, self._known = list(command.typed), 0
        self._process = pexpect.spawn(
            words[0], words[1:], cwd=str(home), env=environment, dimensions=(50, 160)
        )
        self._process.logfile_read = self._file

    def go_on(self, seen: str) -> None:
        """Read on, and type what is next once what it waits for has come since it typed last."""
        self.ended()
        self._file.flush()
        if self._typed and self._typed[0][0] in seen[self._known :]:
            self._known = len(seen)
            self._process.send(self._typed.pop(0)[1])

    def ended(self) -> bool:
        return self._process.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=0.3) == 0

    def well(self) -> bool:
        self._process.close()
        return self._process.exitstatus == 0

    def end(self) -> None:
        if self._process.isalive():
            self._process.kill(signal.SIGKILL)
            self._process.wait()
        self._process.close()
        self._file.close()
