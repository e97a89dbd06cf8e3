"""The mutations that say how often keys are used."""

from store.domain.limits import limits
from tests.invariants import prepared as made
from tests.invariants.mutation import Mutation

LIMITING = (
    Mutation(
        "limit a key",
        made.key,
        lambda h, key: h.store.limits.set_key(h.alice, key, limits(["100/1m"])),
    ),
    Mutation(
        "limit an owner's keys",
        lambda h: f"customer_{next(made.names)}",
        lambda h, owner: h.store.limits.set_owner(h.alice, owner, limits(["100/1m"])),
    ),
    Mutation(
        "limit a workspace",
        lambda h: h.store.limits.set_workspace(h.alice, ()),
        lambda h, _: h.store.limits.set_workspace(h.alice, limits(["100/1m"])),
    ),
)
