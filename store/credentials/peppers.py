"""Peppers: the secrets beside the store that make its digests worthless alone.

The file holds one pepper of 32 random bytes a line, base64, oldest first; the newest mints. The
store keeps only fingerprints, and each key row names the one it was made with.

Beside them stand the peppers of other systems whose keys were brought along, in lines of their own
that begin with `old`: without them nobody can tell what those systems kept of a value. They are
never taken away: a value that was revoked has to be known for good.
"""

import base64
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

from store.domain.foreign import HASHES, Hash, Hashing
from store.domain.key_string import Secret
from store.errors import Invalid, PepperMissing, PepperUnreadable, PepperWrong
from store.system.permissions import check

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PEPPER_BYTES = 32
LONGEST_OLD = 4096
"""Bytes of a pepper of another system, which is whatever that made it."""
MOST_OLD = 16
"""Peppers of other systems: a value that may be of one is tried with each."""
_OLD = "old "
_BLOCK_BYTES = 64
"""Of SHA-256; a longer key would have to be hashed first."""
_HEADER = "# keydeck peppers, oldest first. Keep this file secret, and apart from store backups.\n"


class Peppers:
    """The list of peppers, oldest first."""

    def __init__(
        self, peppers: Iterable[bytes], old: Iterable[bytes] = (), path: Path | None = None
    ) -> None:
        """`old` are those of other systems, `path` is the file that all were read from."""
        self._path = path
        self._by_fingerprint = {fingerprint(pepper): _Keyed(pepper) for pepper in peppers}
        self.fingerprints = tuple(self._by_fingerprint)
        """Oldest first."""
        self.newest = self.fingerprints[-1]
        self._old = {self.name_of_old(pepper): pepper for pepper in old}

    def __contains__(self, wanted: str) -> bool:
        return wanted in self._by_fingerprint

    def __repr__(self) -> str:
        return f"Peppers({', '.join(self._by_fingerprint)})"

    def digest(self, key: Secret, with_pepper: str) -> bytes:
        """Return HMAC-SHA-256(pepper, full key string), all that is kept of a key.

        NIST SP 800-63B 5.1.2.2: a secret of 112 bits or more takes an approved one-way function;
        a slow hash buys nothing here. Raises KeyError for a pepper that is not in the list.
        """
        return self._mac(with_pepper, key.reveal())

    def matches(self, text: str, with_pepper: str, wanted: bytes) -> bool:
        """Return whether a presented key string has this digest, in constant time."""
        return hmac.compare_digest(self._mac(with_pepper, text), wanted)

    def foreign(self, hashed: str, value: bytes, with_pepper: str) -> str:
        """Return all that is kept of a value that somebody else made, in hexadecimal digits.

        `hashed` names how the other system hashed it. Raises KeyError for a pepper that is not in
        the list.
        """
        keyed = self._by_fingerprint[with_pepper].foreign
        return keyed.mac(hashed.encode() + b"\0" + value).hex()

    @property
    def old(self) -> tuple[str, ...]:
        """The names of the peppers of other systems."""
        return tuple(self._old)

    def name_of_old(self, pepper: bytes) -> str:
        """Return by what the store names a pepper of another system: 16 hex digits.

        That may be a word, so no digest of it alone would do: nobody guesses it by the name who
        has not the oldest pepper of ours.
        """
        return self._by_fingerprint[self.fingerprints[0]].foreign.mac(b"name\0" + pepper).hex()[:16]

    def hashed(self, hashing: Hashing, value: bytes) -> bytes:
        """Return what another system made of a value.

        Raises KeyError for an old pepper that is not there.
        """
        if hashing.hash is Hash.HMAC_SHA256:
            return hmac.digest(self._old[hashing.detail], value, "sha256")
        return HASHES[hashing.hash](value)

    def old_pepper(self, name: str) -> bytes:
        """Return a pepper of another system. Raises KeyError for one that is not there."""
        return self._old[name]

    def keep_old(self, pepper: bytes) -> None:
        """Keep a pepper of another system, in the file too; one that is known stays as it is.

        Raises Invalid for one that is empty or too long, or one too many; PlaceForbidden,
        PepperMissing or PepperUnreadable where the file cannot be read and replaced.
        """
        if not 0 < len(pepper) <= LONGEST_OLD:
            raise Invalid(
                "old_pepper", f"An old pepper has 1 to {LONGEST_OLD:,} bytes. Is it this file?"
            )
        if self._path is not None and self.name_of_old(pepper) not in self._old:
            self._old |= _added(self._path, pepper)._old
        self._old[self.name_of_old(pepper)] = pepper

    def derive(self, purpose: str, with_pepper: str) -> bytes:
        """Return a 32-byte key for another purpose, derived from one pepper by HKDF-SHA-256.

        RFC 5869 2.3: the first block of HKDF-Expand. 3.3: a pepper is a strong key already, so
        that nothing has to be extracted from it first.
        """
        return self._mac(with_pepper, purpose + "\x01")

    def derive_newest(self, purpose: str) -> bytes:
        """Return a key for another purpose from the newest pepper."""
        return self.derive(purpose, self.newest)

    def derive_unexpanded(self, purpose: str, with_pepper: str) -> bytes:
        """Return the key that was derived for a purpose before it was done by the standard."""
        return self._mac(with_pepper, purpose)

    def derive_all(self, purpose: str) -> list[bytes]:
        """Return a key for another purpose from each pepper, newest first."""
        return [self.derive(purpose, with_pepper) for with_pepper in reversed(self._by_fingerprint)]

    def _mac(self, with_pepper: str, text: str) -> bytes:
        return self._by_fingerprint[with_pepper].mac(text.encode())


