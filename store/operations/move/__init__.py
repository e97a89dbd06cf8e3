"""Moving a whole store to another engine, in as many runs as it takes."""

from store.operations.move.moving import Copied, copy_store
from store.operations.move.taking_back import take_back

__all__ = ["Copied", "copy_store", "take_back"]
