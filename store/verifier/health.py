"""The routes for machines that watch: is it up, can it answer, what has it done. No key needed."""

from starlette.types import Receive, Scope

from store.verifier import metrics
from store.verifier.answers import Answer, answer, json_answer
from store.verifier.door import Door


class Health:
    """The routes /healthz, /readyz and /metrics."""

    def __init__(self, door: Door, workers: int) -> None:
        self._door = door
        self._workers = workers

    async def healthz(self, scope: Scope, receive: Receive) -> Answer:
        """Answer 200 while the process answers at all."""
        return json_answer({"status": "ok"})

    async def readyz(self, scope: Scope, receive: Receive) -> Answer:
        """Answer 200 when the store can be read and the pepper is the right one, else 503."""
        self._door.check_peppers()
        return json_answer({"status": "ready"})

    async def metrics(self, scope: Scope, receive: Receive) -> Answer:
        """Answer the numbers of all workers together, for Prometheus."""
        page = metrics.exposition(self._door.counters.totals(), self._workers)
        return answer(200, page, metrics.CONTENT_TYPE)
