"""A process that has loaded the verifier and forks one for each order, run by `forked`.

It has done nothing but import: what it forks is what a new interpreter is after its imports, those
that wait for a first request included. Verifiers that have to load for themselves are `fresh`.
"""

import gc
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

LONGEST = 1 << 17


def ordered(orders: socket.socket) -> dict[str, Any] | None:
    """Return an order in the process that was forked for it, None once nobody orders any more.

    Between that process and this one is another, which waits for it and tells its number and then
    how it ended.
    """
    while True:
        message, files, _, _ = socket.recv_fds(orders, LONGEST, 3)
        if not message:
            return None
        if os.fork():
            for file in files:
                os.close(file)
            _wait(os.WNOHANG)
            continue
        output, errors, answers = files
        child = os.fork()
        if child:
            os.close(output)
            os.close(errors)
            os.write(answers, b"%d\n" % child)
            os.write(answers, b"%d\n" % os.waitpid(child, 0)[1])
            os._exit(0)
        os.dup2(output, 1)
        os.dup2(errors, 2)
        for file in files:
            os.close(file)
        order: dict[str, Any] = json.loads(message)
        return order


def _wait(how: int) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


if __name__ == "__main__":
    gc.disable()
    import store.verifier.lookup.postgres
    import store.verifier.lookup.sqlite
    import store.verifier.mcp.server
    import store.verifier.server  # noqa: F401

    gc.freeze()
    # Of who interrupts the tests, they tell the verifiers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        order = ordered(orders)
    if order is None:
        _wait(0)
    else:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.argv = ["-c", *order["arguments"]]
        exec(order["code"], {"__name__": "__main__"})  # noqa: S102
