"""Who passes: what a proxy lets through to the API, and what it must not."""

import re

from console.proxy_check.trial import Trial, bearer
from console.proxy_check.upgrades import upgrading

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")
PREFLIGHT = (("Origin", "https://app.example"), ("Access-Control-Request-Method", "DELETE"))
CLAIMS = (("X-Forwarded-Method", "X-Forwarded-Uri"), ("X-Original-Method", "X-Original-URI"))
"""The pairs of headers in which a proxy says what its client asked for."""
ODD_PATHS = (
    "/..%2fkeydeck",
    "/%2e%2e/keydeck",
    "/keydeck%2fcheck",
    "/keydeck//check",
    "/keydeck/../check",
    "/keydeck/./check",
    "/keydeck;check=1",
    "/keydeck%5ccheck",
    "/keydeck%00",
)
"""What one server reads otherwise than another."""


def good_key(trial: Trial) -> str | None:
    """Return what keeps a good key from passing."""
    seen = trial.ask(key=trial.good)
    if seen.passed:
        return None
    if trial.stand_in is not None and seen.answer.status not in (400, 401, 403, 429, 500, 503):
        return f"{seen}, and it did not arrive where this command listens"
    return str(seen)


def no_key(trial: Trial) -> str | None:
    """Return what passes without a key, by any method and in HTTP/1.0 (RFC 1945)."""
    for method in METHODS:
        seen = trial.ask(method, body=b"keydeck" if method == "POST" else b"")
        if seen.passed:
            return f"{method} passed: {seen}"
    old = trial.ask(version=b"1.0")
    return f"HTTP/1.0 passed: {old}" if old.passed else None


def dead_key(trial: Trial) -> str | None:
    """Return how a key that was never issued is answered, where that is not 401."""
    seen = trial.ask(key=trial.dead)
    if seen.passed:
        return f"it passed: {seen}"
    return None if seen.answer.status == 401 else str(seen)


def two_credentials(trial: Trial) -> str | None:
    """Return what passes with two Authorization headers, of which one is good."""
    good, dead = bearer(trial.good), bearer(trial.dead)
    for first, second in ((good, dead), (dead, good)):
        seen = trial.ask(headers=(first, second))
        if seen.passed:
            return f"a good key passed beside another: {seen}"
    return None


def upgrade(trial: Trial) -> str | None:
    """Return which protocol is offered without a key, and passes."""
    for protocol in ("websocket", "h2c"):
        seen = trial.ask(headers=upgrading(protocol))
        if seen.passed:
            return f"Upgrade: {protocol} passed without a key: {seen}"
    return None


def preflight(trial: Trial) -> str | None:
    """Return how a CORS preflight is refused (Fetch standard, 4.8)."""
    seen = trial.ask("OPTIONS", headers=PREFLIGHT)
    return None if seen.passed else f"an OPTIONS request as browsers send it was refused: {seen}"


def preflight_alone(trial: Trial) -> str | None:
    """Return what passes without a good key that is almost a preflight."""
    for method, headers in (
        ("DELETE", PREFLIGHT),
        ("OPTIONS", PREFLIGHT[:1]),
        ("OPTIONS", PREFLIGHT[1:]),
        ("OPTIONS", (*PREFLIGHT, bearer(trial.dead))),
    ):
        seen = trial.ask(method, headers=headers)
        if seen.passed:
            return f"{method} with {', '.join(name for name, _ in headers)} passed: {seen}"
    return None


def address_told(trial: Trial) -> str | None:
    """Return what becomes of a key in the address, which keydeck refuses where it is told."""
    seen = trial.ask(key=trial.good, below=with_dead_key(trial))
    return f"a key in the address passed: {seen}" if seen.passed else None


def claimed_request(trial: Trial) -> str | None:
    """Return what passes by a client's own word for what it asked for."""
    for method, uri in CLAIMS:
        claim = ((method, "GET"), (uri, "/"))
        seen = trial.ask(key=trial.good, below=with_dead_key(trial), headers=claim)
        if seen.passed:
            return f"a key in the address passed beside a claimed {uri}: {seen}"
        preflight = ((method, "OPTIONS"), (uri, "/"), *PREFLIGHT)
        seen = trial.ask("DELETE", headers=preflight)
        if seen.passed:
            return f"DELETE without a key passed as a preflight by a claimed {method}: {seen}"
    return None


def with_dead_key(trial: Trial) -> str:
    """Return a query with a key in it, which keydeck refuses wherever it is told of it."""
    return f"?keydeck-check={trial.dead.reveal()}"


def odd_paths(trial: Trial) -> str | None:
    """Return which path passes without a key, or reaches the API other than it was judged."""
    for below in ODD_PATHS:
        seen = trial.ask(below=below)
        if seen.passed:
            return f"{below} passed without a key: {seen}"
        arrived = trial.ask(key=trial.good, below=below).arrived
        if arrived and _plain(arrived.target) != _plain(trial.place.path + below):
            return f"{below} was judged, and {arrived.target} reached your API"
    return None


def _plain(target: str) -> str:
    """Return a target in which %2f is %2F and %2e a dot, for these are one (RFC 3986 6.2.2)."""

    def one(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        plain = character.isascii() and (character.isalnum() or character in "-._~")
        return character if plain else found[0].upper()

    return re.sub("%([0-9a-f]{2})", one, target, flags=re.IGNORECASE)
