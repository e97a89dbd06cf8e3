"""Reading the headers of a request."""

from starlette.types import Scope


def combined(scope: Scope) -> dict[bytes, bytes]:
    """Return a request's headers, those with one name as one list (RFC 9110 5.2).

    What may stand there but once is then no such thing, and is refused: to believe the first of two
    or the last is to differ from whoever stands before.
    """
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        found[name] = found[name] + b", " + value if name in found else value
    return found
