"""Many commands at once: none takes what the others commit meanwhile for a store put back."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from store.domain.times import DAY
from store.operations.open import open_store
from store.service.keys import NewKey
from tests.house import House, granted_scopes

pytestmark = pytest.mark.both_engines

AT_ONCE, EACH = 4, 6


def test_a_store_is_opened_by_some_while_others_commit(house: House) -> None:
    def command(number: int) -> None:
        for turn in range(EACH):
            store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
            try:
                assert store.operator.unconfirmed() is None, "it was taken for one put back"
                now = house.clock.now()
                wanted = NewKey(f"Key {number}.{turn}", granted_scopes("events:read"), now + DAY)
                store.keys.create(house.alice, wanted)
            finally:
                store.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(command, range(AT_ONCE)))
