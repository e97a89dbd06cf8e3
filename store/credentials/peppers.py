"""Peppers: the secrets beside the store that make its digests worthless alone.

The file holds one pepper of 32 random bytes a line, base64, oldest first; the newest mints. The
store keeps only fingerprints, and each key row names the one it was made with.
"""

import base64
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from store.domain.key_string import Secret
from store.errors import PepperMissing, PepperUnreadable, PepperWrong
from store.system.permissions import check

PEPPER_BYTES = 32
_BLOCK_BYTES = 64
"""Of SHA-256; a longer key would have to be hashed first."""
_HEADER = "# keydeck peppers, oldest first. Keep this file secret, and apart from store backups.\n"


class Peppers:
    """The list of peppers, oldest first."""

    def __init__(self, peppers: Iterable[bytes]) -> None:
        self._by_fingerprint = {fingerprint(pepper): _Keyed(pepper) for pepper in peppers}
        self.fingerprints = tuple(self._by_fingerprint)
        """Oldest first."""
        self.newest = self.fingerprints[-1]

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
    try:
        found = [
            base64.b64decode(line, validate=True)
            for line in lines
            if line.strip() and not line.startswith("#")
        ]
    except ValueError:
        found = []
    if not found or any(len(pepper) != PEPPER_BYTES for pepper in found):
        raise PepperUnreadable(str(path), "it is damaged; restore it from its backup")
    return Peppers(found)


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
    return Peppers([pepper])


def check_complete(peppers: Peppers, wanted: Iterable[str], path: Path) -> None:
    """Raise PepperWrong unless every pepper the store was made with is in the list."""
    if any(name not in peppers for name in wanted):
        raise PepperWrong(str(path))
