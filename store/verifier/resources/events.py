"""Events: what is on at the venue, from when to when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import Connection

from store.domain.times import DAY, rfc3339
from store.persistence import schema
from store.persistence.prepared import Row
from store.verifier.operation import Instant
from store.verifier.problems import invalid_body
from store.verifier.resources import fields
from store.verifier.resources.kind import Values

LONGEST_DAYS = 366
"""Whoever looks for the events of a day need not look further back than this."""

_Instant = Annotated[datetime, Meta(tz=True)]
_Guests = Annotated[int, Meta(ge=0, le=1_000_000)]
_Status = Literal["option", "confirmed", "cancelled"]
_TEXTS = ("name", "venue")
_INSTANTS = ("starts_at", "ends_at")


class NewEvent(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /events."""

    name: fields.Text
    starts_at: _Instant
    ends_at: _Instant
    venue: fields.Text | UnsetType | None = UNSET
    guests: _Guests | UnsetType | None = UNSET
    status: _Status | UnsetType = UNSET


class EventChange(msgspec.Struct, forbid_unknown_fields=True):
    """The body of PATCH /events/{id}: what is absent stays."""

    name: fields.Text | UnsetType = UNSET
    starts_at: _Instant | UnsetType = UNSET
    ends_at: _Instant | UnsetType = UNSET
    venue: fields.Text | UnsetType | None = UNSET
    guests: _Guests | UnsetType | None = UNSET
    status: _Status | UnsetType = UNSET


class Event(msgspec.Struct):
    """What is on, from when to when."""

    id: str
    name: fields.Text
    starts_at: Instant
    ends_at: Instant
    venue: fields.Text | None
    guests: int | None
    status: _Status


class EventWritten(EventChange, kw_only=True, forbid_unknown_fields=False):
    """The event, whole for a key that may read events too; else its id and what was sent."""

    id: str


class EventPage(msgspec.Struct):
    """Some events, the earliest first."""

    data: list[Event]
    next: str | None


class Events:
    """The collection /events. Implements Kind."""

    name = "events"
    singular = "event"
    id_prefix = "ev"
    table = schema.events
    order = (schema.events.c.starts_at, schema.events.c.id)
    new = msgspec.json.Decoder(NewEvent)
    change = msgspec.json.Decoder(EventChange)
    statuses = get_args(_Status)
    answers = (Event, EventWritten, EventPage)
    example: Values = {  # noqa: RUF012
        "name": "Summer gala",
        "starts_at": "2027-06-12T18:00:00Z",
        "ends_at": "2027-06-13T01:00:00Z",
        "guests": 180,
    }
    defaults: Values = {"venue": None, "guests": None, "status": "option"}  # noqa: RUF012

    def values(self, sent: Mapping[str, Any]) -> Values:
        """Return the fields that were sent as columns. Raises Problem (422)."""
        found = dict(sent)
        for field in _TEXTS:
            if found.get(field) is not None:
                found[field] = fields.text(field, found[field])
        for field in _INSTANTS:
            if field in found:
                found[field] = fields.instant(field, found[field])
        return found

    def check(self, connection: Connection, workspace_id: int, values: Values) -> None:
        """Raise Problem (422) unless it ends after it starts, within 366 days."""
        length = values["ends_at"] - values["starts_at"]
        if length <= 0:
            raise invalid_body("ends_at: Expected an instant after starts_at.")
        if length > LONGEST_DAYS * DAY:
            raise invalid_body(f"ends_at: Expected at most {LONGEST_DAYS} days after starts_at.")

    def read(self, row: Row) -> Event:
        """Return a row as JSON has it."""
        event_id, name, starts_at, ends_at, venue, guests, status = row
        return Event(event_id, name, rfc3339(starts_at), rfc3339(ends_at), venue, guests, status)

    def shown(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return columns as JSON has them; instants as RFC 3339 in UTC."""
        return {
            field: rfc3339(values[field]) if field in _INSTANTS else values[field]
            for field in Event.__struct_fields__
            if field in values
        }
