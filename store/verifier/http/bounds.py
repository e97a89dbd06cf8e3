"""How long a connection may take over each part of a request, and how much it may send in vain."""

HEAD_S = 10.0
"""Seconds for a head to arrive, and from a connection's beginning to its first byte."""
KEEP_ALIVE_S = 5.0
"""Seconds from an answer to the next request."""
BODY_S = 10.0
"""Seconds from a head to the end of its body."""
ANSWER_S = 60.0
"""Seconds from a request to the end of its answer, and of the client's reading it."""
LINGER_S = 2.0
"""Seconds in which the client may read the last answer."""
MAX_DROPPED = 2 * 1024 * 1024
"""Bytes that are dropped meanwhile: a body may be on its way, and its 413 is to be read."""
MAX_RUBBISH = 256 * 1024
"""Of them after what was no request."""
