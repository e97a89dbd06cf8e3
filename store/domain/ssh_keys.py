"""SSH public keys as people paste them: one line, of a kind and strength that is let in. Pure.

The line is that of sshd(8), "AUTHORIZED_KEYS FILE FORMAT", without options; what is in its base64
is RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, and PROTOCOL.u2f of OpenSSH.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from store.domain.names import visible
from store.domain.people import CameBy
from store.errors import Invalid

LEAST_RSA_BITS = 2048

_PARTS: Mapping[str, int] = {
    "ssh-ed25519": 2,
    "ssh-rsa": 3,
    "ecdsa-sha2-nistp256": 3,
    "ecdsa-sha2-nistp384": 3,
    "ecdsa-sha2-nistp521": 3,
    "sk-ssh-ed25519@openssh.com": 3,
    "sk-ecdsa-sha2-nistp256@openssh.com": 4,
}
"""By kind how many strings a key is made of, its kind the first of them."""

_ED25519_BYTES = 32
_AN_EXAMPLE = "Give one public SSH key, such as ssh-ed25519 AAAA… name."


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An SSH key: its kind, the key itself in base64, and whose it says it is."""

    kind: str
    blob: str
    comment: str

    @property
    def fingerprint(self) -> str:
        """What ssh-keygen -l and sshd call it: SHA256: and 43 characters."""
        digest = hashlib.sha256(base64.b64decode(self.blob)).digest()
        return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.blob, self.comment) if part)


@dataclass(frozen=True, slots=True)
class SshKey:
    """An SSH key that the store lets in, and as whom."""

    public: PublicKey
    person_id: int
    """The row by which sshd's forced command lets them in, as `Actor` has it."""
    email: str
    console: bool
    """Whether it opens the console; each runs commands."""
    looks_only: bool
    """Whether it changes nothing, whatever its person may."""
    added_at: int

    @property
    def fingerprint(self) -> str:
        """What it is called by."""
        return self.public.fingerprint

    @property
    def came_by(self) -> CameBy:
        """What is known of whoever it lets in now."""
        return CameBy(self.fingerprint, self.person_id, self.added_at)


def public_key(text: str) -> PublicKey:
    """Return the one public key in a text.

    Raises Invalid for anything else, and for what is weak: no sentence repeats what was given,
    which may be a private key.
    """
    if "PRIVATE KEY" in text:
        raise Invalid(
            "key",
            "That is a private key, which is nobody else's to see. Give its public half: the file "
            "that ends in .pub.",
        )
    lines = [raw.strip() for raw in text.splitlines() if raw.strip()]
    if len(lines) > 1:
        raise Invalid("key", f"Those are {len(lines):,} lines. {_AN_EXAMPLE}")
    kind, blob, comment = ([*lines[0].split(maxsplit=2), "", "", ""] if lines else [""] * 3)[:3]
    if kind in ("ssh-dss", "ssh-dsa"):
        raise Invalid("key", "DSA keys are too weak. Make another: ssh-keygen -t ed25519.")
    if kind.endswith("-cert-v01@openssh.com"):
        raise Invalid("key", "That is a certificate. Give the public key that it is for.")
    if kind not in _PARTS:
        with_options = any(f" {known} " in f" {lines[0]} " for known in _PARTS) if lines else False
        leave = "Leave out what is before the key; keydeck writes its own options. "
        raise Invalid("key", leave if with_options else f"That is no public SSH key. {_AN_EXAMPLE}")
    content = _content(kind, blob)
    if content is None or not visible(comment):
        raise Invalid("key", f"That is not all of a public SSH key. {_AN_EXAMPLE}")
    if kind == "ssh-rsa" and (bits := int.from_bytes(content[2]).bit_length()) < LEAST_RSA_BITS:
        raise Invalid(
            "key",
            f"This RSA key has {bits:,} bits, and {LEAST_RSA_BITS:,} is the least. Make another: "
            "ssh-keygen -t ed25519.",
        )
    # As it is written once and for all: base64 has several ways for some.
    return PublicKey(kind, base64.b64encode(base64.b64decode(blob)).decode(), comment)


def _content(kind: str, blob: str) -> list[bytes] | None:
    """Return the strings that a key is made of, None where it is not one of its kind."""
    try:
        rest = base64.b64decode(blob, validate=True)
    except (binascii.Error, ValueError):
        return None
    parts = []
    while len(rest) >= 4:
        size = int.from_bytes(rest[:4])
        if len(rest) < 4 + size:
            return None
        parts.append(rest[4 : 4 + size])
        rest = rest[4 + size :]
    if rest or len(parts) != _PARTS[kind] or parts[0] != kind.encode() or not all(parts):
        return None
    if "ed25519" in kind and len(parts[1]) != _ED25519_BYTES:
        return None
    # The curve stands in the name of the kind, and once more in the key.
    if "ecdsa" in kind and parts[1] != kind.partition("@")[0].rpartition("-")[2].encode():
        return None
    return parts
