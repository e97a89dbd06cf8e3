"""An example of every command, on a house where each that ends something has something to end."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from console.commands.groups import keydeck
from store.domain.keys import State
from store.domain.people import Role
from store.domain.routes.openapi import read_document
from store.domain.stops import StopKind, Target
from store.domain.times import DAY
from store.domain.tools.reading import Choice, read_tools
from store.errors import AlreadyRevoked
from store.service.keys import NewKey
from tests.house import House, granted_scopes, use
from tests.invariants import prepared as made

TOM, MIA, EVE = (f"{name}@acme.example" for name in ("tom", "mia", "eve"))


def commands() -> dict[str, click.Command]:
    """Return every command of keydeck by its name, groups that do something by themselves too."""
    return dict(_below(keydeck, "", click.Context(keydeck)))


def _below(
    group: click.Group, before: str, context: click.Context
) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _below(command, f"{before}{name} ", context)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{before}{name}", command


def furnish(house: House) -> None:
    """Give Alice's workspace something of everything."""
    store, alice = house.store, house.alice
    store.operator.add_resource("invoices")
    store.routes.add("GET /events/{id}", ["events:read"])
    tom = house.add_member(TOM, Role.ADMIN)
    store.people.add(alice, MIA, "mia")
    for name in ("Website", "Shop"):
        key = house.create(name, "availability:read events:read").key
        store.keys.confirm(alice, key.id)
        use(house, key, "availability:read")
    house.create("Toms", actor=tom)
    house.clock.advance(-100 * DAY)
    issued = house.create("Wide", "availability:read events:read")
    store.keys.extend(alice, issued.key.id, None)
    house.clock.advance(100 * DAY)
    use(house, issued.key, "availability:read")
    store.rotations.rotate(alice, "Shop", overlap_ms=30 * DAY)
    house.connect("Claude")
    eve = house.add_member(EVE, Role.ADMIN)
    theirs = house.create("Eves", actor=eve).key
    use(house, theirs, "availability:read")
    store.people.leave(alice, EVE)


def successor(house: House) -> str:
    """Return the id of the key that is replacing Shop."""
    [progress] = house.store.rotation_progress.all(house.alice)
    return progress.successor.id


Example = Callable[[House, Path], tuple[str, ...]]


def _as_it_is(*words: str) -> Example:
    return lambda house, folder: words


def _without_sample(house: House, folder: Path) -> tuple[str, ...]:
    """Take the sample API out, which nothing uses any more."""
    store, alice = house.store, house.alice
    for key_id in _key_ids(house):
        with suppress(AlreadyRevoked):
            store.keys.revoke(alice, key_id).unwaited()
    for connection in store.connections.all(alice):
        store.connections.revoke(alice, connection.id).unwaited()
    for route in store.routes.all():
        store.routes.remove(str(route)).unwaited()
    return ("resources", "sample", "off")


def _without_a_route(house: House, folder: Path) -> tuple[str, ...]:
    """Import a document that has lost a route since it was imported."""
    paths: dict[str, object] = {"/bills": {"get": {}}, "/bills/{id}": {"get": {}}}
    content: dict[str, object] = {"openapi": "3.1.0", "info": {"title": "Bills"}, "paths": paths}
    reading = read_document(content)
    house.store.routes.import_(reading, house.store.routes.plan(reading)).unwaited()
    del paths["/bills/{id}"]
    (folder / "openapi.json").write_text(json.dumps(content))
    return ("routes", "import", str(folder / "openapi.json"))


def _with_a_tool_less(house: House, folder: Path) -> tuple[str, ...]:
    """Make tools of a document that has lost an operation since that was done."""
    paths: dict[str, object] = {"/bills": {"get": {}}, "/bills/{id}": {"get": {}}}
    content: dict[str, object] = {"openapi": "3.1.0", "info": {"title": "Bills"}, "paths": paths}
    upstream = "http://127.0.0.1:9000"
    house.store.tools.put(read_tools(content, Choice()), upstream).unwaited()
    del paths["/bills/{id}"]
    (folder / "openapi.json").write_text(json.dumps(content))
    return ("tools", "add", str(folder / "openapi.json"), "--upstream", upstream)


