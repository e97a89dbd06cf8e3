"""The routes for machines that watch: is it up, can it answer, what has it done. No key needed."""

import msgspec
from starlette.types import Scope

from store.verifier import metrics
from store.verifier.answers import Answer, answer, json_answer
from store.verifier.door import Door
from store.verifier.reference.operation import Operation


class Status(msgspec.Struct):
    """How it is."""

    status: str


HEALTHZ = Operation(
    summary="Is the process alive?",
    description="Answers as long as the process answers at all.",
    answer=Status,
)
READYZ = Operation(
    summary="Can it answer?",
    description="The store can be read and the pepper is the right one.",
    answer=Status,
    problems=("unavailable",),
)
METRICS = Operation(
    summary="What has it done?",
    description="Counters of all workers together, for Prometheus. No label names a key.",
    answer="text/plain",
)


class Health:
    """The routes /healthz, /readyz and /metrics."""

    def __init__(self, door: Door, workers: int) -> None:
        self._door = door
        self._workers = workers

    def healthz(self, scope: Scope) -> Answer:
        """Answer 200 while the process answers at all."""
        return json_answer(Status("ok"))

    def readyz(self, scope: Scope) -> Answer:
        """Answer 200 when the store can be read and the pepper is the right one, else 503."""
        self._door.check_peppers()
        return json_answer(Status("ready"))

    def metrics(self, scope: Scope) -> Answer:
        """Answer the numbers of all workers together, for Prometheus."""
        page = metrics.exposition(self._door.counters.totals(), self._workers)
        return answer(200, page, metrics.CONTENT_TYPE)
