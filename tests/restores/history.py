"""Three backups, and between them all that ends; then restores of them in some order."""

from pathlib import Path

from store.domain.times import DAY
from tests.house import House
from tests.restores.world import World

# What there is before each backup.
_BEFORE = (
    *(("create", 0), ("create", 1), ("create", 2), ("create", 3), ("connect", 0)),
    *(("open_workspace", 0), ("password", 2)),
    *(("learn", 0), ("rotate", 1), ("leak", 0), ("renew", 0)),
)
# And what ends after the last: of what is older and of what is newer than each of them.
_AFTER = (
    *(("rotate", 1), ("expire", 0), ("learn", 1), ("leak", 2), ("leak", 1)),
    *(("rescope", which) for which in range(12)),
    *(("revoke", 0), ("revoke", 3), ("renew", 0), ("narrow", 0), ("disconnect", 1), ("renew", 0)),
    *(("role", 2), ("role", 0), ("password", 0), ("password", 1), ("leave", 1), ("plan", 0)),
)
_MEANWHILE = (
    # Whom a restore may have removed.
    *(("come_and_go", 23), ("come_and_go", 13), ("come_and_go", 1)),
    *(("open_workspace", 0), ("create", 1), ("revoke", 1)),
)

_ROW = tuple(map(int, "00010020110120210221112122200"))
ORDERS = tuple(_ROW[first : first + 11] for first in (0, 9, 18))
"""Every three restores in a row are another order: all that there are (de Bruijn's sequence).

In three parts, which begin with another backup each.
"""
STORY = (1, 0, 1, 2, 0, 2)


def lived(pattern: House, folder: Path) -> World:
    """Return a store with a history, and its backups of Monday, Tuesday and Wednesday."""
    world = World(pattern, folder)
    for number in range(3):
        for which in (1, 3, 5):
            world.do("join", 10 * number + which)
        for what, which in _BEFORE:
            world.do(what, which)
        world.back_up()
    for what, which in _AFTER:
        world.do(what, which)
    return world


def restored(world: World, order: tuple[int, ...]) -> None:
    """Restore in an order, with something done in the middle. Raises Revived."""
    for number, which in enumerate(order):
        world.restore(which)
        world.ask()
        if number % 8 == 1:
            for what, whose in _MEANWHILE:
                world.do(what, whose)
    world.house.clock.advance(DAY)
    world.ask()


def tell(world: World) -> None:
    """Tell all that can go wrong, one after the other. Raises Revived."""
    restored(world, STORY)
    world.set_back(0)
    world.confirm_restored()
    for which in STORY:
        world.restore(which)
    world.confirm_restored()
    world.lose(1)
    world.confirm_restored()
    restored(world, STORY)