class _Keyed:
    """HMAC-SHA-256 (RFC 2104) with one key, which has been fed to both its hashes once.

    To copy what `hmac` makes takes three times as long, and that is paid for each key that is read.
    """

    def __init__(self, key: bytes) -> None:
        block = key.ljust(_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    @cached_property
    def foreign(self) -> "_Keyed":
        """One with a key of its own (RFC 5869 2.3): what is looked up is no digest of a key."""
        return _Keyed(self.mac(b"keydeck foreign keys\x01"))

    def mac(self, text: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.digest()


def fingerprint(pepper: bytes) -> str:
    """Return what the store keeps of a pepper: 16 hex digits that name it and give nothing away."""
    return hashlib.sha256(b"keydeck pepper fingerprint\0" + pepper).hexdigest()[:16]


def read(path: Path) -> Peppers:
    """Read the peppers from their file.

    Raises PepperMissing when there is none, PlaceForbidden when it is not ours to read,
    PepperUnreadable when it is damaged or open to other users.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            lines = file.read().decode("ascii", "replace").splitlines()
    except FileNotFoundError:
        raise PepperMissing(str(path)) from None
    except PermissionError:
        check(path)
        raise
    except OSError as error:
        raise PepperUnreadable(str(path), error.strerror or "it cannot be read") from None
    if os.name == "posix" and mode & 0o077:
        raise PepperUnreadable(str(path), f"others may read it (mode {mode:04o}); chmod 600 it")
    said = [line for line in lines if line.strip() and not line.startswith("#")]
    try:
        found = [_decoded(line) for line in said if not line.startswith(_OLD)]
        old = [_decoded(line.removeprefix(_OLD)) for line in said if line.startswith(_OLD)]
    except ValueError:
        found = []
    if not found or any(len(pepper) != PEPPER_BYTES for pepper in found):
        raise PepperUnreadable(str(path), "it is damaged; restore it from its backup")
    return Peppers(found, old, path)


def _decoded(line: str) -> bytes:
    return base64.b64decode(line, validate=True)


def _added(path: Path, pepper: bytes) -> Peppers:
    """Add a pepper of another system to the file, which is there whole at every moment.

    Raises Invalid for one too many, else as `read` does.
    """
    path = path.resolve()
    read(path)
    try:
        with _alone(path) as content:
            there = read(path)
            if there.name_of_old(pepper) in there.old:
                return there
            if len(there.old) >= MOST_OLD:
                raise Invalid(
                    "old_pepper", f"{MOST_OLD} old peppers are kept already, and no more are."
                )
            line = f"{_OLD}{base64.b64encode(pepper).decode()}\n"
            _replace(path, content + (b"" if content.endswith(b"\n") else b"\n") + line.encode())
    except PermissionError:
        check(path)
        raise PepperUnreadable(str(path), _UNWRITABLE) from None
    except OSError as error:
        raise PepperUnreadable(str(path), error.strerror or _UNWRITABLE) from None
    return read(path)


_UNWRITABLE = "an old pepper has to be kept in it, and it cannot be written"


@contextmanager
def _alone(path: Path) -> Iterator[bytes]:
    """Give a file's content while nobody else replaces it: two at once would each lose the other's.

    Where there are no such locks (Windows) nobody is kept out.
    """
    while True:
        with path.open("rb") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
            if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
                continue  # Replaced while its lock was waited for.
            yield file.read()
            return


def _replace(path: Path, content: bytes) -> None:
    there = path.stat()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if os.name == "posix" and there.st_uid != os.geteuid():
                # Else whoever serves with it could read it no longer.
                os.fchown(file.fileno(), there.st_uid, there.st_gid)
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def create(path: Path) -> Peppers:
    """Make a file (mode 0600) with one new pepper, or read the one that is there.

    Raises PlaceForbidden or PepperUnreadable when the place cannot be written.
    """
    pepper = secrets.token_bytes(PEPPER_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read(path)
    except PermissionError:
        check(path)
        raise
    except OSError as error:
        raise PepperUnreadable(str(path), error.strerror or "it cannot be written") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(_HEADER + base64.b64encode(pepper).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return Peppers([pepper], path=path)


def check_complete(peppers: Peppers, wanted: Iterable[str], path: Path) -> None:
    """Raise PepperWrong unless every pepper the store was made with is in the list."""
    if any(name not in peppers for name in wanted):
        raise PepperWrong(str(path))
