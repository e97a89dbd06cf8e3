"""`keydeck serve`: what it refuses before it answers anybody."""

import pytest

from tests.commands.conftest import Keydeck


def test_there_is_no_lease_on_sqlite(keydeck: Keydeck) -> None:
    done = keydeck("serve", "--port", "0", "--lease", "3s")
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert done.err.startswith("A store on SQLite is read for every request")


@pytest.mark.postgres_only
@pytest.mark.parametrize("lease", ["11s", "1h", "0s", "500ms", "1.5s"])
def test_a_lease_has_its_bounds(keydeck: Keydeck, lease: str) -> None:
    done = keydeck("serve", "--port", "0", "--lease", lease)
    assert (done.status, done.err) == (2, "Choose a lease of 1 to 10 seconds.\n")


@pytest.mark.parametrize("lease", ["", "abc"])
def test_what_is_no_length_is_no_lease_and_not_none_either(keydeck: Keydeck, lease: str) -> None:
    done = keydeck("serve", "--port", "0", "--lease", lease)
    assert done.status == 2
    assert done.err.startswith(f"“{lease}” is not a duration.")
