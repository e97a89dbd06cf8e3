"""What is told of one worker to whoever lists the verifiers."""

import os
import socket
import time
from importlib.metadata import version
from typing import Any

from store.domain.key_string import random_base62
from store.domain.times import DAY
from store.verifier.counters import Counters

_ID_LENGTH = 12
_LATELY_S = 1.0
FORGOTTEN_AFTER_MS = DAY
"""After so long a verifier that holds no lease and was not seen is not listed any more."""
KEPT = 10_000
"""How many changes a verifier may be behind and still read each of them."""


class WorkerIdentity:
    """Who a worker is, and what it has done since it was told before."""

    def __init__(self, counters: Counters, address: str, *, proxied: bool = False) -> None:
        """`address` is where it answers; `proxied` says whether it was told of a proxy."""
        self.id = random_base62(_ID_LENGTH)
        self._who = {
            "host": socket.gethostname(),
            "process": os.getpid(),
            "version": version("keydeck"),
            "address": address,
            "proxied": proxied,
        }
        self._counters = counters
        # Its row of counters may be that of a worker that died.
        self._began = self._before = counters.done()
        self._started_at = self._told_at = time.monotonic()
        self._telling = (self._told_at, self._before)

    @property
    def running_ms(self) -> int:
        """How long it has been running."""
        return round((time.monotonic() - self._started_at) * 1000)

    def register_anew(self) -> None:
        """Be somebody else: whoever waited for this worker's lease must not find its next one."""
        self.id = random_base62(_ID_LENGTH)

    def tell(self) -> dict[str, Any]:
        """Return the columns of its row, but for times and the lease; `told` when it is written."""
        self._telling = now, done = time.monotonic(), self._counters.done()
        return {
            "id": self.id,
            **self._who,
            "requests": done.requests - self._began.requests,
            "refusals": done.refusals - self._began.refusals,
            "recent_ms": round((now - self._told_at) * 1000),
            "recent_requests": done.requests - self._before.requests,
            "recent_refusals": done.refusals - self._before.refusals,
        }

    def told(self) -> None:
        """Count anew from what was told last, unless that is too little to tell a rate by."""
        if self._telling[0] - self._told_at >= _LATELY_S:
            self._told_at, self._before = self._telling
