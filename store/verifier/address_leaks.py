"""Keys in the address of a request: by then logs and histories all along the way have kept them.

What is found there and opens something is reported as any leaked key is. Whoever sent it is refused
in any case, and is told no more than that.
"""

import re
from contextlib import suppress
from itertools import islice
from urllib.parse import unquote, unquote_to_bytes

from starlette.types import Scope

from store.domain.decision import NOTHING
from store.domain.foreign import Shape
from store.domain.key_string import Secret
from store.domain.leaks.foreign_values import foreign_finder
from store.domain.leaks.policy import LeakPolicy
from store.domain.verdicts import Verdict
from store.errors import StoreUnusable
from store.service.leaks import Reported
from store.verifier.bearer import key_shaped
from store.verifier.context import WorkerContext
from store.verifier.foreign_keys import ForeignKeys
from store.verifier.original_request import OriginalRequest
from store.verifier.sanitize import kept
from store.verifier.verify import verify

MOST_SOUGHT = 16
"""Values in one address that are looked up; one that a dot ends may be two."""
FOUND_IN = "the address of a request"
"""What the audit calls the source of such a report."""


class AddressLeaks:
    """Reports what one worker finds."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context
        self._keys = ForeignKeys(context)
        self._shapes: tuple[Shape, ...] = ()
        self._find = foreign_finder(())

    def report(self, scope: Scope, path: str, query: bytes) -> None:
        """Report the keys of this store in an address; what is none is not written down.

        Nothing is raised: whether it can be reported is nobody's matter who sent it.
        """
        with suppress(StoreUnusable):
            self._report_all(scope, path, query, self._foreign(path, query))

    def holds_key(self, scope: Scope, original: OriginalRequest) -> bool:
        """Return whether the address that a request asks about holds a key; report which.

        One that nobody brought along has to look like one of ours.
        """
        foreign = self._foreign(original.path, original.query)
        if not foreign and not original.holds_key():
            return False
        with suppress(StoreUnusable):
            self._report_all(scope, original.path, original.query, foreign)
        return True

    def _foreign(self, path: str, query: bytes) -> list[str]:
        """Return the values in an address that keys of somebody else's were brought along for.

        None where the store cannot be read: nobody is to wait for it, or to be refused for that.
        """
        with suppress(StoreUnusable):
            shapes = self._context.lookup.foreign_shapes()
            if shapes:
                return self._foreign_in(shapes, _decoded(path, query))
        return []

    def _foreign_in(self, shapes: tuple[Shape, ...], address: bytes) -> list[str]:
        if shapes is not self._shapes:
            self._shapes, self._find = shapes, foreign_finder(shapes)
        # To find one costs time as well, and any place of an address may begin another.
        some = islice(self._find(address), MOST_SOUGHT)
        sought = dict.fromkeys(found.key.reveal() for found in some)
        return [value for value in sought if self._seen(value)]

    def _seen(self, value: str) -> bool:
        found = self._context.with_peppers(self._keys.seen, value)
        return found.verdict is Verdict.VALID

    def _report_all(self, scope: Scope, path: str, query: bytes, foreign: list[str]) -> None:
        context = self._context
        if context.lookup.leak_policy() == LeakPolicy.OFF:
            return
        address = _decoded(path, query)
        shaped = re.findall(key_shaped(context.lookup.prefix), address)
        found = [key for one in dict.fromkeys(shaped) if self._opens(key := one.decode("ascii"))]
        found += foreign
        if found:
            by = context.clients.address(scope) or "an unknown address"
            where = kept(_without(path, foreign))
            reports = [Reported(Secret(key), by, where, FOUND_IN) for key in found]
            context.intake.add(context.transactions(), reports)

    def _opens(self, key: str) -> bool:
        context = self._context
        found = context.with_peppers(
            verify,
            key,
            prefix=context.lookup.prefix,
            find=context.lookup.key,
            peppers=context.peppers,
            request=NOTHING,
            clock=context.clock,
        )
        return found.verdict not in (Verdict.MALFORMED, Verdict.UNKNOWN)


def _decoded(path: str, query: bytes) -> bytes:
    return unquote_to_bytes(path.encode("utf-8") + b"?" + query)


def _without(path: str, values: list[str]) -> str:
    """Return a path without some values, however they are encoded there."""
    if any(value not in path for value in values):
        path = unquote(path)
    for value in values:
        path = path.replace(value, "[key]")
    return path
