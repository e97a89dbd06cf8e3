"""One look at a proxy: who asks, with which key, and what can be told of an answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from console.outside.findings import Finding, Outcome
from console.outside.wire import Answer, Place
from console.proxy_check.stand_in import MARK, Arrived, StandIn, marked
from store.domain.key_string import Secret
from store.errors import CannotLook

REFUSALS = frozenset({0, 400, 401, 403, 414, 421, 429, 431, 500, 501, 502, 503, 504})
"""Statuses that let it be believed, where nobody sees what reaches the API, that nothing did."""

_BROKEN = frozenset({500, 502, 503, 504})
"""What proxies answer who have no answer, each in its own way."""

NOBODY_LOOKS = "what reaches the API is seen with --as-api alone"


@dataclass
class Unanswered(CannotLook):
    """A good key is answered as where something behind the proxy is broken."""

    seen: "Seen"

    def __str__(self) -> str:
        if self.seen.answer.one("x-request-id").startswith("req_"):
            return (
                f"keydeck cannot tell the proxy of a good key: {self.seen}. See what keydeck serve "
                "wrote, and check again."
            )
        return (
            f"The proxy has no answer of use, from keydeck or from its API: {self.seen}. See that "
            "both run, and that it asks them at the right address and path, and check again."
        )


class Unseen(Exception):
    """What is promised could not be looked at; its text says what is missing."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer, and what reached the API."""

    answer: Answer
    passed: bool
    arrived: Arrived | None
    """None where it did not, or where nobody looks."""

    @property
    def code(self) -> str:
        """The code of a refusal by keydeck, from its header or its problem; or nothing."""
        told = self.answer.one("x-keydeck-code") or self.problem.get("code", "")
        return str(told)

    @property
    def problem(self) -> dict[str, Any]:
        """The problem in the body (RFC 9457), empty where it is none."""
        try:
            problem = json.loads(self.answer.body)
        except ValueError:
            return {}
        return problem if isinstance(problem, dict) else {}

    def __str__(self) -> str:
        if not self.answer.status:
            return "the connection ended without an answer"
        code = f" {self.code}" if self.code else ""
        return f"it was answered {self.answer.status}{code}"


@dataclass(frozen=True, slots=True)
class Trial:
    """A proxy, and what it is looked at with."""

    place: Place
    good: Secret
    dead: Secret
    """Shaped as a key, and never issued."""
    lacking: Secret | None = None
    """A key that may not do this."""
    stand_in: StandIn | None = None

    def ask(
        self,
        method: str = "GET",
        *,
        key: Secret | None = None,
        below: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        version: bytes = b"1.1",
    ) -> Seen:
        """Send a request at the address, or below it. Raises NoAnswer."""
        mark = marked()
        sent = [(MARK, mark), *([bearer(key)] if key else []), *headers]
        path = self.place.path + below
        target = path if path.startswith("/") else f"/{path}"
        answer = self.place.ask(method, target, sent, body, version=version)
        if self.stand_in is None:
            return Seen(answer, answer.status not in REFUSALS, None)
        arrived = self.stand_in.take(mark)
        return Seen(answer, arrived is not None, arrived)

    def check_answered(self) -> None:
        """Look whether what is behind the proxy answers at all. Raises Unanswered, NoAnswer.

        Where it does not, all that is promised would be told as open. What a proxy answers where
        there is no API yet says nothing of keydeck.
        """
        seen = self.ask(key=self.good)
        silent = seen.code == "unavailable" or self.stand_in is not None
        if not seen.passed and seen.answer.status in _BROKEN and silent:
            raise Unanswered(seen)

    def arrives(self, headers: tuple[tuple[str, str], ...] = ()) -> Arrived:
        """Return what reaches the API of a GET with the good key. Raises Unseen, NoAnswer."""
        if self.stand_in is None:
            raise Unseen(NOBODY_LOOKS)
        seen = self.ask(key=self.good, headers=headers)
        if seen.arrived is None:
            raise Unseen(f"the request with a good key did not arrive: {seen}")
        return seen.arrived


@dataclass(frozen=True, slots=True)
class Check:
    """Something that a proxy owes."""

    name: str
    promise: str
    """What is true of a proxy that holds it, as a sentence."""
    mend: str
    """What to do where it is open."""
    look: Callable[[Trial], str | None]
    """Return what is wrong, or None. Raises Unseen, NoAnswer."""


def found(check: Check, trial: Trial) -> Finding:
    """Look at one promise. Raises NoAnswer."""
    try:
        wrong = check.look(trial)
    except Unseen as unseen:
        return Finding(check.name, check.promise, Outcome.UNSEEN, str(unseen))
    if wrong is None:
        return Finding(check.name, check.promise, Outcome.HOLDS)
    return Finding(check.name, check.promise, Outcome.OPEN, wrong, check.mend)


def bearer(key: Secret) -> tuple[str, str]:
    """Return a key as the header that carries it (RFC 6750 2.1)."""
    return "Authorization", f"Bearer {key.reveal()}"
