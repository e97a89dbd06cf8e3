"""Verifiers on the list, and off it."""

from dataclasses import dataclass

from store.errors.families import NotFound, RefusedByRule


@dataclass(eq=False, repr=False)
class NoSuchVerifier(NotFound):
    """No verifier of that id or host is on the list."""

    reference: str

    def __str__(self) -> str:
        return f"There is no verifier “{self.reference}” here. keydeck verifiers lists their hosts."


@dataclass(eq=False, repr=False)
class VerifierLives(RefusedByRule):
    """A verifier that is not gone stays on the list."""

    reference: str

    def __str__(self) -> str:
        return (
            f"“{self.reference}” is not gone: it answers requests, or did a moment ago. Stop it "
            "there; one that ends in good order leaves the list by itself."
        )
