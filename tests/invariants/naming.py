"""What keys are called, who is named as a holder, what somebody signs in with: see `everything`."""

from store.domain.key_string import Secret
from tests.house import PASSWORD
from tests.invariants import prepared as made
from tests.invariants.mutation import Mutation

NAMING = (
    Mutation(
        "rename",
        made.key,
        lambda h, key: h.store.naming.rename(h.alice, key, f"Called {next(made.names)}"),
    ),
    Mutation(
        "name a holder",
        lambda h: (made.key(h), made.member(h)),
        lambda h, it: h.store.holders.name(h.alice, it[0], [it[1]]),
        raises_revision=False,
    ),
    Mutation(
        "change one's own password",
        lambda h: h.add_member(f"own{next(made.names)}@acme.example"),
        lambda h, who: h.store.own_password.change(who, Secret(PASSWORD), Secret("another one")),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
)
