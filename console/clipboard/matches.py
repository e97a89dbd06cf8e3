"""Whether a text is the key, or has it in it: the one proof that works through any terminal."""

import hmac

from store.domain.key_string import Secret


def holds(secret: Secret, text: str) -> bool:
    """Return whether the secret is somewhere in a text, whatever blanks and line breaks it has."""
    return secret.reveal() in "".join(text.split())


def matches(secret: Secret, pasted: str) -> bool:
    """Return whether a paste is the secret, whatever blanks and line breaks a selection added."""
    joined = "".join(pasted.split())
    return hmac.compare_digest(joined.encode(errors="replace"), secret.reveal().encode())
