"""Keys that somebody else made: brought along once, all or none, each value for good."""

import base64
import hashlib
import hmac
from contextlib import nullcontext
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert

from store.credentials import peppers
from store.domain.foreign import SLOW, Hash, Scheme, known
from store.domain.key_string import Secret
from store.domain.keys import Note
from store.domain.listing import KeyQuery
from store.domain.people import Plan, Role
from store.domain.times import DAY
from store.errors import (
    AdminsOnly,
    ImportRefused,
    Invalid,
    KeydeckError,
    NameTaken,
    NoSuchPerson,
    PlanRequired,
    ValueKnown,
)
from store.persistence.repositories.tombstones import row_key
from store.persistence.schema import tombstones
from store.service.importing import MOST_AT_ONCE, Asked, ForeignKey, Outcome, digests_of
from store.service.keys import NewKey
from tests.growth.writing import executions_counted
from tests.house import House, granted_scopes

pytestmark = pytest.mark.both_engines
OLD_PEPPER = b"what another system keyed with"
FAST_SCHEMES = [scheme for scheme in Scheme if scheme.value not in SLOW]
KEYED = Asked(old_pepper=OLD_PEPPER)
ARGON2, ANOTHER = (PasswordHasher(1, 8, 1).hash("whatever it was") for _ in range(2))
_SIZES = (("Few", 2), ("Many", 40))
VALUE = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"


def foreign(
    house: House,
    name: str,
    value: str = "",
    scheme: Scheme = Scheme.SHA256_HEX,
    *,
    holders: tuple[str, ...] = (),
) -> ForeignKey:
    """Return a key as a file tells of it, of a value of its own where none is named."""
    value = value or f"{name} has a value of its own"
    plain = value.encode()
    told = {
        Scheme.PLAIN: value,
        Scheme.SHA256_HEX: hashlib.sha256(plain).hexdigest(),
        Scheme.SHA256_BASE64: base64.b64encode(hashlib.sha256(plain).digest()).decode(),
        Scheme.SHA512: "sha512$$" + hashlib.sha512(plain).hexdigest(),
        Scheme.HMAC_SHA256: hmac.digest(OLD_PEPPER, plain, "sha256").hex(),
    }[scheme]
    wanted = NewKey(
        name, granted_scopes("events:read"), house.clock.now() + DAY, None, holders=holders
    )
    return ForeignKey(7, wanted, known(scheme, Secret(told)))


def why(outcomes: list[Outcome]) -> list[type[KeydeckError] | None]:
    """Return why each could not be brought along."""
    return [None if one.why is None else type(one.why) for one in outcomes]


def test_a_key_is_there_with_all_that_was_told_of_it_and_is_foreign(house: House) -> None:
    tom = house.add_member("tom@acme.example", Role.ADMIN)
    wanted = foreign(house, "Brought", VALUE, holders=(tom.email,))
    [outcome] = house.store.imports.bring(house.alice, [wanted])
    assert outcome.key_id is not None
    details = house.store.keys.details(house.alice, outcome.key_id)
    key = details.key
    assert (key.name, key.scopes) == ("Brought", granted_scopes("events:read"))
    assert key.expires_at == house.clock.now() + DAY
    assert key.confirmed_at is not None
    assert Note.FOREIGN in key.notes(house.clock.now())
    assert {holder.email for holder in details.holders} == {house.alice.email, tom.email}
    entry = details.history[0]
    assert (entry.action, entry.details["hash"]) == ("key.imported", "sha256")
    arrived = house.store.imports.arrived(house.alice)
    assert (arrived.imported, arrived.moved) == (1, 0)


def test_what_was_brought_along_once_never_is_again_by_any_scheme_from_anywhere(
    house: House,
) -> None:
    imports, alice = house.store.imports, house.alice
    bea = house.bob
    imports.bring(alice, [foreign(house, "Other", scheme=Scheme.HMAC_SHA256)], KEYED)
    [first] = imports.bring(alice, [foreign(house, "First", VALUE, Scheme.PLAIN)])
    assert first.key_id is not None
    for scheme in FAST_SCHEMES:
        again = foreign(house, "Again", VALUE, scheme)
        assert [one.already for one in imports.bring(alice, [again], KEYED)] == [True]
    house.store.keys.revoke(alice, first.key_id)
    for scheme in FAST_SCHEMES:
        again = foreign(house, "Again", VALUE, scheme)
        for actor in (alice, bea):
            with pytest.raises(ImportRefused):
                imports.bring(actor, [again], KEYED)
        [skipped] = imports.bring(bea, [again], KEYED, skip_bad=True)
        assert isinstance(skipped.why, ValueKnown)


