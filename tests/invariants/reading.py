"""Every use case that is no mutation, called on a fresh house."""

from store.domain.audit.chain import Link
from store.domain.audit.entry import Sought
from store.domain.connections import short_code
from store.domain.filtering import terms
from store.domain.key_networks import key_networks
from store.domain.limits import limits
from store.domain.listing import KeyQuery, View
from store.domain.people import Actor
from store.domain.times import DAY
from store.service.authorization_requests import Wanted
from tests.house import CALLBACK, CHALLENGE, House, granted_scopes, use
from tests.invariants import prepared as made


def read_everything(house: House) -> None:
    """Call every use case that takes or gives nothing, as Alice: it reads, or keeps how she looks.

    Those of a request on its page, too: until it is approved it is nobody's.
    """
    look_at_everything(house, house.alice)
    _begin_to_change(house)
    _read_as_operator(house)
    _visit_a_page(house)


def look_at_everything(house: House, who: Actor) -> None:
    """Call all of them that are for whoever may look, as somebody of Alice's workspace."""
    store, alice = house.store, house.alice
    issued = house.create(f"Made {next(made.names)}")
    page = store.keys.page(who, KeyQuery(terms("made")), limit=1)
    store.keys.page(who, KeyQuery(), limit=1, after=page.next)
    for nothing in ("nowhere", "label:nowhere"):
        store.keys.look(who, KeyQuery(terms(nothing)), limit=1)
    store.keys.count(who, KeyQuery())
    store.keys.found(who, KeyQuery(terms("made")))
    store.keys.counts(who)
    store.keys.position(who, KeyQuery(), issued.key.id)
    store.keys.picked(who, KeyQuery(terms("made")), [issued.key.id])
    store.keys.show(who, issued.key.name)
    store.keys.show(who, f"jw_{issued.key.id[:6]}")
    store.keys.details(who, issued.key.id)
    store.keys.default_expiry()
    store.stops.all(who)
    store.belonging.offered(who)
    list(store.limits.shared(who))
    store.limits.used(who, issued.key.id)
    store.limits.foresee(who, issued.key.id, limits(["100/1m"]))
    store.keys.details(who, made.stopped(house).value)
    store.usage.of_key(who, issued.key.id, 0)
    store.rotation_progress.watch(who, made.rotation(house))
    assert [*store.rotation_progress.each(who)] == store.rotation_progress.all(who)
    store.imports.arrived(who)
    store.imports.brought(who, issued.key.id)
    store.due.within(who, 400 * DAY)
    store.due.page(who, 400 * DAY, 10)
    store.keys.catalogue()
    assert [*store.people.each(who)] == store.people.all(who)
    store.people.parts(who)
    store.ssh_keys.seen(who)
    store.offboardings.all(who)
    email, _ = made.left(house)
    store.offboardings.show(who, email)
    store.leaks.check_may_look(who)
    store.leaks.whose(who, issued.secret)
    store.leaks.whose_all(who, [issued.secret])
    store.why.key(who, issued.key.name)
    store.why.explain(who, issued.key.id)
    store.why.explain(who, made.refused(house, issued.key))
    store.right_sizing.all(who)
    used = house.create(f"Used {next(made.names)}").key
    use(house, used)
    ranges = store.restrictions.seen(who, used.id, DAY)
    store.restrictions.foresee(who, used.id, key_networks(ranges, enforced=True))
    store.restrictions.foresee_end(who, used.id)
    store.restrictions.foresee_scopes(who, used.id, used.scopes)
    store.restrictions.foresee_ends(who, [used.id])
    store.restrictions.foresee_losses(who, [used.id])
    store.restrictions.observed(who, used.id)
    newest = store.audit_trail.latest(who)
    scoped = Sought("key", ("key.scoped",))
    store.audit_trail.newest(who, before=newest, after=1, sought=[scoped])
    store.audit_trail.verify(who, store.audit_trail.anchor(who))
    store.audit_trail.archived(who)
    assert [*store.audit_trail.links(who)]
    connection = house.connect(f"Claude {next(made.names)}")
    assert [*store.connections.each(who)] == store.connections.all(who)
    store.connections.show(who, connection.name)
    store.client_documents.all(who)
    store.connections.details(who, connection.id)
    store.connections.usage(who, connection.id, 0)
    store.verifiers.all(who)
    store.sign_in.standing(who)
    store.sign_in.theirs(who)
    store.logins.resumed(alice.person_id, made.logged_in(house))
    store.key_views.keep(who, View("made"))
    store.key_views.of(who)
    store.holders.of(who, used.id)
    store.routes.seen(who)
    store.invitations.look(house.bob, made.invitation(house))
    _, commits = store.keys.revoke(alice, issued.key.id).unpack()
    store.in_force.wait(commits)
    store.in_force.at_once(commits)


