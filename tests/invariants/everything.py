"""Every mutation there is, as calls that succeed on a fresh house, and every read."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from store.domain.audit.entry import Sought
from store.domain.connections import short_code
from store.domain.credential import Credential
from store.domain.filtering import terms
from store.domain.key_string import Secret
from store.domain.keys import Key
from store.domain.leaks.policy import LeakPolicy
from store.domain.listing import KeyQuery, View
from store.domain.people import Actor, KnownBy, Plan, Role
from store.domain.request_ids import PURPOSE, RequestIds
from store.domain.times import DAY
from store.domain.usage import Refusal
from store.domain.verdicts import Verdict
from store.service.keys import NewKey
from store.service.leaks import Leaked, LeakReports, Reported
from store.service.rotation_progress import RotationProgressService
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from tests.house import PASSWORD, House, granted_scopes, use

_names = count()


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


def _key(house: House) -> str:
    return house.create(f"Made {next(_names)}").key.id


def _rotation(house: House) -> str:
    key_id = _key(house)
    house.store.rotations.rotate(house.alice, key_id)
    return key_id


def _member(house: House) -> str:
    email = f"person{next(_names)}@acme.example"
    house.store.people.add(house.alice, email, "somebody")
    return email


def _known(house: House) -> tuple[Actor, str]:
    """Make a key that somebody new is a custodian of, and return both."""
    email = _member(house)
    [person] = [one for one in house.store.people.all(house.alice) if one.email == email]
    wanted = NewKey(f"Made {next(_names)}", granted_scopes("events:read"), None, None, [email])
    key_id = house.store.keys.create(house.alice, wanted).key.id
    return Actor(person.id, email, person.name, house.alice.workspace_id), key_id


def _left(house: House) -> tuple[str, str]:
    """Let somebody go who knows two keys, and return their e-mail and one of the keys."""
    leaver, key_id = _known(house)
    wanted = NewKey(
        f"Made {next(_names)}", granted_scopes("events:read"), None, None, [leaver.email]
    )
    house.store.keys.create(house.alice, wanted)
    house.store.people.leave(house.alice, leaver.email)
    return leaver.email, key_id


def _left_and_rotated(house: House) -> tuple[str, str]:
    email, key_id = _left(house)
    successor = house.store.rotations.rotate(house.alice, key_id).successor.id
    house.store.keys.confirm(house.alice, successor)
    return email, key_id


def _left_and_over(house: House) -> str:
    leaver, key_id = _known(house)
    house.store.people.leave(house.alice, leaver.email)
    house.store.keys.revoke(house.alice, key_id)
    return leaver.email


def _oversized(house: House) -> str:
    """Make a key that has used one of its two scopes in a hundred days."""
    issued = house.create(f"Made {next(_names)}", "events:read events:write")
    house.store.keys.extend(house.alice, issued.key.id, None)
    house.clock.advance(100 * DAY)
    use(house, issued.key, "events:read")
    return issued.key.id


def _found(house: House) -> Leaked:
    leaked = house.store.leaks.whose(house.alice, house.create(f"Made {next(_names)}").secret)
    assert isinstance(leaked, Leaked)
    return leaked


def refused(house: House, key: Key) -> str:
    """Let a verifier have refused a key now, and return the request's id."""
    now = house.clock.now()
    made = (
        RequestIds(house.store.peppers.derive_newest(PURPOSE), house.clock)
        .make(Verdict.SCOPE.value)
        .decode()
    )
    batch, row = Batch(), Credential(key.id, key.workspace_id, "", "", "", b"", "", "", None, None)
    batch.count(row, Verdict.SCOPE, now, "10.0.3.7", ())
    batch.refuse(row, Refusal(now, Verdict.SCOPE, "10.0.3.7", "curl", "GET", "/", made))
    write(house.store.database, batch)
    return made


def _resource(house: House) -> str:
    name = f"thing{next(_names)}"
    house.store.operator.add_resource(name)
    return name


def _leaked(house: House) -> str:
    issued = house.create(f"Made {next(_names)}")
    LeakReports(house.store.transactions).take(Reported(issued.secret, "10.0.3.7", "", ""))
    return issued.key.id


def _progress(house: House) -> RotationProgressService:
    return house.store.rotation_progress


def _nothing(house: House) -> None:
    return None


def _wanted(house: House) -> NewKey:
    granted = granted_scopes("events:read")
    return NewKey(f"Made {next(_names)}", granted, house.clock.now() + DAY)


