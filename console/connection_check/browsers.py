"""Assistants that are pages, or have a browser inside: what those let pass (Fetch 3.2)."""

from console.connection_check.walk import Walk, Wrong, ask, told
from console.outside.wire import Answer

LOCAL = "http://localhost:6274"
"""Where the protocol's own inspector is a page."""
FOREIGN = "https://assistant.example"
SENT = "authorization,content-type,mcp-protocol-version"
_ONCE = "Let keydeck alone say it: the proxy adds no Access-Control-* there, and takes none away."


def pages_may_call(walk: Walk) -> Wrong | None:
    """Look whether a page of this machine may call, and read what it is answered."""
    return (
        _asks_first(walk, LOCAL, walk.url)
        or _reads(LOCAL, walk.url, walk.call(headers=(("Origin", LOCAL),)), "www-authenticate")
        or _asks_first(walk, FOREIGN, str(walk.server["token_endpoint"]))
        or _reads(
            FOREIGN,
            walk.resource_metadata,
            ask(walk.resource_metadata, headers=(("Origin", FOREIGN),))[0],
        )
    )


def _asks_first(walk: Walk, origin: str, url: str) -> Wrong | None:
    headers = (
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", SENT),
    )
    answer, _ = ask(url, "OPTIONS", headers)
    named = {name.strip() for name in answer.one("access-control-allow-headers").lower().split(",")}
    if not 200 <= answer.status < 300:
        return Wrong(
            f"OPTIONS of {url} {told(answer)} where a browser asks first",
            "Let the proxy send OPTIONS to the verifier, too, without a sign-in of its own.",
        )
    wrong = _reads(origin, url, answer)
    if wrong is None and not named >= set(SENT.split(",")) and "*" not in named:
        missing = ", ".join(sorted(set(SENT.split(",")) - named))
        return Wrong(f"OPTIONS of {url} does not let a browser send {missing}", _ONCE)
    return wrong


def _reads(origin: str, url: str, answer: Answer, exposed: str = "") -> Wrong | None:
    allowed = answer.all("access-control-allow-origin")
    if len(allowed) > 1 or any("," in one for one in allowed):
        return Wrong(f"{url} has Access-Control-Allow-Origin twice: {', '.join(allowed)}", _ONCE)
    if allowed not in (["*"], [origin]):
        return Wrong(
            f"{url} lets no page of {origin} read it ({', '.join(allowed) or 'no'} "
            "Access-Control-Allow-Origin)",
            _ONCE,
        )
    if exposed and exposed not in answer.one("access-control-expose-headers").lower():
        return Wrong(f"{url} does not let a page read {exposed}", _ONCE)
    return None
