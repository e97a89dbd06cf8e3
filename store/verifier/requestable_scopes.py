"""What an assistant can ask for: the scopes that a tool needs, of keydeck's own resources.

Apart from the tools, so that asking does not load the SDK.
"""

from store.domain.scopes import USUAL, Scope, Scopes, scope
from store.verifier.resources.availability import NEEDED
from store.verifier.resources.kinds import KINDS

REQUESTABLE = frozenset(
    {
        *map(scope, NEEDED),
        *(Scope(kind.name, action) for kind in KINDS for action in USUAL),
    }
)


def known(text: str) -> Scopes:
    """Return the scopes of a parameter that are known here (RFC 6749 3.3).

    The others are passed over: clients add `offline_access` and `openid` to whatever they were
    told. Where nothing is known, all that there is is meant.
    """
    words = set(text.split())
    return frozenset(one for one in REQUESTABLE if str(one) in words) or REQUESTABLE
