"""The way of an assistant, step by step over real sockets, so that a test can stray from it."""

import base64
import hashlib
import html
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.house import CALLBACK, PASSWORD
from tests.verifier.serving import PATIENCE_S, Served

ALL = "availability:read events:read events:write quotes:read quotes:write"


@dataclass
class Walk:
    """One assistant on its way, with a browser of its own."""

    served: Served
    browser: httpx.Client
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    client_id: str = ""
    page: str = ""
    html: str = ""
    code: str = ""

    @property
    def base(self) -> str:
        """Where the server is."""
        return self.served.server.address

    @property
    def challenge(self) -> str:
        """The S256 challenge of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def register(self, name: str = "Claude", *redirects: str, **more: Any) -> httpx.Response:
        """Register, and remember the client's id."""
        said = {"client_name": name, "redirect_uris": list(redirects or (CALLBACK,)), **more}
        answer = self.browser.post("/oauth/register", json=said)
        if answer.status_code == 201:
            self.client_id = answer.json()["client_id"]
        return answer

    def authorize(self, **stray: str | None) -> httpx.Response:
        """Bring the request; `stray` replaces parameters, None leaves one out."""
        answer = self.browser.get("/oauth/authorize", params=self.wanted(**stray))
        if answer.status_code == 303:
            self.page = answer.headers["Location"]
            self.look()
        return answer

    def wanted(self, **stray: str | None) -> dict[str, str]:
        """Return the request's parameters; `stray` replaces some, None leaves one out."""
        given: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "state": "af0ifjsldkj",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "scope": ALL,
            "resource": f"{self.base}/mcp",
            **stray,
        }
        return {name: value for name, value in given.items() if value is not None}

    @contextmanager
    def with_cookie(self, cookie: str) -> Iterator["Walk"]:
        """Give the same walk in a browser that holds that cookie for the page."""
        name = f"keydeck_ask_{self.page[-12:]}"
        kept = {**self.browser.headers, "Cookie": f"{name}={cookie}"}
        with httpx.Client(
            base_url=self.base, headers=kept, trust_env=False, timeout=PATIENCE_S
        ) as other:
            yield replace(self, browser=other)

    def look(self) -> httpx.Response:
        """Open the request's page."""
        answer = self.browser.get(self.page)
        self.html = answer.text
        return answer

    def press(self, button: str, **fields: str | list[str]) -> httpx.Response:
        """Press a button of the page as it was seen last."""
        answer = self.press_only(button, **fields)
        if answer.headers.get("Location") == self.page:
            return self.look()
        self.html = answer.text or self.html
        return answer

    def press_only(self, button: str, **fields: str | list[str]) -> httpx.Response:
        """Press a button, and follow nothing."""
        token = re.search(r'name="token" value="([0-9a-f]+)"', self.html)
        form = {"token": token[1] if token else "", "do": button, **fields}
        return self.browser.post(self.page, data=form)

    def sign_in(
        self, email: str = "alice@acme.example", password: str = PASSWORD
    ) -> httpx.Response:
        """Sign in on the page."""
        return self.press("sign_in", email=email, password=password)

    def approve(
        self, scopes: str = "availability:read events:read", lifetime: str = "30d", **more: str
    ) -> httpx.Response:
        """Approve on the page, and remember the code."""
        workspace = more.pop("workspace", "acme-events")
        answer = self.press(
            "approve", scope=scopes.split(), lifetime=lifetime, workspace=workspace, **more
        )
        self.code = answered(answer).get("code", "")
        return answer

    def token(self, **stray: str | None) -> httpx.Response:
        """Exchange the code; `stray` replaces fields, None leaves one out."""
        given: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": self.code,
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            "resource": f"{self.base}/mcp",
            **stray,
        }
        return self.post_form("/oauth/token", given)

    def refresh(self, refresh_token: str, **stray: str | None) -> httpx.Response:
        """Use a refresh token."""
        given: dict[str, str | None] = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": self.client_id,
            **stray,
        }
        return self.post_form("/oauth/token", given)

    def post_form(self, path: str, given: dict[str, str | None]) -> httpx.Response:
        """Send a form, without any cookie: programs have none."""
        form = {name: value for name, value in given.items() if value is not None}
        return self.served.client.post(path, data=form)

    def connected(self, scopes: str = "availability:read events:read") -> dict[str, Any]:
        """Walk the whole way and return the tokens."""
        assert self.register().status_code == 201
        asked = " ".join(sorted({*ALL.split(), *scopes.split()}))
        assert self.authorize(scope=asked).status_code == 303
        assert "What it may do" in self.sign_in().text
        assert self.approve(scopes).status_code == 200
        answer = self.token()
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def call(self, token: str | None, tool: str | None = None, **arguments: Any) -> httpx.Response:
        """Call a tool, or list them, as any program can that speaks the protocol."""
        message: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        if tool is not None:
            message |= {"method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        headers = {
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2025-06-18",
        }
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.served.client.post("/mcp", json=message, headers=headers)


@contextmanager
def walking(served: Served, headers: dict[str, str] | None = None) -> Iterator[Walk]:
    """Give an assistant that has not begun."""
    address = served.server.address
    with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE_S) as browser:
        yield Walk(served, browser)


def leads_to(answer: httpx.Response) -> str:
    """Return the address to which a page leads by itself, nothing where it does not."""
    leads = re.search(r'http-equiv="refresh" content="0;url=([^"]*)"', answer.text)
    return html.unescape(leads[1]) if leads else ""


def answered(answer: httpx.Response) -> dict[str, str]:
    """Return the parameters of the address to which a page leads by itself."""
    query = parse_qs(urlsplit(leads_to(answer)).query)
    return {name: values[0] for name, values in query.items()}
