"""WSGI middleware (PEP 3333): for Django, Flask, and whatever else speaks it."""

from collections.abc import Callable, Iterable, Sequence
from http.client import responses
from typing import Any

from store.client.answer import Refused, as_text, is_claim
from store.client.authorizer import Authorizer
from store.client.question import Request

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

IDENTITY = "keydeck"
"""Where the environment has the `Identity`."""


class WsgiMiddleware:
    """Asks about each request.

    The application sees no key, finds the `Identity` as `environ["keydeck"]` and the verifier's
    headers in the place of what anybody claims; its answer tells of the key's end and its limits.
    """

    def __init__(self, app: App, authorizer: Authorizer, scopes: Sequence[str] = ()) -> None:
        """Every request needs these scopes, or else what the store's routes say."""
        self._app = app
        self._authorizer = authorizer
        self._scopes = tuple(scopes)
        self._hidden = {b"authorization", *authorizer.key_headers}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, or let the application do so."""
        try:
            identity = self._authorizer.authorize(Request.of_wsgi(environ), self._scopes)
        except Refused as refused:
            status = f"{refused.status} {responses[refused.status]}"
            start_response(status, refused.text_headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [refused.body]
        passed = {name: value for name, value in environ.items() if not self._is_hidden(name)}
        for header, value in identity.headers:
            variable = header.decode("ascii").upper().replace("-", "_")
            passed[f"HTTP_{variable}"] = value.decode("latin-1")

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            said = [(name.encode("latin-1"), b"") for name, _ in headers]
            notices = identity.missing_in(said)
            return start_response(status, [*headers, *as_text(notices)], *error)

        answer = start if identity.notices else start_response
        return self._app({**passed, IDENTITY: identity}, answer)

    def _is_hidden(self, variable: str) -> bool:
        if not variable.startswith("HTTP_"):
            return False
        name = variable[5:].lower().replace("_", "-").encode("latin-1")
        return name in self._hidden or is_claim(name)
