"""The mutations that stop keys, and let them go on."""

from store.domain.stops import StopKind, Target
from tests.house import House
from tests.invariants import prepared as made
from tests.invariants.mutation import Mutation


def _going(house: House, target: Target) -> Target:
    """Let go on what may be stopped, and return it."""
    if house.store.stops.standing(house.alice, [target]):
        house.store.stops.resume(house.alice, [target])
    return target


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
        "stop an owner's keys",
        lambda h: _going(h, Target(StopKind.OWNER, "customer_42")),
        lambda h, it: h.store.stops.stop(h.alice, [it]),
        pro_only=False,
    ),
    Mutation(
        "stop what is labelled",
        lambda h: _going(h, Target(StopKind.LABEL, "tier=gold")),
        lambda h, it: h.store.stops.stop(h.alice, [it]),
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
