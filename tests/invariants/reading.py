"""Every use case that is no mutation, called on a fresh house."""

from store.domain.audit.chain import Link
from store.domain.audit.entry import Sought
from store.domain.connections import short_code
from store.domain.filtering import terms
from store.domain.listing import KeyQuery, View
from store.domain.times import DAY
from store.service.authorization_requests import Wanted
from tests.house import CALLBACK, CHALLENGE, House, granted_scopes
from tests.invariants import prepared as made


def read_everything(house: House) -> None:
    """Call every use case that takes or gives nothing, as Alice: it reads, or keeps how she looks.

    Those of a request on its page, too: until it is approved it is nobody's.
    """
    store, alice = house.store, house.alice
    issued = house.create(f"Made {next(made.names)}")
    page = store.keys.page(alice, KeyQuery(terms("made")), limit=1)
    store.keys.page(alice, KeyQuery(), limit=1, after=page.next)
    store.keys.count(alice, KeyQuery())
    store.keys.found(alice, KeyQuery(terms("made")))
    store.keys.counts(alice)
    store.keys.position(alice, KeyQuery(), issued.key.id)
    store.keys.picked(alice, KeyQuery(terms("made")), [issued.key.id])
    store.keys.show(alice, issued.key.name)
    store.keys.show(alice, f"jw_{issued.key.id[:6]}")
    store.keys.details(alice, issued.key.id)
    store.keys.default_expiry()
    store.usage.of_key(alice, issued.key.id, 0)
    store.rotation_progress.watch(alice, made.rotation(house))
    assert [*store.rotation_progress.each(alice)] == store.rotation_progress.all(alice)
    store.imports.arrived(alice)
    store.imports.brought(alice, issued.key.id)
    store.due.within(alice, 400 * DAY)
    store.due.page(alice, 400 * DAY, 10)
    store.keys.find_to_revoke(alice, issued.secret.reveal())
    store.keys.name_taken(alice, "Made")
    store.keys.catalogue()
    assert [*store.people.each(alice)] == store.people.all(alice)
    store.people.parts(alice)
    store.people.leaving(alice, made.known(house)[0].email)
    store.offboardings.all(alice)
    email, left_key = made.left(house)
    store.offboardings.show(alice, email)
    store.offboardings.meant(alice, email, left_key)
    store.people.check_not_last(alice, made.member(house))
    store.leaks.check_may_look(alice)
    store.leaks.whose(alice, issued.secret)
    store.leaks.whose_all(alice, [issued.secret])
    store.why.key(alice, issued.key.name)
    store.why.explain(alice, issued.key.id)
    store.why.explain(alice, made.refused(house, issued.key))
    store.right_sizing.all(alice)
    newest = store.audit_trail.latest(alice)
    scoped = Sought("key", ("key.scoped",))
    store.audit_trail.newest(alice, before=newest, after=1, sought=[scoped])
    store.audit_trail.verify(alice, store.audit_trail.anchor(alice))
    store.audit_trail.archived(alice)
    assert [*store.audit_trail.links(alice)]
    connection = house.connect(f"Claude {next(made.names)}")
    assert [*store.connections.each(alice)] == store.connections.all(alice)
    store.connections.show(alice, connection.name)
    store.client_documents.all(alice)
    store.connections.details(alice, connection.id)
    store.verifiers.all(alice)
    store.sign_in.standing(alice)
    store.sign_in.theirs(alice)
    store.key_views.keep(alice, View("made"))
    store.key_views.of(alice)
    store.routes.seen(alice)
    store.invitations.look(house.bob, made.invitation(house))
    _, commits = store.keys.revoke(alice, issued.key.id).unpack()
    store.in_force.wait(commits)
    store.in_force.at_once(commits)
    _read_as_operator(house)
    _visit_a_page(house)


def _read_as_operator(house: House) -> None:
    store = house.store
    store.operator.is_empty()
    store.operator.workspace("acme-events")
    store.operator.active_keys("acme-events")
    store.operator.in_use("acme-events")
    store.operator.person_id(house.alice.email, "acme-events")
    store.operator.resources()
    store.leaks.finder()
    store.routes.all()
    store.routes.match("GET /events/7")
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
