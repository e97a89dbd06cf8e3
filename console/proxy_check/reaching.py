"""What reaches the API of a request that passes: seen in the place of the API alone."""

from collections.abc import Iterable

from console.proxy_check.passing import PREFLIGHT
from console.proxy_check.trial import NOBODY_LOOKS, Trial, Unseen
from console.proxy_check.upgrades import upgrading
from store.domain.key_string import Secret

ALWAYS = ("X-Key-Id", "X-Key-Name", "X-Key-Scopes", "X-Workspace")
"""The headers in which keydeck says whose a key is, and that are never empty of one."""
IDENTITY = (*ALWAYS, "X-Key-Owner", "X-Key-Labels")
"""All in which it alone says so; some proxies hand on none that is empty."""
OVERRIDES = (
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
    "X-Original-URL",
    "X-Rewrite-URL",
)
"""Headers by which some frameworks take another method or path than the request's own."""
REQUEST_ID = "X-Request-Id"
FORGED = "forged-by-a-client"
FORGED_ADDRESS = "203.0.113.9"
"""Nobody's (RFC 5737)."""
LONG = b"keydeck " * 16384


def identity(trial: Trial) -> str | None:
    """Return what of the key's identity does not reach the API. Raises Unseen."""
    key_id = trial.good.reveal().split("_")[1]
    for headers in ((), (("Connection", f"close, {', '.join((*IDENTITY, REQUEST_ID))}"),)):
        arrived = trial.arrives(headers)
        missing = [name for name in (*ALWAYS, REQUEST_ID) if not arrived.all(name.lower())]
        if missing or arrived.all("x-key-id") != [key_id]:
            how = " where a client names them in Connection" if headers else ""
            return f"{', '.join(missing) or 'X-Key-Id'} did not reach your API{how}"
    return None


def forged_identity(trial: Trial) -> str | None:
    """Return what a client says of itself that reaches the API. Raises Unseen."""
    return _claimed(trial, "GET", key=trial.good)


def forged_preflight(trial: Trial) -> str | None:
    """Return what a preflight says of itself that reaches the API. Raises Unseen."""
    return _claimed(trial, "OPTIONS", *PREFLIGHT)


def override(trial: Trial) -> str | None:
    """Return by which header a client may say another method or path. Raises Unseen."""
    return _claimed(trial, "GET", key=trial.good, names=OVERRIDES)


def _claimed(
    trial: Trial,
    method: str,
    *headers: tuple[str, str],
    key: Secret | None = None,
    names: Iterable[str] = IDENTITY,
) -> str | None:
    _check_seen(trial)
    arrived: set[str] = set()
    for spelt in _spellings(names):
        # Twice: one of two may be taken away.
        seen = trial.ask(method, key=key, headers=(*headers, *([(spelt, FORGED)] * 2)))
        if seen.arrived:
            arrived |= {
                name
                for name, value in seen.arrived.headers
                if FORGED in value and name.lower().replace("_", "-") == _plain(spelt)
            }
    return (
        f"{', '.join(sorted(arrived))} reached your API as the client sent it" if arrived else None
    )


def _spellings(names: Iterable[str]) -> list[str]:
    """Return each header with each mark a dash or an underscore.

    CGI, WSGI and all that are made after them read both as one (RFC 3875 4.1.18).
    """
    spelt: list[str] = []
    for name in names:
        ways = [""]
        for part in name.split("-"):
            ways = [f"{way}{mark}{part}" if way else part for way in ways for mark in "-_"]
        spelt += dict.fromkeys(ways)
    return spelt


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def key_stays(trial: Trial) -> str | None:
    """Return in which header the key reaches the API. Raises Unseen."""
    arrived = trial.arrives()
    key = trial.good.reveal()
    held = [name for name, value in arrived.headers if key in value]
    return f"the key reached your API in {', '.join(held)}" if held else None


def h2c(trial: Trial) -> str | None:
    """Return whether HTTP/2 in clear text is offered to the API (RFC 7540 3.2). Raises Unseen."""
    arrived = trial.arrives(upgrading("h2c"))
    told = [value for value in arrived.all("upgrade") if "h2c" in value.lower()]
    return "Upgrade: h2c reached your API" if told else None


def websocket(trial: Trial) -> str | None:
    """Return whether a WebSocket's handshake is lost on the way (RFC 6455 4.1). Raises Unseen."""
    _check_seen(trial)
    seen = trial.ask(key=trial.good, headers=upgrading("websocket"))
    if seen.arrived is None:
        return f"the handshake did not arrive: {seen}"
    upgrade, connection = (seen.arrived.all(name) for name in ("upgrade", "connection"))
    if [value.lower() for value in upgrade] == ["websocket"] and any(
        "upgrade" in value.lower() for value in connection
    ):
        return None
    return f"Upgrade: websocket reached your API as “{', '.join(upgrade)}”"


def forged_address(trial: Trial) -> str | None:
    """Return whether the API would believe a client's word for its address. Raises Unseen."""
    arrived = trial.arrives((("X-Forwarded-For", FORGED_ADDRESS),))
    last = ", ".join(arrived.all("x-forwarded-for")).rpartition(",")[2].strip()
    return f"X-Forwarded-For ended in {FORGED_ADDRESS}" if last == FORGED_ADDRESS else None


def body(trial: Trial) -> str | None:
    """Return how much of a body is missing, with a length and in chunks. Raises Unseen."""
    _check_seen(trial)
    for headers in ((), (("Transfer-Encoding", "chunked"),)):
        seen = trial.ask("POST", key=trial.good, headers=headers, body=LONG)
        if seen.code in ("route", "scope"):
            raise Unseen(f"the good key may not POST there: {seen}")
        if seen.arrived is None or seen.arrived.body != LONG:
            size = len(seen.arrived.body) if seen.arrived else 0
            return f"of {len(LONG)} bytes {size} arrived: {seen}"
    return None


def _check_seen(trial: Trial) -> None:
    if trial.stand_in is None:
        raise Unseen(NOBODY_LOOKS)
