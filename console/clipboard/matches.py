"""Whether a paste is the key: the one proof that works through any terminal."""

import hmac

from store.secrets import Secret


def matches(secret: Secret, pasted: str) -> bool:
    """Return whether a paste is the secret, whatever blanks and line breaks a selection added."""
    joined = "".join(pasted.split())
    return hmac.compare_digest(joined.encode(errors="replace"), secret.reveal().encode())
