"""sshd is told at once what the use case would tell it, and sent there where that says more."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from store.operations.as_usual import NotAsUsual
from store.operations.ssh_entry import opens
from store.persistence.migrations import run
from tests.house import House
from tests.invariants.prepared import public_key

if TYPE_CHECKING:
    from store.domain.ssh_keys import SshKey


def told(house: House, fingerprint: str) -> "SshKey | None":
    address, key = opens(house.url, house.pepper_path, fingerprint)
    assert address == house.url
    assert key == house.store.ssh_keys.opens(fingerprint)
    return key


def test_it_says_whom_a_key_lets_in_and_how_for_as_long_as_it_does(house: House) -> None:
    known = public_key(house)
    key = house.store.ssh_keys.add(house.alice.email, known, console=False, looks_only=True)
    assert told(house, key.fingerprint) == key
    assert told(house, "SHA256:another") is None
    house.store.ssh_keys.remove(key.fingerprint)
    assert told(house, key.fingerprint) is None


def only_invited(house: House) -> None:
    with house.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE people SET account_id = NULL")


def of_another_schema(house: House) -> None:
    with house.store.database.writing() as connection:
        run.set_version(connection, "0001")


@pytest.mark.parametrize("otherwise", [only_invited, of_another_schema])
def test_it_sends_to_the_usual_way_whoever_is_only_invited_and_what_is_not_as_usual(
    house: House, otherwise: Callable[[House], None]
) -> None:
    key = house.store.ssh_keys.add(house.alice.email, public_key(house))
    otherwise(house)
    with pytest.raises(NotAsUsual):
        opens(house.url, house.pepper_path, key.fingerprint)
