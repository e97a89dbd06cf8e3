"""The file of a login: who is signed in, on this machine, in a store, until when.

It opens nothing elsewhere: what the store keeps a digest of is its random token together with the
machine, its boot, the account, the store and both ends. Copied to another machine or account, kept
over a restart, or with an end that was moved, it is another value. The end is also one of the time
since the machine was started, which no clock that is set back makes longer.
"""

import errno
import fcntl
import hashlib
import json
import os
import platform
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from console.crash import log_folder
from store.domain.key_string import Secret
from store.errors import Invalid, LoginUnsafe

_MOST = 4096
"""Bytes; a login takes a few hundred."""
_TYPES = [str, str, str, int, str, int, int]
"""Of what it holds, in order."""
_OURS = os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a login is good."""

    id: str
    boot: str
    account: int
    uptime: Callable[[], float]
    """Seconds since it was started, asleep or not."""


def here() -> Machine:
    """Return this machine, as this account sees it."""
    named = _first_line("/etc/machine-id") or _first_line("/var/lib/dbus/machine-id")
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Machine(
        named or platform.node(),
        _first_line("/proc/sys/kernel/random/boot_id"),
        os.geteuid(),
        lambda: time.clock_gettime(clock),
    )


@dataclass(frozen=True, slots=True)
class KeptLogin:
    """What the file holds."""

    store: str
    workspace: str
    email: str
    person_id: int
    token: str
    begun: int
    """An instant, by the store's clock."""
    until: int
    """Seconds since the machine was started."""

    def presented(self, machine: Machine) -> Secret:
        """Return what the store is shown: the token, and where and until when it is good."""
        bound = (machine.id, machine.boot, machine.account, self.store, self.begun, self.until)
        return Secret("\0".join((self.token, self.workspace, *map(str, bound))))

    def over(self, machine: Machine, now: int) -> bool:
        """Return whether it has ended, or begins after `now`: then a clock was set back."""
        return machine.uptime() >= self.until or now < self.begun

    def __repr__(self) -> str:
        return f"KeptLogin({self.email!r} in {self.workspace!r})"


def new_login(
    store: str, workspace: str, email: str, person_id: int, machine: Machine, now: int, length: int
) -> KeptLogin:
    """Return a login of somebody that lasts so many milliseconds, with a token of its own."""
    until = int(machine.uptime() + length / 1000)
    return KeptLogin(store, workspace, email, person_id, secrets.token_urlsafe(32), now, until)


class LoginFile:
    """The file of one store, in a folder that is this account's alone."""

    def __init__(self, store: str, folder: Path | None = None) -> None:
        """Raises Invalid where this account has no place for one."""
        self._folder = folder or _folder()
        named = hashlib.sha256(store.encode()).hexdigest()[:16]
        self.path = self._folder / f"login-{named}.json"
        """Where it is."""

    def read(self) -> KeptLogin | None:
        """Return what it holds, None where there is none. Raises LoginUnsafe."""
        try:
            file = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | _OURS)
        except FileNotFoundError:
            return None
        except OSError as error:
            link = error.errno == errno.ELOOP
            raise self._unsafe("it is a link" if link else "it may not be read") from None
        try:
            self._check(os.fstat(file))
            content = os.read(file, _MOST)
        finally:
            os.close(file)
        try:
            kept = KeptLogin(**json.loads(content))
            if [type(value) for value in asdict(kept).values()] == _TYPES:
                return kept
        except (TypeError, ValueError):
            pass
        raise self._unsafe("it holds something else")

    def _check(self, found: os.stat_result) -> None:
        why = None
        if not stat.S_ISREG(found.st_mode):
            why = "it is no file"
        elif found.st_uid != os.geteuid():
            why = "it is another account's"
        elif stat.S_IMODE(found.st_mode) & 0o077:
            why = "others may read or write it"
        elif found.st_nlink != 1:
            why = "it has another name, too"
        if why is not None:
            raise self._unsafe(why)

    def write(self, kept: KeptLogin) -> None:
        """Put a login there, in the place of what is. Raises LoginUnsafe or OSError."""
        new = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OURS, 0o600)
        try:
            with os.fdopen(file, "w") as opened:
                json.dump(asdict(kept), opened)
            new.replace(self.path)
        except BaseException:
            with suppress(OSError):
                new.unlink()
            raise

    def remove(self) -> None:
        """Take it away, whatever it is."""
        with suppress(OSError):
            self.path.unlink()

    def forget(self, over: KeptLogin) -> None:
        """Take away a login that is over, unless another was begun meanwhile."""
        with suppress(OSError, LoginUnsafe), self.alone():
            if self.read() == over:
                self.remove()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else begin or end a login meanwhile. Raises LoginUnsafe or OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | _OURS)
        try:
            found = os.fstat(folder)
            if found.st_uid != os.geteuid() or found.st_mode & 0o022:
                raise LoginUnsafe(str(self._folder), "others may change what is in there")
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _unsafe(self, why: str) -> LoginUnsafe:
        return LoginUnsafe(str(self.path), why)


def _folder() -> Path:
    """Return `$XDG_RUNTIME_DIR/keydeck`, which ends with the session; else where logs are.

    `su` leaves the variable of whoever said it, and a folder that is not one's own is not used (XDG
    Base Directory Specification). Raises Invalid where there is none.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    with suppress(OSError):
        if os.path.isabs(runtime) and os.stat(f"{runtime}/.").st_uid == os.geteuid():
            return Path(runtime) / "keydeck"
    try:
        return log_folder()
    except RuntimeError:
        raise Invalid(
            "login", "This account has no home to keep a login in. Name a folder: XDG_STATE_HOME."
        ) from None


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text().partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        return ""
