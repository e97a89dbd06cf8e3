"""The routes for machines that watch: is it up, can it answer, what has it done. No key needed."""

from typing import Literal

import msgspec
from starlette.types import Receive, Scope

from store.domain.leases.clock import own_clock
from store.verifier import metrics
from store.verifier.answers import Answer, answer, json_answer
from store.verifier.context import WorkerContext
from store.verifier.counters import LeaseGauge
from store.verifier.operation import Operation
from store.verifier.query import check_known


class Status(msgspec.Struct):
    """How it is."""

    status: str


class Readiness(msgspec.Struct):
    """How it is, and from what it answers."""

    status: str
    lease: Literal["none", "live", "over"]
    """Of the worker that answers. It answers from memory while its lease is live, else it reads."""
    memory: Literal["lease", "header", "none"]
    """What it is sure by that what it remembers is current; with none it reads for each request."""
    reads_because: str | None
    """Why it does, where it does."""
    writes_refused_because: str | None
    """Why nothing can be written, where nothing can: keys are answered all the same."""
    limits_unheard_s: int | None
    """For how long it has not heard how much others let through of what is limited."""


HEALTHZ = Operation(
    summary="Is the process alive?",
    description="Answers as long as the process answers at all.",
    answer=Status,
    problems=("invalid_request",),
)
READYZ = Operation(
    summary="Can it answer?",
    description=(
        "A key can be read as a verification reads it, and the pepper is the right one. `lease` is "
        "about the worker that answers: while it is live, keys that were used lately are answered "
        "from memory. On SQLite they are while the store's own `header` says that nothing was "
        "committed since; `memory` says by which a worker goes, `reads_because` why it reads for "
        "each request. Where nothing can be written, on a full disk above all, keys are answered "
        "all the same, and it is ready: `writes_refused_because` says why. Where the store says "
        "nothing of how much others let through of what is limited, it goes on with its share: "
        "`limits_unheard_s` says for how long. Where the database has no connection left for "
        "whatever else is asked of it, it is not."
    ),
    answer=Readiness,
    problems=("invalid_request", "unavailable"),
)
METRICS = Operation(
    summary="What has it done?",
    description="Counters of all workers together, for Prometheus. No label names a key.",
    answer="text/plain",
    problems=("invalid_request",),
)


class HealthRoutes:
    """The routes /healthz, /readyz and /metrics."""

    def __init__(self, context: WorkerContext, process: metrics.Process) -> None:
        self._context = context
        self._process = process

    def healthz(self, scope: Scope) -> Answer:
        """Answer 200 while the process answers at all."""
        check_known(scope["query_string"], HEALTHZ.known)
        return json_answer(Status("ok"))

    async def readyz(self, scope: Scope, _: Receive) -> Answer:
        """Answer 200 when a key can be read and the pepper is the right one, else 503.

        Also where keys are answered from memory: what is not remembered is read.
        """
        check_known(scope["query_string"], READYZ.known)
        self._context.check_peppers()
        self._context.lookup.check_readable()
        await self._context.check_connections()
        unwritten = self._context.unwritten
        silent = self._context.limits.unheard_s
        unheard = None if silent is None else int(silent)
        holding, reads_because = self._context.holding, self._context.lookup.reads_because
        if holding is not None:
            lease: Literal["live", "over"] = "live" if holding.live else "over"
            return json_answer(Readiness("ready", lease, "lease", None, unwritten, unheard))
        way: Literal["header", "none"] = "header" if reads_because is None else "none"
        return json_answer(Readiness("ready", "none", way, reads_because, unwritten, unheard))

    def metrics(self, scope: Scope) -> Answer:
        """Answer the numbers of all workers together, for Prometheus."""
        check_known(scope["query_string"], METRICS.known)
        counters, holding, leases = self._context.counters, self._context.holding, None
        if holding is not None:
            counters.leased(LeaseGauge.of(holding))
            leases = counters.leases()
        page = metrics.exposition(
            counters.totals(), counters.responses(), self._process, leases, own_clock()
        )
        return answer(200, page, metrics.CONTENT_TYPE)
