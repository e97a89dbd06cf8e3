"""Keys that somebody else made, presented to a real verifier on both engines."""

import hashlib
import hmac
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex

import bcrypt
import pytest
from argon2 import PasswordHasher

from store.credentials.slow_hashes import Guard
from store.domain.clock import FixedClock, SystemClock
from store.domain.foreign import Scheme, known
from store.domain.key_string import Secret, mint
from store.domain.keys import Note
from store.domain.times import DAY
from store.persistence.repositories.foreign_digests import FOREIGN_KEY, SHAPES
from store.service.importing import Asked, ForeignKey
from store.service.keys import NewKey
from store.verifier.api_keys import key_authenticator
from tests.conftest import MoveIn
from tests.house import House, granted_scopes
from tests.verifier.serving import API, Served, eventually, serving
from tests.verifier.test_short_way import context_of, reading, told

pytestmark = pytest.mark.both_engines
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PUBLIC = 20
"""Characters of a value that are public."""
SLOW_SCHEMES = (Scheme.ARGON2, Scheme.BCRYPT, Scheme.KEYSHIELD_ARGON2, Scheme.KEYSHIELD_BCRYPT)
OLD_PEPPER = b"what another system keyed with"
VALUE = "acme_live_4eC39HqLyjWDarjtT1zdp7dc"


def digest_of(scheme: Scheme, value: str) -> str:
    """Return what another system kept of a value."""
    plain = value.encode()
    return {
        Scheme.PLAIN: value,
        Scheme.SHA256_HEX: hashlib.sha256(plain).hexdigest(),
        Scheme.SHA512: "sha512$$" + hashlib.sha512(plain).hexdigest(),
        Scheme.HMAC_SHA256: hmac.digest(OLD_PEPPER, plain, "sha256").hex(),
        Scheme.ARGON2: CHEAP.hash(plain),
        Scheme.BCRYPT: bcrypt.hashpw(plain, bcrypt.gensalt(4)).decode(),
        Scheme.KEYSHIELD_ARGON2: CHEAP.hash(plain[PUBLIC:] + OLD_PEPPER),
        Scheme.KEYSHIELD_BCRYPT: bcrypt.hashpw(
            hmac.digest(OLD_PEPPER, plain[PUBLIC:], "sha256"), bcrypt.gensalt(4)
        ).decode(),
    }[scheme]


def bring(
    house: House, value: str, scheme: Scheme = Scheme.SHA256_HEX, prefix: str = "", name: str = ""
) -> str:
    """Bring a key along and return its id."""
    wanted = NewKey(
        name or f"Brought {hashlib.sha256(value.encode()).hexdigest()[:8]}",
        granted_scopes("events:read"),
        house.clock.now() + 90 * DAY,
    )
    told = ForeignKey(1, wanted, known(scheme, Secret(digest_of(scheme, value)), value[:PUBLIC]))
    [outcome] = house.store.imports.bring(house.alice, [told], Asked(prefix, OLD_PEPPER))
    assert outcome.key_id is not None, outcome
    return outcome.key_id


