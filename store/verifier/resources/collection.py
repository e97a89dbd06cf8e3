"""The routes of a collection: list and make; read and change one. Every query names a workspace."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec
from sqlalchemy import Connection, insert, select, update
from starlette.types import Receive, Scope

from store.credential import Credential
from store.deciding import grants
from store.verifier.answers import Answer, json_answer
from store.verifier.body import JSON, MERGE_PATCH, read_json
from store.verifier.door import Door
from store.verifier.problems import not_found
from store.verifier.reference.operation import Operation, Parameter
from store.verifier.resources.ids import new_id
from store.verifier.resources.kind import Kind, Values, sent
from store.verifier.resources.pages import PARAMETERS, Pages, Window, cursor, window

BODY_PROBLEMS = ("request_timeout", "too_large", "unsupported_media_type", "invalid_body")


T = TypeVar("T")


class Write(Protocol):
    """Runs work in a write transaction, for whoever has the scopes it needs. Raises Problem."""

    def __call__(
        self, needed: Sequence[str], work: Callable[[Connection, Credential], T], /
    ) -> Awaitable[T]:
        """Return what the work returned."""
        ...


class Collection:
    """One kind of thing behind its two addresses."""

    def __init__(self, door: Door, kind: Kind, base: str) -> None:
        """`base` is the path all addresses begin with: `/api/v1`."""
        self._door = door
        self.kind = kind
        self.reading = (f"{kind.name}:read",)
        self.writing = (f"{kind.name}:write",)
        self._address = f"{base}/{kind.name}"
        self._pages = Pages(kind.table, kind.order)
        self._known = {name: one.known for name, one in self.operations().items()}

    def operations(self) -> dict[str, Operation]:
        """Return what is said of each handler, by its name."""
        name, singular = self.kind.name, self.kind.singular
        one, written, page = self.kind.answers
        article = "an" if singular[0] in "aeiou" else "a"
        by_id = Parameter(
            "id", f"The id of {article} {singular}.", {"type": "string"}, "…", place="path"
        )
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
                headers={"Location": "Its address."},
                scopes=self.writing,
                body=self.kind.new.type,
                media_types=(JSON,),
                example=self.kind.example,
                problems=BODY_PROBLEMS,
            ),
            "get": Operation(
                summary=f"Read {article} {singular}",
                description="Another workspace's is not there.",
                answer=one,
                answered=f"The {singular}.",
                scopes=self.reading,
                parameters=(by_id,),
                problems=("not_found",),
            ),
            "change": Operation(
                summary=f"Change {article} {singular}",
                description="What is sent replaces what stands; what is absent stays (RFC 7396).",
                answer=written,
                answered="Changed.",
                scopes=self.writing,
                parameters=(by_id,),
                body=self.kind.change.type,
                media_types=(JSON, MERGE_PATCH),
                example={"status": self.kind.statuses[1]},
                problems=("not_found", *BODY_PROBLEMS),
            ),
        }

    def page(self, scope: Scope) -> Answer:
        """Answer one page: `{"data": […], "next": cursor or null}`."""
        key = self._door.admit(scope, self.reading, self._known["page"])
        return json_answer(self.page_for(key, window(scope, self.kind.order)))

    def page_for(self, key: Credential, wanted: Window) -> dict[str, Any]:
        """Return one page of what a key or a connection that was let in may read."""
        order = self.kind.order
        with self._door.database().reading() as connection:
            rows = self._pages.read(connection, key.workspace_id, wanted)
        shown = rows[: wanted.limit]
        return {
            "data": [self.kind.shown(dict(row)) for row in shown],
            "next": cursor(order, shown[-1]) if len(rows) > len(shown) else None,
        }

    def get(self, scope: Scope) -> Answer:
        """Answer one thing, or 404 for another workspace's."""
        key = self._door.admit(scope, self.reading, self._known["get"])
        return json_answer(self.one_for(key, scope["path_params"]["id"]))

    def one_for(self, key: Credential, thing_id: str) -> dict[str, Any]:
        """Return one thing. Raises Problem (404)."""
        with self._door.database().reading() as connection:
            return self.kind.shown(self._one(connection, key, thing_id))

    async def create(self, scope: Scope, receive: Receive) -> Answer:
        """Make a thing: 201 with its Location."""
        self._door.admit(scope, self.writing, self._known["create"])
        body = await read_json(scope, receive, self.kind.new)
        made = await self.create_for(partial(self._door.write, scope), body)
        place = f"{self._door.public_url}{self._address}/{made['id']}".encode("ascii")
        return json_answer(made, 201, ((b"location", place),))

    async def create_for(self, write: Write, body: msgspec.Struct) -> dict[str, Any]:
        """Make a thing of a body and return what its maker may see. Raises Problem (422)."""
        values = self.kind.values(sent(body))
        whole = {
            **self.kind.defaults,
            **values,
            "id": new_id(self.kind.id_prefix, self._door.clock.now()),
        }

        def work(connection: Connection, key: Credential) -> Credential:
            self.kind.check(connection, key.workspace_id, whole)
            connection.execute(
                insert(self.kind.table).values(workspace_id=key.workspace_id, **whole)
            )
            return key

        key = await write(self.writing, work)
        return self._visible(key, whole, values)

    async def change(self, scope: Scope, receive: Receive) -> Answer:
        """Change what was sent and nothing else (RFC 7396 on a flat object)."""
        self._door.admit(scope, self.writing, self._known["change"])
        body = await read_json(scope, receive, self.kind.change, accepted=(JSON, MERGE_PATCH))
        write = partial(self._door.write, scope)
        return json_answer(await self.change_for(write, scope["path_params"]["id"], body))

    async def change_for(self, write: Write, thing_id: str, body: msgspec.Struct) -> dict[str, Any]:
        """Change one thing and return what whoever did may see. Raises Problem (404, 422)."""
        values = self.kind.values(sent(body))
        table = self.kind.table

        def work(connection: Connection, key: Credential) -> tuple[Credential, Values]:
            whole = {**self._one(connection, key, thing_id), **values}
            self.kind.check(connection, key.workspace_id, whole)
            if values:
                connection.execute(
                    update(table)
                    .where(table.c.workspace_id == key.workspace_id, table.c.id == thing_id)
                    .values(**values)
                )
            return key, whole

        key, whole = await write(self.writing, work)
        return self._visible(key, whole, values)

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
            raise not_found(f"There is no such {self.kind.singular} in this workspace.")
        return dict(row)
