"""A decision in words: what each step did, and what to do. Pure; nothing is made safe here yet."""

from collections.abc import Iterator

from console.text import limit_words
from console.text.leak_words import first
from console.text.restriction_words import begins, networks
from console.text.route_words import needs
from console.text.stop_words import stopped
from console.text.times import ago, day, exact, to_the_millisecond
from store.domain.connections import Connection
from store.domain.key_string import shown
from store.domain.scopes import canonical
from store.domain.trace import Result
from store.domain.verdicts import ANSWERED, OF_CREDENTIALS, Step
from store.errors.quoting import quoted
from store.service.why import Explanation, Whose

_ENDED = {
    ANSWERED: "let in",
    "missing": "no API key came with it",
    "scheme": "its Authorization header has a scheme that no key comes in",
    "several_keys": "it has several credentials",
    "key_in_query": "it has a key, or asks for one, in its address",
    "malformed": "what came is not shaped like a key",
    "checksum": "a character of the key is wrong or missing",
    "unknown": "no key has that id, or the secret is not its own; which is told to nobody",
    "expired": "the {one} had expired",
    "revoked": "the {one} was revoked",
    "stopped": "the {one} was stopped, until somebody lets it go on",
    "plan": "its workspace was not on pro",
    "scope": "the {one} lacked a scope that was needed",
    "route": "no route of the API names what was asked for",
    "not_before": "the {one} had not begun to work",
    "network": "it came from a network that its {one} is not used from",
    "limited": "it was used as often as it may be, by all that share its limit",
    "ambiguous_path": "its path can be read in several ways",
    "invalid_request": "it was no request that could be understood",
    "not_found": "nothing is at that address, or no such thing in the {one}'s workspace",
    "method_not_allowed": "the address does not know that method",
    "request_timeout": "its body did not arrive in time",
    "too_large": "its body was too large",
    "unsupported_media_type": "its body was not JSON",
    "invalid_body": "its body was not acceptable; the answer named the field",
    "internal": "something went wrong in the verifier",
    "unavailable": "the store could not be read or written",
    "rate_limited": "too many came from its address",
    "invalid_signature": "its signature was not one of a key that is known",
    "precondition_failed": "what it was to change or to be shown had another ETag by then",
    "idempotency_running": "the first request with its Idempotency-Key was still running",
    "idempotency_reused": "its Idempotency-Key had come with another body before",
}
_PASSED = {
    Step.READ: "one {credential}",
    Step.SHAPE: "shaped like a {credential}",
    Step.CHECKSUM: "no typing error",
    Step.FOUND: "a {one} has this id",
    Step.SECRET: "the secret is its own",
    Step.STATE: "active",
    Step.STOP: "not stopped",
    Step.PLAN: "on pro",
    Step.NETWORK: "from where it is used",
    Step.SCOPE: "may do this",
    Step.LIMIT: "not too often",
}
_DO = {
    "missing": "Send it as Authorization: Bearer <key>, or as keydeck serve was told to take it "
    "(--key-header, --basic). Proxies and redirects may drop the header.",
    "scheme": "Write Bearer in front of the key, or let keydeck serve take --basic.",
    "several_keys": "Send one key, in one header; a proxy may add its own.",
    "key_in_query": "Send the key in a header. If it was real, rotate it: "
    "addresses are kept in logs.",
    "malformed": "Copy the key again, whole, without quotes or a line break.",
    "checksum": "Copy the key again, whole.",
    "unknown": "See that the key is of this store, and the newest of its name.",
    "plan": "The operator changes the plan: keydeck plan pro.",
    "ambiguous_path": "keydeck routes test 'METHOD /path' says which part of it; write it plainly.",
    "internal": "The verifier's log tells more under this id.",
    "unavailable": "The verifier's log tells more under this id; keydeck store check looks.",
    "rate_limited": "Wait as long as Retry-After said.",
    "invalid_signature": "Give keydeck serve the current keys: --leak-keys FILE.",
}

