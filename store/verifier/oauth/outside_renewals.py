"""Refresh tokens from where their connection is not used from: counted as its calls from there are.

Whoever presents one holds it, and an assistant does not move into such a network by itself: it may
be stolen, and its admin is told as of any call that is refused for that.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Scope

from store.domain.credential import Credential
from store.domain.verdicts import Verdict
from store.errors import OutsideNetworks
from store.verifier.authenticator import refusal_of
from store.verifier.context import WorkerContext
from store.verifier.oauth.refusals import OAuthProblem
from store.verifier.sanitize import raw_header


class OutsideRenewals:
    """Counts them, and keeps the latest, as many as of any refusal. Used from the worker's loop."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context

    @contextmanager
    def counted(self, scope: Scope, address: str | None) -> Iterator[None]:
        """Count what is refused for its address, and answer under an id that tells of that."""
        try:
            yield
        except OutsideNetworks as refused:
            context, verdict = self._context, Verdict.NETWORK
            now, agent = context.clock.now(), raw_header(scope, b"user-agent")
            whose = _whose(refused)
            problem = OAuthProblem(refused.error, refused.sentence)
            problem.request_id = context.request_ids.make(verdict.value, now)
            context.counters.verdict(verdict)
            context.connection_usage.record(whose, verdict, now, address, (), agent)
            context.connection_usage.refuse(
                whose, refusal_of(scope, verdict, now, address, problem.request_id)
            )
            raise problem from None


def _whose(refused: OutsideNetworks) -> Credential:
    """Return a connection as usage counts it: by its id and its workspace's."""
    return Credential(
        refused.connection_id, refused.workspace_id, "", "", "", b"", "", "", None, None
    )