def _leaked(house: House, folder: Path) -> tuple[str, ...]:
    (folder / "app.log").write_text(house.create("Leaked").secret.reveal())
    return "scan", str(folder / "app.log"), "--revoke"


def _beginning(house: House, folder: Path) -> tuple[str, ...]:
    """Let a key begin at once that was to begin later."""
    later = house.clock.now() + DAY
    wanted = NewKey("Later", granted_scopes("events:read"), None, not_before=later)
    house.store.keys.create(house.alice, wanted)
    return "keys", "start", "Later", "--now"


def _stopped(house: House, folder: Path) -> tuple[str, ...]:
    """Let a key go on that was stopped."""
    house.store.stops.stop(house.alice, [Target(StopKind.KEY, "Website")]).unwaited()
    return "resume", "Website"


def _document(house: House, folder: Path) -> str:
    """Write down what an assistant says of itself, and return its address."""
    address = "https://desk.example/client.json"
    said = {"client_id": address, "redirect_uris": ["https://desk.example/back"]}
    (folder / "client.json").write_text(json.dumps(said))
    return address


def _public_file(folder: Path) -> str:
    """Write an SSH key to a file, and return its path."""
    (folder / "tom.pub").write_text(str(made.public_key(None)))
    return str(folder / "tom.pub")


def _added(house: House, folder: Path) -> tuple[str, ...]:
    """Take away an assistant that was added."""
    address = _document(house, folder)
    house.store.client_documents.add(house.alice, (folder / "client.json").read_bytes(), address)
    return "connections", "clients", "remove", address


