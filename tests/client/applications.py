"""Applications as somebody writes them, each guarded in the few lines its topic shows."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Annotated, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import uvicorn
from fastapi import Depends, FastAPI
from flask import Flask
from flask import request as flask_request
from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from store.client import AsgiMiddleware, Authorizer, Identity, Refused, Request, WsgiMiddleware
from store.client.dependency import KeyNeeded

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def told(identity: Identity, method: str, headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what an application was told of a request."""
    sent = {name.lower().replace("_", "-"): value for name, value in headers}
    return {"method": method, "key": identity.key_id, "name": identity.key_name, "headers": sent}


def starlette(authorizer: Authorizer) -> Any:
    """Starlette behind the ASGI middleware."""

    async def answer(request: StarletteRequest) -> Response:
        return JSONResponse(told(request.scope["keydeck"], request.method, request.headers.items()))

    app = Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)])
    app.add_middleware(AsgiMiddleware, authorizer=authorizer)
    return app


def fastapi(authorizer: Authorizer) -> Any:
    """FastAPI with a dependency."""
    app = FastAPI()
    needed = KeyNeeded(authorizer)

    @app.api_route("/{path:path}", methods=METHODS)
    async def answer(
        request: StarletteRequest, identity: Annotated[Identity, Depends(needed)]
    ) -> dict[str, Any]:
        return told(identity, request.method, ())

    return app


def flask(authorizer: Authorizer) -> Any:
    """Flask behind the WSGI middleware."""
    app = Flask("guarded")

    @app.route("/", defaults={"path": ""}, methods=METHODS)
    @app.route("/<path:path>", methods=METHODS)
    def answer(path: str) -> dict[str, Any]:
        environ = flask_request.environ
        return told(environ["keydeck"], flask_request.method, flask_request.headers.items())

    app.wsgi_app = WsgiMiddleware(app.wsgi_app, authorizer)  # type: ignore[method-assign]
    return app


def django(authorizer: Authorizer) -> Any:
    """Django behind the WSGI middleware."""
    set_up_django()
    from django.core.wsgi import get_wsgi_application

    return WsgiMiddleware(get_wsgi_application(), authorizer)


def django_asgi(authorizer: Authorizer) -> Any:
    """Django behind the ASGI middleware."""
    set_up_django()
    from django.core.asgi import get_asgi_application

    return AsgiMiddleware(get_asgi_application(), authorizer)


def plain(authorizer: Authorizer) -> Any:
    """A WSGI application that asks by itself, by the plain function."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        try:
            identity = authorizer.authorize(Request.of_wsgi(environ))
        except Refused as refused:
            start_response(f"{refused.status} Refused", refused.text_headers)
            return [refused.body]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(told(identity, environ["REQUEST_METHOD"], ())).encode()]

    return app


ON_WSGI = {"django": django, "flask": flask, "plain": plain}
ON_ASGI = {"starlette": starlette, "fastapi": fastapi, "django_asgi": django_asgi}
BY_HAND = {"fastapi", "plain"}
"""They ask by themselves, so that what reaches them is what was sent."""


def set_up_django() -> None:
    """Make this process one of Django's: it has one set of settings for all of it."""
    from django import setup
    from django.conf import settings
    from django.http import HttpRequest, JsonResponse
    from django.urls import clear_url_caches, re_path

    def answer(request: HttpRequest) -> JsonResponse:
        scope = getattr(request, "scope", None)
        identity = scope["keydeck"] if scope else request.environ["keydeck"]
        return JsonResponse(told(identity, request.method, request.headers.items()))

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="of a test", USE_TZ=True)
        setup()
    # Others may have been here before, with addresses of theirs.
    settings.ROOT_URLCONF = type("urls", (), {"urlpatterns": [re_path("", answer)]})
    clear_url_caches()


@contextmanager
def running(name: str, authorizer: Authorizer) -> Iterator[str]:
    """Run one on a real server as long as the block does; give its address."""
    if name in ON_WSGI:
        serving = _on_wsgi(ON_WSGI[name](authorizer))
    else:
        serving = _on_asgi(ON_ASGI[name](authorizer), authorizer, lives=name == "starlette")
    with serving as port:
        yield f"http://127.0.0.1:{port}"
    authorizer.close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def _on_wsgi(app: Any) -> Iterator[int]:
    with make_server("127.0.0.1", 0, app, _Threads, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _on_asgi(app: Any, authorizer: Authorizer, *, lives: bool) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        lifespan: Any = "on" if lives else "off"
        config = uvicorn.Config(app, log_level="warning", lifespan=lifespan, ws="none")
        server = uvicorn.Server(config)

        async def serve() -> None:
            await server.serve([listening])
            if not lives:
                await authorizer.close_async()

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
