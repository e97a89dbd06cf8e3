"""A first request to try a key with, never holding the key itself."""

from store.domain.scopes import OURS, READ, Scopes

BASE = "/api/v1"


def lines(api: str, scopes: Scopes) -> tuple[str, str, str]:
    """Return shell lines that ask for the key unseen and use it as `$KEY`.

    The address is one the scopes may read, else the one that only verifies.
    """
    ours = {resource.name for resource in OURS}
    readable = [scope.resource for scope in sorted(scopes) if scope.action == READ]
    path = next((resource for resource in readable if resource in ours), "verify")
    return (
        "read -rs KEY    # paste the key, then enter",
        'curl -H "Authorization: Bearer $KEY" \\',
        f"  {api}{BASE}/{path}",
    )
