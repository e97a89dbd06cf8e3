"""Stores that are filled once and kept for the next run of a benchmark.

What is kept is copied before anything is done to it, so that each run begins with the same.
"""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from store.domain.clock import FixedClock, SystemClock
from store.domain.people import Actor
from store.errors import StoreUnusable
from store.operations.open import open_store
from tests.house import House, build
from tests.postgres import Cluster

_TOLD = "kept.json"
ACTORS = (Actor(1, "alice@acme.example", "alice", 1), Actor(2, "bob@bolt.example", "bob", 2))
"""Alice and Bob, as they are in every house."""


class Kept(NamedTuple):
    """A store that is to be copied, and what is known of it."""

    house: House
    known: list[str]
    """Full keys that somebody has."""


def kept(
    folder: Path, fill: Callable[[House], Sequence[str]], server: Cluster | None = None
) -> Kept:
    """Return the store that is kept in a folder; where none is, or an older one, fill one.

    `fill` brings a new house to what is wanted and returns the keys that somebody has. With a
    server the store is in its database of the folder's name.
    """
    told = folder / _TOLD
    if told.exists():
        with suppress(StoreUnusable):
            return _opened(json.loads(told.read_text()))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if server is not None:
        server.run(f"DROP DATABASE IF EXISTS {folder.name}", f"CREATE DATABASE {folder.name}")
    house = build(folder, server.url(folder.name) if server else None)
    # Else what expires soon would have expired by the time it is looked at.
    house.clock.instant = SystemClock().now()
    known = fill(house)
    house.store.close()
    content = {"url": house.url, "pepper": str(house.pepper_path), "known": list(known)}
    told.write_text(json.dumps(content))
    return _opened(content)


def _opened(content: Mapping[str, object]) -> Kept:
    clock, pepper_path = FixedClock(SystemClock().now()), Path(str(content["pepper"]))
    store = open_store(str(content["url"]), pepper_path=pepper_path, clock=clock)
    store.close()
    known = content["known"]
    assert isinstance(known, list)
    return Kept(House(str(content["url"]), pepper_path, store, clock, *ACTORS), known)
