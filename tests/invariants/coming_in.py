"""Every mutation by which somebody comes in, or may from then on: see `everything`."""

from tests.invariants import prepared as made
from tests.invariants.mutation import Mutation

COMING_IN = (
    Mutation(
        "let an SSH key in",
        made.public_key,
        lambda h, key: h.store.ssh_keys.add(h.alice.email, key, "acme-events"),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "let an SSH key in no more",
        made.ssh_key,
        lambda h, key: h.store.ssh_keys.remove(key.fingerprint),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
)
