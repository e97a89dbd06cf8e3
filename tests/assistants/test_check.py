"""`keydeck connections check` behind real proxies, each with one thing wrong, and with none."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from console.connection_check import reaching
from console.connection_check.steps import STEPS
from console.connection_check.walk import walk_to, walked
from console.outside import wire
from console.outside.findings import Finding, Outcome, of
from store.domain.clock import FixedClock, SystemClock
from store.domain.times import HOUR
from tests.assistants.certificates import certificate
from tests.conftest import MoveIn
from tests.house import House
from tests.proxies import CADDY, NGINX, Program, Proxy, running
from tests.proxies.running import free_port
from tests.verifier.serving import eventually, serving

_NGINX = """pid @folder@/pid;
events {}
http {
    access_log off;
    client_body_temp_path @folder@/body; proxy_temp_path @folder@/proxy;
    fastcgi_temp_path @folder@/f; uwsgi_temp_path @folder@/u; scgi_temp_path @folder@/s;
    proxy_set_header Host $http_host;
    server {
        listen 127.0.0.1:@port@;
        listen 127.0.0.1:@public@@tls@;
        @server@
        location @base@/ { proxy_pass http://127.0.0.1:@verifier@@strip@; @location@ }
        location /.well-known/ { proxy_pass http://127.0.0.1:@verifier@; @location@ }
    }
}
"""
_CADDY = """{
    admin off
    auto_https off
}
http://127.0.0.1:@port@, http://127.0.0.1:@public@ {
    @server@
    reverse_proxy 127.0.0.1:@verifier@ {
        @location@
    }
}
"""


class Trap(NamedTuple):
    """One thing that is wrong with a proxy, and which step is to say so in which words."""

    step: str
    seen: str
    server: str = ""
    location: str = ""


def _elsewhere(path: str, what: str = "return 404;") -> str:
    return f"location {path} {{ {what} }}"


def _answers(path: str, body: str, kind: str = "application/json") -> str:
    return _elsewhere(path, f"default_type {kind}; return 200 '{body}';")


_METADATA = "/.well-known/oauth-protected-resource/mcp"
NGINX_TRAPS = {
    "moved": Trap("mcp", "sends on to", _elsewhere("= /mcp", "return 301 /elsewhere;")),
    "not-routed": Trap("mcp", "is answered 404, not by keydeck", _elsewhere("= /mcp")),
    "own-sign-in": Trap("mcp", "401, not by keydeck", 'auth_basic "x"; auth_basic_user_file none;'),
    "no-verifier": Trap(
        "mcp", "502, not by keydeck", _elsewhere("= /mcp", "proxy_pass http://127.0.0.1:@nobody@;")
    ),
    "another-site": Trap("mcp", "200, not by keydeck", _answers("= /mcp", "<p>", "text/html")),
    "no-challenge": Trap(
        "challenge", "without WWW-Authenticate", location="proxy_hide_header WWW-Authenticate;"
    ),
    "own-challenge": Trap(
        "challenge",
        "another WWW-Authenticate than keydeck's",
        location="proxy_hide_header WWW-Authenticate; add_header WWW-Authenticate Bearer always;",
    ),
    "two-challenges": Trap(
        "challenge",
        "has 2 WWW-Authenticate",
        location="add_header WWW-Authenticate Bearer always;",
    ),
    "post-alone": Trap(
        "challenge", "GET of", location="if ($request_method = GET) { return 405; }"
    ),
    "head-alone": Trap(
        "challenge", "HEAD of", location="if ($request_method = HEAD) { return 405; }"
    ),
    "no-well-known": Trap("resource", "is answered 404", _elsewhere("^~ /.well-known/oauth-p")),
    "a-page-for-all": Trap(
        "resource", "is text/html, and not", _answers("^~ /.well-known/oauth-p", "<p>", "text/html")
    ),
    "another-resource": Trap(
        "resource",
        "is of https://x/mcp",
        _answers(f"= {_METADATA}", '{"resource":"https://x/mcp"}'),
    ),
    "no-server-document": Trap("server", "404", _elsewhere("^~ /.well-known/oauth-a")),
    "another-server": Trap(
        "server",
        "is of https://idp.example",
        _answers("= /.well-known/openid-configuration", '{"issuer":"https://idp.example"}'),
    ),
    "no-registration": Trap(
        "registration", "403, not by keydeck", _elsewhere("= /oauth/register", "deny all;")
    ),
    "no-page": Trap("page", "404", _elsewhere("= /oauth/approve")),
    "no-cookie": Trap("page", "does not arrive", location="proxy_hide_header Set-Cookie;"),
    "cookie-elsewhere": Trap("page", "is for /x/oauth", location="proxy_cookie_path / /x/;"),
    "cookie-kept": Trap("page", "does not reach", location='proxy_set_header Cookie "";'),
    "own-policy": Trap(
        "page",
        "has 2 Content-Security-Policy",
        location="add_header Content-Security-Policy \"default-src 'self'\";",
    ),
    "page-elsewhere": Trap(
        "page",
        "sends a browser to http://inside/",
        location="proxy_redirect http://127.0.0.1:@public@/ http://inside/;",
    ),
    "pages-for-errors": Trap(
        "token",
        "with a page in place",
        "error_page 400 /sorry; location = /sorry { internal; return 400 sorry; }",
        "proxy_intercept_errors on;",
    ),
    "no-token": Trap(
        "authorization", "does not reach", location='proxy_set_header Authorization "";'
    ),
    "short": Trap("long", "413", location="client_max_body_size 1k;"),
    "no-slash": Trap("slash", "is answered 404", _elsewhere("= /mcp/")),
    "no-origin": Trap("origin", "is answered 401", location='proxy_set_header Origin "";'),
    "no-preflight": Trap(
        "browser", "OPTIONS of", location="if ($request_method = OPTIONS) { return 405; }"
    ),
    "origin-twice": Trap(
        "browser", "twice", location="add_header Access-Control-Allow-Origin * always;"
    ),
    "nothing-read": Trap(
        "browser",
        "does not let a page read www-authenticate",
        location="proxy_hide_header Access-Control-Expose-Headers;",
    ),
}
CADDY_TRAPS = {
    "no-challenge": Trap(
        "challenge", "without WWW-Authenticate", location="header_down -WWW-Authenticate"
    ),
    "no-well-known": Trap("resource", "is answered 404", "respond /.well-known/* 404"),
    "no-token": Trap("authorization", "does not reach", location="header_up -Authorization"),
    "no-slash": Trap("slash", "is answered 404", "respond /mcp/ 404"),
    "origin-twice": Trap("browser", "twice", location="header_down +Access-Control-Allow-Origin *"),
}


class Behind(NamedTuple):
    """A verifier that goes by the address of a proxy which is still to be started."""

    house: House
    verifier: int
    public: int
    folder: Path

    @contextmanager
    def proxy(self, program: Program, text: str, **filled: object) -> Iterator[Proxy]:
        """Run a proxy at that address."""
        folder = self.folder / f"proxy{len(list(self.folder.iterdir()))}"
        (folder / "files").mkdir(parents=True)
        name = "nginx.conf" if program is NGINX else "Caddyfile"
        # What is filled in may have places in it, too.
        for place in ("server", "location"):
            text = text.replace(f"@{place}@", str(filled.pop(place, "")))
        (folder / "files" / name).write_text(text, "utf-8")
        places: dict[str, object] = {
            **{"base": "", "strip": "", "tls": ""},
            **{"verifier": self.verifier, "public": self.public, "nobody": free_port()},
            **filled,
        }
        with running(program, folder / "files", folder / "run", **places) as proxy:
            eventually(lambda: _listens(self.public))
            yield proxy


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _behind(move_in: MoveIn, folder: Path, issuer: Callable[[int], str]) -> Iterator[Behind]:
    public = free_port()
    with (
        move_in(folder, FixedClock(SystemClock().now())) as house,
        serving(house, folder / "stderr", public_url=issuer(public)) as server,
    ):
        (folder / "proxies").mkdir()
        yield Behind(house, server.port, public, folder / "proxies")


@pytest.fixture(scope="module")
def behind(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """A verifier for which a proxy answers."""
    folder = tmp_path_factory.mktemp("behind")
    with _behind(move_in, folder, lambda port: f"http://127.0.0.1:{port}") as made:
        yield made


def looked(url: str) -> list[Finding]:
    """Walk to an address."""
    return walked(STEPS, walk_to(url))


def wrong(findings: list[Finding]) -> tuple[str, str, str]:
    """Return what is said to be wrong: the step, what was seen, what to do."""
    [opened] = of(findings, Outcome.OPEN)
    at = findings.index(opened)
    assert of(findings[:at], Outcome.HOLDS) == findings[:at]
    assert of(findings[at + 1 :], Outcome.UNSEEN) == findings[at + 1 :]
    return opened.name, opened.seen, opened.mend


@pytest.mark.parametrize("program", ["nginx", "caddy"])
def test_behind_a_proxy_that_hands_everything_on_nothing_is_wrong(
    behind: Behind, program: str
) -> None:
    one, text = (NGINX, _NGINX) if program == "nginx" else (CADDY, _CADDY)
    with behind.proxy(one, text):
        findings = looked(f"http://127.0.0.1:{behind.public}")
    assert of(findings, Outcome.HOLDS) == findings


@pytest.mark.parametrize("trap", NGINX_TRAPS)
def test_the_one_thing_that_is_wrong_with_nginx_is_named(behind: Behind, trap: str) -> None:
    _falls_into(behind, NGINX, _NGINX, NGINX_TRAPS[trap])


@pytest.mark.parametrize("trap", CADDY_TRAPS)
def test_the_one_thing_that_is_wrong_with_caddy_is_named(behind: Behind, trap: str) -> None:
    _falls_into(behind, CADDY, _CADDY, CADDY_TRAPS[trap])


def _falls_into(behind: Behind, program: Program, text: str, trap: Trap) -> None:
    with behind.proxy(program, text, server=trap.server, location=trap.location):
        step, seen, mend = wrong(looked(f"http://127.0.0.1:{behind.public}/mcp/"))
    assert step == trap.step, (step, seen)
    assert trap.seen in seen
    assert mend


def test_an_address_that_is_not_the_public_one_is_told_which_to_start_with(behind: Behind) -> None:
    with behind.proxy(NGINX, _NGINX) as proxy:
        step, seen, mend = wrong(looked(f"http://127.0.0.1:{proxy.port}/mcp"))
    assert step == "address"
    assert f"takes itself for http://127.0.0.1:{behind.public}/mcp" in seen
    assert f"--public-url http://127.0.0.1:{proxy.port}`" in mend


def test_a_path_before_it_is_taken_away_and_named(
    move_in: MoveIn, tmp_path: Path, behind: Behind
) -> None:
    with (
        _behind(move_in, tmp_path, lambda port: f"http://127.0.0.1:{port}/keys") as made,
        made.proxy(NGINX, _NGINX, base="/keys", strip="/"),
    ):
        findings = looked(f"http://127.0.0.1:{made.public}/keys")
        assert of(findings, Outcome.HOLDS) == findings
    url = f"http://127.0.0.1:{behind.public}"
    with behind.proxy(NGINX, _NGINX, base="/keys"):
        step, seen, mend = wrong(looked(f"{url}/keys/mcp"))
    assert (step, "is answered 404 not_found" in seen) == ("mcp", True)
    assert "take /keys away" in mend
    assert f"--public-url {url}/keys" in mend
    with behind.proxy(NGINX, _NGINX, base="/keys", strip="/"):
        step, _, mend = wrong(looked(f"{url}/keys/mcp"))
    assert (step, f"--public-url {url}/keys`" in mend) == ("address", True)


def test_names_and_certificates_that_nobody_trusts_are_told_apart(
    behind: Behind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, key = certificate(tmp_path, "localhost")
    tls = {
        "tls": " ssl",
        "server": f"ssl_certificate {chain}; ssl_certificate_key {key};",
    }
    port = behind.public
    with behind.proxy(NGINX, _NGINX, **tls) as proxy:
        step, seen, mend = wrong(looked(f"https://localhost:{port}"))
        assert (step, "certificate is not trusted: self" in seen) == ("reach", True)
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        step, seen, mend = wrong(looked(f"https://127.0.0.1:{port}"))
        assert (step, "a certificate for 127.0.0.1" in mend) == ("reach", True), seen
        step, seen, mend = wrong(looked(f"https://localhost:{port}"))
        assert (step, f"--public-url https://localhost:{port}`" in mend) == ("address", True)
        step, _, mend = wrong(looked(f"http://localhost:{port}"))
        assert (step, "write https://" in mend) == ("mcp", True)
        step, seen, _ = wrong(looked(f"https://127.0.0.1:{proxy.port}"))
        assert (step, "no TLS is spoken" in seen) == ("reach", True)
    step, seen, _ = wrong(looked(f"http://127.0.0.1:{port}"))
    assert (step, "cannot be reached: connection refused" in seen) == ("reach", True)
    step, seen, _ = wrong(looked("https://keydeck.invalid/mcp"))
    assert (step, "leads to no address" in seen) == ("reach", True)


def _resolved(monkeypatch: pytest.MonkeyPatch, name: str, *addresses: str) -> None:
    """Let a name have addresses, as the DNS could."""
    ask = socket.getaddrinfo

    def found(host: str, *rest: object, **options: object) -> object:
        if host != name:
            return ask(host, *rest, **options)  # type: ignore[arg-type]
        return [one for at in addresses for one in ask(at, *rest, **options)]  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_every_address_of_a_name_is_looked_at(
    behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = behind.public
    _resolved(monkeypatch, "localhost", "127.0.0.1", "127.0.0.2")
    beside = f"}} server {{ listen 127.0.0.2:{port}; {_answers('/', 'hello', 'text/plain')} }} #"
    text = _NGINX.replace("listen 127.0.0.1:@public@@tls@;", "listen 127.0.0.1:@public@;")
    text = text.replace("    }\n}\n", f"    {beside}\n}}\n")
    with behind.proxy(NGINX, text):
        step, seen, _ = wrong(looked(f"http://localhost:{port}"))
        assert (step, "is 127.0.0.2, too" in seen) == ("names", True)
    with behind.proxy(NGINX, _NGINX):
        # Nobody listens there, and whoever is refused goes on to the next.
        step, _, _ = wrong(looked(f"http://localhost:{port}"))
        assert step == "address"
        monkeypatch.setattr(wire, "PATIENCE_S", 0.2)
        with socket.socket() as full, socket.socket() as first, socket.socket() as second:
            full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            full.bind(("127.0.0.2", port))
            full.listen(0)
            for one in (first, second):
                one.setblocking(False)
                one.connect_ex(("127.0.0.2", port))
            step, seen, _ = wrong(looked(f"http://localhost:{port}"))
            assert (step, "nobody answers at 127.0.0.2" in seen) == ("reach", True)


def test_a_token_in_clear_text_is_for_this_machine_alone() -> None:
    for url in (
        "https://api.example/mcp",
        "http://localhost",
        "http://[::1]:1",
        "http://127.0.0.1",
    ):
        assert reaching.in_secret(walk_to(url)) is None
    for url in (
        "http://api.example",
        "http://10.0.3.7",
        "http://127.example",
        "http://localhost.x",
    ):
        said = reaching.in_secret(walk_to(url))
        assert said is not None
        assert "--public-url https://" in said.mend


def test_what_a_walk_begins_is_ended_and_what_it_registers_is_forgotten(
    move_in: MoveIn, tmp_path: Path
) -> None:
    clock = FixedClock(SystemClock().now())
    with move_in(tmp_path, clock) as house:
        with serving(house, tmp_path / "stderr") as server:
            walk = walk_to(server.address)
            findings = walked(STEPS, walk)
        assert of(findings, Outcome.HOLDS) == findings
        assert house.store.connections.all(house.alice) == []
        assert house.store.clients.get(walk.client_id) is not None
        for _ in range(2):
            clock.advance(2 * HOUR)
            house.ask("Claude")
        assert house.store.clients.get(walk.client_id) is None