MUTATIONS = (
    Mutation("create", _wanted, lambda h, wanted: h.store.keys.create(h.alice, wanted)),
    Mutation("confirm", _key, lambda h, key: h.store.keys.confirm(h.alice, key), pro_only=False),
    Mutation(
        "rescope",
        _key,
        lambda h, key: h.store.keys.rescope(h.alice, key, granted_scopes("quotes:read")),
    ),
    Mutation("extend", _key, lambda h, key: h.store.keys.extend(h.alice, key, h.clock.now() + DAY)),
    Mutation("rotate", _key, lambda h, key: h.store.rotations.rotate(h.alice, key)),
    Mutation("rotate again", _rotation, lambda h, key: h.store.rotations.again(h.alice, key)),
    Mutation("extend an overlap", _rotation, lambda h, it: _progress(h).extend(h.alice, it, DAY)),
    Mutation(
        "finish a rotation",
        _rotation,
        lambda h, it: h.store.rotation_progress.finish(
            h.alice, it, h.store.rotation_progress.watch(h.alice, it).progress.predecessor.name
        ),
        pro_only=False,
    ),
    Mutation("abandon a rotation", _rotation, lambda h, it: _progress(h).abandon(h.alice, it)),
    Mutation(
        "revoke", _key, lambda h, key: h.store.keys.revoke(h.alice, key, "why"), pro_only=False
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
        "add a person",
        lambda h: f"new{next(_names)}@acme.example",
        lambda h, email: h.store.people.add(h.alice, email, "new"),
        pro_only=False,
    ),
    Mutation(
        "change a role",
        _member,
        lambda h, email: h.store.people.set_role(h.alice, email, Role.ADMIN),
        pro_only=False,
    ),
    Mutation(
        "invite anew",
        _member,
        lambda h, email: h.store.people.invite_anew(h.alice, email),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "leave", _member, lambda h, email: h.store.people.leave(h.alice, email), pro_only=False
    ),
    Mutation(
        "write down a copy",
        _known,
        lambda h, known: h.store.holders.taken(known[0], known[1], KnownBy.COPIED),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "keep a leaver's key",
        _left,
        lambda h, left: h.store.offboardings.keep(h.alice, left[0], left[1], "why"),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "revoke a leaver's key",
        _left,
        lambda h, left: h.store.offboardings.revoke(h.alice, *left),
        pro_only=False,
    ),
    Mutation(
        "write down a leaver's rotated key",
        _left_and_rotated,
        lambda h, left: h.store.offboardings.rotated(h.alice, *left),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "close a leaver's record",
        _left_and_over,
        lambda h, email: h.store.offboardings.finish(h.alice, email),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "report a key that was found",
        _found,
        lambda h, leaked: h.store.leaks.report(h.alice, leaked, ["a.py:1"]),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "take a report of a leaked key",
        lambda h: h.create(f"Made {next(_names)}").secret,
        lambda h, found: LeakReports(h.store.transactions).take(
            Reported(found, "10.0.3.7", "", "")
        ),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "dismiss a leak",
        _leaked,
        lambda h, key: h.store.leaks.dismiss(h.alice, key, "why"),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "choose what a leak report does",
        _nothing,
        lambda h, _: h.store.operator.set_leak_policy(LeakPolicy.REVOKE),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation("trim", _oversized, lambda h, key: h.store.right_sizing.trim(h.alice, key)),
    Mutation(
        "switch the plan",
        _nothing,
        lambda h, _: h.store.operator.set_plan("bolt-catering", Plan.FREE),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "give a colour",
        _nothing,
        lambda h, _: h.store.operator.set_colour("acme-events", "red"),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "switch the workspace",
        _nothing,
        lambda h, _: h.store.sign_in.switch(h.alice, "acme-events"),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "add a workspace",
        lambda h: f"Workspace {next(_names)}",
        lambda h, name: h.store.operator.add_workspace(
            name, "alice@acme.example", Secret(PASSWORD)
        ),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "add a resource",
        lambda h: f"res{next(_names)}",
        lambda h, name: h.store.operator.add_resource(name),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "remove a resource",
        _resource,
        lambda h, name: h.store.operator.remove_resource(name),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "give a new code",
        _member,
        lambda h, email: h.store.operator.new_code(email),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "sign in",
        _nothing,
        lambda h, _: h.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD), "acme-events"),
        admins_only=False,
        pro_only=False,
        raises_revision=False,
    ),
)


def read_everything(house: House) -> None:
    """Call every use case that only reads, as Alice, and the one that keeps how she looks."""
    keys, alice = house.store.keys, house.alice
    issued = house.create(f"Made {next(_names)}")
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
    house.store.rotation_progress.watch(alice, _rotation(house))
    house.store.rotation_progress.all(alice)
    house.store.due.within(alice, 400 * DAY)
    keys.find_to_revoke(alice, issued.secret.reveal())
    keys.name_taken(alice, "Made")
    keys.catalogue()
    house.store.people.all(alice)
    house.store.people.parts(alice)
    house.store.offboardings.all(alice)
    email, left_key = _left(house)
    house.store.offboardings.show(alice, email)
    house.store.offboardings.meant(alice, email, left_key)
    house.store.people.check_not_last(alice, _member(house))
    house.store.leaks.whose(alice, issued.secret)
    house.store.operator.leak_policy()
    house.store.why.key(alice, issued.key.name)
    house.store.why.explain(alice, issued.key.id)
    house.store.why.explain(alice, refused(house, issued.key))
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
