"""What cannot be had of a proxy: the table of `keydeck help proxies`, which tests are held to."""

from console.topics import topic

_BEGINS = "| | nginx |"


def limits() -> dict[str, dict[str, str]]:
    """Return each row of the table by its first cell: what is said there, by proxy."""
    text = topic("proxies").text
    table = text[text.index(_BEGINS) :].partition("\n\n")[0]
    header, _, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()
    )
    names = [name.lower() for name in header[1:]]
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


PROBLEM = "a problem's sentence reaches the client"
NOTICES = "`Sunset`, `Deprecation`, `RateLimit` and `RateLimit-Policy` reach the client of a 200"
SCOPE = "a scope for every request (`--scope`; by routes: all)"
EARLY = "a refusal comes before a long body was sent"
UNASKED = "a refusal instead of `100 Continue`"
DOWN = "the verifier is down"
FROZEN = "the verifier is frozen"
UNAVAILABLE = "503 in the verifier's place"


def has(what: str, proxy: str) -> bool:
    """Return whether a proxy can do what a row is about."""
    return {"yes": True, "no": False}[limits()[what][proxy]]


def status(what: str, proxy: str) -> tuple[int, bool]:
    """Return what its client is answered, and whether only after long."""
    number, _, after = limits()[what][proxy].partition(", after ")
    return int(number), bool(after)
