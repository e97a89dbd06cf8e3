"""Keys in the address of a request: what looking for them may cost."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from store.domain.foreign import Shape
from store.domain.leaks.finding import Finder, Found
from store.domain.leaks.foreign_values import foreign_finder
from store.verifier import address_leaks
from store.verifier.address_leaks import MOST_SOUGHT, AddressLeaks
from store.verifier.original_request import OriginalRequest
from tests.house import House
from tests.verifier.test_foreign_keys import VALUE, bring
from tests.verifier.test_short_way import context_of

LONG = OriginalRequest("GET", "/" + "acme_" * 1600, b"")
"""Every word of it begins what may be a value."""


@pytest.mark.parametrize(
    ("original", "holds", "most"),
    [
        (LONG, False, MOST_SOUGHT),
        (OriginalRequest("GET", f"/{VALUE}", b""), True, 1),
        (OriginalRequest("GET", "/", b"&".join([VALUE.encode()] * 50)), True, MOST_SOUGHT),
    ],
)
def test_an_address_is_looked_through_once_and_no_further_than_values_are_sought(
    own_house: House,
    monkeypatch: pytest.MonkeyPatch,
    original: OriginalRequest,
    holds: bool,
    most: int,
) -> None:
    bring(own_house, VALUE, prefix="acme_")
    made: list[Found] = []

    def counting(shapes: tuple[Shape, ...]) -> Finder:
        find = foreign_finder(shapes)

        def found(data: bytes) -> Iterator[Found]:
            for one in find(data):
                made.append(one)
                yield one

        return found

    monkeypatch.setattr(address_leaks, "foreign_finder", counting)
    with closing(context_of(own_house)) as context:
        leaks = AddressLeaks(context)
        scope = {"type": "http", "client": ("10.0.3.7", 1), "headers": []}
        assert leaks.holds_key(scope, original) is holds
    assert 0 < len(made) <= most