_UNROUTED = "Name it, if it may pass: keydeck routes add. keydeck routes test says what is near."


def title(decision: Explanation) -> str:
    """Return what became of it in a line: `Refused: the key had expired`."""
    reason = _ended(decision)
    if decision.request_id is None:
        return "Let in now" if decision.outcome == ANSWERED else f"Refused now: {decision.outcome}"
    return "Let in" if decision.outcome == ANSWERED else f"Refused: {reason}"


def steps(decision: Explanation) -> list[tuple[Step, Result, str]]:
    """Return each step with how it ended and what is said of it, empty where not reached."""
    return [(step, result, _said(decision, step, result)) for step, result in decision.steps]


def _said(decision: Explanation, step: Step, result: Result) -> str:
    if result is Result.NOT_REACHED:
        return ""
    if result is Result.UNTOLD:
        return _ended(decision) if step is Step.FOUND else ""
    if result is Result.STOPPED:
        return _ended(decision)
    if decision.request_id is None and decision.whose is not None:
        if step is Step.SCOPE:
            return f"has {canonical(decision.whose.key.scopes)}"
        if step is Step.NETWORK:
            return networks(decision.whose.key.networks) or "from anywhere"
        if step is Step.LIMIT:
            return limit_words.facts(decision.whose.limits, decision.at) or "as often as it likes"
    return _of(decision, _PASSED[step])


def _ended(decision: Explanation) -> str:
    return _of(decision, _ENDED[decision.outcome])


def _of(decision: Explanation, words: str) -> str:
    """Return words about whatever it was that came: a key, or the token of a connection."""
    if decision.connection is None:
        return words.format(one="key", credential="key")
    return words.format(one="connection", credential="token")


def facts(decision: Explanation, now: int, prefix: str) -> Iterator[tuple[str, str]]:
    """Return when it was, about which key and for whom, as labels and words."""
    if decision.request_id is not None:
        at = decision.at
        yield "When", f"{exact(at)[:-10]} {to_the_millisecond(at)} UTC, {ago(at, now)}"
    whose, refusal = decision.whose, decision.refusal
    if whose is not None:
        key = whose.key
        yield "Key", f"{_called(decision, whose)}, {shown(prefix, key.id)}, {whose.workspace.name}"
    if decision.connection is not None:
        yield (
            "Assistant",
            f"{quoted(decision.connection.name)}, connection {decision.connection.id}",
        )
    if refusal is not None:
        if refusal.tool:
            yield "Tool", refusal.tool
        yield "Asked for", f"{refusal.method} {refusal.path}"
        if decision.route is not None:
            yield "Route", f"{decision.route} {needs(decision.route)}"
        agent = f", {refusal.user_agent}" if refusal.user_agent else ""
        yield "By", f"{refusal.address or 'an unknown address'}{agent}"


def _called(decision: Explanation, whose: Whose) -> str:
    """Return a key's name, with the one it had then, or before, where that is known as another."""
    name = whose.key.name
    then = whose.called_at(decision.at)
    if then not in (None, name):
        return f"{name} (then {then})"
    if decision.request_id is None and whose.names:
        until, before = whose.names[-1]
        return f"{name} ({before} until {day(until)})"
    return name


def advice(decision: Explanation, now: int, prefix: str) -> list[str]:
    """Return what to do about it, in sentences."""
    if decision.whose is not None:
        return list(_about(decision, decision.whose, now, prefix))
    if decision.connection is not None:
        return list(_about_assistant(decision, decision.connection))
    sentences = [_DO[decision.outcome]] if decision.outcome in _DO else []
    if decision.outcome in OF_CREDENTIALS:
        sentences.append(
            "Its key is of no workspace that you manage, or was refused often since: "
            "ask for the key's id, and look at that."
        )
    return sentences


