"""The states of a connection; `store.verifier.http.protocol` says what becomes of each."""

from enum import IntEnum


class ConnectionState(IntEnum):
    """Whose turn it is."""

    IDLE = 0
    HEAD = 1
    BODY = 2
    ANSWER = 3
    LINGER = 4
    CLOSING = 5


SLOW = {
    ConnectionState.HEAD: "slow_head",
    ConnectionState.BODY: "slow_body",
    ConnectionState.ANSWER: "slow_answer",
}
"""What a connection is counted as whose time was over in a state."""
