"""What is said of several keys at once."""

from console.text.batches import SHOWN, listed_names
from tests.house import House


def test_keys_of_one_name_are_named_once_with_their_number(house: House) -> None:
    keys = [house.create(name).key for name in ("Shop", "Zapier")]
    keys.append(house.store.rotations.rotate(house.alice, "Zapier").unwaited().successor)
    assert listed_names(keys) == "Shop, Zapier (2 keys)"
    assert listed_names(keys[:1] * (SHOWN + 1)) == f"Shop ({SHOWN} keys) and 1 more"
