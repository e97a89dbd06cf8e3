"""Fixtures every room shares."""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from store.domain.clock import FixedClock
from tests.hashes import quick_hashes, strong_hashes
from tests.house import NOON, House, build, moved_in
from tests.memory import in_memory
from tests.postgres import Cluster, cluster

# Textual reads these when it is imported; a picture must not depend on who draws it.
for _name in ("NO_COLOR", "TEXTUAL_THEME"):
    os.environ.pop(_name, None)

# A suite that is run in the background ignores interrupts, one under `nohup` that its terminal
# goes, and so would all that they start.
for _signal, _handler in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, _handler)

# A busy machine is no failure, and the same tree gives the same answer twice.
settings.register_profile("keydeck", deadline=None, derandomize=True, database=None)
settings.load_profile("keydeck")

# Nothing that is imported is garbage: it is looked for once the tests begin.
gc.disable()

# A password's quarter of a second was a fifth of the suite.
quick_hashes()


@pytest.fixture
def strong() -> Iterator[None]:
    """Let passwords cost as much as they do in keydeck."""
    with strong_hashes():
        yield


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep a module's tests in one process, which makes what they share once; the idle take over.

    By default each process has some of every module, and at the end one has the longest to itself.
    """
    if config.getvalue("dist") != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


def pytest_collection_finish() -> None:
    """Look for garbage in what tests leave, and not in all that was imported, again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 20)
    gc.enable()


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's own keydeck, terminal and clipboard out of every test."""
    for name in ("TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in [name for name in os.environ if name.startswith("KEYDECK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `both_engines` on SQLite and on PostgreSQL."""
    if "engine" not in metafunc.fixturenames:
        return
    marked = metafunc.definition.get_closest_marker
    if marked("postgres_only"):
        metafunc.parametrize("engine", ["postgres"], indirect=True, scope="session")
    elif marked("both_engines") and not marked("sqlite_only"):
        metafunc.parametrize("engine", ["sqlite", "postgres"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """What a house's store is on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL server."""
    # Not below pytest's folder, which is its owner's alone; and a socket's path must be short.
    with in_memory() as folder:
        folder.chmod(0o755)
        with cluster(folder) as running:
            yield running


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house on SQLite that is closed, to be copied."""
    house = build(tmp_path_factory.mktemp("pattern"))
    house.store.close()
    return house


@pytest.fixture(scope="session")
def postgres_pattern(
    postgres: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house on PostgreSQL that is closed, to be copied."""
    with postgres.database() as name:
        house = build(tmp_path_factory.mktemp("pattern"), postgres.url(name))
        house.store.close()
        yield house


MoveIn = Callable[[Path, FixedClock], AbstractContextManager[House]]
"""Gives a house of its own in a folder, on a clock."""


@pytest.fixture(scope="session")
def move_in(engine: str, request: pytest.FixtureRequest) -> MoveIn:
    """Copy a house into a folder, on the engine of the test."""

    @contextmanager
    def moving(folder: Path, clock: FixedClock) -> Iterator[House]:
        with ExitStack() as at_the_end:
            if engine == "sqlite":
                house = moved_in(request.getfixturevalue("sqlite_pattern"), folder, clock)
            else:
                server: Cluster = request.getfixturevalue("postgres")
                pattern: House = request.getfixturevalue("postgres_pattern")
                copied_from = pattern.store.database.url.database or ""
                name = at_the_end.enter_context(server.database(copied_from))
                house = moved_in(pattern, folder, clock, server.url(name))
            at_the_end.callback(house.store.close)
            yield house

    return moving


@pytest.fixture
def house(move_in: MoveIn, tmp_path: Path) -> Iterator[House]:
    """A store with two workspaces of a test's own."""
    with move_in(tmp_path, FixedClock(NOON)) as built:
        yield built
