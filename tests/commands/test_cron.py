"""The line of `keydeck help cron`, as a cron runs it: through a night, by a clock that is moved."""

import re
import shlex

import pytest

from console import topics
from store.domain.clock import SystemClock
from store.domain.people import Role
from store.domain.times import DAY, HOUR
from tests.commands.conftest import Keydeck
from tests.house import PASSWORD, House

LINE = re.compile(r"^0 7 \* \* 1-5 +keydeck (.+) < ", re.MULTILINE)
NIGHT = 10


def test_a_night_of_cron_hears_of_a_key_in_the_hour_it_becomes_due_and_changes_nothing(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.add_member("cron@acme.example", Role.VIEWER)
    began = SystemClock().now()
    key = house.create("Website").key
    house.store.keys.extend(house.alice, key.id, began + 14 * DAY + 5 * HOUR + HOUR // 2)
    told = keydeck("audit", "--json").json
    revision = house.store.revision()
    [words] = LINE.findall(topics.topic("cron").text)
    heard = []
    for hour in range(NIGHT):
        monkeypatch.setattr(SystemClock, "now", lambda _, hour=hour: began + hour * HOUR)
        run = keydeck(
            *shlex.split(words), email="cron@acme.example", password="", given=f"{PASSWORD}\n"
        )
        heard.append((run.status, "Website" in run.out, "Nothing is due" in run.err))
    assert heard == [(0, False, True)] * 6 + [(1, True, False)] * 4
    assert house.store.revision() == revision
    assert keydeck("audit", "--json").json == told
    signed_in = keydeck("audit", "--sign-ins", "--filter", "cron", "--json").json
    assert len([one for one in signed_in if one["action"] == "person.signed_in"]) == NIGHT