def test_all_are_brought_along_or_none_or_those_that_can_be(house: House) -> None:
    imports, alice = house.store.imports, house.alice
    house.create("Taken")
    found = [
        foreign(house, "Good"),
        foreign(house, "Taken"),
        foreign(house, "Good"),
        foreign(house, ""),
        foreign(house, "Held", holders=("nobody@acme.example",)),
    ]
    expected = [None, NameTaken, NameTaken, Invalid, NoSuchPerson]
    found[2] = foreign(house, "Good", "another value than before")
    tried = imports.try_out(alice, found)
    assert why(tried) == expected
    assert [key.name for key in house.store.keys.page(alice, KeyQuery()).keys] == ["Taken"]
    with pytest.raises(ImportRefused) as refused:
        imports.bring(alice, found)
    assert (refused.value.bad, refused.value.line) == (4, 7)
    assert imports.arrived(alice).imported == 0
    assert why(imports.bring(alice, found, skip_bad=True)) == expected
    assert imports.arrived(alice).imported == 1
    assert why(imports.bring(alice, found, skip_bad=True))[0] is None, "it can be said again"
    assert imports.arrived(alice).imported == 1


def test_a_value_whose_key_a_restore_removed_does_not_come_along_again(house: House) -> None:
    one = foreign(house, "Gone", VALUE)
    transactions = house.store.keys._transactions
    for digest in digests_of(transactions.peppers, one.known).values():
        with house.store.database.writing() as connection:
            row = {"of_table": "foreign_digests", "row_key": row_key(digest), "content": "{}"}
            connection.execute(insert(tombstones).values(**row))
    assert why(house.store.imports.bring(house.alice, [one], skip_bad=True)) == [ValueKnown]


def test_a_value_that_would_never_be_looked_up_is_refused(house: House) -> None:
    imports, alice = house.store.imports, house.alice
    ours = foreign(house, "Ours", "jw_" + "x" * 62, Scheme.PLAIN)
    other = foreign(house, "Other", VALUE, Scheme.PLAIN)
    assert why(imports.try_out(alice, [ours, other], Asked("sk_test_"))) == [Invalid, Invalid]
    assert why(imports.try_out(alice, [ours, other], Asked("sk_live_"))) == [Invalid, None]
    with pytest.raises(Invalid, match="own keys"):
        imports.bring(alice, [other], Asked("jw_live"))


@pytest.mark.parametrize("scheme", [Scheme.HMAC_SHA256, Scheme.KEYSHIELD_ARGON2])
def test_an_old_pepper_lies_beside_ours_once_there_is_a_key_of_it_and_not_before(
    house: House, scheme: Scheme
) -> None:
    imports, alice = house.store.imports, house.alice
    one = foreign(house, "Keyed", VALUE, Scheme.HMAC_SHA256)
    if scheme is Scheme.KEYSHIELD_ARGON2:
        one = replace(one, known=known(scheme, Secret(ARGON2), "sk_live_1"))
    before = house.pepper_path.read_bytes()
    assert why(imports.try_out(alice, [one])) == [Invalid], "nobody said what it was keyed with"
    assert why(imports.try_out(alice, [one], KEYED)) == [None]
    mia = house.add_member("mia@acme.example", Role.MEMBER)
    with pytest.raises(AdminsOnly):
        imports.bring(mia, [one], KEYED)
    imports.bring(alice, [foreign(house, "Plain", scheme=Scheme.PLAIN)], KEYED)
    assert house.pepper_path.read_bytes() == before
    for again in (False, True):
        assert [told.already for told in imports.bring(alice, [one], KEYED)] == [again]
    names = peppers.read(house.pepper_path).old
    assert names == (house.store.peppers.name_of_old(OLD_PEPPER),)
    with house.store.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT foreign_hash FROM keys").fetchall()
    assert (f"{scheme}:{names[0]}",) in [tuple(row) for row in rows]