@pytest.fixture(scope="module")
def serves(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served store, on either engine, that takes keys in two places."""
    folder = tmp_path_factory.mktemp("foreign")
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        serving(house, folder / "stderr", key_headers=["X-API-Key"]) as server,
        server.client() as client,
    ):
        yield Served(house, server, client)


@pytest.fixture
def value() -> str:
    """A value of a test's own."""
    return f"acme_live_{token_hex(16)}"


def test_a_value_opens_what_it_was_brought_along_for_and_has_arrived_with_its_first_use(
    serves: Served, value: str
) -> None:
    house, now = serves.house, serves.house.clock.now()
    for scheme in (Scheme.PLAIN, Scheme.SHA512, Scheme.HMAC_SHA256):
        key = value + scheme
        key_id = bring(house, key, scheme)
        assert Note.FOREIGN in house.store.keys.show(house.alice, key_id).notes(now)
        # What they look like is looked at once a second.
        eventually(partial(opens, serves, key))
        for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
            answer = serves.ask("/verify?scope=events:read", headers=headers)
            assert answer.status_code == 200, answer.text
            assert answer.json()["key_id"] == key_id
            lacking = serves.ask("/verify?scope=events:write", headers=headers)
            assert lacking.json()["code"] == "scope"
        eventually(lambda: all_moved(house))
        assert Note.FOREIGN not in house.store.keys.show(house.alice, key_id).notes(now)
        assert serves.ask("/events", key).status_code == 200
        assert key not in serves.server.said()
        for path in house.pepper_path.parent.rglob("*"):
            assert not path.is_file() or key.encode() not in path.read_bytes(), path


def opens(serves: Served, value: str) -> bool:
    """Return whether a value opens something."""
    return serves.ask("/verify", value).status_code == 200


def all_moved(house: House) -> bool:
    """Return whether every key that was brought along was presented."""
    arrived = house.store.imports.arrived(house.alice)
    return arrived.imported == arrived.moved > 0


def test_no_digest_and_nothing_like_a_value_opens_anything(serves: Served, value: str) -> None:
    house, other = serves.house, f"{value}_other"
    bring(house, value)
    bring(house, other, Scheme.SHA512)
    keyed = f"{value}_keyed"
    bring(house, keyed, Scheme.HMAC_SHA256)
    eventually(partial(opens, serves, value))
    eventually(partial(opens, serves, other))
    eventually(partial(opens, serves, keyed))
    with house.store.database.reading() as connection:
        kept = connection.exec_driver_sql("SELECT digest, key_id FROM foreign_digests").fetchall()
    presented = [
        digest_of(Scheme.SHA256_HEX, value),
        digest_of(Scheme.HMAC_SHA256, keyed),
        digest_of(Scheme.SHA512, other),
        digest_of(Scheme.SHA512, other).removeprefix("sha512$$"),
        *(value[:-1], value.upper(), f"{value}é", f"{value} x"),
        *(text for row in kept for text in row),
    ]
    for one in presented:
        sent = {b"Authorization": b"Bearer " + one.encode()}
        assert serves.ask("/verify", headers=sent).status_code == 401, one
    assert serves.ask("/verify", value[:10]).json()["code"] == "malformed"
    assert serves.ask("/verify", value[:-1]).json()["code"] == "unknown"
    assert serves.ask("/verify", mint("jw").key.reveal()[:-1]).json()["code"] == "malformed"


def test_a_revoked_value_is_refused_also_where_it_was_brought_along_by_another_digest(
    serves: Served, value: str
) -> None:
    house = serves.house
    dead = bring(house, value, Scheme.SHA256_HEX)
    eventually(partial(opens, serves, value))
    house.store.keys.revoke(house.alice, dead)
    assert serves.ask("/verify", value).json()["code"] == "revoked"
    # Which nobody can know to be of the same value before it is presented.
    other = f"{value}_other"
    dead = bring(house, other, Scheme.SHA256_HEX)
    house.store.keys.revoke(house.alice, dead)
    house.clock.advance(1)
    bring(house, other, Scheme.SHA512, name=f"Alive {value}")
    bring(house, f"{value}_2", Scheme.SHA512)
    eventually(partial(opens, serves, f"{value}_2"))
    assert serves.ask("/verify", other).json()["code"] == "revoked"


def test_without_the_old_pepper_nobody_can_tell_and_with_it_again_everybody_can(
    serves: Served, value: str
) -> None:
    house = serves.house
    bring(house, value, Scheme.HMAC_SHA256)
    eventually(partial(opens, serves, value))
    with (
        put_aside(house.pepper_path),
        serving(house, house.pepper_path.with_name("stderr")) as another,
        another.client() as client,
    ):
        there = Served(house, another, client)
        assert there.ask("/verify", value).json()["code"] == "unavailable"
        assert there.ask("/verify", house.create("Ours").secret.reveal()).status_code == 200
        assert value not in another.said()
    assert opens(serves, value)


@contextmanager
def put_aside(path: Path) -> Iterator[None]:
    """Take the old peppers out of a file, and put them back."""
    whole = path.read_text("ascii")
    lines = whole.splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("old ")), "ascii")
    try:
        yield
    finally:
        path.write_text(whole, "ascii")


