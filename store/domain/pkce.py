"""Proof Key for Code Exchange (RFC 7636): whoever asks for tokens is whoever asked for the code."""

import base64
import hashlib
import hmac


def proves(verifier: str, challenge: str) -> bool:
    """Return whether a PKCE verifier is the one of an S256 challenge (RFC 7636 4.6)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())
