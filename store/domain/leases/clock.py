"""The clock that leases are counted on, and how far it is trusted."""

import time

SHORTEST_S = 1.0
LONGEST_S = 10.0
"""How long a lease may be, in seconds."""
BOUNDS = f"Choose a lease of {SHORTEST_S:g} to {LONGEST_S:g} seconds."
DRIFT = 0.1
"""How much faster than another a clock may run, as a share."""


def own_clock() -> float:
    """Return the seconds on a clock that nobody can set and that goes on while a machine sleeps."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


def usable_s(lease_s: float) -> float:
    """Return for how many seconds whoever holds a lease may count on it."""
    return lease_s * (1 - DRIFT)


def over_s(lease_s: float) -> float:
    """Return after how many seconds anybody else may count on a lease being over."""
    return lease_s * (1 + DRIFT)
