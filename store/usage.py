"""What the verifiers counted of one key."""

from dataclasses import dataclass

from store.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Traffic:
    """A key's requests over some time, by verdict."""

    since: int
    by_verdict: dict[Verdict, int]
    by_minute: dict[int, int]
    """Minutes since 1970 to allowed requests; silent minutes are absent."""
    last_address: str | None

    @property
    def allowed(self) -> int:
        """Return how many requests were answered with a valid verdict."""
        return self.by_verdict.get(Verdict.VALID, 0)

    @property
    def refused(self) -> int:
        """Return how many requests were refused."""
        return sum(self.by_verdict.values()) - self.allowed
