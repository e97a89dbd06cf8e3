"""What an audit is, before it is archived and afterwards."""

from store.operations.check import check
from tests.house import House


def remember(house: House, number: int = 8) -> House:
    """Let a house's audit become some entries longer, and return the house."""
    for one in range(number):
        house.create(f"Key {one}")
    return house


def anchor(house: House) -> str:
    """Return the end of Alice's audit."""
    return str(house.store.audit_trail.anchor(house.alice))


def numbers(house: House) -> list[int]:
    """Return the numbers of the entries that are there."""
    return [one.seq for one in house.store.audit_trail.newest(house.alice, limit=1000)][::-1]


def findings(house: House) -> list[str]:
    """Return what is wrong with the store."""
    return [one.sentence for one in check(house.url, pepper_path=house.pepper_path)]
