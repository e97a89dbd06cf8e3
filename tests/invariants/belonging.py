"""The mutations that say whom keys belong to, and label them."""

from tests.invariants import prepared as made
from tests.invariants.mutation import Mutation

BELONGING = (
    Mutation(
        "say whom it belongs to",
        made.key,
        lambda h, key: h.store.belonging.set_owner(h.alice, key, "customer_42"),
    ),
    Mutation(
        "label", made.key, lambda h, key: h.store.belonging.label(h.alice, key, {"tier": "gold"})
    ),
    Mutation(
        "remark", made.key, lambda h, key: h.store.belonging.remark(h.alice, key, "Ask Mia first")
    ),
    Mutation(
        "say both",
        made.key,
        lambda h, key: h.store.belonging.set_both(h.alice, key, "customer_42", {"tier": "gold"}),
    ),
    Mutation(
        "change both",
        made.key,
        lambda h, key: h.store.belonging.change(h.alice, key, "customer_42", {"tier": "gold"}),
    ),
)
