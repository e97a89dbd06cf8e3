"""PKCE, as RFC 7636 has it."""

import base64
import hashlib

from store.domain.pkce import proves
from tests.house import CHALLENGE, VERIFIER


def test_a_verifier_proves_its_own_challenge_alone() -> None:
    assert proves(VERIFIER, CHALLENGE)
    assert not proves(VERIFIER + "x", CHALLENGE)
    padded = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()
    assert not proves(VERIFIER, padded)
    assert not proves(VERIFIER, "")
