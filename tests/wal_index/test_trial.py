"""The trial, short. By hand it runs long, and with rules left out: `tests.wal_index.test_rules`."""

from pathlib import Path

import pytest

from tests.house import House
from tests.wal_index.trial import trial

pytestmark = pytest.mark.sqlite_only

SHORT_S = 4.0


def test_no_answer_is_older_than_a_commit_that_had_returned(
    own_house: House, tmp_path: Path
) -> None:
    report = trial(own_house, tmp_path, SHORT_S, round_s=SHORT_S, servers=1)
    assert report.stale == []
    for change in ("revoked by a statement", "revoked by another program", "restored", "replaced"):
        assert report.changes[change] > 0, report.told()