EXAMPLES: Mapping[str, Example] = {
    "connections clients remove": _added,
    "connections revoke": _as_it_is("connections", "revoke", "Claude"),
    "connections scope": _as_it_is("connections", "scope", "Claude", "--scope", "events:read"),
    "connections network": _as_it_is(
        "connections", "network", "Claude", "203.0.113.0/24", "--enforce"
    ),
    "keys network": _as_it_is("keys", "network", "Website", "203.0.113.0/24", "--enforce"),
    "keys expire": _as_it_is("keys", "expire", "Website", "--in", "1d"),
    "keys start": _beginning,
    "keys limit": _as_it_is("keys", "limit", "Website", "100/1m"),
    "limits set": _as_it_is("limits", "set", "--all", "100/1m"),
    "keys extend": _as_it_is("keys", "extend", "Website", "--expires", "1d"),
    "keys revoke": _as_it_is("keys", "revoke", "Website"),
    "keys rotate": lambda house, folder: ("keys", "rotate", successor(house)),
    "keys scope": _as_it_is("keys", "scope", "Website", "--scope", "events:read"),
    "keys trim": _as_it_is("keys", "trim", "Wide"),
    "people invite": _as_it_is("people", "invite", MIA),
    "people leave": _as_it_is("people", "leave", TOM),
    "people offboarding revoke": _as_it_is("people", "offboarding", "revoke", EVE, "Eves"),
    "people offboarding rotate": _as_it_is("people", "offboarding", "rotate", EVE, "Eves"),
    "people ssh-keys remove": lambda house, folder: (
        *("people", "ssh-keys", "remove", made.ssh_key(house).fingerprint),
    ),
    "people role": _as_it_is("people", "role", TOM, "--role", "member"),
    "plan": _as_it_is("plan", "free"),
    "stop": _as_it_is("stop", "Website"),
    "resources actions": _as_it_is("resources", "actions", "invoices", "--remove", "write"),
    "resources remove": _as_it_is("resources", "remove", "invoices"),
    "resources sample": _without_sample,
    "rotations abandon": _as_it_is("rotations", "abandon", "Shop"),
    "rotations extend": _as_it_is("rotations", "extend", "Shop", "--overlap", "1d"),
    "rotations finish": _as_it_is("rotations", "finish", "Shop"),
    "routes import": _without_a_route,
    "routes remove": _as_it_is("routes", "remove", "GET /events/{id}"),
    "scan": _leaked,
    "tools add": _with_a_tool_less,
    "tools remove": lambda house, folder: ("tools", "remove", made.tool(house)),
    "audit": _as_it_is("audit"),
    "audit archive": lambda house, folder: (
        *("audit", "archive", str(folder / "audit.jsonl")),
        *("--until", str(house.store.audit_trail.anchor(house.alice))),
    ),
    "audit anchor": _as_it_is("audit", "anchor"),
    "audit export": _as_it_is("audit", "export"),
    "audit verify": _as_it_is("audit", "verify"),
    "can": _as_it_is("can", "Website", "GET", "/api/v1/events"),
    "colour": _as_it_is("colour", "red"),
    "connections clients add": lambda house, folder: (
        *("connections", "clients", "add", _document(house, folder)),
        *("--file", str(folder / "client.json")),
    ),
    "connections clients list": _as_it_is("connections", "clients", "list"),
    "connections list": _as_it_is("connections", "list"),
    "connections show": _as_it_is("connections", "show", "Claude"),
    "connections refusals": _as_it_is("connections", "refusals", "Claude"),
    "connections usage": _as_it_is("connections", "usage", "Claude"),
    # At a terminal a page of a topic waits for a key: the list of them is printed at once.
    "help": _as_it_is("help"),
    "init": _as_it_is("init", "--workspace", "Third", "--admin", "alice@acme.example"),
    "keys confirm": _as_it_is("keys", "confirm", "Wide"),
    "keys create": _as_it_is("keys", "create", "--name", "New", "--scope", "events:read"),
    "keys due": _as_it_is("keys", "due"),
    "keys holders": _as_it_is("keys", "holders", "Website", TOM),
    "keys label": _as_it_is("keys", "label", "Website", "tier=gold"),
    "keys owner": _as_it_is("keys", "owner", "Website", "customer_42"),
    "keys remark": _as_it_is("keys", "remark", "Website", "Ask Mia first"),
    "keys rename": _as_it_is("keys", "rename", "Website", "Shop front"),
    "keys list": _as_it_is("keys", "list"),
    "keys show": _as_it_is("keys", "show", "Website"),
    "keys unused-scopes": _as_it_is("keys", "unused-scopes"),
    "keys refusals": _as_it_is("keys", "refusals", "Website"),
    "keys usage": _as_it_is("keys", "usage", "Website"),
    "leaks policy": _as_it_is("leaks", "policy", "report"),
    "people add": _as_it_is("people", "add", "bo@acme.example", "--name", "bo"),
    "people list": _as_it_is("people", "list"),
    "people offboarding keep": _as_it_is(
        *("people", "offboarding", "keep", EVE, "Eves", "--reason", "no data in it")
    ),
    "people offboarding list": _as_it_is("people", "offboarding", "list"),
    "people offboarding resume": _as_it_is("people", "offboarding", "resume", EVE),
    "people offboarding show": _as_it_is("people", "offboarding", "show", EVE),
    "authorized-keys": lambda house, folder: ("authorized-keys", made.ssh_key(house).fingerprint),
    "people ssh-keys add": lambda house, folder: (
        *("people", "ssh-keys", "add", TOM, "--ssh-key", _public_file(folder)),
    ),
    "people ssh-keys list": _as_it_is("people", "ssh-keys", "list"),
    "people password": _as_it_is("people", "password", TOM),
    "proxy recipe": _as_it_is("proxy", "recipe", "nginx", "--upstream", "127.0.0.1:3000"),
    "resources add": _as_it_is("resources", "add", "bills"),
    "resources list": _as_it_is("resources", "list"),
    "rotations list": _as_it_is("rotations", "list"),
    "rotations show": _as_it_is("rotations", "show", "Shop"),
    "routes add": _as_it_is("routes", "add", "DELETE /events/{id}", "events:write"),
    "routes list": _as_it_is("routes", "list"),
    "routes test": _as_it_is("routes", "test", "GET /events/7"),
    "tools list": _as_it_is("tools", "list"),
    "tools test": lambda house, folder: ("tools", "test", made.tool(house)),
    "store backup": lambda house, folder: ("store", "backup", str(folder / "copy.db")),
    "store check": _as_it_is("store", "check"),
    "store confirm": _as_it_is("store", "confirm"),
    "resume": _stopped,
    "limits list": _as_it_is("limits", "list"),
    "stops list": _as_it_is("stops", "list"),
    "verifiers": _as_it_is("verifiers"),
    "verifiers forget": lambda house, folder: ("verifiers", "forget", made.gone_verifier(house)),
    "why": _as_it_is("why", "Website"),
}
ELSEWHERE = {
    "connections approve": "a code of an ask",
    "connections check": "a verifier",
    "demo": "opens a console of its own",
    "keys import": "a file of keys",
    "leaks dismiss": "a key that is marked",
    "login": "a password, and a folder of one's own",
    "logout": "a login",
    "people authorize": "an SSH key on standard input",
    "people accept": "a one-time code",
    "people enrol": "a one-time code",
    "people offboarding finish": "nothing left to decide",
    "proxy check": "a proxy",
    "serve": "runs until it is told to stop",
    "store copy": "see tests of copying",
    "store grants": "prints SQL",
    "store restore": "see tests of restoring",
    "store upgrade": "see tests of upgrading",
}
"""What is tried with what it needs, in tests of its own."""


