"""Redirect addresses: where an assistant may be sent back to, and whom that names."""

import pytest

from store.domain.redirects import (
    checked_redirect,
    may_lead,
    redirect_host,
    same_redirect,
    with_parameters,
)
from store.errors import Invalid


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("https://claude.ai/api/mcp/auth_callback", "claude.ai"),
        ("http://127.0.0.1:33418/", "127.0.0.1:33418"),
        ("http://localhost/callback?x=1", "localhost"),
        ("http://[::1]:9/cb", "[::1]:9"),
        ("http://[::1]/cb", "[::1]"),
        ("cursor://anysphere.cursor-retrieval/oauth/callback", "cursor:"),
        ("com.example.app:/cb", "com.example.app:"),
        ("vscode://ms-vscode.mcp/callback", "vscode:"),
        ("vscode-insiders://x/cb", "vscode-insiders:"),
        ("claude://callback", "claude:"),
    ],
)
def test_a_redirect_address_names_whom_it_leads_to(uri: str, host: str) -> None:
    assert redirect_host(checked_redirect(uri)) == host


@pytest.mark.parametrize(
    "uri",
    [
        "http://claude.ai/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost@evil.example/cb",
        "https://claude.ai/cb#fragment",
        "https://a;script-src */cb",
        "https://evil.example;x/cb",
        "https://evil.example\\@claude.ai/cb",
        "https:///cb",
        *("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "blob:https://x.y/z"),
        *("ms-msdt:/id", "search-ms:query=x", "shell:startup", "smb://evil.example/x"),
        *("ms-word:ofe|u|https://evil.example/x", "steam://run/1", "ssh://evil.example", "x:y"),
        *("smb.:x", ".smb:x", "sm..b:x", "microsoft.windows.camera:x", "com.apple.terminal:x"),
        *("CURSOR://x", "claude.://x", "vscode+x://y"),
        "//evil.example/cb",
        "claude.ai/cb",
        "https://claude.ai/" + "a" * 500,
        "https://claude.ai:99999/cb",
        "https://claude.ai/\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_a_redirect_address_that_could_lead_astray_is_refused(uri: str) -> None:
    with pytest.raises(Invalid):
        checked_redirect(uri)


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("https://claude.ai/cb#fragment", "one that no address has"),
        ("https://claude.ai/" + "a" * 483, "more than 500 characters"),
        ("https://[::1/cb", "is not an address"),
        ("https://claude.ai:99999/cb", "is not an address"),
        ("javascript:alert(1)", "scheme that no redirect may have"),
        ("https://bob@claude.ai/cb", "names a user"),
        ("com.example.app:", "or nothing at all"),
        ("http://claude.ai/cb", "use https"),
        ("http://127.0.0.1.evil.example:80/cb", "use https"),
        ("https:///cb", "no host"),
        ("http://[::1]x/cb", "is not an address|use https|no host"),
        ("https://a;script-src/cb", "no host"),
    ],
)
def test_why_an_address_is_refused_is_said(uri: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        checked_redirect(uri)
    assert may_lead(uri) is False


def test_an_address_has_500_characters_at_the_most() -> None:
    longest = "https://claude.ai/" + "a" * 482
    assert checked_redirect(longest) == longest
    assert may_lead(longest)


@pytest.mark.parametrize(
    ("registered", "presented", "same"),
    [
        ("http://127.0.0.1:33418/cb", "http://127.0.0.1:50001/cb", True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:50001/cb", True),
        ("http://127.0.0.1:33418/cb", "http://127.0.0.1/cb", True),
        ("http://[::1]:33418/", "http://[::1]:1/", True),
        ("http://localhost:1", "http://localhost:2", True),
        ("http://localhost:1?a=b", "http://localhost:2?a=b", True),
        ("http://localhost:1/cb", "http://127.0.0.1:1/cb", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:1/cb/", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:1/cb?x=1", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:1/CB", False),
        ("http://127.0.0.1:1/cb", "HTTP://127.0.0.1:2/cb", False),
        ("http://127.0.0.1:1/cb", "https://127.0.0.1:2/cb", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:2@evil.example/cb", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:99999/cb", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:/cb", False),
        ("http://127.0.0.1:1", "http://127.0.0.1:2.evil.example", False),
        ("http://127.0.0.1:1", "http://127.0.0.1.evil.example:2", False),
        ("https://claude.ai:1/cb", "https://claude.ai:2/cb", False),
        ("cursor://localhost:1/cb", "cursor://localhost:2/cb", False),
    ],
)
def test_on_this_machine_the_port_alone_may_be_another(
    registered: str, presented: str, *, same: bool
) -> None:
    assert same_redirect(registered, presented) is same
    assert same_redirect(registered, registered)


@pytest.mark.parametrize(
    ("uri", "whole"),
    [
        ("https://claude.ai/cb", "https://claude.ai/cb?code=a%26b"),
        ("https://claude.ai/cb?x=1", "https://claude.ai/cb?x=1&code=a%26b"),
        ("com.example.app:/cb", "com.example.app:/cb?code=a%26b"),
    ],
)
def test_parameters_are_added_to_what_is_there_and_none_is_left_out(uri: str, whole: str) -> None:
    assert with_parameters(uri, code="a&b", state=None) == whole
    assert with_parameters(uri) == uri
