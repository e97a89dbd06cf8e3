"""The words the first frame is read by are those of the repositories' own statements."""

import json
from pathlib import Path

from store.persistence.repositories import freeze, frozen_reads

_WHOSE = (":workspace", ":person", ":account", ":fingerprint")


def test_the_frozen_reads_are_what_the_repositories_ask() -> None:
    path = Path(frozen_reads.__file__).parent / frozen_reads.FROZEN
    again = "run: python -m store.persistence.repositories.freeze"
    assert json.loads(path.read_text("utf-8")) == freeze.compiled(), again


def test_each_frozen_read_names_whose_rows_it_reads() -> None:
    for name, reads in freeze.compiled().items():
        for read in reads:
            named = [one for one in _WHOSE if one in read["words"]]
            assert named, name
