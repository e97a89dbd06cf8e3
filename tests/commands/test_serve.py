"""`keydeck serve`: what it refuses before it answers anybody."""

import pytest

from store.verifier.listening import bind
from tests.commands.conftest import Keydeck
from tests.house import House


def test_there_is_no_lease_on_sqlite(keydeck: Keydeck) -> None:
    done = keydeck("serve", "--port", "0", "--lease", "3s")
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert done.err.startswith("On SQLite a verifier knows of every commit")


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


def test_an_address_that_is_taken_is_said_in_one_line_and_nothing_is_left(
    keydeck: Keydeck, house: House
) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        done = keydeck("serve", "--port", "0", "--internal", f"127.0.0.1:{port}")
        assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)
        assert f"127.0.0.1:{port}" in done.err
        path = house.pepper_path.with_name("s")
        done = keydeck("serve", "--port", str(port), "--internal", f"unix:{path}")
        assert (done.status, done.err.count("\n")) == (1, 1)
        assert not path.exists()
    done = keydeck("serve", "--port", "0", "--internal", "9090")
    assert (done.status, done.err.count("\n")) == (2, 1)
