"""`keydeck proxy`: whole files for what was asked, or one sentence; no file is replaced."""

import re
from pathlib import Path

import pytest

from console.recipes import PROXIES
from tests.commands.conftest import Keydeck

UPSTREAM = ("--upstream", "127.0.0.1:3000")


@pytest.mark.parametrize("name", PROXIES)
def test_a_recipe_is_printed_whole_and_written_as_it_is_printed(
    keydeck: Keydeck, tmp_path: Path, name: str
) -> None:
    printed = keydeck("proxy", "recipe", name, *UPSTREAM)
    files = keydeck("proxy", "recipe", name, *UPSTREAM, "--json").json
    assert tuple(files) == PROXIES[name]
    assert all(text in printed.out for text in files.values())
    assert not any(re.search("@[a-z_]+@", text) for text in files.values()), (
        "a place is not filled in"
    )
    out = ("--out", str(tmp_path / "new" / "folder"))
    assert keydeck("proxy", "recipe", name, *UPSTREAM, *out).status == 0
    assert {
        path.name: path.read_text() for path in (tmp_path / "new" / "folder").iterdir()
    } == files
    again = keydeck("proxy", "recipe", name, *UPSTREAM, *out)
    assert (again.status, "is there already" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--upstream", "example.com"), "is no address"),
        (("--upstream", "https://example.com:443"), "is no address"),
        (("--upstream", "a b:80"), "is no address"),
        (("--upstream", "x;}:80"), "is no address"),
        (("--upstream", "::1:3000"), "in brackets"),
        (("--upstream", "127.0.0.1:0"), "no port 0"),
        (("--upstream", "127.0.0.1:65536"), "no port 65536"),
        ((*UPSTREAM, "--keydeck", "8080"), "is no address"),
        ((*UPSTREAM, "--listen", ":8000"), "is no address"),
        ((*UPSTREAM, "--scope", "invoices"), "invoices"),
        ((*UPSTREAM, "--out", "/proc/none"), "could not be written"),
    ],
)
def test_what_cannot_be_written_into_a_configuration_is_one_sentence(
    keydeck: Keydeck, options: tuple[str, ...], said: str
) -> None:
    done = keydeck("proxy", "recipe", "nginx", *options)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_addresses_are_taken_as_people_have_them(keydeck: Keydeck) -> None:
    options = ("--upstream", "http://[::1]:3000/", "--keydeck", "http://keydeck.internal:8080")
    printed = keydeck("proxy", "recipe", "nginx", *options, "--scope", "events:read").out
    assert "server [::1]:3000;" in printed
    assert "server keydeck.internal:8080;" in printed
    assert "authorize?deny=nginx&preflight=pass&scope=events:read;" in printed


def test_a_scope_is_one_of_the_catalogue_and_no_question_for_envoy(keydeck: Keydeck) -> None:
    assert keydeck("proxy", "recipe", "nginx", *UPSTREAM, "--scope", "nothing:read").status == 4
    done = keydeck("proxy", "recipe", "envoy", *UPSTREAM, "--scope", "events:read")
    assert (done.status, "Leave --scope out" in done.err) == (2, True)
