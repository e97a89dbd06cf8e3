"""`python -m tests.crowds --creations 50`: so many `keys create` at once, all of which succeed."""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from store.domain.clock import SystemClock
from store.operations.open import open_store
from tests.crowds.creating import refused
from tests.house import build


def main() -> int:
    """Run them and print what was refused; 1 when anything was."""
    parser = argparse.ArgumentParser(prog="python -m tests.crowds", description=__doc__)
    parser.add_argument("--creations", type=int, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = build(Path(folder))
        house.store.close()
        store = open_store(house.url, pepper_path=house.pepper_path, clock=SystemClock())
        said = refused(replace(house, store=store), Path(folder), given.creations)
        made = store.keys.counts(house.alice).total
        store.close()
    print(f"{given.creations} begun at once, {made} keys made, {len(said)} refused.")
    for sentence in sorted(set(said)):
        print(f"  {said.count(sentence)} x {sentence.strip()}")
    return 1 if said or made != given.creations else 0


if __name__ == "__main__":
    sys.exit(main())
