"""The routes of a collection: list and make; read and change one. Every query names a workspace."""

from typing import Any

from sqlalchemy import Connection, insert, select, update
from starlette.types import Receive, Scope

from store.deciding import grants
from store.verifier.answers import Answer, json_answer
from store.verifier.body import JSON, MERGE_PATCH, read_json
from store.verifier.door import Door
from store.verifier.problems import not_found
from store.verifier.reference.operation import Operation, Parameter
from store.verifier.resources.ids import new_id
from store.verifier.resources.kind import Kind, Values, sent
from store.verifier.resources.pages import PARAMETERS, Pages, cursor, window
from store.verifier.verify import KeyRow

BODY_PROBLEMS = ("request_timeout", "too_large", "unsupported_media_type", "invalid_body")


class Collection:
    """One kind of thing behind its two addresses."""

    def __init__(self, door: Door, kind: Kind, base: str) -> None:
        """`base` is the path all addresses begin with: `/api/v1`."""
        self._door = door
        self._kind = kind
        self._reading = (f"{kind.name}:read",)
        self._writing = (f"{kind.name}:write",)
        self._address = f"{base}/{kind.name}"
        self._pages = Pages(kind.table, kind.order)

    def operations(self) -> dict[str, Operation]:
        """Return what is said of each handler, by its name."""
        name, singular = self._kind.name, self._kind.singular
        one, written, page = self._kind.answers
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
                scopes=self._reading,
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
                scopes=self._writing,
                body=self._kind.new.type,
                media_types=(JSON,),
                example=self._kind.example,
                problems=BODY_PROBLEMS,
            ),
            "get": Operation(
                summary=f"Read {article} {singular}",
                description="Another workspace's is not there.",
                answer=one,
                answered=f"The {singular}.",
                scopes=self._reading,
                parameters=(by_id,),
                problems=("not_found",),
            ),
            "change": Operation(
                summary=f"Change {article} {singular}",
                description="What is sent replaces what stands; what is absent stays (RFC 7396).",
                answer=written,
                answered="Changed.",
                scopes=self._writing,
                parameters=(by_id,),
                body=self._kind.change.type,
                media_types=(JSON, MERGE_PATCH),
                example={"status": self._kind.statuses[1]},
                problems=("not_found", *BODY_PROBLEMS),
            ),
        }

    def page(self, scope: Scope) -> Answer:
        """Answer one page: `{"data": […], "next": cursor or null}`."""
        key = self._door.admit(scope, self._reading)
        order = self._kind.order
        wanted = window(scope, order)
        with self._door.database().reading() as connection:
            rows = self._pages.read(connection, key.workspace_id, wanted)
        shown = rows[: wanted.limit]
        return json_answer(
            {
                "data": [self._kind.shown(dict(row)) for row in shown],
                "next": cursor(order, shown[-1]) if len(rows) > len(shown) else None,
            }
        )

    def get(self, scope: Scope) -> Answer:
        """Answer one thing, or 404 for another workspace's."""
        key = self._door.admit(scope, self._reading)
        with self._door.database().reading() as connection:
            found = self._one(connection, key, scope["path_params"]["id"])
        return json_answer(self._kind.shown(found))

    async def create(self, scope: Scope, receive: Receive) -> Answer:
        """Make a thing: 201 with its Location."""
        self._door.admit(scope, self._writing)
        values = self._kind.values(sent(await read_json(scope, receive, self._kind.new)))
        whole = {
            **self._kind.defaults,
            **values,
            "id": new_id(self._kind.id_prefix, self._door.clock.now()),
        }

        def work(connection: Connection, key: KeyRow) -> KeyRow:
            self._kind.check(connection, key.workspace_id, whole)
            connection.execute(
                insert(self._kind.table).values(workspace_id=key.workspace_id, **whole)
            )
            return key

        key = await self._door.write(scope, self._writing, work)
        place = f"{self._door.public_url}{self._address}/{whole['id']}".encode("ascii")
        return json_answer(self._visible(key, whole, values), 201, ((b"location", place),))

    async def change(self, scope: Scope, receive: Receive) -> Answer:
        """Change what was sent and nothing else (RFC 7396 on a flat object)."""
        self._door.admit(scope, self._writing)
        body = await read_json(scope, receive, self._kind.change, accepted=(JSON, MERGE_PATCH))
        values = self._kind.values(sent(body))
        thing_id = scope["path_params"]["id"]
        table = self._kind.table

        def work(connection: Connection, key: KeyRow) -> tuple[KeyRow, Values]:
            whole = {**self._one(connection, key, thing_id), **values}
            self._kind.check(connection, key.workspace_id, whole)
            if values:
                connection.execute(
                    update(table)
                    .where(table.c.workspace_id == key.workspace_id, table.c.id == thing_id)
                    .values(**values)
                )
            return key, whole

        key, whole = await self._door.write(scope, self._writing, work)
        return json_answer(self._visible(key, whole, values))

    def _visible(self, key: KeyRow, whole: Values, values: Values) -> dict[str, Any]:
        # Who may write but not read gets back what they sent, and the id to find it by.
        if grants(key.scopes, self._reading):
            return self._kind.shown(whole)
        return self._kind.shown({"id": whole["id"], **values})

    def _one(self, connection: Connection, key: KeyRow, thing_id: str) -> Values:
        table = self._kind.table
        found = connection.execute(
            select(table).where(table.c.workspace_id == key.workspace_id, table.c.id == thing_id)
        ).mappings()
        row = found.first()
        if row is None:
            raise not_found(f"There is no such {self._kind.singular} in this workspace.")
        return dict(row)
