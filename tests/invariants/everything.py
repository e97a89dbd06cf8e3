"""Every mutation there is, as calls that succeed on a fresh house."""

from store.domain.key_networks import key_networks
from store.domain.key_string import Secret
from store.domain.leaks.policy import LeakPolicy
from store.domain.people import KnownBy, Plan, Role
from store.domain.rotation import NO_OVERLAP
from store.domain.times import DAY, HOUR
from store.service.leaks import LeakReports, Reported
from tests.house import PASSWORD, granted_scopes
from tests.invariants import prepared as made
from tests.invariants.belonging import BELONGING
from tests.invariants.coming_in import COMING_IN
from tests.invariants.limiting import LIMITING
from tests.invariants.mutation import Mutation
from tests.invariants.naming import NAMING
from tests.invariants.resources import RESOURCES
from tests.invariants.stopping import STOPS

QUIET = {"admins_only": False, "pro_only": False, "raises_revision": False}
"""Of what no admin is needed for, on any plan, and no verdict depends on."""

MUTATIONS = (
    Mutation("create", made.wanted, lambda h, wanted: h.store.keys.create(h.alice, wanted)),
    Mutation(
        "bring a key along", made.foreign, lambda h, some: h.store.imports.bring(h.alice, some)
    ),
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
    Mutation(
        "restrict to networks",
        made.key,
        lambda h, key: h.store.restrictions.set_networks(
            h.alice, key, key_networks(["203.0.113.0/24"], enforced=True)
        ),
    ),
    Mutation(
        "let begin at another time",
        made.beginning_later,
        lambda h, key: h.store.restrictions.begin_at(h.alice, key, None),
    ),
    Mutation(
        "restrict a connection to networks",
        lambda h: h.connect().id,
        lambda h, it: h.store.connections.set_networks(
            h.alice, it, key_networks(["203.0.113.0/24"], enforced=True)
        ),
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
    *STOPS,
    *LIMITING,
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
        "let an assistant ask",
        made.described,
        lambda h, it: h.store.client_documents.add(h.alice, *it),
        raises_revision=False,
    ),
    Mutation(
        "let an assistant no longer ask",
        made.let_ask,
        lambda h, address: h.store.client_documents.remove(h.alice, address),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "forget a verifier",
        made.gone_verifier,
        lambda h, host: h.store.verifiers.forget(h.alice, host),
        pro_only=False,
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
        "approve a connection in the place of an earlier one",
        lambda h: (h.ask().ask.id, granted_scopes("events:read"), "1d", [h.connect().id]),
        lambda h, it: h.store.authorization_requests.approve(h.alice, *it),
    ),
    Mutation(
        "open a connection",
        lambda h: h.code()[1],
        lambda h, presented: h.store.tokens.exchange(presented),
        admins_only=False,
        pro_only=False,
        of_verifiers=True,
    ),
    Mutation(
        "end a connection by its token",
        made.token,
        lambda h, token: h.store.tokens.end(*token),
        admins_only=False,
        pro_only=False,
        of_verifiers=True,
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
        **QUIET,
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
        "report keys that were found",
        made.found,
        lambda h, leaked: h.store.leaks.report_all(h.alice, [(leaked, ["a.py:1"])]),
        pro_only=False,
        raises_revision=False,
    ),
    Mutation(
        "take a report of a leaked key",
        lambda h: h.create(f"Made {next(made.names)}").secret,
        lambda h, found: LeakReports(h.store.transactions).take(
            Reported(found, "10.0.3.7", "", "")
        ),
        **QUIET,
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
        **QUIET,
    ),
    Mutation("trim", made.oversized, lambda h, key: h.store.right_sizing.trim(h.alice, key)),
    Mutation(
        "approve a connection on its page",
        made.on_page,
        lambda h, brought: h.store.authorization_requests.approve_on_page(
            h.alice, brought[0], brought[1], granted_scopes("events:read"), "1d"
        ),
    ),
    Mutation(
        "end a connection whose refresh token comes twice",
        made.renewed,
        lambda h, token: made.refused_grant(lambda: h.store.tokens.renew(token[0], token[1], None)),
        admins_only=False,
        pro_only=False,
        answers_at_once=True,
    ),
    Mutation(
        "sign in to approve",
        made.nothing,
        lambda h, _: h.store.web_sign_in.sign_in(h.bob.email, Secret(PASSWORD), "10.0.3.0/24"),
        **QUIET,
    ),
    Mutation(
        "switch the plan",
        made.nothing,
        lambda h, _: h.store.operator.set_plan("bolt-catering", Plan.FREE),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "archive the audit",
        made.to_archive,
        lambda h, wanted: h.store.audit_archiving.say(wanted, "audit.jsonl", "0" * 64),
        **QUIET,
    ),
    Mutation(
        "give a colour",
        made.nothing,
        lambda h, _: h.store.operator.set_colour("acme-events", "red"),
        **QUIET,
    ),
    Mutation(
        "switch the workspace",
        made.nothing,
        lambda h, _: h.store.sign_in.switch(h.alice, "acme-events"),
        **QUIET,
    ),
    Mutation(
        "add a workspace",
        lambda h: f"Workspace {next(made.names)}",
        lambda h, it: h.store.operator.add_workspace(it, "alice@acme.example", Secret(PASSWORD)),
        admins_only=False,
        pro_only=False,
    ),
    *RESOURCES,
    Mutation(
        "add a route",
        lambda h: f"GET /thing{next(made.names)}/{{id}}",
        lambda h, text: h.store.routes.add(text, ["events:read"]),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "import routes",
        made.document,
        lambda h, read: h.store.routes.import_(read, h.store.routes.plan(read)),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "remove a route",
        made.route,
        lambda h, text: h.store.routes.remove(text),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "let assistants call an API",
        made.tools,
        lambda h, read: h.store.tools.put(read, "http://127.0.0.1:9"),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "remove a tool",
        made.tool,
        lambda h, name: h.store.tools.remove(name),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "give a new code",
        made.member,
        lambda h, email: h.store.operator.new_code(email),
        **QUIET,
    ),
    Mutation(
        "serve a restored store",
        made.restored,
        lambda h, _: h.store.operator.confirm_restored(),
        admins_only=False,
        pro_only=False,
    ),
    Mutation(
        "enrol",
        made.invited,
        lambda h, invited: h.store.sign_in.enrol(invited[0], invited[1], Secret(PASSWORD)),
        **QUIET,
    ),
    Mutation(
        "accept an invitation",
        made.invitation,
        lambda h, code: h.store.invitations.accept(h.bob, code),
        **QUIET,
    ),
    Mutation(
        "accept an invitation over SSH",
        made.invited_over_ssh,
        lambda h, invited: h.store.invitations.accept_by_ssh_key(*invited),
        **QUIET,
    ),
    Mutation(
        "come in over SSH",
        made.nothing,
        lambda h, _: h.store.sign_in.by_ssh_key(h.alice.person_id, "acme-events"),
        **QUIET,
    ),
    Mutation(
        "log in",
        made.nothing,
        lambda h, _: h.store.logins.begin(h.alice, Secret("presented"), HOUR),
        **QUIET,
    ),
    Mutation(
        "log out",
        made.logged_in,
        lambda h, presented: h.store.logins.end(h.alice.person_id, presented),
        **QUIET,
    ),
    Mutation(
        "sign in",
        made.nothing,
        lambda h, _: h.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD), "acme-events"),
        **QUIET,
    ),
    *COMING_IN,
    *NAMING,
    *BELONGING,
)
