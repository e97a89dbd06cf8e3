"""What is done with each assistant, step by step, and what came of it."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from store.domain.connections import Connection
from store.persistence.database import sqlite_library
from tests.assistants.clients.homes import Home, NotToBeHad, installed
from tests.assistants.clients.programs import Program
from tests.assistants.walking import Walk, leads_to
from tests.documents import ADDRESS, document
from tests.verifier.serving import Served

STEPS = ("connect", "four at once", "narrow", "revoke", "again", "port busy")
WORKED = "yes"
LIMIT = "its own limit: it "
AT_ONCE = 4


@dataclass
class Told:
    """What came of the steps, by their names."""

    program: Program
    steps: dict[str, str] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether all of them worked, or it is not to be had."""
        steps = self.steps.values()
        return "connect" not in self.steps or all(
            one == WORKED or one.startswith(LIMIT) for one in steps
        )


def told(program: Program, served: Served, folder: Path, steps: Sequence[str] = STEPS) -> Told:
    """Do all with one assistant, or as much as some steps are."""
    found = Told(program)
    try:
        packages = installed(program)
    except NotToBeHad as error:
        found.steps["not to be had"] = str(error)
        return found
    house = served.house
    if program.document:
        house.store.client_documents.add(
            house.alice, document(ADDRESS, **program.document), ADDRESS
        )
    home = Home(program, packages, folder, f"{served.server.address}/mcp")
    home.furnish()
    story = _Story(home, served)
    for name in steps:
        wrong = getattr(story, f"_{name.replace(' ', '_')}")()
        limit = program.limits.get(name)
        found.steps[name] = (f"{LIMIT}{limit}" if limit else f"no: {wrong}") if wrong else WORKED
        # Without a connection there is nothing to go on with.
        if wrong and not story.stands() and name != "revoke":
            break
    return found


class _Story:
    def __init__(self, home: Home, served: Served) -> None:
        self._home, self._served = home, served
        self._back = ""

    def _connect(self, *, anew: bool = False) -> str:
        if not self._home.signs_in(self._approve, anew=anew):
            return f"it does not sign in: {self._home.said}"
        program = self._home.program
        if program.document and self._connection().client_id != ADDRESS:
            return "it has registered, and not gone by its address"
        signed_in = (program.sign_in_anew if anew else None) or program.sign_in
        # Whoever lists its tools as it signs in has called already.
        if program.use == signed_in or self._home.uses():
            return ""
        return f"it cannot call: {self._home.said}"

    def _four_at_once(self) -> str:
        self._expire()
        worked = [False] * AT_ONCE

        def use(number: int) -> None:
            worked[number] = self._home.uses(str(number))

        threads = [threading.Thread(target=use, args=(number,)) for number in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if not all(worked):
            return f"{worked.count(False)} of {AT_ONCE} were refused"
        self._expire()
        return "" if self._home.uses() else f"the next was refused: {self._home.said}"

    def _narrow(self) -> str:
        house, connection = self._served.house, self._connection()
        fewer = frozenset(one for one in connection.scopes if str(one) == "events:read")
        house.store.connections.narrow(house.alice, connection.id, fewer).unwaited()
        self._expire()
        return "" if self._home.uses() else f"it is refused: {self._home.said}"

    def _revoke(self) -> str:
        house = self._served.house
        house.store.connections.revoke(house.alice, self._connection().id).unwaited()
        return "it still works" if self._home.uses() else ""

    def _again(self) -> str:
        return self._connect(anew=True)

    def _port_busy(self) -> str:
        self._revoke()
        port = urlsplit(self._back).port
        if port is None:
            return "it has no port"
        with _taken(port):
            return self._connect(anew=True)

    def _approve(self, url: str) -> None:
        with self._served.server.client() as browser:
            walk = Walk(self._served, browser)
            begun = browser.get(url)
            assert begun.status_code == 303, begun.text
            walk.page = begun.headers["Location"]
            walk.look()
            walk.sign_in()
            self._back = parse_qs(urlsplit(url).query)["redirect_uri"][0]
            place = leads_to(walk.approve("availability:read events:read"))
            with suppress(httpx.HTTPError):
                # Whether it had its answer, it says itself.
                browser.get(place, follow_redirects=True, timeout=10)

    def _connection(self) -> Connection:
        [connection] = self.stands()
        return connection

    def stands(self) -> list[Connection]:
        """Return the connection that has not ended."""
        house = self._served.house
        return [one for one in house.store.connections.all(house.alice) if one.revoked_at is None]

    def _expire(self) -> None:
        """Let an hour be over for every access token."""
        path = self._served.house.store.database.path
        connection = sqlite_library().connect(path, isolation_level=None)
        connection.execute("UPDATE access_tokens SET expires_at = created_at + 1")
        connection.close()
        if self._home.program.by_its_clock:
            self._home.ages()


@contextmanager
def _taken(port: int) -> Iterator[None]:
    """Let somebody else have a port of this machine."""
    with socket.socket() as four, socket.socket(socket.AF_INET6) as six:
        for one, host in ((four, "127.0.0.1"), (six, "::1")):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                one.bind((host, port))
                one.listen()
        yield
