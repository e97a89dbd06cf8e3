"""What the verifiers counted of one key."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from store.domain.times import DAY
from store.domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Traffic:
    """A key's requests over some time, by verdict."""

    since: int
    by_verdict: dict[Verdict, int]
    by_minute: dict[int, int]
    """Minutes since 1970 to allowed requests, where minutes are still kept; silent ones absent."""
    refused_by_minute: dict[int, int]
    last_address: str | None

    @property
    def allowed(self) -> int:
        """Return how many requests were answered with a valid verdict."""
        return self.by_verdict.get(Verdict.VALID, 0)

    @property
    def refused(self) -> int:
        """Return how many requests were refused."""
        return sum(self.by_verdict.values()) - self.allowed


class Span(NamedTuple):
    """Requests that were let in over a span of time."""

    starts_at: int
    length: int
    """In milliseconds: a minute, of old ones an hour, of older ones a day."""
    requests: int


class Day(NamedTuple):
    """A key's requests of one day in UTC."""

    starts_at: int
    allowed: int
    refused: int


class ScopeUse(NamedTuple):
    """How a scope of a key was used."""

    scope: str
    requests: int
    """Allowed ones that needed it, since the instant that was asked for."""
    first_used_at: int
    last_used_at: int

    def and_also(self, other: "ScopeUse") -> "ScopeUse":
        """Return how it and the same scope of another key were used together."""
        return self._replace(
            requests=self.requests + other.requests,
            first_used_at=min(self.first_used_at, other.first_used_at),
            last_used_at=max(self.last_used_at, other.last_used_at),
        )


ASKED = "?scope="
_OF_A_RESOURCE = re.compile(r"/api/v1/([a-z][a-z0-9_-]*)(?:/[^/]+)?")


class Refusal(NamedTuple):
    """One request that was refused although it carried the right secret.

    Everything but instant and verdict came from outside, with what steers a terminal and what
    looks like a key taken out.
    """

    at: int
    verdict: Verdict
    address: str | None
    user_agent: str
    method: str
    path: str
    """With `?scope=events:read+quotes:write` where it is only the request that names scopes."""
    request_id: str
    tool: str | None = None
    """Which an assistant called; None for any other request."""

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the scopes that the request needed; empty where its address does not tell."""
        address, _, asked = self.path.partition(ASKED)
        if asked:
            return tuple(asked.split("+"))
        resource = _OF_A_RESOURCE.fullmatch(address)
        if resource is None or resource[1] == "verify":
            return ()
        action = "read" if self.method in ("GET", "HEAD") else "write"
        return (f"{resource[1]}:{action}",)


class ToolOutcome(StrEnum):
    """What became of an assistant's call of a tool."""

    DONE = "done"
    REFUSED = "refused"
    """It may not: nothing was done."""
    FAILED = "failed"
    """It may, and it came to nothing: wrong arguments, nothing there, an API that says no."""


class ToolUse(NamedTuple):
    """How an assistant used a tool."""

    tool: str
    done: int
    refused: int
    failed: int
    last_used_at: int
    """Whatever became of it."""

    @property
    def calls(self) -> int:
        """Return how often it was called."""
        return self.done + self.refused + self.failed


class Caller(NamedTuple):
    """Who called with a key and was let in. Both words came from outside and are harmless."""

    address: str
    """Empty where the transport has none."""
    user_agent: str
    """Empty where none was sent."""
    first_at: int
    last_at: int
    requests: int

    @property
    def identity(self) -> tuple[str, str]:
        """What tells it from others: address and agent."""
        return self.address, self.user_agent

    def and_also(self, other: "Caller") -> "Caller":
        """Return what it and the same caller of another key did together."""
        return self._replace(
            first_at=min(self.first_at, other.first_at),
            last_at=max(self.last_at, other.last_at),
            requests=self.requests + other.requests,
        )


class Observed(NamedTuple):
    """Requests of one caller that were let in, and that something only observed would refuse."""

    verdict: Verdict
    """What it would have said."""
    address: str
    """Empty where nobody could tell."""
    user_agent: str
    method: str
    path: str
    first_at: int
    last_at: int
    requests: int


OBSERVED_KEPT = 50
"""The latest of each key that are kept."""

CALLERS_KEPT = 20
"""The latest callers of each key that are kept."""

TOOLS_KEPT = 90 * DAY
"""How long before its latest call an assistant's calls are known by tool: as hours are kept.

Afterwards they are still in the sums of their days.
"""

REFUSALS_KEPT = 50
"""The latest refusals of each key that are kept."""


@dataclass(frozen=True, slots=True)
class KeyUsage:
    """What is known of a key's use."""

    traffic: Traffic
    first_used_at: int | None
    last_used_at: int | None
    scopes: tuple[ScopeUse, ...]
    """Every scope ever used, by name."""
    refusals: tuple[Refusal, ...]
    """The latest, newest first."""
