"""`keydeck proxy check` itself: what it takes, and one sentence for what it cannot look at."""

from pathlib import Path

import pytest

from store.domain.clock import SystemClock
from store.domain.key_string import mint
from tests.commands.conftest import Keydeck
from tests.house import House
from tests.proxies.running import free_port
from tests.verifier.serving import serving

URL = "http://127.0.0.1:1/invoices"


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    """A file with a key that was never issued."""
    path = tmp_path / "key"
    path.write_text(f"{mint('jw').key.reveal()}\n", "ascii")
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("example.com",), "is no address"),
        (("ftp://example.com",), "is no address"),
        (("http://x:99999/",), "is no address"),
        (("http://[::1/",), "is no address"),
        (("http://me:secret@example.com/",), "by its path alone"),
        (("http://example.com/?x=1",), "by its path alone"),
        ((URL, "--skip", "nothing"), "There is no check “nothing”"),
        ((URL, "--as-api", "9000"), "is no address"),
        ((URL, "--proxy", "apache"), "apache"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    keydeck: Keydeck, key_file: str, arguments: tuple[str, ...], said: str
) -> None:
    done = keydeck("proxy", "check", *arguments, "--key-file", key_file)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err
    assert "secret@" not in done.err


@pytest.mark.parametrize("text", ["", "hunter2", "jw_short_key", "ключ"])
def test_a_file_without_a_key_is_said_to_be_one_and_is_not_repeated(
    keydeck: Keydeck, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "key"
    path.write_text(text, "utf-8")
    done = keydeck("proxy", "check", URL, "--key-file", str(path))
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert not text or text not in done.err
    assert keydeck("proxy", "check", URL, "--key-file", str(tmp_path / "none")).status == 2


def test_what_cannot_be_reached_is_6_for_1_is_a_finding(keydeck: Keydeck, key_file: str) -> None:
    done = keydeck("proxy", "check", f"http://127.0.0.1:{free_port()}", "--key-file", key_file)
    assert (done.status, done.out, done.err.count("\n")) == (6, "", 1)
    assert "connection refused" in done.err


def test_an_address_that_asks_nobody_is_open_and_one_that_takes_no_such_key_says_so(
    keydeck: Keydeck, house: House, key_file: str, tmp_path: Path
) -> None:
    with serving(house, tmp_path / "stderr") as server:
        _look(keydeck, server.port, key_file)


def _look(keydeck: Keydeck, port: int, key_file: str) -> None:
    def outcomes(path: str) -> dict[str, str]:
        url = f"http://127.0.0.1:{port}{path}"
        done = keydeck("proxy", "check", url, "--key-file", key_file, "--json")
        assert done.status == 1
        return {check["check"]: check["outcome"] for check in done.json["checks"]}

    public = outcomes("/healthz")
    assert (public["no-key"], public["dead-key"], public["challenge"]) == ("open",) * 3
    guarded = outcomes("/api/v1/authorize")
    assert (guarded["no-key"], guarded["good-key"]) == ("holds", "open")
    assert guarded["identity"] == guarded["challenge-403"] == "not seen"


def test_a_403_that_no_route_names_needs_no_challenge_and_hides_whether_bodies_arrive(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    house.store.routes.add("GET /known", ["any"])
    house.clock.advance(SystemClock().now() - house.clock.now())
    path = tmp_path / "good"
    path.write_text(f"{house.create().secret.reveal()}\n", "ascii")
    with serving(house, tmp_path / "stderr", proxies=["127.0.0.1"]) as server:
        url = f"http://127.0.0.1:{server.port}/api/v1/authorize/known"
        place = ("--as-api", f"127.0.0.1:{free_port()}")
        done = keydeck("proxy", "check", url, "--key-file", str(path), *place, "--json")
    outcomes = {check["check"]: check["outcome"] for check in done.json["checks"]}
    assert outcomes["body"] == "not seen", done.json
    assert outcomes["code-403"] == "holds", done.json
    assert outcomes["challenge-403"] == "not seen"
