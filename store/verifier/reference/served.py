"""The addresses /openapi.json and /docs, made at the first request, and / that leads there."""

from functools import cached_property

import msgspec
from starlette.types import Scope

from store.verifier.answers import Answer, answer, found_at, json_answer
from store.verifier.endpoints import Places
from store.verifier.key_places import KeyPlaces
from store.verifier.reference.openapi import document

_HTML = b"text/html; charset=utf-8"
_POLICY = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")


class Reference:
    """What is read before anything is called. No key needed: it holds nobody's data."""

    def __init__(self, places: Places, public_url: str, prefix: str, key_places: KeyPlaces) -> None:
        self._places = places
        self._public_url = public_url
        self._prefix = prefix
        self._key_places = key_places

    def openapi(self, scope: Scope) -> Answer:
        """Answer the OpenAPI document."""
        return self._openapi

    def page(self, scope: Scope) -> Answer:
        """Answer the page for people. It loads nothing and runs nothing."""
        return self._page

    def front(self, scope: Scope) -> Answer:
        """Lead whoever types the bare address to the page for people.

        Relative where no public address is named: behind a proxy the page may have a base path.
        """
        return found_at(f"{self._public_url}/docs" if self._public_url else "docs")

    @cached_property
    def _openapi(self) -> Answer:
        content = document(self._places, self._public_url, self._prefix, self._key_places)
        return json_answer(content)

    @cached_property
    def _page(self) -> Answer:
        # A template engine is nothing a verifier needs that nobody reads about.
        from store.verifier.reference.page import page

        content = msgspec.json.decode(self._openapi.body)
        return answer(200, page(self._places, content).encode(), _HTML, (_POLICY,))
