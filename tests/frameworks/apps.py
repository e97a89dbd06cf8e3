"""The same API in each framework: which of its handlers a request comes to, or none."""

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from flask import Flask
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.packages import node_modules

ROUTES = (
    "/",
    "/admin",
    "/admin/keys",
    "/admin/edit",
    "/admin/admin",
    "/admin/{id}",
    "/files",
    "/files/edit",
    "/files/admin",
    "/files/{rest...}",
    "/items:batch",
    "/{name}",
    "/{name}/edit",
    "/{name}/admin",
)
"""Each before those that it lies within, so that the order in which a framework looks is none."""

Ask = Callable[[str], str | None]
"""Gives the route that answers a GET of a path as it is sent, None where none does."""


def starlette() -> Ask:
    """Return how Starlette, and so FastAPI, routes: on the decoded path."""

    def handler(name: str) -> Callable[[Request], PlainTextResponse]:
        return lambda _: PlainTextResponse(name)

    app = Starlette(routes=[Route(one.replace("...}", ":path}"), handler(one)) for one in ROUTES])

    def ask(path: str) -> str | None:
        sent: list[Any] = []

        async def run() -> None:
            async def receive() -> Any:
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message: Any) -> None:
                sent.append(message)

            scope = {
                "type": "http",
                "asgi": {"version": "3.0"},
                "http_version": "1.1",
                "method": "GET",
                "scheme": "http",
                # As uvicorn gives it.
                "path": unquote(path),
                "raw_path": path.encode(),
                "root_path": "",
                "query_string": b"",
                "headers": [(b"host", b"x")],
                "server": ("x", 80),
                "client": ("127.0.0.1", 1),
            }
            await app(scope, receive, send)

        asyncio.run(run())
        return sent[1]["body"].decode() if sent[0]["status"] == 200 else None

    return ask


def flask() -> Ask:
    """Return how Flask, and so Werkzeug, routes: on the decoded path."""
    app = Flask("api")
    for place, one in enumerate(ROUTES):
        rule = one.replace("{rest...}", "<path:rest>").replace("{", "<").replace("}", ">")
        app.add_url_rule(rule, str(place), lambda _told=one, **_: _told)
    return _wsgi(app.wsgi_app)


def django() -> Ask:
    """Return how Django routes: on the decoded path without its first slash."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpRequest, HttpResponse
    from django.urls import path as url

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x")
    module = sys.modules[__name__]

    def view(name: str) -> Callable[..., HttpResponse]:
        def answer(_: HttpRequest, **__: str) -> HttpResponse:
            return HttpResponse(name)

        return answer

    patterns = [
        url(
            one[1:].replace("{rest...}", "<path:rest>").replace("{", "<").replace("}", ">"),
            view(one),
        )
        for one in ROUTES
    ]
    vars(module)["urlpatterns"] = patterns
    from django.test.utils import override_settings

    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        application = get_wsgi_application()
    asked = _wsgi(application)

    def ask(path: str) -> str | None:
        with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"]):
            return asked(path)

    return ask


@contextmanager
def express(package: str) -> Iterator[Ask]:
    """Give how Express routes: on the path as it is sent, whatever the case of its letters."""
    here = Path(__file__).parent
    process = subprocess.Popen(
        ["node", here / "express.mjs", package],
        cwd=node_modules(here / "package.json").parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    # It ends with its standard input, and that with this process, however that ends.
    with process, process.stdin as told, process.stdout as said:  # type: ignore[union-attr]
        told.write(f"{json.dumps(ROUTES)}\n")
        told.flush()
        with closing(HTTPConnection("127.0.0.1", int(said.readline()))) as wire:
            # As it stands: what this client would refuse to send a caller may send.
            wire._validate_path = lambda _: None  # type: ignore[attr-defined]

            def ask(path: str) -> str | None:
                wire.request("GET", path)
                answer = wire.getresponse()
                body = answer.read().decode()
                return body if answer.status == 200 else None

            yield ask


def _wsgi(application: Any) -> Ask:
    def ask(path: str) -> str | None:
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            # PEP 3333: bytes, each as the character of its number.
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": "",
            "SERVER_NAME": "x",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "x",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        status: list[str] = []
        body = b"".join(application(environ, lambda told, *_: status.append(told)))
        return body.decode() if status[0].startswith("200") else None

    return ask


FRAMEWORKS: dict[str, Callable[[], AbstractContextManager[Ask]]] = {
    "starlette": lambda: nullcontext(starlette()),
    "flask": lambda: nullcontext(flask()),
    "django": lambda: nullcontext(django()),
    "express 5": partial(express, "express"),
    "express 4": partial(express, "express4"),
}
