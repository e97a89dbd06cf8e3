"""What the mutations need before they can be called on a fresh house."""

import base64
import json
from collections.abc import Callable
from itertools import count

import pytest
from sqlalchemy import update

from store.domain import foreign as foreign_keys
from store.domain.credential import Credential
from store.domain.key_string import Secret
from store.domain.keys import Key
from store.domain.people import Actor
from store.domain.request_ids import PURPOSE, RequestIds
from store.domain.routes.openapi import Reading, read_document
from store.domain.ssh_keys import PublicKey, SshKey
from store.domain.stops import StopKind, Target
from store.domain.times import DAY, HOUR
from store.domain.tools.reading import Choice, ToolReading, read_tools
from store.domain.usage import Refusal
from store.domain.verdicts import Verdict
from store.errors import GrantRefused
from store.persistence.schema import settings
from store.service.audit_archiving import ToArchive
from store.service.importing import ForeignKey
from store.service.keys import NewKey
from store.service.leaks import Leaked, LeakReports, Reported
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from tests.house import CALLBACK, House, granted_scopes, use
from tests.running import tell

names = count()


def key(house: House) -> str:
    """Make a key, and return its id."""
    return house.create(f"Made {next(names)}").key.id


def beginning_later(house: House) -> str:
    """Make a key that begins to work in a day, and return its id."""
    at = house.clock.now() + DAY
    granted = granted_scopes("events:read")
    new = NewKey(f"Made {next(names)}", granted, None, not_before=at)
    return house.store.keys.create(house.alice, new).key.id


def target(house: House) -> Target:
    """Make a key, and return it as whoever stops it names it."""
    return Target(StopKind.KEY, key(house))


def workspace(house: House) -> Target:
    """Let Alice's workspace go on, and return it as whoever stops it names it."""
    whole = Target(StopKind.WORKSPACE)
    if house.store.stops.standing(house.alice, [whole]):
        house.store.stops.resume(house.alice, [whole])
    return whole


def stopped_workspace(house: House) -> Target:
    """Stop Alice's workspace, where it is not, and return it as whoever lets it go on names it."""
    whole = Target(StopKind.WORKSPACE)
    if not house.store.stops.standing(house.alice, [whole]):
        house.store.stops.stop(house.alice, [whole])
    return whole


def stopped(house: House) -> Target:
    """Stop a key, and return it as whoever lets it go on names it."""
    made = target(house)
    house.store.stops.stop(house.alice, [made])
    return made


def logged_in(house: House) -> Secret:
    """Let Alice stay signed in, and return what she presents."""
    presented = Secret(f"presented {next(names)}")
    house.store.logins.begin(house.alice, presented, HOUR)
    return presented


def rotation(house: House) -> str:
    """Rotate a key, and return its id."""
    key_id = key(house)
    house.store.rotations.rotate(house.alice, key_id)
    return key_id


def described(house: House) -> tuple[bytes, str]:
    """Return what an assistant says of itself, and the address it says it at."""
    address = f"https://made{next(names)}.example/client.json"
    said = {"client_id": address, "client_name": "Made", "redirect_uris": [CALLBACK]}
    return json.dumps(said).encode(), address


def gone_verifier(house: House) -> str:
    """Let a verifier have told of itself once, long ago; return its host."""
    host = f"gone{next(names)}"
    tell(house.store.database, host, seen_at=house.clock.now() - DAY)
    return host


def let_ask(house: House) -> str:
    """Let an assistant ask, and return its address."""
    content, address = described(house)
    house.store.client_documents.add(house.alice, content, address)
    return address


def route(house: House) -> str:
    """Add a route, and return it as it is written."""
    text = f"GET /made{next(names)}"
    house.store.routes.add(text, ["events:read"])
    return text


def tools(house: House) -> ToolReading:
    """Return what an OpenAPI document gives of tools that nobody has yet."""
    number = next(names)
    paths: dict[str, object] = {f"/made{number}": {"get": {}}}
    written = {"openapi": "3.1.0", "info": {"title": f"Made {number}"}, "paths": paths}
    return read_tools(written, Choice())


def tool(house: House) -> str:
    """Let assistants find a tool, and return its name."""
    reading = tools(house)
    house.store.tools.put(reading, "http://127.0.0.1:9").unwaited()
    return reading.tools[0].name


def document(house: House) -> Reading:
    """Return what an OpenAPI document says that nobody has imported yet."""
    paths = {f"/made{next(names)}": {"get": {"tags": ["events"]}}}
    return read_document({"openapi": "3.1.0", "info": {"title": "Made"}, "paths": paths})


def member(house: House) -> str:
    """Invite somebody, and return their e-mail."""
    email = f"person{next(names)}@acme.example"
    house.store.people.add(house.alice, email, "somebody")
    return email


def known(house: House) -> tuple[Actor, str]:
    """Make a key that somebody new is a custodian of, and return both."""
    email = member(house)
    [person] = [one for one in house.store.people.all(house.alice) if one.email == email]
    wanted = NewKey(f"Made {next(names)}", granted_scopes("events:read"), None, None, [email])
    key_id = house.store.keys.create(house.alice, wanted).key.id
    return Actor(person.id, email, person.name, house.alice.workspace_id), key_id