@dataclass(frozen=True)
class Standing:
    """What people, keys and connections may do, as things that can be compared."""

    may: frozenset[tuple[str, ...]]
    until: Mapping[str, int]
    """When what ends by itself does."""

    def lacks(self, before: "Standing") -> list[object]:
        """Return what ended since, or ends sooner."""
        ended: list[object] = [*sorted(before.may - self.may)]
        sooner = {
            one: ends for one, ends in self.until.items() if ends < before.until.get(one, ends)
        }
        return [*ended, *sooner.items()]


def standing(house: House) -> Standing:
    """Return what may be done in Alice's workspace now."""
    store, alice = house.store, house.alice
    may: set[tuple[str, ...]] = set()
    until: dict[str, int] = {}
    workspace = store.operator.workspace("acme-events")
    may.add(("plan", workspace.plan.value))
    may |= {("asks", one.client.id) for one in store.client_documents.all(alice)}
    may |= {("ssh key", one.fingerprint) for one in store.ssh_keys.all()}
    may |= {("resource", one.name) for one in store.operator.resources()}
    may |= {("action", str(scope)) for one in store.operator.resources() for scope in one.scopes}
    may |= {("route", str(one), one.needs) for one in store.routes.all()}
    may |= {("tool", tool.name) for one in store.tools.all() for tool in one.tools}
    for person in store.people.all(alice):
        may.add(("person", person.email))
        if person.role is Role.ADMIN:
            may.add(("admin", person.email))
        if person.code_until is not None:
            until[f"code of {person.email}"] = -person.code_until
    now = house.clock.now()
    with store.transactions.reading() as unit:
        keys = [unit.keys.get(alice.workspace_id, one) for one in _key_ids(house)]
    for key in keys:
        if key is not None and key.state(now) is State.ACTIVE and key.stopped_at is None:
            may |= {("key", key.id, str(scope)) for scope in key.scopes}
            until[key.id] = 2**62 if key.expires_at is None else key.expires_at
    for one in store.connections.all(alice):
        if one.state(now) is State.ACTIVE:
            may |= {("connection", one.id, str(scope)) for scope in one.scopes}
    for named in (*keys, *store.connections.all(alice)):
        if named is not None and not (named.networks and named.networks.enforced):
            may.add(("from anywhere", named.id))
    held = {str(key.id): key.limits for key in keys if key is not None}
    held |= {f"{one.subject} {one.value}": one.limits for one, _ in store.limits.shared(alice)}
    for named_by in ("workspace ", *held):
        if not held.get(named_by):
            may.add(("however often", named_by))
    may |= {("entry", str(entry.seq)) for entry in store.audit_trail.newest(alice, limit=1000)}
    return Standing(frozenset(may), until)


def _key_ids(house: House) -> list[str]:
    from sqlalchemy import select

    from store.persistence.schema import keys

    with house.store.database.reading() as connection:
        return list(connection.execute(select(keys.c.id)).scalars())
