"""Every change of the catalogue of resources: see `everything`."""

from sqlalchemy import delete

from store.persistence.schema import resources
from tests.house import House
from tests.invariants import prepared as made
from tests.invariants.mutation import Mutation


def without_quotes(house: House) -> None:
    """Leave a part of the sample API out, which keys may use all the same."""
    with house.store.database.writing() as connection:
        connection.execute(delete(resources).where(resources.c.name == "quotes"))


RESOURCES = (
    Mutation(
        "add a resource",
        lambda h: f"res{next(made.names)}",
        lambda h, name: h.store.operator.add_resource(name),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "change what can be granted on a resource",
        made.resource,
        lambda h, name: h.store.operator.change_actions(name, add=["delete"], remove=["write"]),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "remove a resource",
        made.resource,
        lambda h, name: h.store.operator.remove_resource(name),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "switch the sample API",
        without_quotes,
        lambda h, _: h.store.operator.set_sample(on=True),
        admins_only=False,
        pro_only=False,
    ),
)
