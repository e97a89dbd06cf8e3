"""`keydeck proxy check` in front of each recipe, whole and with a line taken out."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.proxy_check import passing, reaching
from console.proxy_check.checks import CHECKS
from console.recipes import PROXIES
from console.recipes.guards import GUARDS
from store.client import answer
from store.domain.clock import FixedClock, SystemClock
from store.verifier import original_request, verify_route
from tests.conftest import MoveIn
from tests.house import House
from tests.proxies.limits import SCOPE, has
from tests.proxies.running import free_port
from tests.proxies.taken_out import Recipe, asked, url

SAMPLE = {"forged-identity", "h2c", "identity", "key-stays", "no-key"}
"""What is tried of the proxies that take longer to start; `python -m tests.proxies` tries all."""


@pytest.fixture(scope="module")
def verifier(
    move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, int]]:
    """What all of them ask."""
    folder = tmp_path_factory.mktemp("asked")
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        asked(house, folder) as port,
    ):
        yield house, port


@pytest.fixture(scope="module", params=list(PROXIES))
def taken(
    verifier: tuple[House, int],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Recipe:
    """A recipe, to be started whole or with a line taken out."""
    house, port = verifier
    return Recipe(house, request.param, port, tmp_path_factory.mktemp("taken"))


def test_of_a_whole_recipe_nothing_is_open(taken: Recipe) -> None:
    opened = taken.opened()
    assert opened is not None, "it does not start"
    assert set(opened) == (set() if has(SCOPE, taken.name) else {"lacking-key"}), opened


def test_a_line_that_is_taken_out_is_found_by_the_promise_that_it_keeps(taken: Recipe) -> None:
    promises: dict[str, set[str]] = {}
    for check, lines in GUARDS[taken.name].items():
        for line in lines if taken.name == "nginx" else lines[:1]:
            if taken.name == "nginx" or check in SAMPLE:
                promises.setdefault(line, set()).add(check)
    for line, kept in promises.items():
        # A line that stands in several places keeps its promise in one of them.
        places = [(file, number) for file, number, text in taken.lines() if text == line]
        found = [set(taken.opened(*place) or ()) for place in places]
        assert any(kept <= opened for opened in found), f"{line}: {found}"


def test_each_line_that_is_named_is_in_its_recipe(taken: Recipe) -> None:
    found = {line for _, _, line in taken.lines()}
    named = {line for lines in GUARDS[taken.name].values() for line in lines}
    assert named <= found
    assert set(GUARDS[taken.name]) <= {check.name for check in CHECKS}


def test_what_is_looked_for_is_what_the_verifier_says_and_takes() -> None:
    # The client knows nothing else of ours, and `proxy check` needs no verifier.
    assert set(reaching.IDENTITY) == set(verify_route.IDENTITY)
    assert {name.decode() for name in (*answer.IDENTITY, *answer.BELONGING)} == {
        name.lower() for name in verify_route.IDENTITY
    }
    claimed = {name.lower().encode() for pair in passing.CLAIMS for name in pair}
    assert claimed == set(original_request.TELLING)


def test_the_command_names_the_trap_and_the_line_and_no_key(
    verifier: tuple[House, int], tmp_path: Path
) -> None:
    taken = Recipe(verifier[0], "haproxy", verifier[1], tmp_path)
    file = next(place for place in taken.lines() if place[2].endswith("del-header Authorization"))
    good, lacking = tmp_path / "good", tmp_path / "lacking"
    for path, key in zip((good, lacking), taken.keys, strict=True):
        path.write_text(key.reveal(), "ascii")
    keys = ("--key-file", str(good), "--lacking-key-file", str(lacking))
    with taken.running() as proxy:
        whole = _checked(url(proxy), *keys, "--as-api", f"127.0.0.1:{taken.api}")
        without_the_api = _checked(url(proxy), *keys, "--skip", "preflight", "--json")
    assert (whole.returncode, "none is open" in whole.stderr) == (0, True), whole.stdout
    outcomes = {
        one["check"]: one["outcome"] for one in json.loads(without_the_api.stdout)["checks"]
    }
    assert (outcomes["no-key"], outcomes["key-stays"]) == ("holds", "not seen")
    with taken.running(*file[:2]) as proxy:
        opened = _checked(
            url(proxy), *keys, "--as-api", f"127.0.0.1:{taken.api}", "--proxy", "haproxy"
        )
    assert opened.returncode == 1
    assert "key-stays: the key reached your API in authorization." in opened.stdout
    assert "haproxy: http-request del-header Authorization" in opened.stdout
    assert opened.stderr == "Open: key-stays.\n"
    for key in taken.keys:
        for done in (whole, without_the_api, opened):
            assert key.reveal() not in done.stdout + done.stderr


@pytest.mark.parametrize("program", ["nginx", "caddy"])
def test_a_proxy_that_keydeck_does_not_answer_is_not_told_what_to_mend(
    verifier: tuple[House, int], tmp_path: Path, program: str
) -> None:
    taken = Recipe(verifier[0], program, free_port(), tmp_path)
    key = tmp_path / "key"
    key.write_text(taken.keys[0].reveal(), "ascii")
    with taken.running() as proxy:
        here = ("--as-api", f"127.0.0.1:{taken.api}")
        done = _checked(url(proxy), "--key-file", str(key), *here)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (6, "", 1)
    assert "no answer of use, from keydeck or from its API: it was answered 50" in done.stderr


def _checked(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "console", "proxy", "check", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin"},
    )
