"""Every address, its methods, who handles them and what is said of them: the table of endpoints."""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from store.domain.credential import Credential
from store.verifier import authorize_route, health, leaks, verify_route
from store.verifier.api_keys import key_authenticator
from store.verifier.authenticator import Authenticator
from store.verifier.context import WorkerContext
from store.verifier.endpoint import Endpoint, Reader, Writer
from store.verifier.metrics import NO_PROCESS, Process
from store.verifier.operation import Operation
from store.verifier.resources import availability
from store.verifier.resources.collection import Collection
from store.verifier.resources.kinds import KINDS

BASE = "/api/v1"

BESIDE = {f"{BASE}{path}": path for path in ("/healthz", "/readyz", "/metrics")}
"""Probes look at the root; whoever looks where all else is finds them too."""


class Listener(Enum):
    """Whom a socket is for."""

    ALL = "everybody: there is no other"
    PUBLIC = "who has a key, and whoever asks whether it is up"
    INTERNAL = "the machines that watch"


class ServedAddress(NamedTuple):
    """One address: what answers GET, what answers the methods that write, what is said of each."""

    read: Reader | None
    operations: Mapping[str, Operation]
    """By method."""
    writes: Mapping[str, Writer] = {}
    endpoint: type[Endpoint] = Endpoint


Places = dict[str, ServedAddress]
"""By address, with `{id}` for what varies."""


def endpoints(
    context: WorkerContext, process: Process = NO_PROCESS, side: Listener = Listener.ALL
) -> Places:
    """Return the table. What is not in it does not exist: not served, not documented."""
    watched = health.HealthRoutes(context, process)
    probes = {
        "/healthz": ServedAddress(watched.healthz, {"GET": health.HEALTHZ}),
        "/readyz": ServedAddress(None, {"GET": health.READYZ}, {"GET": watched.readyz}),
        "/metrics": ServedAddress(watched.metrics, {"GET": health.METRICS}),
    }
    match side:
        case Listener.INTERNAL:
            return probes
        case Listener.PUBLIC:
            # They tell of every workspace.
            return _of_keys(context) | {"/healthz": probes["/healthz"]}
        case Listener.ALL:
            return _of_keys(context) | probes


def _of_keys(context: WorkerContext) -> Places:
    keys = key_authenticator(context)
    key = verify_route.VerifyRoute(keys)
    found = {
        f"{BASE}/verify": ServedAddress(key.get, {"GET": verify_route.OPERATION}),
        authorize_route.PATH: ServedAddress(
            authorize_route.AuthorizeRoute(keys, context).judge,
            {"GET": authorize_route.OPERATION},
            endpoint=authorize_route.AuthorizeEndpoint,
        ),
    }
    found[f"{BASE}/leaks"] = ServedAddress(
        None, {"POST": leaks.OPERATION}, {"POST": leaks.Leaks(context).post}
    )
    return found | _of_sample(keys) if context.sample else found


def _of_sample(keys: Authenticator[Credential]) -> Places:
    free = availability.Availability(keys)
    found: Places = {
        f"{BASE}/availability": ServedAddress(free.get, {"GET": availability.OPERATION})
    }
    for kind in KINDS:
        things = Collection(keys, kind, BASE)
        operations = things.operations()
        found[f"{BASE}/{kind.name}"] = ServedAddress(
            things.page,
            {"GET": operations["page"], "POST": operations["create"]},
            {"POST": things.create},
        )
        found[f"{BASE}/{kind.name}/{{id}}"] = ServedAddress(
            things.get,
            {"GET": operations["get"], "PATCH": operations["change"]},
            {"PATCH": things.change},
        )
    return found
