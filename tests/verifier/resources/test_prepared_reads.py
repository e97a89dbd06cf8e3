"""What is read by prepared statements, against the same told by SQLAlchemy's rows and plain Python.

Whatever stands in the tables, each answer is byte for byte what it was when it was put together
from those.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from store.domain.clock import FixedClock, SystemClock
from store.domain.times import DAY, LATEST
from store.persistence.schema import events, quotes
from store.verifier.answers import Answer
from store.verifier.app import App
from store.verifier.context import WorkerContext
from store.verifier.resources.events import LONGEST_DAYS
from store.verifier.resources.kinds import KINDS
from tests.conftest import MoveIn
from tests.house import House
from tests.verifier.serving import API

pytestmark = pytest.mark.both_engines

Values = dict[str, Any]

_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
_IDS = st.text("ABCabc019_", min_size=1, max_size=4)
_EPOCH = date(1970, 1, 1)
# Few, so that several begin at one instant; and those at which a calendar might slip.
_INSTANTS = st.sampled_from([0, 999, DAY - 1, 951_782_400_000, LATEST - DAY]) | st.integers(
    0, LATEST - LONGEST_DAYS * DAY
)


class Asked(NamedTuple):
    """A house, and a worker that answers for it in this process."""

    house: House
    app: App
    key: str

    def get(self, path: str, query: str = "", **headers: str) -> Answer:
        """Return what a GET is answered."""
        endpoint = self.app.endpoint(f"{API}{path}".encode())
        assert endpoint is not None
        answer, _ = endpoint.at_once(
            {
                "method": "GET",
                "path": f"{API}{path}",
                "query_string": query.encode(),
                "client": ("127.0.0.1", 1),
                "headers": [
                    (b"authorization", f"Bearer {self.key}".encode()),
                    *((name.encode(), value.encode()) for name, value in headers.items()),
                ],
            }
        )
        return answer


@pytest.fixture(scope="module")
def asked(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """A house on today's clock, a worker, and a key that reads all there is."""
    with move_in(tmp_path_factory.mktemp("asked"), FixedClock(SystemClock().now())) as house:
        key = house.create("Reader", "events:read quotes:read availability:read")
        context = WorkerContext(house.url, pepper_path=house.pepper_path)
        yield Asked(house, App(context), key.secret.reveal())
        context.close()


@st.composite
def event_rows(draw: st.DrawFn) -> Values:
    """An event as the table may hold it."""
    starts_at = draw(_INSTANTS)
    return {
        "id": draw(_IDS),
        "workspace_id": draw(st.sampled_from([1, 1, 1, 2])),
        "name": draw(_TEXTS),
        "starts_at": starts_at,
        "ends_at": starts_at + draw(st.integers(1, 3 * DAY)),
        "venue": draw(st.none() | _TEXTS),
        "guests": draw(st.none() | st.integers(0, 1_000_000)),
        "status": draw(st.sampled_from(["option", "confirmed", "cancelled"])),
        "etag": draw(_IDS),
    }


@st.composite
def quote_rows(draw: st.DrawFn) -> Values:
    """A quote as the table may hold it."""
    return {
        "id": draw(_IDS),
        "workspace_id": draw(st.sampled_from([1, 1, 1, 2])),
        "event_id": None,
        "customer": draw(_TEXTS),
        "currency": "EUR",
        "amount": draw(st.sampled_from(["0", "1250.00", "999999999999.9999"])),
        "status": draw(st.sampled_from(["draft", "sent", "accepted", "declined"])),
        "etag": draw(_IDS),
    }


def unique(rows: st.SearchStrategy[Values]) -> st.SearchStrategy[list[Values]]:
    """Return some rows, none with the id of another."""
    return st.lists(rows, max_size=12, unique_by=lambda row: str(row["id"]))


def written(content: Any) -> bytes:
    """Return JSON as answers have it."""
    return tightly(content) + b"\n"


def tightly(content: Any) -> bytes:
    """Return JSON without a blank or a line's end, as cursors have it."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def instant(milliseconds: int) -> str:
    """Return an instant as answers have it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown(row: Any) -> Values:
    """Return a row of SQLAlchemy's as JSON has it."""
    return {
        name: instant(value) if name.endswith("s_at") else value
        for name, value in row.items()
        if name not in ("workspace_id", "etag")
    }


@settings(max_examples=25)
@given(unique(event_rows()), unique(quote_rows()), st.integers(1, 5))
def test_what_is_answered_is_what_the_tables_hold(
    asked: Asked, made: list[Values], offered: list[Values], limit: int
) -> None:
    with asked.house.store.database.writing() as connection:
        for table, rows in ((quotes, offered), (events, made)):
            connection.execute(delete(table))
            if rows:
                connection.execute(insert(table), rows)
    for kind in KINDS:
        with asked.house.store.database.reading() as connection:
            table = kind.table
            statement = select(table).where(table.c.workspace_id == 1).order_by(*kind.order)
            mine = connection.execute(statement).mappings().all()
        _walks(asked, kind.name, [column.name for column in kind.order], mine, limit)
        for row in mine:
            _is_read(asked, f"/{kind.name}/{row['id']}", row)
        for other in {"events": made, "quotes": offered}[kind.name]:
            if other["workspace_id"] == 2:
                assert asked.get(f"/{kind.name}/{other['id']}").status == 404
    _tells_free_days(asked, [row for row in made if row["workspace_id"] == 1])


def _walks(asked: Asked, name: str, order: list[str], rows: Any, limit: int) -> None:
    query = f"limit={limit}"
    for first in range(0, max(1, len(rows)), limit):
        page = rows[first : first + limit]
        following = None
        if first + limit < len(rows):
            position = [name, *(page[-1][column] for column in order)]
            following = urlsafe_b64encode(tightly(position)).decode().rstrip("=")
        answer = asked.get(f"/{name}", query)
        assert answer.status == 200
        assert answer.body == written({"data": [shown(row) for row in page], "next": following})
        query = f"limit={limit}&cursor={following}"


def _is_read(asked: Asked, path: str, row: Any) -> None:
    tag = f'"{row["etag"]}"'
    answer = asked.get(path)
    assert (answer.status, answer.body) == (200, written(shown(row)))
    assert dict(answer.headers)[b"etag"] == tag.encode()
    unchanged = asked.get(path, **{"if-none-match": tag})
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert dict(unchanged.headers) == {b"etag": tag.encode()}
    assert asked.get(path, **{"if-match": '"another"'}).status == 412


def _tells_free_days(asked: Asked, rows: list[Values]) -> None:
    begins = rows[0]["starts_at"] // DAY if rows else 20_000
    days = range(begins, min(begins + 10, LATEST // DAY + 1))
    free = [
        (_EPOCH + timedelta(day)).isoformat()
        for day in days
        if not any(
            row["status"] != "cancelled"
            and row["starts_at"] < (day + 1) * DAY
            and row["ends_at"] > day * DAY
            for row in rows
        )
    ]
    first, last = ((_EPOCH + timedelta(day)).isoformat() for day in (days[0], days[-1]))
    answer = asked.get("/availability", f"from={first}&to={last}")
    assert answer.status == 200
    assert answer.body == written({"data": free, "from": first, "to": last})


@pytest.mark.parametrize("strange", ["\0", "ev_\0", "\uffff", "'", "%s", "x" * 4000])
def test_what_no_text_of_a_store_holds_is_looked_for_and_not_found(
    asked: Asked, strange: str
) -> None:
    cursor = urlsafe_b64encode(tightly(["quotes", strange])).decode().rstrip("=")
    assert asked.get("/quotes", f"cursor={cursor}").status == 200