def _about_assistant(decision: Explanation, connection: Connection) -> Iterator[str]:
    outcome, refusal = decision.outcome, decision.refusal
    if outcome in ("expired", "revoked"):
        yield "Connect it again from the assistant, if it may go on."
    elif outcome == "scope":
        needed = refusal.needed if refusal is not None else ()
        if not needed and decision.route is not None:
            needed = decision.route.needed
        took = f"It needed {' and '.join(needed)}; the connection has" if needed else "It has"
        yield (
            f"{took} {canonical(connection.scopes)}. For more, connect it again from the "
            "assistant, and approve what is lacking."
        )
    elif outcome == "network":
        seen = refusal.address if refusal is not None else None
        allowed = " ".join(connection.networks.ranges) if connection.networks else "anywhere now"
        renewed = refusal is not None and not refusal.tool and refusal.path.endswith("/token")
        came = "A refresh token of it" if renewed else "It"
        yield (
            f"{came} came from {seen or 'an address that could not be told'}; the connection is "
            f"used from {allowed}. keydeck connections network changes that; behind a proxy see "
            "--trust-proxy."
        )
        if renewed:
            yield "If its assistant is not there, the token was stolen: keydeck connections revoke."
    elif outcome in _DO or outcome == "route":
        yield _DO.get(outcome, _UNROUTED)


def _about(decision: Explanation, whose: Whose, now: int, prefix: str) -> Iterator[str]:
    key, outcome = whose.key, decision.outcome
    if outcome == "expired":
        yield f"It expired {ago(key.expires_at, now)}: {_instead(whose, prefix)}"
    elif outcome == "revoked":
        because = f", “{key.revoke_reason}”" if key.revoke_reason else ""
        yield f"It was revoked {ago(key.revoked_at, now)}{because}: {_instead(whose, prefix)}"
    elif outcome == "not_before":
        yield begins(key, now)
    elif outcome == "stopped":
        yield from stopped(whose.stops, now)
        if not whose.stops:
            yield "It goes on by now."
    elif outcome == "scope":
        needed = decision.refusal.needed if decision.refusal is not None else ()
        took = f"It needed {' and '.join(needed)}; the key has" if needed else "It has"
        yield f"{took} {canonical(key.scopes)}. Grant what is lacking, or tell its holder."
        if not needed:
            yield "keydeck can tells which."
    elif outcome == "route":
        yield _UNROUTED
    elif outcome == "plan":
        yield _DO["plan"]
    elif outcome == "limited":
        yield f"Now: {limit_words.facts(whose.limits, now) or 'it has no limit'}."
        yield "Wait as long as Retry-After says; keydeck keys limit and keydeck limits change it."
    elif outcome == "network":
        seen = decision.refusal.address if decision.refusal is not None else None
        allowed = " ".join(key.networks.ranges) if key.networks else "anywhere now"
        yield (
            f"It came from {seen or 'an address that could not be told'}; the key is used from "
            f"{allowed}. keydeck keys network changes that; behind a proxy see --trust-proxy."
        )
    if whose.times:
        yield f"{_who(whose, outcome)} tried {whose.times:,} {_times(whose.times)} in all."
    if outcome == ANSWERED and whose.latest:
        last = whose.latest[0]
        yield (
            f"Last refused {ago(last.at, now)}: {last.verdict.value}, {last.method} {last.path}, "
            f"by {last.address or 'an unknown address'}."
        )


def _instead(whose: Whose, prefix: str) -> str:
    put = "make a new key for whoever may go on."
    if whose.key.successor is not None:
        put = f"put {shown(prefix, whose.key.successor)} there, which replaced it."
    sentence = first(whose.key, put)
    return sentence[:1].lower() + sentence[1:]


def _who(whose: Whose, outcome: str) -> str:
    latest = (
        refusal.address or "an unknown address"
        for refusal in whose.latest
        if refusal.verdict == outcome
    )
    # Refusals of another kind may have come since: of each key only the latest are kept.
    first, *others = dict.fromkeys(latest) or ("Somebody",)
    if not others:
        return first
    return f"{first} and {len(others)} other{'s' if len(others) > 1 else ''}"


def _times(number: int) -> str:
    return "time" if number == 1 else "times"
