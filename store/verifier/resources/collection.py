"""The routes of a collection: list and make; read and change one. Every query names a workspace."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update
from starlette.types import Receive, Scope

from store.domain.credential import Credential
from store.domain.decision import grants
from store.persistence.prepared import PreparedSelect, Row
from store.persistence.repositories.idempotency import IdempotencyKeys, StoredAnswer
from store.persistence.schema.business import new_etag
from store.verifier.answers import Answer, answer, json_answer, not_modified
from store.verifier.authenticator import AnyAuthenticator
from store.verifier.body import JSON, MERGE_PATCH, read_json
from store.verifier.operation import Operation, Parameter
from store.verifier.problems import Problem, not_found
from store.verifier.resources.idempotency import PARAMETER as IDEMPOTENCY_KEY
from store.verifier.resources.idempotency import PROBLEMS as IDEMPOTENCY_PROBLEMS
from store.verifier.resources.idempotency import answered_before, once, sent_key, still_running
from store.verifier.resources.ids import new_id
from store.verifier.resources.kind import ResourceKind, Values, sent
from store.verifier.resources.pages import PARAMETERS, Pages, Window, window
from store.verifier.resources.preconditions import (
    ETAG,
    IF_MATCH,
    IF_NONE_MATCH,
    Conditions,
    conditions,
    quoted,
)

BODY_PROBLEMS = ("request_timeout", "too_large", "unsupported_media_type", "invalid_body")
_ETAG = ETAG.lower().encode("ascii")

T = TypeVar("T")


class Write(Protocol):
    """Runs work in a write transaction, for whoever has the scopes it needs. Raises Problem."""

    def __call__(
        self, needed: Sequence[str], work: Callable[[Connection, Credential], T], /
    ) -> Awaitable[T]:
        """Return what the work returned."""
        ...


class Representation(NamedTuple):
    """A thing as somebody may see it."""

    etag: str
    shown: msgspec.Struct | dict[str, Any]
    """A dictionary of what may be seen where that is not all of it."""

    @property
    def tagged(self) -> dict[str, Any]:
        """What is shown, and its entity tag."""
        return {**msgspec.to_builtins(self.shown), "etag": self.etag}


class Page(NamedTuple):
    """A part of a list."""

    things: list[Representation]
    next: str | None
    """The cursor of the next one, if there is one."""


class Collection:
    """One kind of thing behind its two addresses."""

    def __init__(self, credentials: AnyAuthenticator, kind: ResourceKind, base: str) -> None:
        """`base` is the path all addresses begin with: `/api/v1`."""
        self._credentials, self._context = credentials, credentials.context
        self.kind = kind
        self.reading = (f"{kind.name}:read",)
        self.writing = (f"{kind.name}:write",)
        self._address = f"{base}/{kind.name}"
        single, _, self._page = kind.answers
        # The entity tag last: it is no part of the JSON.
        columns = (*(kind.table.c[name] for name in single.__struct_fields__), kind.table.c.etag)
        self._pages = Pages(kind.table, columns, kind.order)
        self._by_id = PreparedSelect(
            select(*columns).where(
                kind.table.c.workspace_id == bindparam("workspace_id"),
                kind.table.c.id == bindparam("thing_id"),
            )
        )
        self._known = {name: operation.known for name, operation in self.operations().items()}

    def operations(self) -> dict[str, Operation]:
        """Return what is said of each handler, by its name."""
        name, singular = self.kind.name, self.kind.singular
        single, written, page = self.kind.answers
        article = "an" if singular[0] in "aeiou" else "a"
        by_id = Parameter(
            "id", f"The id of {article} {singular}.", {"type": "string"}, "…", place="path"
        )
        tag = {ETAG: "Another one after every change (RFC 9110 8.8.3)."}
        return {
            "page": Operation(
                summary=f"List {name}",
                description="A page at a time: follow `next` until it is null.",
                answer=page,
                answered="A page.",
                scopes=self.reading,
                parameters=PARAMETERS,
                problems=("invalid_request",),
            ),
            "create": Operation(
                summary=f"Make {article} {singular}",
                description=f"In the key's workspace. Seen in full by a key with `{name}:read`.",
                answer=written,
                answered="Made.",
                status=201,
                headers={"Location": "Its address.", **tag},
                scopes=self.writing,
                parameters=(IDEMPOTENCY_KEY,),
                body=self.kind.new.type,
                media_types=(JSON,),
                example=self.kind.example,
                problems=(*BODY_PROBLEMS, *IDEMPOTENCY_PROBLEMS),
            ),
            "get": Operation(
                summary=f"Read {article} {singular}",
                description="Another workspace's is not there.",
                answer=single,
                answered=f"The {singular}.",
                headers=tag,
                scopes=self.reading,
                parameters=(by_id, IF_NONE_MATCH, IF_MATCH),
                unchanged="It is as the client has it: If-None-Match names it.",
                problems=("not_found", "precondition_failed"),
            ),
            "change": Operation(
                summary=f"Change {article} {singular}",
                description=(
                    "What is sent replaces what stands; what is absent stays (RFC 7396). With "
                    "If-Match it is changed only while nobody else has changed it."
                ),
                answer=written,
                answered="Changed.",
                headers=tag,
                scopes=self.writing,
                parameters=(by_id, IF_MATCH),
                body=self.kind.change.type,
                media_types=(JSON, MERGE_PATCH),
                example={"status": self.kind.statuses[1]},
                problems=("not_found", "precondition_failed", *BODY_PROBLEMS),
            ),
        }

    def page(self, scope: Scope) -> Answer:
        """Answer one page: `{"data": […], "next": cursor or null}`."""
        key = self._credentials.admit(scope, self.reading, self._known["page"])
        found = self.page_for(key, window(scope, self.kind.order))
        return json_answer(self._page([thing.shown for thing in found.things], found.next))

    def page_for(self, key: Credential, wanted: Window) -> Page:
        """Return one page of what a key or a connection may read."""
        rows = self._pages.read(self._context.lookup, key.workspace_id, wanted)
        shown = rows[: wanted.limit]
        follows = self._pages.cursor(shown[-1]) if len(rows) > len(shown) else None
        return Page([self._representation(row) for row in shown], follows)

    def get(self, scope: Scope) -> Answer:
        """Answer one thing, 304 where the client has it, or 404 for another workspace's."""
        key = self._credentials.admit(scope, self.reading, self._known["get"])
        asked = conditions(scope)
        found = self.one_for(key, _named(scope))
        asked.check(found.etag)
        tag = (_ETAG, quoted(found.etag))
        if asked.unchanged(found.etag):
            return not_modified((tag,))
        return json_answer(found.shown, headers=(tag,))

    def one_for(self, key: Credential, thing_id: str) -> Representation:
        """Return one thing. Raises Problem (404)."""
        given = {"workspace_id": key.workspace_id, "thing_id": thing_id}
        for row in self._context.lookup.rows(self._by_id, **given):
            return self._representation(row)
        raise self._not_found()

    async def create(self, scope: Scope, receive: Receive) -> Answer:
        """Make a thing: 201 with its Location. With an Idempotency-Key, it is made once."""
        key = self._credentials.admit(scope, self.writing, self._known["create"])
        named, write = sent_key(scope), partial(self._credentials.write, scope)
        if named is None:
            body = await read_json(scope, receive, self.kind.new)
            made = await self.create_for(write, body)
        else:
            # From here on, the body included, it is running: who asks again meanwhile is told so.
            with self._context.in_flight.begun(self._address, key.id, named) as mine:
                if not mine:
                    raise still_running()
                body = await read_json(scope, receive, self.kind.new)
                made = await self.create_for(write, body, f"POST {self._address}", named)
        place = f"{self._context.public_url}{made.location}".encode("ascii")
        headers = ((b"location", place), (_ETAG, quoted(made.etag)))
        return answer(made.status, made.body.encode(), JSON.encode("ascii"), headers)

    async def create_for(
        self, write: Write, body: msgspec.Struct, operation: str = "", named: str | None = None
    ) -> StoredAnswer:
        """Make a thing of a body and return what its maker is answered.

        With an Idempotency-Key (`named`) what was made before for the same operation is answered
        again. Raises Problem (422).
        """
        given = sent(body)
        values, now = self.kind.values(given), self._context.clock.now()
        wanted = None if named is None else once(operation, named, values)
        made = {
            **self.kind.defaults,
            **values,
            "id": new_id(self.kind.id_prefix, now),
            "etag": new_etag(),
        }

        def work(connection: Connection, key: Credential) -> StoredAnswer:
            kept = IdempotencyKeys(connection, key.workspace_id, key.id, now)
            if wanted is not None and (before := answered_before(kept, wanted)) is not None:
                return before
            self.kind.check(connection, key.workspace_id, made)
            connection.execute(
                insert(self.kind.table).values(workspace_id=key.workspace_id, **made)
            )
            shown = msgspec.json.encode(self._visible(key, made, values)).decode()
            answered = StoredAnswer(201, f"{self._address}/{made['id']}", made["etag"], shown)
            if wanted is not None:
                kept.keep(wanted, answered)
            return answered

        return await write(self.writing, work)

    async def change(self, scope: Scope, receive: Receive) -> Answer:
        """Change what was sent and nothing else (RFC 7396 on a flat object)."""
        self._credentials.admit(scope, self.writing, self._known["change"])
        asked = conditions(scope)
        body = await read_json(scope, receive, self.kind.change, accepted=(JSON, MERGE_PATCH))
        write = partial(self._credentials.write, scope)
        done = await self.change_for(write, _named(scope), body, asked)
        return json_answer(done.shown, headers=((_ETAG, quoted(done.etag)),))

    async def change_for(
        self, write: Write, thing_id: str, body: msgspec.Struct, asked: Conditions
    ) -> Representation:
        """Change one thing where the conditions hold, and return what whoever did may see.

        Raises Problem (404, 412, 422).
        """
        values = self.kind.values(sent(body))
        table = self.kind.table

        def work(connection: Connection, key: Credential) -> Representation:
            before = self._one(connection, key, thing_id)
            # Here, where nobody else writes: a tag that was right a moment ago is no condition.
            asked.check_change(before["etag"])
            changes = {**values, "etag": new_etag()} if values else {}
            whole = {**before, **changes}
            self.kind.check(connection, key.workspace_id, whole)
            if changes:
                connection.execute(
                    update(table)
                    .where(table.c.workspace_id == key.workspace_id, table.c.id == thing_id)
                    .values(**changes)
                )
            return Representation(whole["etag"], self._visible(key, whole, values))

        return await write(self.writing, work)

    def _visible(self, key: Credential, whole: Values, values: Values) -> dict[str, Any]:
        # Who may write but not read gets back what they sent, and the id to find it by.
        if grants(key.scopes, self.reading):
            return self.kind.shown(whole)
        return self.kind.shown({"id": whole["id"], **values})

    def _one(self, connection: Connection, key: Credential, thing_id: str) -> Values:
        table = self.kind.table
        found = connection.execute(
            select(table).where(table.c.workspace_id == key.workspace_id, table.c.id == thing_id)
        ).mappings()
        row = found.first()
        if row is None:
            raise self._not_found()
        return dict(row)

    def _representation(self, row: Row) -> Representation:
        return Representation(row[-1], self.kind.read(row[:-1]))

    def _not_found(self) -> Problem:
        return not_found(f"There is no such {self.kind.singular} in this workspace.")


def _named(scope: Scope) -> str:
    """Return the id in the address of one thing, which is its last segment."""
    path: str = scope["path"]
    return path.rpartition("/")[2]
