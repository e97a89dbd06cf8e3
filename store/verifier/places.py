"""Every address, its methods, who handles them and what is said of them: the table of routes."""

from typing import NamedTuple

from store.verifier import granted, health
from store.verifier.door import Door
from store.verifier.endpoint import Handler
from store.verifier.reference.operation import Operation
from store.verifier.resources import availability
from store.verifier.resources.collection import Collection
from store.verifier.resources.events import Events
from store.verifier.resources.quotes import Quotes

BASE = "/api/v1"

BESIDE = {f"{BASE}{path}": path for path in ("/healthz", "/readyz", "/metrics")}
"""Probes look at the root; whoever looks where all else is finds them too."""


class Handled(NamedTuple):
    """One method of one address."""

    handler: Handler
    operation: Operation


Places = dict[str, dict[str, Handled]]
"""Address, with `{id}` for what varies, and method."""


def places(door: Door, workers: int) -> Places:
    """Return the table. What is not in it does not exist: not served, not documented."""
    found: Places = {
        f"{BASE}/verify": {"GET": Handled(granted.Granted(door).get, granted.OPERATION)},
        f"{BASE}/availability": {
            "GET": Handled(availability.Availability(door).get, availability.OPERATION)
        },
    }
    for kind in (Events(), Quotes()):
        things = Collection(door, kind, BASE)
        said = things.operations()
        found[f"{BASE}/{kind.name}"] = {
            "GET": Handled(things.page, said["page"]),
            "POST": Handled(things.create, said["create"]),
        }
        found[f"{BASE}/{kind.name}/{{id}}"] = {
            "GET": Handled(things.get, said["get"]),
            "PATCH": Handled(things.change, said["change"]),
        }
    watched = health.Health(door, workers)
    found["/healthz"] = {"GET": Handled(watched.healthz, health.HEALTHZ)}
    found["/readyz"] = {"GET": Handled(watched.readyz, health.READYZ)}
    found["/metrics"] = {"GET": Handled(watched.metrics, health.METRICS)}
    return found