def test_what_is_public_of_a_value_belongs_to_one_key_and_is_as_good_as_the_value(
    house: House,
) -> None:
    imports, alice = house.store.imports, house.alice

    def hashed(name: str, public: str, scheme: str = "argon2") -> ForeignKey:
        return ForeignKey(7, foreign(house, name).wanted, known(scheme, Secret(ARGON2), public))

    good = hashed("Public", "sk_live_1")
    assert why(imports.try_out(alice, [good], Asked("pk_"))) == [Invalid]
    assert why(imports.try_out(alice, [hashed("Ours", "jw_live_1")])) == [Invalid]
    assert why(imports.try_out(alice, [hashed("No", "sk_live_1", "bcrypt")])) == [Invalid]
    assert why(imports.try_out(alice, [hashed("Keyed", "sk_1", "keyshield-argon2")])) == [Invalid]
    for again in (False, True):
        [outcome] = imports.bring(alice, [good], Asked("sk_"))
        assert (outcome.why, outcome.already) == (None, again)
    assert why(imports.bring(house.bob, [good], skip_bad=True)) == [ValueKnown]
    other = replace(good, known=known("argon2", Secret(ANOTHER), "sk_live_1"))
    assert why(imports.bring(alice, [other], skip_bad=True)) == [ValueKnown]
    with house.store.database.reading() as connection:
        kept = repr(connection.exec_driver_sql("SELECT * FROM foreign_digests").fetchall())
    assert ARGON2.rpartition("$")[2] not in kept
    assert "sk_live_1" not in kept


@pytest.mark.parametrize("skip_bad", [False, True])
def test_imports_that_bring_nothing_along_use_up_no_old_pepper(
    house: House, skip_bad: bool
) -> None:
    imports, alice = house.store.imports, house.alice
    held = [
        foreign(house, f"Bad {scheme}", scheme=scheme, holders=("nobody@acme.example",))
        for scheme in (Scheme.HMAC_SHA256, Scheme.SHA256_HEX)
    ]
    # One that would be let in, had the other not been refused, or needs no pepper.
    other = foreign(house, "Good", scheme=Scheme.SHA256_HEX if skip_bad else Scheme.HMAC_SHA256)
    for number in range(peppers.MOST_OLD + 1):
        with nullcontext() if skip_bad else pytest.raises(ImportRefused):
            imports.bring(
                alice, [*held, other], Asked(old_pepper=b"%d" % number), skip_bad=skip_bad
            )
    [good] = imports.bring(alice, [foreign(house, "Last", scheme=Scheme.HMAC_SHA256)], KEYED)
    assert good.key_id is not None
    assert peppers.read(house.pepper_path).old == (house.store.peppers.name_of_old(OLD_PEPPER),)


def test_a_file_for_all_or_none_is_bounded(house: House) -> None:
    one = foreign(house, "Many")
    with pytest.raises(Invalid, match="skip-bad"):
        house.store.imports.bring(house.alice, [one] * (MOST_AT_ONCE + 1))


def test_however_many_keys_come_along_at_once_so_many_statements_are_executed(
    house: House,
) -> None:
    """Whoever revokes waits for the transaction: a statement or two for each key took seconds."""
    few, many = ([foreign(house, f"{name} {one}") for one in range(n)] for name, n in _SIZES)
    bring = house.store.imports.bring
    bring(house.alice, [foreign(house, "First")])
    counted = []
    for some in (few, many):
        with executions_counted() as executed:
            assert why(bring(house.alice, some)) == [None] * len(some)
        counted.append(len(executed))
    assert counted[0] == counted[1]
    with executions_counted() as executed:
        assert why(house.store.imports.try_out(house.alice, many)) == [None] * len(many)
    assert not [statement for statement in executed if statement.startswith(("INSERT", "UPDATE"))]
    entries = house.store.audit_trail.newest(house.alice, limit=len(many))
    assert {entry.subject_name for entry in entries} == {one.wanted.name for one in many}
    assert house.store.audit_trail.verify(house.alice).trouble is None


def test_only_admins_of_a_pro_workspace_bring_keys_along(house: House) -> None:
    imports = house.store.imports
    mia = house.add_member("mia@acme.example", Role.MEMBER)
    found = [foreign(house, "Mine")]
    for ask in (imports.bring, imports.try_out):
        with pytest.raises(AdminsOnly):
            ask(mia, found)
    house.store.operator.set_plan("acme-events", Plan.FREE)
    for ask in (imports.bring, imports.try_out):
        with pytest.raises(PlanRequired):
            ask(house.alice, found)


def test_nothing_that_another_system_kept_is_kept_here(house: House) -> None:
    plain = hashlib.sha256(VALUE.encode())
    house.store.imports.bring(house.alice, [foreign(house, "Brought", VALUE)])
    with house.store.database.reading() as connection:
        rows = [
            row
            for table in ("foreign_digests", "audit", "keys")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    told = repr(rows)
    assert rows
    assert plain.hexdigest() not in told
    assert VALUE not in told
    assert base64.b64encode(plain.digest()).decode() not in told
    assert known(Scheme.PLAIN, Secret(VALUE)).hash is Hash.NONE
    assert VALUE not in repr(known(Scheme.PLAIN, Secret(VALUE)))
