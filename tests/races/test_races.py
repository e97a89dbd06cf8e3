"""After a commit has returned, the next request sees it, at every worker of every server."""

from pathlib import Path

import pytest

from tests.house import House
from tests.races.race import race

pytestmark = pytest.mark.both_engines


def test_no_answer_is_older_than_the_last_commit(house: House, tmp_path: Path) -> None:
    report = race(house, tmp_path, 4)
    assert report.stale == [], report.told()
    # It must have been a race: by hand it makes some thousands a minute.
    assert set(report.changes) >= {"created", "revoked"}
    assert report.probes > 50
    assert report.hammered > 100
