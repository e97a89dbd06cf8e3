"""The route /availability: which days are free, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from store.verifier.resources.availability import taken_days
from tests.verifier.serving import Served

_FULL = "availability:read events:read events:write"


def _take(served: Served, key: str, starts_at: str, ends_at: str, **more: Any) -> str:
    answer = served.ask(
        "/events",
        key,
        "POST",
        json={"name": "Secret gala", "starts_at": starts_at, "ends_at": ends_at, **more},
    )
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


def _free(served: Served, key: str, first: str, last: str) -> list[str]:
    answer = served.ask(f"/availability?from={first}&to={last}", key)
    assert answer.status_code == 200
    assert set(answer.json()) == {"data", "from", "to"}
    assert (answer.json()["from"], answer.json()["to"]) == (first, last)
    assert "gala" not in answer.text
    free: list[str] = answer.json()["data"]
    return free


def test_days_with_any_part_of_an_event_are_taken(served: Served) -> None:
    key = served.key(_FULL)
    _take(served, key, "2030-05-03T22:00:00Z", "2030-05-05T01:00:00Z")
    _take(served, key, "2030-05-07T23:59:59Z", "2030-05-08T00:00:00Z", status="confirmed")
    _take(served, key, "2030-05-09T00:00:00Z", "2030-05-10T00:00:00Z", status="cancelled")
    free = _free(served, key, "2030-05-01", "2030-05-10")
    taken = {"2030-05-03", "2030-05-04", "2030-05-05", "2030-05-07"}
    assert free == [f"2030-05-{day:02}" for day in range(1, 11) if f"2030-05-{day:02}" not in taken]


def test_an_event_that_began_long_before_still_takes_its_days(served: Served) -> None:
    key = served.key(_FULL)
    _take(served, key, "2031-01-01T00:00:00Z", "2032-01-02T00:00:00Z")
    assert _free(served, key, "2032-01-01", "2032-01-03") == ["2032-01-02", "2032-01-03"]
    assert _free(served, key, "2030-12-31", "2031-01-01") == ["2030-12-31"]


def test_a_cancelled_event_frees_its_days_at_once(served: Served) -> None:
    key = served.key(_FULL)
    made = _take(served, key, "2033-01-01T10:00:00Z", "2033-01-01T12:00:00Z")
    assert _free(served, key, "2033-01-01", "2033-01-01") == []
    served.ask(f"/events/{made}", key, "PATCH", json={"status": "cancelled"})
    assert _free(served, key, "2033-01-01", "2033-01-01") == ["2033-01-01"]


def test_the_events_of_others_take_no_days(served: Served) -> None:
    theirs = served.key(_FULL, actor=served.house.bob)
    _take(served, theirs, "2034-01-01T10:00:00Z", "2034-01-02T12:00:00Z")
    assert _free(served, served.key(), "2034-01-01", "2034-01-02") == ["2034-01-01", "2034-01-02"]


def test_the_days_are_days_in_utc(served: Served) -> None:
    key = served.key(_FULL)
    _take(served, key, "2035-01-02T01:00:00+02:00", "2035-01-02T01:30:00+02:00")
    assert _free(served, key, "2035-01-01", "2035-01-02") == ["2035-01-02"]


def test_it_is_the_coming_30_days_unless_asked(served: Served) -> None:
    before = datetime.now(UTC).date()
    answer = served.ask("/availability", served.key()).json()
    assert date.fromisoformat(answer["from"]) in (before, datetime.now(UTC).date())
    assert date.fromisoformat(answer["to"]) == date.fromisoformat(answer["from"]) + timedelta(30)
    assert len(answer["data"]) == 31
    answer = served.ask("/availability?from=2040-01-31", served.key()).json()
    assert (answer["from"], answer["to"]) == ("2040-01-31", "2040-03-01")


def test_a_year_and_a_day_can_be_asked_for_at_the_ends_of_time(served: Served) -> None:
    key = served.key()
    for first, last in (
        ("2028-01-01", "2028-12-31"),
        ("0001-01-01", "0002-01-01"),
        ("9999-01-01", "9999-12-31"),
        ("1969-12-01", "1970-01-31"),
    ):
        assert _free(served, key, first, last)[-1] == last


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("from=tomorrow", "from"),
        ("from=", "from"),
        ("from=2027-02-30", "from"),
        ("from=20270201", "from"),
        ("from=2027-2-1", "from"),
        ("from=2027-W01-1", "from"),
        ("from=2027-02-01T00:00:00Z", "from"),
        ("from=%D9%A2%D9%A0%D9%A2%D9%A7-02-01", "from"),
        ("from=0000-01-01", "from"),
        ("to=x", "to"),
        ("from=2027-02-02&to=2027-02-01", "to"),
        ("from=2027-01-01&to=2028-01-02", "to"),
        ("from=0001-01-01&to=9999-12-31", "to"),
        ("to=1990-01-01", "to"),
        ("from=9999-12-31", "from"),
        ("from=2027-01-01&from=2027-01-01", "from"),
        ("to=2027-01-01&to=2027-01-01", "to"),
    ],
)
def test_a_span_that_makes_no_sense_is_an_invalid_request(
    served: Served, query: str, named: str
) -> None:
    answer = served.ask(f"/availability?{query}", served.key())
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["detail"].startswith(f"{named} is ")


def test_a_span_of_instants_takes_days_up_to_but_not_at_its_end() -> None:
    day = 86_400_000
    assert taken_days([(day, 2 * day)], 0, 5) == {1}
    assert taken_days([(day - 1, 2 * day + 1)], 0, 5) == {0, 1, 2}
    assert taken_days([(-3 * day, 9 * day)], 2, 4) == {2, 3, 4}
    assert taken_days([(-1, 0)], -1, 1) == {-1}
