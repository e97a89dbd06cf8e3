"""A route: which requests it is about, and what they need."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from store.domain.routes.pattern import Pattern, pattern
from store.domain.scopes import Resource, Scopes, canonical, scopes
from store.errors import Invalid

PUBLIC = "public"
"""Takes no key."""
ANY_KEY = "any"
"""Takes a good key, whatever its scopes."""


class Route(NamedTuple):
    """One route."""

    pattern: Pattern
    needs: str
    """PUBLIC, ANY_KEY, or scopes, sorted and separated by blanks: all of them are needed."""
    document: str | None = None
    """The title of the OpenAPI document it came from; None where somebody added it by hand."""

    @property
    def public(self) -> bool:
        """Whether it needs no key."""
        return self.needs == PUBLIC

    @property
    def needed(self) -> tuple[str, ...]:
        """The scopes it needs."""
        return () if self.needs in (PUBLIC, ANY_KEY) else tuple(self.needs.split())

    def __str__(self) -> str:
        return str(self.pattern)


def route(
    text: str, needs: Sequence[str], catalogue: Iterable[Resource], document: str | None = None
) -> Route:
    """Return a route as it is written. Raises Invalid, or NoSuchResource."""
    return Route(pattern(text), needs_of(needs, catalogue), document)


def needs_of(texts: Sequence[str], catalogue: Iterable[Resource]) -> str:
    """Return what a route takes, as it is written. Raises Invalid, or NoSuchResource."""
    words = [word for text in texts for word in text.replace(",", " ").split()]
    if not words:
        raise Invalid("scope", "Say what it needs: a scope such as invoices:read, any or public.")
    for alone in (PUBLIC, ANY_KEY):
        if alone in words:
            if len(set(words)) > 1:
                raise Invalid("scope", f"{alone} stands alone: no scope goes with it.")
            return alone
    return canonical(scopes(words, catalogue))


def granting(routes: Iterable[Route], wanted: Scopes) -> list[Route]:
    """Return the routes that take one of some scopes."""
    texts = {str(scope) for scope in wanted}
    return [found for found in routes if texts & set(found.needed)]