def _begin_to_change(house: House) -> None:
    """Look at what is about to be changed, which is for whoever may."""
    store, alice = house.store, house.alice
    issued = house.create(f"Made {next(made.names)}")
    store.keys.find_to_revoke(alice, issued.secret.reveal())
    store.belonging.active(alice, "customer_42")
    store.keys.page_to_end(alice, KeyQuery(terms("for:customer_42")))
    store.keys.name_taken(alice, "Made")
    stopped = made.stopped(house)
    store.stops.standing(alice, [stopped])
    store.stops.in_use(alice, [stopped])
    store.stops.in_use(alice, [made.workspace(house)])
    store.people.leaving(alice, made.known(house)[0].email)
    store.offboardings.meant(alice, *made.left(house))
    store.people.check_not_last(alice, made.member(house))


def _read_as_operator(house: House) -> None:
    store = house.store
    store.operator.is_empty()
    store.operator.workspace("acme-events")
    store.operator.active_keys("acme-events")
    store.operator.in_use("acme-events")
    store.operator.person_id(house.alice.email, "acme-events")
    store.ssh_keys.all()
    store.ssh_keys.all(house.alice.email, "acme-events")
    store.ssh_keys.opens(made.ssh_key(house).fingerprint)
    store.operator.resources()
    store.leaks.finder()
    store.routes.all()
    store.routes.match("GET /events/7")
    for route in store.routes.all()[:1]:
        store.routes.foresee(str(route))
    store.routes.plan(made.document(house))
    store.tools.offers(store.tools.all())
    store.tools.tried(made.tool(house), "{}")
    store.operator.leak_policy()
    store.operator.unconfirmed()
    workspace, links = store.operator.workspace("acme-events"), list[Link]()
    wanted = store.audit_archiving.plan(workspace, house.clock.now())
    store.audit_archiving.follow(wanted, links.append)
    store.audit_archiving.check(wanted, links)
    store.audit_archiving.check_may_remove(workspace)
    store.audit_archiving.newest(workspace)
    store.audit_archiving.left(workspace)
    store.audit_archiving.remove_some(workspace)
    store.sign_in.workspaces()


def _visit_a_page(house: House) -> None:
    """Ask to be connected, look at the page, sign in there and out, and be refused."""
    store = house.store
    client = store.clients.register("Claude", [CALLBACK], "127.0.0.1")
    store.clients.get(client.id)
    granted = granted_scopes("events:read")
    wanted = Wanted(client.id, CALLBACK, "state", CHALLENGE, granted, "https://here.example/mcp")
    brought = store.authorization_requests.ask(wanted, "127.0.0.1")
    ask, browser = brought.ask, brought.browser
    store.authorization_requests.by_short_code(house.alice, short_code(browser.reveal()))
    store.connections.earlier(house.alice, ask)
    browser = store.authorization_requests.signed_in(ask.id, browser, house.alice.person_id)
    seen = store.authorization_requests.seen(ask.id, browser)
    store.authorization_requests.actor(seen, "acme-events")
    browser = store.authorization_requests.signed_out(ask.id, browser)
    store.authorization_requests.deny(ask.id, browser)
    store.authorization_requests.pick_up(ask.id, browser, "https://here.example")