@pytest.mark.parametrize("scheme", SLOW_SCHEMES)
def test_a_passwords_hash_is_asked_once_and_a_digest_of_ours_from_then_on(
    serves: Served, value: str, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = serves.house
    key_id = bring(house, value, scheme)
    eventually(partial(opens, serves, value))
    wrong = value[:-1] + "_"
    assert serves.ask("/verify", wrong).json()["code"] == "unknown"
    assert serves.ask("/events", value).json()["data"] is not None
    for way in ("/verify", "/authorize"):
        answer = serves.client.request("HEAD", f"{API}{way}", headers=bearer(value))
        assert answer.headers["x-key-id"] == key_id
    posted = serves.client.post(f"{API}/events", headers=bearer(value), json={})
    assert posted.json()["code"] == "scope"
    shown = partial(house.store.keys.show, house.alice, key_id)
    eventually(lambda: Note.FOREIGN not in shown().notes(house.clock.now()))
    # Whoever begins anew knows neither what was proven, nor that it was: and hashes no more.
    monkeypatch.setattr(Guard, "admits", no_more)
    with closing(context_of(house, clock=house.clock)) as context:
        keys = key_authenticator(context)
        assert told(keys, value)[0].id == key_id  # type: ignore[index]
        for other in (wrong, value + "x", digest_of(scheme, value)):
            assert told(keys, other)[0] in ("unknown", "malformed")  # type: ignore[index]
    house.store.keys.revoke(house.alice, key_id)
    assert serves.ask("/verify", value).json()["code"] == "revoked"


def bearer(value: str) -> dict[str, str]:
    """Return the header with a value."""
    return {"Authorization": f"Bearer {value}"}


def no_more(*_: object) -> bool:
    """Stand for a hash that must not be made."""
    raise AssertionError("it was hashed again")


def test_a_value_that_was_revoked_behind_a_passwords_hash_comes_back_by_no_other_digest(
    serves: Served, value: str
) -> None:
    house = serves.house
    key_id = bring(house, value, Scheme.ARGON2)
    house.store.keys.revoke(house.alice, key_id)
    house.clock.advance(1)
    bring(house, value, Scheme.SHA256_HEX, name=f"Alive {value}")
    bring(house, f"{value[:PUBLIC]}_another value", Scheme.SHA512)
    eventually(partial(opens, serves, f"{value[:PUBLIC]}_another value"))
    for _ in range(3):
        assert serves.ask("/verify", value).json()["code"] == "revoked"


def test_whoever_guesses_behind_what_is_public_is_told_to_come_back(
    serves: Served, value: str
) -> None:
    dear = bcrypt.hashpw(value.encode(), bcrypt.gensalt(10)).decode()
    wanted = NewKey(f"Dear {value}", granted_scopes("events:read"), None)
    named = known("bcrypt", Secret(dear), value[:PUBLIC])
    serves.house.store.imports.bring(serves.house.alice, [ForeignKey(1, wanted, named)])
    other = f"other_{value}"
    bring(serves.house, other, Scheme.BCRYPT)
    eventually(partial(opens, serves, other))

    def guess(number: int) -> int:
        return serves.ask("/verify", f"{value[:PUBLIC]}_guess_{number:010}").status_code

    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(guess, range(40)))
    assert set(codes) <= {401, 503}
    assert codes.count(503) > codes.count(401) > 0
    eventually(partial(opens, serves, value))


def test_a_successor_is_one_of_ours(serves: Served, value: str) -> None:
    house = serves.house
    key_id = bring(house, value)
    rotated = house.store.rotations.rotate(house.alice, key_id, overlap_ms=DAY)
    secret = rotated.unwaited().secret.reveal()
    assert secret.startswith("jw_")
    assert opens(serves, secret)
    eventually(partial(opens, serves, value))


