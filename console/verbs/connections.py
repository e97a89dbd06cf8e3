"""What an admin does with the connections of assistants. Run by `Verbs`, one at a time."""

from typing import TYPE_CHECKING

from console.verbs.answering import answering
from console.verbs.asking import ask_until
from console.verbs.in_force import show, tell
from store.domain.connections import AuthorizationRequest, Connection
from store.domain.scopes import Scopes
from store.errors import KeydeckError
from store.errors.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.host import Host
    from store.service.commits import Commit, Done
    from store.service.connections import ConnectionDetails


class ConnectionVerbs:
    """The flows behind n, a, s, X and enter on the Connections tab."""

    def __init__(self, app: "Host") -> None:
        self._app = app
        self._actor = app.actor
        """Who began; another may be signed in when a dialog is answered."""

    async def connect(self) -> None:
        """Show the address an assistant is given, and how."""
        from console.dialogs.connect import ConnectDialog

        app = self._app
        api = await answering(app)
        await app.push_screen_wait(
            ConnectDialog(
                api.page("/mcp"), app.copy, api.page_note(), ascii_only=app.options.ascii_only
            )
        )

    async def approve(self) -> None:
        """Ask for the code of a page, show who waits there, and decide."""
        from console.dialogs.approve_connection import ApproveDialog

        app = self._app
        asked = await self._asked()
        if asked is None:
            return
        code, ask = asked
        catalogue = await app.in_store(lambda store: store.keys.catalogue())
        earlier = await app.in_store(lambda store: store.connections.earlier(self._actor, ask))
        done = await ask_until(
            app,
            lambda given, error: ApproveDialog(
                ask,
                catalogue,
                given,
                error,
                earlier=earlier,
                read=lambda: self._by_code(code),
                ascii_only=app.options.ascii_only,
            ),
            lambda decision: self._decide(ask, decision, earlier),
        )
        if done is None:
            return
        decision, commits = done
        app.look_again()
        what = "is connected. Go on in the browser" if decision.scopes else "was denied"
        app.say(f"{quoted(ask.client_name)} {what}.")
        if commits:
            await tell(app, "What it was connected as before has ended.", commits)

    async def narrow(self, connection: Connection) -> None:
        """Take permissions from a connection."""
        from console.dialogs.narrow import NarrowDialog

        app = self._app
        catalogue = await app.in_store(lambda store: store.keys.catalogue())

        async def refused(_: KeydeckError) -> None:
            nonlocal connection
            connection = (await self._read(connection)).connection

        done = await ask_until(
            app,
            lambda given, error: NarrowDialog(
                connection, catalogue, error, ascii_only=app.options.ascii_only
            ),
            lambda scopes: self._narrow(connection, scopes),
            refused,
        )
        if done is None:
            return
        app.look_again()
        await tell(
            app,
            f"{quoted(connection.name)} may do no more than that from the next call on.",
            done[1].commits,
        )

    async def revoke(self, connection: Connection) -> None:
        """Revoke a connection, and say when that was in force."""
        from console.dialogs.revoke_connection import RevokeConnectionDialog

        app = self._app
        request = await app.push_screen_wait(
            RevokeConnectionDialog(
                await self._read(connection),
                app.store.clock.now(),
                ascii_only=app.options.ascii_only,
            )
        )
        if request is None:
            return
        try:
            done = await app.in_store(
                lambda store: store.connections.revoke(self._actor, connection.id, request.reason)
            )
        finally:
            app.look_again()
        await show(app, f"The connection of {quoted(connection.name)} is revoked", done.commits)

    async def details(self, connection: Connection) -> None:
        """Show a connection in full."""
        from console.dialogs.connection_details import ConnectionDialog

        app = self._app

        async def read() -> "ConnectionDetails":
            return await self._read(connection)

        await app.push_screen_wait(
            ConnectionDialog(
                await read(), read, app.store.clock.now, ascii_only=app.options.ascii_only
            )
        )

    async def _asked(self) -> tuple[str, AuthorizationRequest] | None:
        from console.dialogs.short_code import ShortCodeDialog

        app = self._app
        return await ask_until(
            app,
            lambda given, error: ShortCodeDialog(error, ascii_only=app.options.ascii_only),
            self._by_code,
        )

    async def _by_code(self, code: str) -> AuthorizationRequest:
        app = self._app
        return await app.in_store(
            lambda store: store.authorization_requests.by_short_code(self._actor, code)
        )

    async def _decide(
        self, ask: AuthorizationRequest, decision: object, earlier: "Sequence[Connection]"
    ) -> "Sequence[Commit]":
        """Deny or approve; return the commits that ended something."""
        from console.dialogs.approve_connection import Approval

        app = self._app
        if not isinstance(decision, Approval) or not decision.scopes:
            await app.in_store(
                lambda store: store.authorization_requests.deny_by_code(self._actor, ask.id)
            )
            return ()
        ending = [one.id for one in earlier] if decision.ends_earlier else []
        done = await app.in_store(
            lambda store: store.authorization_requests.approve(
                self._actor, ask.id, decision.scopes, decision.lifetime, ending
            )
        )
        return done.commits

    async def _narrow(self, connection: Connection, scopes: Scopes) -> "Done[Connection]":
        return await self._app.in_store(
            lambda store: store.connections.narrow(
                self._actor, connection.id, scopes, seen=connection.revision
            )
        )

    async def _read(self, connection: Connection) -> "ConnectionDetails":
        app = self._app
        return await app.in_store(
            lambda store: store.connections.details(self._actor, connection.id)
        )
