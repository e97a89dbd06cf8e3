"""Somebody's API behind a proxy as the command configures it, and a client of it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from store.service.keys import Issued
from tests.house import House
from tests.proxies.api import Api, api
from tests.proxies.recipes import PROGRAMS, printed, reads_invoices
from tests.proxies.running import Proxy, running
from tests.verifier.serving import PATIENCE_S, Server, eventually

KEY_HEADER = "X-API-Key"


class Guarded:
    """What a test has of it."""

    def __init__(self, name: str, house: House, folder: Path, running: ExitStack) -> None:
        """Start all of it in `folder`, to be ended with `running`."""
        self.house = house
        self._folder, self._verifier = folder, running.enter_context(ExitStack())
        house.store.operator.add_resource("invoices")
        house.store.routes.add("* /{rest...}", ["invoices:read"])
        house.store.routes.add("* /admin/{rest...}", ["invoices:write"])
        self.server = self.serve()
        self.api: Api = running.enter_context(api())
        made_of = (house, name, self.server.port, self.api.port, folder / "printed")
        printed(*made_of, "--key-header", KEY_HEADER, by_routes=True)
        self.proxy: Proxy = running.enter_context(started(name, folder))
        self.client = running.enter_context(self.client_from("127.0.0.1"))
        self.issued = reads_invoices(house)
        self.bearer = bearer(self.issued)
        self.answers()

    def serve(self, port: int = 0) -> Server:
        """Start a verifier, to be asked by the proxy where it has the port of the first."""
        self.server = Server(
            self.house,
            self._folder / "stderr",
            proxies=["127.0.0.1"],
            key_headers=[KEY_HEADER],
            basic=True,
            port=port,
        )
        self._verifier.callback(self.server.end)
        return self.server

    def client_from(self, address: str) -> httpx.Client:
        """Return a client that has this address."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.proxy.port}",
            timeout=PATIENCE_S,
            transport=httpx.HTTPTransport(local_address=address),
        )

    def answers(self) -> None:
        """Return when a good key passes."""
        eventually(lambda: self.client.get("/x", headers=self.bearer).status_code == 200)


@contextmanager
def started(name: str, folder: Path) -> Iterator[Proxy]:
    """Run a proxy with what was printed for it."""
    with running(PROGRAMS[name], folder / "printed", folder / name) as proxy:
        proxy.name = name
        yield proxy


def bearer(issued: Issued) -> dict[str, str]:
    """Return the headers that a key is sent in."""
    return {"Authorization": f"Bearer {issued.secret.reveal()}"}
