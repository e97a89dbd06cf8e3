"""The address that is an assistant's id: one way to write each, and a host that can be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.client_addresses import checked_address, host_of, is_address
from store.domain.client_documents.known import KNOWN
from store.errors import Invalid


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://claude.ai/oauth/claude-code-client-metadata", "claude.ai"),
        ("https://a-b.example:8443/x", "a-b.example:8443"),
        ("https://xn--bcher-kva.example/c.json", "xn--bcher-kva.example"),
        ("https://desk.example/a%20b/c?version=2", "desk.example"),
        ("https://desk.example/...", "desk.example"),
        *((address, address.split("/")[2]) for address in KNOWN),
    ],
)
def test_an_address_is_taken_as_it_is_and_names_its_host(address: str, host: str) -> None:
    assert (checked_address(address), host_of(address)) == (address, host)


@pytest.mark.parametrize(
    "address",
    [
        *("", "https://", "https://desk.example", "https://desk.example/", "desk.example/c"),
        *("http://desk.example/c", "HTTPS://desk.example/c", "https:desk.example/c"),
        *("https:///desk.example/c", "https:/desk.example/c", "ftp://desk.example/c"),
        *("https://Desk.example/c", "https://desk.EXAMPLE/c", "https://desk.example./c"),
        *("https://bücher.example/c", "https://desk\u3002example/c", "https://desk.example/ç"),
        *("https://me@desk.example/c", "https://desk.example@evil.example/c", "https://@a.bc/c"),
        *("https://desk.example\\@evil.example/c", "https://desk.example/c\\d"),
        *("https://desk.example/c#x", "https://desk.example/c#", "https://desk.example#/c"),
        *("https://desk.example:443/c", "https://desk.example:/c", "https://desk.example:0/c"),
        *("https://desk.example:65536/c", "https://desk.example:0443/c", "https://a.bc:8x/c"),
        *("https://localhost/c", "https://desk/c", "https://127.0.0.1/c", "https://127.1/c"),
        *("https://2130706433/c", "https://0x7f000001/c", "https://0x7f.1/c", "https://1.0x7f/c"),
        *("https://[::1]/c", "https://[::ffff:127.0.0.1]/c", "https://a.b.0x1f/c"),
        *("https://-desk.example/c", "https://desk-.example/c", "https://desk..example/c"),
        *("https://de_sk.example/c", "https://*.example/c", "https://desk.example/a b"),
        *("https://desk.example/./c", "https://desk.example/a/../c", "https://desk.example/.."),
        *("https://desk.example/%2e%2E/c", "https://desk.example/a/.%2e", "https://a.bc/%2e/c"),
        *("https://desk.example/c'd", 'https://desk.example/c"d', "https://desk.example/$(id)"),
        *("https://desk.example/c;id", "https://desk.example/c&id", "https://desk.example/`id`"),
        *("https://desk.example/c\n", "https://desk.example/c\x1b[2J", "https://desk.example/%zz"),
        *("https://desk.example/<b>", f"https://desk.example/{'a' * 300}"),
        *("https://desk.example?c", "https://desk.example?/c", " https://desk.example/c"),
    ],
)
def test_an_address_that_could_be_read_otherwise_is_none(address: str) -> None:
    with pytest.raises(Invalid, match=r"https://example\.com/client\.json"):
        checked_address(address)
    assert host_of(address) is None


@given(st.text(alphabet="hts:/@#?.%2eA1[]\\x-aé \n", max_size=40).map("https://desk".__add__))
def test_whatever_is_taken_has_one_host_that_every_reader_finds(address: str) -> None:
    from urllib.parse import urlsplit

    host = host_of(address)
    if host is not None:
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc, parts.fragment) == ("https", host, "")
        assert parts.username is None
        assert host == host.lower()


def test_ids_that_are_given_here_are_no_addresses() -> None:
    assert not is_address("7dYk2bQx0LmPq3sT9vWzAa")
    assert is_address("HTTPS://desk.example/c")
    assert is_address("javascript://desk.example/c")


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("https://claude.ai/oauth/claude-code-client-metadata", "http://localhost:3118/callback"),
        ("https://chatgpt.com/oauth/codex/client.json", "http://127.0.0.1:41209/callback"),
        ("https://github.com/copilot/cli/client-metadata.json", "http://127.0.0.1:60005/"),
        ("https://github.com/copilot/cli/client-metadata.json", "http://127.0.0.1:33207/callback"),
    ],
)
def test_a_shipped_assistant_is_answered_where_its_program_was_seen_to_listen(
    address: str, back: str
) -> None:
    assert KNOWN[address].may_be_answered_at(back)
