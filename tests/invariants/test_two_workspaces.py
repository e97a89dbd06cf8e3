"""What belongs to a workspace is out of reach for the admins of another, by whatever id."""

import pytest

from store.domain.people import KnownBy, Role
from store.domain.times import DAY
from store.errors import NotFound
from tests.house import House
from tests.invariants.prepared import refused

pytestmark = pytest.mark.both_engines


def test_no_id_opens_what_is_another_workspaces(house: House) -> None:
    store, alice, bob = house.store, house.alice, house.bob
    theirs, known = house.create("Zapier"), house.create("Website")
    store.rotations.rotate(alice, theirs.key.id)
    rotation = str(store.rotation_progress.watch(alice, theirs.key.id).progress.rotation.id)
    leaver = house.add_member("cleo@acme.example", Role.ADMIN)
    made = house.create("Cleo's", actor=leaver)
    left = store.people.leave(alice, leaver.email).unwaited().offboarding
    assert left is not None
    for use in (
        lambda: store.rotation_progress.watch(bob, rotation),
        lambda: store.rotation_progress.extend(bob, rotation, DAY),
        lambda: store.rotation_progress.finish(bob, rotation, "Zapier"),
        lambda: store.rotation_progress.abandon(bob, rotation),
        lambda: store.offboardings.show(bob, left.id),
        lambda: store.offboardings.keep(bob, left.id, made.key.id, "why"),
        lambda: store.offboardings.revoke(bob, left.id, made.key.id),
        lambda: store.holders.taken(bob, known.key.id, KnownBy.COPIED),
        lambda: store.right_sizing.trim(bob, known.key.id),
        lambda: store.restrictions.set_networks(bob, known.key.id, None),
        lambda: store.restrictions.observed(bob, known.key.id),
        lambda: store.limits.set_key(bob, known.key.id, ()),
        lambda: store.limits.used(bob, known.key.id),
        lambda: store.limits.foresee(bob, known.key.id, ()),
        lambda: store.naming.rename(bob, known.key.id, "Bob's own"),
        lambda: store.holders.name(bob, known.key.id, ["bob@bolt.example"]),
        lambda: store.holders.of(bob, known.key.id),
        lambda: store.belonging.set_owner(bob, known.key.id, "customer_42"),
        lambda: store.belonging.label(bob, known.key.id, {"tier": "gold"}),
        lambda: store.belonging.remark(bob, known.key.id, "Bob's"),
        lambda: store.why.key(bob, known.key.id),
        lambda: store.why.explain(bob, known.key.id),
    ):
        with pytest.raises(NotFound):
            use()
    request_id = refused(house, known.key)
    assert store.why.explain(alice, request_id).whose is not None
    told = store.why.explain(bob, request_id)
    assert (told.outcome, told.whose, told.refusal) == ("scope", None, None)
    assert store.leaks.whose(bob, known.secret) is None
    assert not store.rotation_progress.all(bob)
    assert not store.due.within(bob, 400 * DAY)
    assert not store.offboardings.all(bob)
    assert not store.right_sizing.all(bob)
