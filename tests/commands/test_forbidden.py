"""Places that this account may not use: one sentence that names them and says what to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.errors import PlaceForbidden
from store.system.permissions import check, is_there
from tests.house import PASSWORD
from tests.terminal.screen import sitting, surroundings

AS_ANYBODY: tuple[str, ...] = ()
"""Root may use every place: it is run without that right."""
if os.name == "posix" and os.geteuid() == 0:
    AS_ANYBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")

pytestmark = pytest.mark.skipif(
    bool(AS_ANYBODY) and shutil.which("setpriv") is None, reason="root, and util-linux is not here"
)


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that may not be entered: another account's where there are two, else shut."""
    folder = tmp_path / "locked"
    folder.mkdir()
    (folder / "store.db").touch()
    (folder / "pepper").touch()
    if AS_ANYBODY:
        os.chown(folder, 65534, 65534)
        folder.chmod(0o700)
    else:
        folder.chmod(0)
    yield folder
    folder.chmod(0o700)


def keydeck(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run a command line as an account that is not root; return its status and what it says."""
    done = subprocess.run(
        [*AS_ANYBODY, sys.executable, "-m", "console", *arguments],
        env=surroundings(folder, KEYDECK_PASSWORD=PASSWORD, **environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.stderr.count("\n") == 1, done.stderr
    return done.returncode, done.stderr


def says_what_to_do(said: str, locked: Path) -> bool:
    """Return whether a sentence names the folder and the way in, and calls nothing a defect."""
    way = "sudo -iu nobody" if AS_ANYBODY else f"chmod u+rwX {locked}"
    return str(locked) in said and way in said and "defect" not in said


MAKE = ("--as", "a@b.example", *("keys", "create", "--name", "N", "--scope", "events:read"))
INIT = ("init", "--workspace", "Acme", "--admin", "a@b.example")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--as", "a@b.example", "keys", "list"), 1),
        (("--as", "a@b.example", "scan", "."), 6),
        (("store", "check"), 6),
        (("store", "backup", "copy.db"), 1),
        (("store", "upgrade"), 1),
        (("serve", "--port", "0"), 1),
        (INIT, 1),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_a_store_in_a_folder_that_may_not_be_entered(
    tmp_path: Path, locked: Path, arguments: tuple[str, ...], status: int
) -> None:
    address = f"sqlite:///{locked}/store.db"
    found, said = keydeck(tmp_path, *arguments, KEYDECK_STORE=address)
    assert says_what_to_do(said, locked), said
    assert found == status
    assert not (tmp_path / "state").exists(), "nothing to be logged"


@pytest.mark.parametrize("what", ["home", "data folder"])
def test_a_home_that_may_not_be_written(tmp_path: Path, locked: Path, what: str) -> None:
    moved = {"HOME": str(locked), "XDG_STATE_HOME": f"{locked}/state"}
    moved["XDG_DATA_HOME"] = "" if what == "home" else f"{locked}/data"
    found, said = keydeck(tmp_path, *INIT, **moved)
    assert (found, says_what_to_do(said, locked)) == (1, True), said


def test_a_pepper_that_may_not_be_read(tmp_path: Path, locked: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console", *INIT],
        env=surroundings(tmp_path, KEYDECK_PASSWORD=PASSWORD),
        cwd=tmp_path,
        capture_output=True,
    )
    assert done.returncode == 0
    found, said = keydeck(
        *(tmp_path, "--as", "a@b.example", "keys", "list"),
        KEYDECK_PEPPER_FILE=f"{locked}/pepper",
    )
    assert (found, says_what_to_do(said, locked)) == (1, True), said


def test_the_console_says_so_too(tmp_path: Path, locked: Path) -> None:
    address = f"sqlite:///{locked}/store.db"
    with sitting(tmp_path, before=AS_ANYBODY, columns=300, KEYDECK_STORE=address) as terminal:
        assert terminal.ended() == 1
        assert says_what_to_do(terminal.text, locked), terminal.text


def test_a_file_that_is_named_in_such_a_folder_is_no_defect(tmp_path: Path, locked: Path) -> None:
    for arguments in (
        (*MAKE, "--to-file", f"{locked}/x/key"),
        ("people", "authorize", "a@b.example", "--ssh-key", f"{locked}/x"),
        ("serve", "--port", "0", "--leak-keys", f"{locked}/x"),
    ):
        status, said = keydeck(tmp_path, *arguments)
        assert status in (1, 2)
        assert "defect" not in said, said


def test_the_first_obstacle_on_the_way_is_named(tmp_path: Path) -> None:
    assert not is_there(tmp_path / "a" / "b")
    assert not is_there(Path("x" * 300))
    check(tmp_path / "a" / "b")
    if not AS_ANYBODY:
        (tmp_path / "a").mkdir(mode=0o500)
        with pytest.raises(PlaceForbidden, match="chmod u\\+rwX"):
            check(tmp_path / "a" / "b")
