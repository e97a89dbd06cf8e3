"""`keydeck resume`, which stands beside what it undoes."""

from console.commands.stop import resume

__all__ = ["resume"]
