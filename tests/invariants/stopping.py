"""The mutations that stop keys, and let them go on."""

from tests.invariants import prepared as made
from tests.invariants.mutation import Mutation

STOPS = (
    Mutation(
        "stop a key", made.target, lambda h, it: h.store.stops.stop(h.alice, [it]), pro_only=False
    ),
    Mutation(
        "stop a workspace",
        made.workspace,
        lambda h, it: h.store.stops.stop(h.alice, [it], "why"),
        pro_only=False,
    ),
    Mutation(
        "let a workspace go on",
        made.stopped_workspace,
        lambda h, it: h.store.stops.resume(h.alice, [it]),
        pro_only=False,
    ),
    Mutation(
        "let a key go on",
        made.stopped,
        lambda h, it: h.store.stops.resume(h.alice, [it]),
        pro_only=False,
    ),
)
