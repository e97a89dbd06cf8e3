"""The words the first frame is read by are those of the repositories' own statements."""

import json
from pathlib import Path

from store.persistence.repositories import first_frame, frozen_reads


def test_the_frozen_reads_are_what_the_repositories_ask() -> None:
    path = Path(first_frame.__file__).parent / first_frame.FROZEN
    again = "run: python -m store.persistence.repositories.frozen_reads"
    assert json.loads(path.read_text("utf-8")) == frozen_reads.compiled(), again


def test_each_frozen_read_names_whose_rows_it_reads() -> None:
    for name, reads in frozen_reads.compiled().items():
        for read in reads:
            named = [one for one in (":workspace", ":person", ":account") if one in read["words"]]
            assert named, name
