"""Asks a verifier before an application of your own serves a request.

Installed by `pip install keydeck[client]`. Middleware for ASGI and WSGI, a dependency for FastAPI
(`store.client.dependency`), or the plain question (`Authorizer.authorize`). Nothing is remembered:
each request is asked about. What cannot be asked is refused with 503.
"""

from store.client.answer import Identity, Refused
from store.client.asgi import AsgiMiddleware
from store.client.authorizer import Authorizer
from store.client.question import Request
from store.client.wsgi import WsgiMiddleware

__all__ = ["AsgiMiddleware", "Authorizer", "Identity", "Refused", "Request", "WsgiMiddleware"]