def test_what_does_not_begin_as_all_of_them_do_is_not_looked_up(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(context_of(own_house, clock=own_house.clock)) as context:
        keys = key_authenticator(context)
        asked: list[object] = []
        first, every = context.lookup._first, context.lookup._all

        def noted(statement: object, *given: object) -> object:
            asked.append(statement)
            return first(statement, *given)  # type: ignore[arg-type]

        def noted_all(statement: object, given: object = ()) -> object:
            asked.append(statement)
            return every(statement, given)  # type: ignore[arg-type]

        monkeypatch.setattr(context.lookup, "_first", noted)
        monkeypatch.setattr(context.lookup, "_all", noted_all)
        for number in range(50):
            assert told(keys, f"another_{number}_{VALUE}")[0] == "malformed"  # type: ignore[index]
        assert FOREIGN_KEY not in asked
        assert asked.count(SHAPES) < 10, "whether there are any is looked at once a second"
        bring(own_house, VALUE, prefix="acme_")
        context.lookup._shapes_at = 0.0
        assert told(keys, f"another_{VALUE}")[0] == "malformed"  # type: ignore[index]
        assert FOREIGN_KEY not in asked
        assert told(keys, VALUE + "x")[0] == "unknown"  # type: ignore[index]
        assert FOREIGN_KEY in asked


def test_a_value_is_remembered_as_any_key_and_forgotten_with_any_change(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = own_house
    key_id = bring(house, VALUE)
    with closing(context_of(house, clock=house.clock)) as context:
        keys = key_authenticator(context)
        reads = reading(context.lookup, monkeypatch)
        said = told(keys, VALUE)
        eventually(lambda: house.store.imports.arrived(house.alice).moved == 1)
        before = len(reads)
        assert before == 1
        assert [told(keys, VALUE) for _ in range(3)] == [said] * 3
        assert len(reads) == before
        # What their keys look like is known as of a second ago: one may be good by now.
        assert told(keys, VALUE + "x")[0] == "unknown"  # type: ignore[index]
        assert context.memory is not None
        assert not context.memory.is_unknown(context.memory.unmoved(), VALUE + "x")
        house.store.keys.revoke(house.alice, key_id)
        if context.holding is not None:
            context.holding.apply(10**9, [key_id], "timeline")
        assert told(keys, VALUE)[0] == "revoked"  # type: ignore[index]


@pytest.fixture(scope="module")
def behind(serves: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same store, behind a server to which every client here is a named proxy."""
    folder = tmp_path_factory.mktemp("behind")
    with (
        serving(serves.house, folder / "stderr", proxies=["127.0.0.1"]) as server,
        server.client() as client,
    ):
        yield Served(serves.house, server, client, made=1000)


@pytest.mark.parametrize("where", ["/pay/{}", "/pay?token={}", "/pay?x=%61cme_live_{}&y=1"])
def test_a_value_in_the_address_that_a_proxy_asks_about_is_refused_and_marked_leaked(
    behind: Served, where: str
) -> None:
    house, value = behind.house, f"acme_live_{token_hex(12)}"
    key_id = bring(house, value, prefix="acme_live_")
    mine = behind.issue("events:read").secret.reveal()
    # %61 is an a.
    asked = where.format(value.removeprefix("acme_live_") if "%61" in where else value)

    def ask(uri: str) -> int:
        told = {"X-Forwarded-Method": "GET", "X-Forwarded-Uri": uri}
        return behind.ask("/authorize", mine, headers=told).status_code

    # A first shape of its kind is known within a second.
    eventually(lambda: ask(asked) == 400)
    eventually(lambda: house.store.keys.show(house.alice, key_id).leaked_at is not None)
    [entry] = house.store.audit_trail.newest(house.alice, limit=1)
    assert (entry.action, entry.subject) == ("leak.reported", key_id)
    assert value not in str(entry.details)
    assert value.removeprefix("acme_live_") not in str(entry.details)
    assert ("[key]" in str(entry.details)) is (where == "/pay/{}")
    # What only begins like one is somebody's own.
    assert ask(asked.replace(value[-20:], token_hex(10))) == 200
