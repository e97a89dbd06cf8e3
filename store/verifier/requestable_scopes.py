"""What an assistant can ask for: the scopes that a tool needs, of keydeck's own resources.

Apart from the tools, so that asking does not load the SDK.
"""

from store.domain.scopes import Access, Scope, scope
from store.verifier.resources.availability import NEEDED
from store.verifier.resources.kinds import KINDS

REQUESTABLE = frozenset(
    {
        *map(scope, NEEDED),
        *(Scope(kind.name, access) for kind in KINDS for access in Access),
    }
)
