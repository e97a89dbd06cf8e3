"""Routes in words, and as JSON has them. Pure."""

from typing import Any

from store.domain.routes.route import Route


def route_object(route: Route) -> dict[str, Any]:
    """Return a route as JSON has it."""
    return {
        "route": str(route),
        "method": route.pattern.method,
        "path": route.pattern.path,
        "scopes": list(route.needed),
        "public": route.public,
        "document": route.document,
    }


def takes(route: Route) -> str:
    """Return what a route takes, in words."""
    if route.public:
        return "takes no key"
    return f"takes {' and '.join(route.needed)}" if route.needed else "takes any good key"
