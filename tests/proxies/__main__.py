"""`python -m tests.proxies [PROXY…]`: each line of a recipe taken out, and what is open then."""

import sys
import tempfile
from contextlib import closing
from pathlib import Path

from console.recipes import PROXIES
from tests.house import build, moved_in
from tests.proxies.taken_out import Recipe, asked


def main() -> None:
    """Print a line for each line."""
    for name in sys.argv[1:] or list(PROXIES):
        with tempfile.TemporaryDirectory() as folder:
            _print(name, Path(folder))


def _print(name: str, folder: Path) -> None:
    pattern, moved = folder / "pattern", folder / "moved"
    for one in (pattern, moved):
        one.mkdir()
    built = build(pattern)
    built.store.close()
    house = moved_in(built, moved)
    with closing(house.store), asked(house, moved) as verifier:
        taken = Recipe(house, name, verifier, moved)
        print(f"{name}, whole: {', '.join(taken.opened() or ()) or 'nothing is open'}")
        for file, number, text in taken.lines():
            opened = taken.opened(file, number)
            said = "does not start" if opened is None else ", ".join(opened) or "nothing"
            print(f"{file}:{number + 1}: {text}\n    {said}", flush=True)


main()
