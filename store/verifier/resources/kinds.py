"""Every collection there is: routes, tools, and what an assistant may ask for are made from it."""

from store.verifier.resources.events import Events
from store.verifier.resources.kind import ResourceKind
from store.verifier.resources.quotes import Quotes

KINDS: tuple[ResourceKind, ...] = (Events(), Quotes())