def left(house: House) -> tuple[str, str]:
    """Let somebody go who knows two keys, and return their e-mail and one of the keys."""
    leaver, key_id = known(house)
    wanted = NewKey(
        f"Made {next(names)}", granted_scopes("events:read"), None, None, [leaver.email]
    )
    house.store.keys.create(house.alice, wanted)
    house.store.people.leave(house.alice, leaver.email)
    return leaver.email, key_id


def left_and_rotated(house: House) -> tuple[str, str]:
    """Let somebody go, rotate a key they know, and return their e-mail and the key."""
    email, key_id = left(house)
    successor = house.store.rotations.rotate(house.alice, key_id).unwaited().successor.id
    house.store.keys.confirm(house.alice, successor)
    return email, key_id


def left_and_over(house: House) -> str:
    """Let somebody go whose only key has ended, and return their e-mail."""
    leaver, key_id = known(house)
    house.store.people.leave(house.alice, leaver.email)
    house.store.keys.revoke(house.alice, key_id)
    return leaver.email


def oversized(house: House) -> str:
    """Make a key that has used one of its two scopes in a hundred days."""
    issued = house.create(f"Made {next(names)}", "events:read events:write")
    house.store.keys.extend(house.alice, issued.key.id, None)
    house.clock.advance(100 * DAY)
    use(house, issued.key, "events:read")
    return issued.key.id


def found(house: House) -> Leaked:
    """Find a key where none should be."""
    leaked = house.store.leaks.whose(house.alice, house.create(f"Made {next(names)}").secret)
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


def token(house: House) -> tuple[Secret, str]:
    """Connect an assistant, and return its access token and the client's id."""
    _, presented = house.code()
    return house.store.tokens.exchange(presented).access, presented.client_id


def renewed(house: House) -> tuple[Secret, str]:
    """Connect an assistant, and return a refresh token that it has used, and its id."""
    _, presented = house.code()
    pair = house.store.tokens.exchange(presented)
    following = house.store.tokens.renew(pair.refresh, presented.client_id, None)
    house.store.tokens.renew(following.refresh, presented.client_id, None)
    return pair.refresh, presented.client_id


def refused_grant(call: Callable[[], object]) -> None:
    """Present what is refused because it was used before."""
    with pytest.raises(GrantRefused, match="used before"):
        call()


def on_page(house: House) -> tuple[str, Secret]:
    """Sign in on a request's page as Alice, and return its id and what opens it."""
    brought = house.ask()
    requests, person_id = house.store.authorization_requests, house.alice.person_id
    return brought.ask.id, requests.signed_in(brought.ask.id, brought.browser, person_id)


def restored(house: House) -> None:
    """Let the store wait for the operator, as after a restore."""
    with house.store.database.writing() as connection:
        connection.execute(update(settings).values(restored_at=house.clock.now()))


def invited(house: House) -> tuple[str, Secret]:
    """Invite somebody new, and return their e-mail and code."""
    email = f"person{next(names)}@acme.example"
    return email, house.store.people.add(house.alice, email, "somebody").code


def invited_over_ssh(house: House) -> tuple[int, Secret]:
    """Invite somebody new, and return their id and code."""
    email, code = invited(house)
    return house.store.operator.person_id(email), code


def invitation(house: House) -> Secret:
    """Invite Bob, who is in elsewhere, and return the code."""
    if any(person.email == house.bob.email for person in house.store.people.all(house.alice)):
        return house.store.people.invite_anew(house.alice, house.bob.email)
    return house.store.people.add(house.alice, house.bob.email, "bob").code


def public_key(_: House | None) -> PublicKey:
    """Return an SSH key that nobody has."""
    parts = (b"ssh-ed25519", next(names).to_bytes(32))
    blob = b"".join(len(part).to_bytes(4) + part for part in parts)
    return PublicKey("ssh-ed25519", base64.b64encode(blob).decode(), "somebody@desk")


def ssh_key(house: House) -> SshKey:
    """Let an SSH key in as somebody new, who left no trace yet, and return it."""
    email, _ = invited(house)
    return house.store.ssh_keys.add(email, public_key(house))


def resource(house: House) -> str:
    """Add a resource, and return its name."""
    name = f"thing{next(names)}"
    house.store.operator.add_resource(name)
    return name


def leaked(house: House) -> str:
    """Let a key be reported leaked, and return its id."""
    issued = house.create(f"Made {next(names)}")
    LeakReports(house.store.transactions).take(Reported(issued.secret, "10.0.3.7", "", ""))
    return issued.key.id


def nothing(house: House) -> None:
    """Make nothing."""
    return None


def foreign(house: House) -> list[ForeignKey]:
    """Return a key that somebody else made, as a file tells of it."""
    value = Secret(f"value {next(names)} of somebody else")
    return [ForeignKey(2, wanted(house), foreign_keys.known("plain", value))]


def wanted(house: House) -> NewKey:
    """Return what a new key is made of."""
    granted = granted_scopes("events:read")
    return NewKey(f"Made {next(names)}", granted, house.clock.now() + DAY)


def to_archive(house: House) -> ToArchive:
    """Return what of Alice's audit there is to archive."""
    store = house.store
    return store.audit_archiving.plan(store.operator.workspace("acme-events"), house.clock.now())
