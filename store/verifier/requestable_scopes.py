"""What an assistant can ask for: the scopes that a tool needs, of keydeck's own resources.

Apart from the tools, so that asking does not load the SDK.
"""

from store.domain.scopes import Access, Scope

ASKABLE = frozenset(
    {
        Scope("availability", Access.READ),
        *(Scope(resource, access) for resource in ("events", "quotes") for access in Access),
    }
)
