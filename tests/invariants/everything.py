"""Every mutation there is, as calls that succeed on a fresh house, and every read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from store.domain.audit.entry import Sought
from store.domain.connections import short_code
from store.domain.filtering import terms
from store.domain.key_string import Secret
from store.domain.leaks.policy import LeakPolicy
from store.domain.listing import KeyQuery, View
from store.domain.people import KnownBy, Plan, Role
from store.domain.rotation import NO_OVERLAP
from store.domain.times import DAY
from store.service.leaks import LeakReports, Reported
from tests.house import PASSWORD, House, granted_scopes
from tests.invariants import prepared as made


@dataclass(frozen=True)
class Mutation:
    """One use case that changes something."""

    name: str
    prepare: Callable[[House], Any]
    """Makes what the call needs; its result is handed to the call."""
    call: Callable[[House, Any], Any]
    admins_only: bool = True
    pro_only: bool = True
    raises_revision: bool = True


MUTATIONS = (
    Mutation("create", made.wanted, lambda h, wanted: h.store.keys.create(h.alice, wanted)),
    Mutation(
        "confirm", made.key, lambda h, key: h.store.keys.confirm(h.alice, key), pro_only=False
    ),
    Mutation(
        "rescope",
        made.key,
        lambda h, key: h.store.keys.rescope(h.alice, key, granted_scopes("quotes:read")),
    ),
    Mutation(
        "extend", made.key, lambda h, key: h.store.keys.extend(h.alice, key, h.clock.now() + DAY)
    ),
    Mutation("rotate", made.key, lambda h, key: h.store.rotations.rotate(h.alice, key)),
    Mutation(
        "rotate without an overlap",
        made.key,
        lambda h, key: h.store.rotations.rotate(h.alice, key, overlap_ms=NO_OVERLAP),
    ),
    Mutation("rotate again", made.rotation, lambda h, key: h.store.rotations.again(h.alice, key)),
    Mutation(
        "extend an overlap",
        made.rotation,
        lambda h, it: h.store.rotation_progress.extend(h.alice, it, DAY),
    ),
    Mutation(
        "finish a rotation",
        made.rotation,
        lambda h, it: h.store.rotation_progress.finish(
            h.alice, it, h.store.rotation_progress.watch(h.alice, it).progress.predecessor.name
        ),
        pro_only=False,
    ),
    Mutation(
        "abandon a rotation",
        made.rotation,
        lambda h, it: h.store.rotation_progress.abandon(h.alice, it),
    ),
    Mutation(
        "revoke", made.key, lambda h, key: h.store.keys.revoke(h.alice, key, "why"), pro_only=False
    ),
    Mutation(
        "approve a connection",
        lambda h: h.ask().ask.id,
        lambda h, ask: h.store.authorization_requests.approve(
            h.alice, ask, granted_scopes("events:read"), "1d"
        ),
    ),
    Mutation(
        "deny a connection",
        lambda h: h.ask().ask.id,
        lambda h, ask: h.store.authorization_requests.deny_by_code(h.alice, ask),
        raises_revision=False,
    ),
    Mutation(
        "narrow a connection",
        lambda h: h.connect().id,
        lambda h, it: h.store.connections.narrow(h.alice, it, granted_scopes("events:read")),
    ),
    Mutation(
        "revoke a connection",
        lambda h: h.connect().id,
        lambda h, it: h.store.connections.revoke(h.alice, it, "why"),
        pro_only=False,
    ),
    Mutation(
        "open a connection",
        lambda h: h.code()[1],
        lambda h, presented: h.store.tokens.exchange(presented),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "end a connection by its token",
        made.token,
        lambda h, token: h.store.tokens.end(*token),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "add a person",
        lambda h: f"new{next(made.names)}@acme.example",
        lambda h, email: h.store.people.add(h.alice, email, "new"),
        pro_only=False,
    ),
    Mutation(
        "change a role",
        made.member,
        lambda h, email: h.store.people.set_role(h.alice, email, Role.ADMIN),
        pro_only=False,
    ),
    Mutation(
        "invite anew",
        made.member,
        lambda h, email: h.store.people.invite_anew(h.alice, email),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "leave", made.member, lambda h, email: h.store.people.leave(h.alice, email), pro_only=False
    ),
    Mutation(
        "write down a copy",
        made.known,
        lambda h, known: h.store.holders.taken(known[0], known[1], KnownBy.COPIED),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "keep a leaver's key",
        made.left,
        lambda h, left: h.store.offboardings.keep(h.alice, left[0], left[1], "why"),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "revoke a leaver's key",
        made.left,
        lambda h, left: h.store.offboardings.revoke(h.alice, *left),
        pro_only=False,
    ),
    Mutation(
        "write down a leaver's rotated key",
        made.left_and_rotated,
        lambda h, left: h.store.offboardings.rotated(h.alice, *left),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "close a leaver's record",
        made.left_and_over,
        lambda h, email: h.store.offboardings.finish(h.alice, email),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "report a key that was found",
        made.found,
        lambda h, leaked: h.store.leaks.report(h.alice, leaked, ["a.py:1"]),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "take a report of a leaked key",
        lambda h: h.create(f"Made {next(made.names)}").secret,
        lambda h, found: LeakReports(h.store.transactions).take(
            Reported(found, "10.0.3.7", "", "")
        ),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "dismiss a leak",
        made.leaked,
        lambda h, key: h.store.leaks.dismiss(h.alice, key, "why"),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "choose what a leak report does",
        made.nothing,
        lambda h, _: h.store.operator.set_leak_policy(LeakPolicy.REVOKE),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation("trim", made.oversized, lambda h, key: h.store.right_sizing.trim(h.alice, key)),
    Mutation(
        "switch the plan",
        made.nothing,
        lambda h, _: h.store.operator.set_plan("bolt-catering", Plan.FREE),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "give a colour",
        made.nothing,
        lambda h, _: h.store.operator.set_colour("acme-events", "red"),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "switch the workspace",
        made.nothing,
        lambda h, _: h.store.sign_in.switch(h.alice, "acme-events"),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "add a workspace",
        lambda h: f"Workspace {next(made.names)}",
        lambda h, name: h.store.operator.add_workspace(
            name, "alice@acme.example", Secret(PASSWORD)
        ),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "add a resource",
        lambda h: f"res{next(made.names)}",
        lambda h, name: h.store.operator.add_resource(name),
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
        "give a new code",
        made.member,
        lambda h, email: h.store.operator.new_code(email),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "sign in",
        made.nothing,
        lambda h, _: h.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD), "acme-events"),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
)


def read_everything(house: House) -> None:
    """Call every use case that only reads, as Alice, and the one that keeps how she looks."""
    keys, alice = house.store.keys, house.alice
    issued = house.create(f"Made {next(made.names)}")
    page = keys.page(alice, KeyQuery(terms("made")), limit=1)
    keys.page(alice, KeyQuery(), limit=1, after=page.next)
    keys.count(alice, KeyQuery())
    keys.counts(alice)
    keys.position(alice, KeyQuery(), issued.key.id)
    keys.picked(alice, KeyQuery(terms("made")), [issued.key.id])
    keys.show(alice, issued.key.name)
    keys.show(alice, f"jw_{issued.key.id[:6]}")
    keys.details(alice, issued.key.id)
    house.store.usage.of_key(alice, issued.key.id, 0)
    house.store.rotation_progress.watch(alice, made.rotation(house))
    house.store.rotation_progress.all(alice)
    house.store.due.within(alice, 400 * DAY)
    keys.find_to_revoke(alice, issued.secret.reveal())
    keys.name_taken(alice, "Made")
    keys.catalogue()
    house.store.people.all(alice)
    house.store.people.parts(alice)
    house.store.offboardings.all(alice)
    email, left_key = made.left(house)
    house.store.offboardings.show(alice, email)
    house.store.offboardings.meant(alice, email, left_key)
    house.store.people.check_not_last(alice, made.member(house))
    house.store.leaks.whose(alice, issued.secret)
    house.store.operator.leak_policy()
    house.store.why.key(alice, issued.key.name)
    house.store.why.explain(alice, issued.key.id)
    house.store.why.explain(alice, made.refused(house, issued.key))
    house.store.right_sizing.all(alice)
    newest = house.store.audit_trail.latest(alice)
    scoped = Sought("key", ("key.scoped",))
    house.store.audit_trail.newest(alice, before=newest, after=1, sought=[scoped])
    connection = house.connect()
    house.store.connections.all(alice)
    house.store.connections.show(alice, connection.name)
    house.store.connections.details(alice, connection.id)
    code = short_code(house.ask().browser.reveal())
    house.store.authorization_requests.by_short_code(alice, code)
    house.store.verifiers.all(alice)
    house.store.sign_in.standing(alice)
    house.store.sign_in.theirs(alice)
    house.store.key_views.keep(alice, View("made"))
    house.store.key_views.of(alice)
