"""Keys in the address of a request: by then logs and histories all along the way have kept them.

What is found there and opens something is reported as any leaked key is. Whoever sent it is refused
in any case, and is told no more than that.
"""

import re
from contextlib import suppress
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from store.domain.decision import NOTHING
from store.domain.key_string import Secret
from store.domain.leaks.policy import LeakPolicy
from store.domain.verdicts import Verdict
from store.errors import StoreUnusable
from store.service.leaks import Reported
from store.verifier.bearer import key_shaped
from store.verifier.context import WorkerContext
from store.verifier.sanitize import kept
from store.verifier.verify import verify

FOUND_IN = "the address of a request"
"""What the audit calls the source of such a report."""


class AddressLeaks:
    """Reports what one worker finds."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context

    def report(self, scope: Scope, path: str, query: bytes) -> None:
        """Report the keys of this store in an address; what is none is not written down.

        Nothing is raised: whether it can be reported is nobody's matter who sent it.
        """
        with suppress(StoreUnusable):
            self._report(scope, path, query)

    def _report(self, scope: Scope, path: str, query: bytes) -> None:
        context = self._context
        if context.lookup.leak_policy() == LeakPolicy.OFF:
            return
        address = unquote_to_bytes(path.encode("utf-8") + b"?" + query)
        shaped = re.findall(key_shaped(context.lookup.prefix), address)
        found = [key for one in dict.fromkeys(shaped) if self._opens(key := one.decode("ascii"))]
        if found:
            by = context.clients.address(scope) or "an unknown address"
            reports = [Reported(Secret(key), by, kept(path), FOUND_IN) for key in found]
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
