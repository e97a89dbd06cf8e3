"""`keydeck connections check` itself: which addresses it takes, and how it says what it found."""

from pathlib import Path

import pytest

from tests.commands.conftest import Keydeck
from tests.house import House
from tests.proxies.running import free_port
from tests.verifier.serving import eventually, serving

CHECK = ("connections", "check")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("example.com", "is no address"),
        ("ftp://example.com", "is no address"),
        ("http://me:secret@example.com/", "by its path alone"),
        ("http://example.com/mcp?x=1", "by its path alone"),
    ],
)
def test_what_is_no_address_is_one_sentence(keydeck: Keydeck, address: str, said: str) -> None:
    done = keydeck(*CHECK, address)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err
    assert "secret@" not in done.err


def test_what_cannot_be_reached_is_the_first_thing_that_is_wrong(keydeck: Keydeck) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = keydeck(*CHECK, url)
    assert done.status == 1
    assert "cannot be reached: connection refused.\n  Start `keydeck serve`" in done.out
    assert done.err == f"Assistants do not come through to {url}/mcp: reach.\n"
    [found] = keydeck(*CHECK, url, "--json").json["addresses"]
    outcomes = [check["outcome"] for check in found["checks"]]
    assert (found["url"], outcomes[0], set(outcomes[1:])) == (f"{url}/mcp", "open", {"not seen"})


def test_without_an_address_it_is_where_the_verifiers_that_run_send_assistants(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    done = keydeck(*CHECK)
    assert (done.status, done.out) == (6, "")
    assert done.err.startswith("No verifier of this store runs. Start `keydeck serve`")
    with serving(house, tmp_path / "stderr") as server:
        eventually(lambda: len(house.store.verifiers.all(house.alice)) == 1)
        done = keydeck(*CHECK)
        assert done.status == 0, done.out
        assert done.err.startswith(f"Assistants connect to {server.address}/mcp.")
    elsewhere = f"http://127.0.0.1:{free_port()}/keys"
    with serving(house, tmp_path / "stderr", public_url=elsewhere) as server:
        eventually(lambda: len(house.store.verifiers.all(house.alice)) == 1)
        done = keydeck(*CHECK, "--json")
        assert done.status == 1
        assert [one["url"] for one in done.json["addresses"]] == [f"{elsewhere}/mcp"]
