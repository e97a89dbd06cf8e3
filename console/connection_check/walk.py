"""An assistant on its way: where it was sent, and what it has been told so far."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from console.outside.findings import Finding, Outcome
from console.outside.wire import Answer, NoAnswer, Place, place
from store.errors import Invalid

END = "/mcp"
"""How the address of every verifier's MCP server ends."""
MAX_TOLD = 200
"""Characters of somebody else's answer that are repeated."""
ASKS = b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'
JSON = (
    ("Content-Type", "application/json"),
    ("Accept", "application/json, text/event-stream"),
)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
_LOOPBACK = re.compile(r"localhost|127(\.[0-9]+){3}|::1", re.ASCII)
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, as a clause, and what to do about it."""

    seen: str
    mend: str


@dataclass
class Walk:
    """What is known after each step."""

    mcp: Place
    """The address that an assistant is given."""
    resource_metadata: str = ""
    """Where the challenge says that the metadata is (RFC 9728 5.1)."""
    issuer: str = ""
    server: dict[str, Any] = field(default_factory=dict)
    """The authorization server's metadata (RFC 8414)."""
    client_id: str = ""

    @property
    def url(self) -> str:
        """The address that an assistant is given."""
        return self.mcp.origin + self.mcp.path

    @property
    def base(self) -> str:
        """What stands before the end of it, and before all that the verifier has."""
        return self.mcp.origin + self.mcp.path.removesuffix(END)

    @property
    def on_this_machine(self) -> bool:
        """Whether it is a name of this very machine."""
        return _LOOPBACK.fullmatch(self.mcp.host) is not None

    def call(
        self, method: str = "POST", headers: Headers = (), *, below: str = "", body: bytes = ASKS
    ) -> Answer:
        """Send a request to /mcp, as those do that have no token. Raises NoAnswer."""
        posts = method == "POST"
        given = (*(JSON if posts else JSON[1:]), *headers)
        return self.mcp.ask(method, self.mcp.path + below, given, body if posts else b"")


def ask(
    url: str, method: str = "GET", headers: Headers = (), body: bytes = b""
) -> tuple[Answer, dict[str, Any]]:
    """Send a request to an address, and return the answer and the object in it, if it is one.

    Raises NoAnswer.
    """
    parts = urlsplit(url)
    try:
        where = place(f"{parts.scheme}://{parts.netloc}")
    except Invalid:
        raise NoAnswer(url[:MAX_TOLD], "it is no address") from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    answer = where.ask(method, target, headers, body)
    return answer, content(answer)


def content(answer: Answer) -> dict[str, Any]:
    """Return the JSON object of an answer, an empty one where it has none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_keydecks(answer: Answer) -> bool:
    """Return whether keydeck itself has answered, and nothing before it."""
    named = content(answer).get("request_id", "")
    return answer.one("x-request-id").startswith("req_") or str(named).startswith("req_")


def told(answer: Answer) -> str:
    """Return how something was answered, as a clause without its subject."""
    if not answer.status:
        return "is answered by the end of the connection"
    code = content(answer).get("code") or content(answer).get("error")
    named = f" {code}"[:MAX_TOLD] if isinstance(code, str) else ""
    return f"is answered {answer.status}{named}" + (
        "" if is_keydecks(answer) else ", not by keydeck"
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an assistant does, or relies on."""

    name: str
    promise: str
    look: Callable[[Walk], Wrong | None]
    """Return what is wrong, or None. Raises NoAnswer."""


def walked(steps: tuple[Step, ...], walk: Walk) -> list[Finding]:
    """Go step by step as far as nothing is wrong; each needs those before it."""
    findings: list[Finding] = []
    stopped = ""
    for step in steps:
        if stopped:
            seen = f"{stopped} comes first"
            findings.append(Finding(step.name, step.promise, Outcome.UNSEEN, seen))
            continue
        try:
            wrong = step.look(walk)
        except NoAnswer as error:
            wrong = Wrong(str(error).partition(". ")[0], "Make it answer; then look again.")
        if wrong is None:
            findings.append(Finding(step.name, step.promise, Outcome.HOLDS))
            continue
        stopped = step.name
        findings.append(Finding(step.name, step.promise, Outcome.OPEN, wrong.seen, wrong.mend))
    return findings


def walk_to(url: str) -> Walk:
    """Return a walk to the address that somebody typed, of /mcp or what stands before it.

    Raises Invalid.
    """
    found = place(url)
    path = found.path if found.path.endswith(END) else found.path + END
    return Walk(Place(found.tls, found.host, found.port, path))
