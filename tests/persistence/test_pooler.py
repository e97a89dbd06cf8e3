"""A pooler between: one that keeps sessions apart is as good as the server, others are refused."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from store.errors import SharedSession
from store.persistence.database import Database
from store.verifier.lookup.open import open_lookup
from tests.house import House
from tests.postgres import Cluster
from tests.proxies.programs import Program
from tests.terminal.screen import surroundings
from tests.verifier.conftest import own_house
from tests.verifier.serving import API, eventually, serving

__all__ = ["own_house"]

pytestmark = pytest.mark.postgres_only

_PORT = 6432
_SETTINGS = """
[databases]
* = {server}
[pgbouncer]
listen_port = {port}
listen_addr =
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
pool_mode = {mode}
ignore_startup_parameters = extra_float_digits
{more}
"""
_LEFT_BEHIND = """
SELECT name, setting FROM pg_settings WHERE source = 'session'
    AND name NOT IN ('application_name', 'client_encoding', 'DateStyle', 'TimeZone')
UNION ALL SELECT name, statement FROM pg_prepared_statements
UNION ALL SELECT channel, '' FROM pg_listening_channels() AS channel
"""
_PGBOUNCER = Program("pgbouncer", lambda folder: ["-q", str(folder / "settings")])


class Pooler:
    """A PgBouncer before the server of a store."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes]", house: House) -> None:
        store = house.store.database.url
        self._folder, self._process = folder, process
        self._address = {"host": str(folder), "port": _PORT, "user": store.username}
        self._address["dbname"] = store.database
        self.url = store._replace(host=None, port=None, password=None).set(
            query={"host": str(folder), "port": str(_PORT)}
        )

    @property
    def house_url(self) -> str:
        """The store's address by way of it."""
        return self.url.render_as_string()

    def reload(self, before: str, after: str) -> None:
        """Change its settings while it runs."""
        settings = self._folder / "settings"
        settings.write_text(settings.read_text().replace(before, after))
        self._process.send_signal(signal.SIGHUP)

    def left_behind(self) -> list[tuple[str, ...]]:
        """Return what is not as it was in the sessions that somebody else is given after us."""
        with psycopg.connect(autocommit=True, **self._address) as connection:  # type: ignore[arg-type]
            return connection.execute(_LEFT_BEHIND, prepare=False).fetchall()


Pool = Callable[..., Pooler]


@pytest.fixture
def pooled(postgres: Cluster, own_house: House) -> Iterator[Pool]:
    """Put a pooler with some settings before the server of a house."""
    with ExitStack() as running:
        yield lambda mode, more="": running.enter_context(_running(own_house, mode, more))


@contextmanager
def _running(house: House, mode: str, more: str) -> Iterator[Pooler]:
    url = house.store.database.url
    server = f"host={url.host or url.query['host']} port={url.port or 5432}"
    with tempfile.TemporaryDirectory(prefix="keydeck-") as name:
        folder = Path(name)
        (folder / "users").write_text(f'"{url.username}" "{url.password or ""}"\n')
        written = _SETTINGS.format(server=server, folder=folder, port=_PORT, mode=mode, more=more)
        (folder / "settings").write_text(written)
        # Like the server, it does not run as root.
        options: dict[str, Any] = {}
        if os.geteuid() == 0:
            options = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, "nobody")
        program = _PGBOUNCER.path()
        assert program is not None, "pgbouncer is not installed: see .ci/run"
        process = subprocess.Popen(
            [program, *_PGBOUNCER.options(folder)], stderr=subprocess.DEVNULL, **options
        )
        try:
            eventually(lambda: _listens(folder / f".s.PGSQL.{_PORT}"))
            yield Pooler(folder, process, house)
        finally:
            process.terminate()
            process.wait()


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("more", ["", "server_round_robin = 1", "default_pool_size = 1"])
def test_one_that_hands_sessions_round_is_refused_and_nothing_is_left_in_them(
    pooled: Pool, mode: str, more: str
) -> None:
    pooler = pooled(mode, more)
    # Sessions that are there already, as in a pool that is used.
    assert pooler.left_behind() == []
    database = Database(pooler.house_url)
    with closing(database):
        for _ in range(2):
            with pytest.raises(SharedSession, match="pool_mode = session"), database.reading():
                pass
            with pytest.raises(SharedSession):
                open_lookup(database)
    assert pooler.left_behind() == []


@pytest.mark.parametrize("arguments", [("serve", "--port", "0", "--lease", "3s"), ("keys", "list")])
def test_it_is_said_in_one_sentence(
    pooled: Pool, own_house: House, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console", *arguments],
        env=surroundings(
            tmp_path,
            KEYDECK_STORE=pooled("transaction").house_url,
            KEYDECK_PEPPER_FILE=str(own_house.pepper_path),
            KEYDECK_AS="alice@acme.example",
            KEYDECK_PASSWORD="any",
        ),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, f"{SharedSession()}\n")


def test_one_that_keeps_sessions_apart_is_as_good_as_the_server(
    pooled: Pool, own_house: House, tmp_path: Path
) -> None:
    pooler = pooled("session")
    issued = own_house.create("Website")
    headers = {"Authorization": f"Bearer {issued.secret.reveal()}"}
    direct, own_house.url = own_house.url, pooler.house_url
    with (
        serving(own_house, tmp_path / "stderr", lease_s=3.0) as server,
        server.client(headers=headers) as client,
    ):
        eventually(lambda: client.get("/readyz").json()["lease"] == "live")
        assert {client.get(f"{API}/verify").status_code for _ in range(20)} == {200}
        done = own_house.store.keys.revoke(own_house.alice, issued.key.id)
        own_house.store.in_force.wait(done.unpack()[1])
        assert client.get(f"{API}/verify").json()["code"] == "revoked"
        assert server.terminate() == 0
    own_house.url = direct
    assert pooler.left_behind() == []


def test_one_that_begins_to_hand_them_round_is_noticed_by_whoever_opens_a_connection(
    pooled: Pool, own_house: House
) -> None:
    pooler = pooled("session")
    key = own_house.create("Website").key
    with closing(Database(pooler.house_url)) as database, closing(open_lookup(database)) as lookup:
        assert lookup.key(key.id) is not None
        pooler.reload("pool_mode = session", "pool_mode = transaction")

        def refused() -> bool:
            lookup.close()
            try:
                lookup.key(key.id)
            except SharedSession:
                return True
            return False

        eventually(refused)
