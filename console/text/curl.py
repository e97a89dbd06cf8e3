"""A first request to try a key with, never holding the key itself."""

from shlex import quote

from store.domain.scopes import OURS, READ, Scopes

BASE = "/api/v1"


_UNIX = "unix:"


def lines(api: str, scopes: Scopes) -> tuple[str, str, str]:
    """Return shell lines that ask for the key unseen and use it as `$KEY`.

    `api` is where requests are answered: `http://…`, or `unix:/…` for a socket. The address is one
    the scopes may read, else the one that only verifies.
    """
    ours = {resource.name for resource in OURS}
    readable = [scope.resource for scope in sorted(scopes) if scope.action == READ]
    path = next((resource for resource in readable if resource in ours), "verify")
    over, place = "", api
    if api.startswith(_UNIX):
        over, place = f"--unix-socket {quote(api.removeprefix(_UNIX))} ", "http://localhost"
    return (
        "read -rs KEY    # paste the key, then enter",
        f'curl {over}-H "Authorization: Bearer $KEY" \\',
        f"  {place}{BASE}/{path}",
    )
