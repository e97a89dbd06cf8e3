"""How a refusal reaches whoever asked."""

from console.proxy_check.passing import with_dead_key
from console.proxy_check.trial import Seen, Trial, Unseen
from store.domain.verdicts import Verdict


def challenge(trial: Trial) -> str | None:
    """Return how a 401 has not its one challenge."""
    return _challenged(trial.ask())


def challenge_403(trial: Trial) -> str | None:
    """Return how a 403 for a scope has not its one challenge. Raises Unseen.

    Where no route names a request there is nothing that a client could ask to be granted.
    """
    seen = _forbidden(trial)
    code = seen.answer.one("x-keydeck-code") or seen.problem.get("code")
    if code and code != Verdict.SCOPE:
        raise Unseen(f"a 403 {code} has none: name a key that lacks a scope, --lacking-key-file")
    return _challenged(seen)


def _challenged(seen: Seen) -> str | None:
    challenges = seen.answer.all("www-authenticate")
    if len(challenges) == 1 and challenges[0].lower().startswith("bearer"):
        return None
    return f"{seen} with {len(challenges) or 'no'} WWW-Authenticate: {', '.join(challenges)}"


def code(trial: Trial) -> str | None:
    """Return how a 401 does not say why (RFC 9457)."""
    return _explained(trial.ask())


def code_403(trial: Trial) -> str | None:
    """Return how a 403 does not say why. Raises Unseen."""
    return _explained(_forbidden(trial))


def _explained(seen: Seen) -> str | None:
    told, kind = seen.answer.one("x-keydeck-code"), seen.answer.one("content-type")
    same = (seen.problem.get("code"), seen.problem.get("status")) == (told, seen.answer.status)
    if told and same and kind == "application/problem+json":
        return None
    return f"{seen} with X-Keydeck-Code “{told}” and {len(seen.answer.body)} bytes of “{kind}”"


def lacking_key(trial: Trial) -> str | None:
    """Return how a key that may not do this is answered other than by 403. Raises Unseen."""
    if trial.lacking is None:
        raise Unseen("no key that may not do this was named with --lacking-key-file")
    seen = trial.ask(key=trial.lacking)
    if seen.passed:
        return f"it passed: {seen}"
    return None if seen.answer.status == 403 else str(seen)


def bad_request(trial: Trial) -> str | None:
    """Return how a request that keydeck answers with 400 is answered otherwise."""
    seen = trial.ask(key=trial.good, below=with_dead_key(trial))
    return None if seen.passed or seen.answer.status == 400 else str(seen)


def request_id(trial: Trial) -> str | None:
    """Return how a 401 cannot be traced."""
    return _traceable(trial.ask())


def request_id_403(trial: Trial) -> str | None:
    """Return how a 403 cannot be traced. Raises Unseen."""
    return _traceable(_forbidden(trial))


def _traceable(seen: Seen) -> str | None:
    told = seen.answer.one("x-request-id")
    if told.startswith("req_") and seen.problem.get("request_id") == told:
        return None
    return f"{seen} with X-Request-Id “{told}”, and “{seen.problem.get('request_id', '')}” inside"


def _forbidden(trial: Trial) -> Seen:
    """Return a refusal of a key that is good, and may not do this. Raises Unseen."""
    key, below = (trial.lacking, "") if trial.lacking else (trial.good, "/keydeck-check")
    for method in ("GET", "DELETE"):
        seen = trial.ask(method, key=key, below=below)
        if seen.answer.status == 403:
            return seen
    raise Unseen("no 403 was to be had: name a key that may not do this with --lacking-key-file")
