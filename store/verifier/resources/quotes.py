"""Quotes: what a customer was offered, for an event or before there is one."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import Connection, select

from store.persistence import schema
from store.persistence.prepared import Row
from store.verifier.problems import invalid_body
from store.verifier.resources import fields
from store.verifier.resources.kind import Values
from store.verifier.wanted import in_words

_A_CURRENCY = "three capital letters, such as EUR"
_AN_AMOUNT = "a decimal number in quotes, such as 1250.00, without a sign or leading zeros"
_Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", extra=in_words(_A_CURRENCY))]
"""The shape of an ISO 4217 code."""
_Amount = Annotated[
    str,
    Meta(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$", extra=in_words(_AN_AMOUNT)),
]
"""A decimal string, kept as it was sent: four digits reach ISO 4217's smallest minor units."""
_EventId = Annotated[str, Meta(extra=in_words("the id of an event"))]
_Status = Literal["draft", "sent", "accepted", "declined"]


class NewQuote(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /quotes."""

    customer: fields.Text
    currency: _Currency
    amount: _Amount
    event_id: _EventId | UnsetType | None = UNSET
    status: _Status | UnsetType = UNSET


class QuoteChange(msgspec.Struct, forbid_unknown_fields=True):
    """The body of PATCH /quotes/{id}: what is absent stays."""

    customer: fields.Text | UnsetType = UNSET
    currency: _Currency | UnsetType = UNSET
    amount: _Amount | UnsetType = UNSET
    event_id: _EventId | UnsetType | None = UNSET
    status: _Status | UnsetType = UNSET


class Quote(msgspec.Struct):
    """What a customer was offered."""

    id: str
    event_id: _EventId | None
    customer: fields.Text
    currency: _Currency
    amount: _Amount
    status: _Status


class QuoteWritten(QuoteChange, kw_only=True, forbid_unknown_fields=False):
    """The quote, whole for a key that may read quotes too; else its id and what was sent."""

    id: str


class QuotePage(msgspec.Struct):
    """Some quotes, the oldest first."""

    data: list[Quote]
    next: str | None


class Quotes:
    """The collection /quotes. Implements Kind."""

    name = "quotes"
    singular = "quote"
    id_prefix = "qu"
    table = schema.quotes
    order = (schema.quotes.c.id,)
    new = msgspec.json.Decoder(NewQuote)
    change = msgspec.json.Decoder(QuoteChange)
    statuses = get_args(_Status)
    answers = (Quote, QuoteWritten, QuotePage)
    example: Values = {  # noqa: RUF012
        "customer": "Lindqvist AB",
        "currency": "EUR",
        "amount": "1250.00",
    }
    defaults: Values = {"event_id": None, "status": "draft"}  # noqa: RUF012

    def values(self, sent: Mapping[str, Any]) -> Values:
        """Return the fields that were sent as columns. Raises Problem (422)."""
        found = dict(sent)
        if "customer" in found:
            found["customer"] = fields.text("customer", found["customer"])
        for field, wanted in (("currency", _A_CURRENCY), ("amount", _AN_AMOUNT)):
            # A pattern's $ lets a final line break pass.
            if found.get(field, "").endswith("\n"):
                raise invalid_body(f"{field}: Expected {wanted}.")
        return found

    def check(self, connection: Connection, workspace_id: int, values: Values) -> None:
        """Raise Problem (422) unless the event, if there is one, is this workspace's."""
        if values["event_id"] is None:
            return
        known = connection.execute(
            select(schema.events.c.id).where(
                schema.events.c.workspace_id == workspace_id,
                schema.events.c.id == values["event_id"],
            )
        ).first()
        if known is None:
            raise invalid_body("event_id: Expected the id of an event of this workspace.")

    def read(self, row: Row) -> Quote:
        """Return a row as JSON has it."""
        return Quote(*row)

    def shown(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return columns as JSON has them."""
        return {field: values[field] for field in Quote.__struct_fields__ if field in values}
