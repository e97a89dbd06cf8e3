"""The tools: one for each operation of the API, by the same functions as its route."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple, cast

import msgspec
from msgspec import Meta

from store.verifier.authenticator import AnyAuthenticator
from store.verifier.body import decoded
from store.verifier.endpoints import BASE
from store.verifier.mcp.caller import ToolCall
from store.verifier.reference.typed import typed
from store.verifier.resources.availability import NEEDED as DAYS_NEEDED
from store.verifier.resources.availability import Availability, FreeDays
from store.verifier.resources.collection import Collection
from store.verifier.resources.idempotency import checked_key
from store.verifier.resources.kind import sent
from store.verifier.resources.kinds import KINDS
from store.verifier.resources.pages import DEFAULT_LIMIT, MAX_LIMIT, window_at
from store.verifier.resources.preconditions import NONE, Conditions, Tags

Arguments = Mapping[str, Any]
Call = Callable[[ToolCall, Arguments], Awaitable[dict[str, Any]]]


class PageArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Which part of a list."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="How many at the most.")] = (
        DEFAULT_LIMIT
    )
    cursor: Annotated[str | None, Meta(description="Where the last page ended: its `next`.")] = None


class OneArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Which one."""

    id: str


class DaysArguments(msgspec.Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Between which days, both included, as 2026-12-31 in UTC."""

    from_: Annotated[str | None, Meta(description="The first day; today where absent.")] = None
    to: Annotated[
        str | None, Meta(description="The last day; 30 days on where absent, 365 at the most.")
    ] = None


_ETAG = (
    "etag",
    Annotated[str, Meta(description="Another one after every change; give it as `if_match`.")],
)
_IF_MATCH = (
    "if_match",
    Annotated[str | None, Meta(description="The `etag` that it must still have.")],
    None,
)
_IDEMPOTENCY_KEY = (
    "idempotency_key",
    Annotated[str | None, Meta(description="New for each thing; the same when trying again.")],
    None,
)


class Tool(NamedTuple):
    """One operation. What it says of itself is true: clients ask people because of it."""

    name: str
    title: str
    description: str
    needed: tuple[str, ...]
    """Scopes, all of which a connection must have to see it."""
    arguments: dict[str, Any]
    result: dict[str, Any]
    """JSON Schemas of objects."""
    call: Call
    reads: bool = False
    """Changes nothing."""
    replaces: bool = False
    """May overwrite what stands; else it only adds."""
    repeatable: bool = False
    """Done twice it is as if done once."""


def tools(credentials: AnyAuthenticator) -> dict[str, Tool]:
    """Return every tool of the sample API by its name; none where that is not served."""
    if not credentials.context.sample:
        return {}
    every = [_free_days(Availability(credentials))]
    for kind in KINDS:
        every += _of_collection(Collection(credentials, kind, BASE))
    return {tool.name: tool for tool in every}


def _free_days(free: Availability) -> Tool:
    decoder = msgspec.json.Decoder(DaysArguments)

    async def call(caller: ToolCall, arguments: Arguments) -> dict[str, Any]:
        key = caller.admit(DAYS_NEEDED)
        given = _typed(arguments, decoder)
        found: dict[str, Any] = msgspec.to_builtins(free.days_for(key, given.from_, given.to))
        return found

    return Tool(
        "list_free_days",
        "List free days",
        "List the days on which no event is on, between two days, both included, in UTC. A "
        "confirmed event and an option take every day they have a part in.",
        DAYS_NEEDED,
        _object(DaysArguments),
        _object(FreeDays),
        call,
        reads=True,
        repeatable=True,
    )


def _of_collection(things: Collection) -> Iterator[Tool]:
    kind = things.kind
    single, written, page = kind.answers
    name, singular = kind.name, kind.singular
    article = "an" if singular[0] in "aeiou" else "a"
    pages, ones = msgspec.json.Decoder(PageArguments), msgspec.json.Decoder(OneArguments)
    # A decoder may be of any form of type; those of a body are of structs.
    new, change = (cast(type[msgspec.Struct], body.type) for body in (kind.new, kind.change))
    # The fields of a change beside the id that says of which one.
    edit = _with(change, f"Edit{singular.capitalize()}", ("id", str), _IF_MATCH)
    make = _with(new, f"Create{singular.capitalize()}", _IDEMPOTENCY_KEY)
    edits, makes = msgspec.json.Decoder(edit), msgspec.json.Decoder(make)
    seen, done = (_with(kind, kind.__name__, _ETAG) for kind in (single, written))
    listed = _with(page, page.__name__, ("data", list[seen]))  # type: ignore[valid-type]

    async def list_them(caller: ToolCall, arguments: Arguments) -> dict[str, Any]:
        key = caller.admit(things.reading)
        given = _typed(arguments, pages)
        found = things.page_for(key, window_at(given.limit, given.cursor, kind.order))
        return {"data": [thing.tagged for thing in found.things], "next": found.next}

    async def get(caller: ToolCall, arguments: Arguments) -> dict[str, Any]:
        key = caller.admit(things.reading)
        return things.one_for(key, _typed(arguments, ones).id).tagged

    async def create(caller: ToolCall, arguments: Arguments) -> dict[str, Any]:
        caller.admit(things.writing)
        fields = sent(_typed(arguments, makes))
        named = fields.pop("idempotency_key")
        if named is not None:
            checked_key(named)
        made = await things.create_for(caller.write, new(**fields), f"create_{singular}", named)
        return {**msgspec.json.decode(made.body), "etag": made.etag}

    async def change_one(caller: ToolCall, arguments: Arguments) -> dict[str, Any]:
        caller.admit(things.writing)
        fields = sent(_typed(arguments, edits))
        etag, thing_id = fields.pop("if_match"), fields.pop("id")
        asked = NONE if etag is None else Conditions(Tags(frozenset((etag,))), None)
        changed = await things.change_for(caller.write, thing_id, change(**fields), asked)
        return changed.tagged

    yield Tool(
        f"list_{name}",
        f"List {name}",
        f"List the workspace's {name}, a page at a time: pass `next` as `cursor` for more.",
        things.reading,
        _object(PageArguments),
        _object(listed),
        list_them,
        reads=True,
        repeatable=True,
    )
    yield Tool(
        f"get_{singular}",
        f"Read {article} {singular}",
        f"Read one {singular} by its id.",
        things.reading,
        _object(OneArguments),
        _object(seen),
        get,
        reads=True,
        repeatable=True,
    )
    yield Tool(
        f"create_{singular}",
        f"Create {article} {singular}",
        f"Create {article} {singular} in the workspace. With `idempotency_key`, trying again makes "
        "no second one.",
        things.writing,
        _object(make),
        _object(done),
        create,
    )
    yield Tool(
        f"edit_{singular}",
        f"Edit {article} {singular}",
        f"Change one {singular}: what is given replaces what stands, what is absent stays. "
        "With `if_match`, only while nobody else has changed it.",
        things.writing,
        _object(edit),
        _object(done),
        change_one,
        replaces=True,
        repeatable=True,
    )


def _with(kind: type[msgspec.Struct], name: str, *fields: Any) -> type[msgspec.Struct]:
    """Return a type with more fields."""
    return msgspec.defstruct(
        name,
        fields,
        bases=(kind,),
        kw_only=True,
        forbid_unknown_fields=kind.__struct_config__.forbid_unknown_fields,
    )


def _typed(arguments: Arguments, decoder: msgspec.json.Decoder[Any]) -> Any:
    # Through JSON, as the API reads its bodies: the same types, the same sentences.
    return decoded(msgspec.json.encode(arguments), decoder)


def _object(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return a type's JSON Schema with the object itself at the root, as the protocol asks."""
    schema = typed(msgspec.json.schema(kind))
    definitions = dict(schema["$defs"])
    root = dict(definitions.pop(schema["$ref"].rpartition("/")[2]))
    return {**root, "$defs": definitions} if definitions else root
