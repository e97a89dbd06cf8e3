"""Signatures of GitHub's secret scanning: ECDSA on P-256 with SHA-256, over the body as it came.

The public keys are the operator's to fetch, from https://api.github.com/meta/public_keys/secret_scanning
into a file: no request makes a verifier call anybody.
"""

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from store.errors import Invalid

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

IDENTIFIER, SIGNATURE = b"github-public-key-identifier", b"github-public-key-signature"


class _PublicKey(msgspec.Struct):
    key_identifier: str
    key: str
    is_current: bool = True


class _Document(msgspec.Struct):
    public_keys: list[_PublicKey]


class Signatures:
    """Tells what was signed with one of the known keys."""

    def __init__(self, path: Path | None = None) -> None:
        """Read the file; without one nothing is signed well. Raises Invalid."""
        self._keys: dict[bytes, EllipticCurvePublicKey] = {} if path is None else _read(path)

    def fit(self, body: bytes, identifier: bytes, signature: bytes) -> bool:
        """Return whether a body was signed with the named key; `signature` is base64 of DER."""
        key = self._keys.get(identifier)
        if key is None:
            return False
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            key.verify(base64.b64decode(signature, validate=True), body, ECDSA(SHA256()))
        except (InvalidSignature, binascii.Error):
            return False
        return True


def _read(path: Path) -> "dict[bytes, EllipticCurvePublicKey]":
    try:
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        raise _wrong("Signatures need a package more: pip install 'keydeck[leaks]'.") from None
    try:
        document = msgspec.json.decode(path.read_bytes(), type=_Document)
    except OSError as error:
        raise _wrong(f"{path} cannot be read: {error.strerror}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _wrong(
            f"{path} does not hold public keys as GitHub gives them: "
            '{"public_keys": [{"key_identifier": …, "key": …}]}.'
        ) from None
    keys: dict[bytes, EllipticCurvePublicKey] = {}
    for public_key in document.public_keys:
        try:
            key = load_pem_public_key(public_key.key.encode())
        except ValueError:
            raise _wrong(f"{path}: the key {public_key.key_identifier} is no PEM.") from None
        if not (isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)):
            raise _wrong(f"{path}: the key {public_key.key_identifier} is not on the curve P-256.")
        if public_key.is_current:
            keys[public_key.key_identifier.encode()] = key
    return keys


def _wrong(sentence: str) -> Invalid:
    return Invalid("leak_keys", sentence)
