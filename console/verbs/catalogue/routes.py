"""The verbs on the routes of the admin's own API."""

from typing import TYPE_CHECKING

from console.verb import Move
from console.verbs.kinds import PlainVerb, RouteVerb

if TYPE_CHECKING:
    from console.host import Host
    from console.verb import Flow
    from store.domain.routes.route import Route


# Flows are loaded when they begin, with the dialogs they need.
def _add(app: "Host", nothing: None) -> "Flow":
    from console.verbs.routes import RouteVerbs

    return RouteVerbs(app).add()


def _change(app: "Host", route: "Route") -> "Flow":
    from console.verbs.routes import RouteVerbs

    return RouteVerbs(app).change(route)


def _test(app: "Host", nothing: None) -> "Flow":
    from console.verbs.routes import RouteVerbs

    return RouteVerbs(app).test()


def _remove(app: "Host", route: "Route") -> "Flow":
    from console.verbs.routes import RouteVerbs

    return RouteVerbs(app).remove(route)


def _keys(app: "Host", route: "Route") -> "Flow":
    from console.verbs.routes import RouteVerbs

    return RouteVerbs(app).keys(route)


ADD_ROUTE = PlainVerb(
    id="add-route",
    key="n",
    label="Add",
    place=0,
    name="Add a route…",
    does="a request of your own API, and what it needs",
    help="add a route: a request of your own API, and what it needs",
    changes=True,
    flow=_add,
)
TEST_ROUTE = PlainVerb(
    id="test-route",
    key="t",
    label="Test",
    place=1,
    name="Test a request…",
    does="which route decides, and which keys may",
    help="test a request: which route decides, and which of your keys may",
    changes=False,
    flow=_test,
)
CHANGE_ROUTE = RouteVerb(
    id="change-route",
    key="s",
    label="Needs",
    place=2,
    rank=1,
    name="What it needs…",
    does="scopes, any good key, or none",
    help="change what a route needs",
    changes=True,
    flow=_change,
)
REMOVE_ROUTE = RouteVerb(
    id="remove-route",
    key="X",
    label="Remove",
    place=3,
    name="Remove the route…",
    does="what no other names is refused then",
    help="remove it: what no other route names is refused then",
    changes=True,
    flow=_remove,
)
ROUTE_KEYS = RouteVerb(
    id="route-keys",
    key="enter",
    label="Its keys",
    place=4,
    rank=2,
    name="Keys of the route",
    does="those that may",
    help="see which of your keys may",
    changes=False,
    flow=_keys,
)
FILTER_ROUTES = Move(
    id="filter-routes",
    key="/",
    label="Filter",
    place=5,
    rank=3,
    name="Filter",
    does="by method, path, scope or document",
    help="filter; esc clears",
    changes=False,
    runs="filter",
)

ON_ROUTES = (ADD_ROUTE, TEST_ROUTE, CHANGE_ROUTE, REMOVE_ROUTE, ROUTE_KEYS, FILTER_ROUTES)
