"""What we start, and what it finds: nothing of the folder somebody happens to be in."""

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

import console
import store
from console.keydeck import MARK
from tests.house import PASSWORD, House, build
from tests.terminal.screen import Terminal, sitting
from tests.terminal.screen import surroundings as screen_surroundings
from tests.verifier.serving import PATIENCE_S

PROGRAM = str(Path(sys.executable).with_name("keydeck"))
ROOTS = [Path(console.__file__).parent, Path(store.__file__).parent]
STARTING = {
    "subprocess": {"Popen", "run", "call", "check_call", "check_output", "getoutput"},
    "os": {"system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp", "startfile"},
    "asyncio": {"create_subprocess_exec", "create_subprocess_shell"},
    "pty": {"spawn", "fork"},
    "runpy": {"run_module", "run_path"},
}


def starts(path: Path) -> Iterator[str]:
    """Give every place in a file that starts a program without asking for it in the one way."""
    tree = ast.parse(path.read_text("utf-8"))
    types = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    for node in ast.walk(tree):
        if id(node) in types:
            continue
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module, name = node.value.id, node.attr
            known = name in STARTING.get(module, ()) or (
                module == "os" and name.startswith(("exec", "spawn"))
            )
            if known:
                yield f"{path.name}:{node.lineno} {module}.{name}"
        elif isinstance(node, ast.ImportFrom) and node.module in STARTING:
            for one in node.names:
                if one.name in STARTING[node.module]:
                    yield f"{path.name}:{node.lineno} from {node.module} import {one.name}"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = {one.name for one in node.names} | {getattr(node, "module", None)}
            if "multiprocessing" in names:
                yield f"{path.name}:{node.lineno} multiprocessing"


def test_every_program_is_started_in_one_place() -> None:
    found = [one for root in ROOTS for path in root.rglob("*.py") for one in starts(path)]
    assert [one for one in found if not one.startswith("processes.py:")] == []
    assert len(found) == 1


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder in which whatever we import, or whatever that imports, lies in wait."""
    folder = tmp_path / "trap"
    folder.mkdir()
    ran = f"open({str(folder / 'ran')!r}, 'a').write(__name__)\n"
    for name in ("argon2", "msgspec", "uvicorn", "json", "random", "pyperclip", "sitecustomize"):
        (folder / f"{name}.py").write_text(ran)
    for name in ("store", "console", "click", "sqlalchemy"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(ran)
    return folder


def surroundings(house: House, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "KEYDECK_PEPPER_FILE": str(house.pepper_path), "LANG": "C.UTF-8", **more}


@contextmanager
def served(house: House, folder: Path, *words: str, **more: str) -> Iterator[psutil.Process]:
    """Give a running `keydeck serve`, started in a folder as its own script starts it."""
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", *words],
        cwd=folder,
        env=surroundings(house, **more),
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert b"keydeck verifier on" in process.stdout.readline()
        yield psutil.Process(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_workers_import_nothing_from_where_they_were_started(house: House, trap: Path) -> None:
    with served(house, trap, "--workers", "2", KEYDECK_STORE=house.url) as serving:
        assert len(serving.children()) == 2
        assert all("-P" in child.cmdline() for child in serving.children())
    assert not (trap / "ran").exists()


def test_the_demonstration_imports_nothing_from_where_it_was_started(
    tmp_path: Path, trap: Path
) -> None:
    terminal = Terminal([PROGRAM, "demo"], screen_surroundings(trap, PYTHONPATH=""), cwd=trap)
    try:
        terminal.sees("Zapier")
        terminal.send("q")
        assert terminal.ended() == 0
    finally:
        terminal.process.close(force=True)
    assert not (trap / "ran").exists()


def test_the_demonstration_says_why_it_did_not_start(tmp_path: Path) -> None:
    """As where a library is broken for the process beside it alone."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import sys\n"
        "if 'console.demo.keeper' in sys.orig_argv: sys.exit('no such library: libcrypto')\n"
    )
    with sitting(tmp_path, "demo", PYTHONPATH=str(broken), TMPDIR=str(tmp_path)) as terminal:
        assert terminal.ended() == 1
        said = " ".join(terminal.text.split())
    assert "The demonstration did not start." in said
    assert "no such library: libcrypto" in said
    assert list(tmp_path.glob("keydeck-demo-*")) == []


def shown(process: psutil.Process) -> bytes:
    """Return what the system shows of the environments a process and its children began with."""
    family = [process, *process.children(recursive=True)]
    return b"".join(Path(f"/proc/{one.pid}/environ").read_bytes() for one in family)


linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")


@linux
def test_no_password_is_shown_of_a_verifier_or_its_workers(house: House, tmp_path: Path) -> None:
    # A name and a password that SQLite ignores stand for those of a server.
    address = f"{house.url}?password=sesame-of-the-store"
    more = {"KEYDECK_PASSWORD": PASSWORD, "KEYDECK_STORE": address}
    with served(house, tmp_path, "--workers", "2", **more) as serving:
        seen = shown(serving)
        assert b"KEYDECK_PEPPER_FILE" in seen
        for secret in (PASSWORD.encode(), b"sesame", b"KEYDECK_PASSWORD"):
            assert secret not in seen


@linux
def test_no_password_is_shown_of_a_console(tmp_path: Path) -> None:
    data = tmp_path / "data" / "keydeck"
    data.mkdir(parents=True)
    house = build(data)
    house.store.close()
    who = house.alice.email
    with sitting(
        tmp_path, "--workspace", "acme-events", KEYDECK_PASSWORD=PASSWORD, KEYDECK_AS=who
    ) as terminal:
        terminal.sees("No keys yet")
        seen = shown(psutil.Process(terminal.process.pid))
        assert b"KEYDECK_AS" in seen
        assert PASSWORD.encode() not in seen
        assert b"KEYDECK_PASSWORD" not in seen
        terminal.send("q")
        assert terminal.ended() == 0


@pytest.mark.parametrize("name", ["console", "store"])
@pytest.mark.parametrize("how", ["overwritten", "in front"])
def test_another_projects_package_of_our_name_is_not_run(
    tmp_path: Path, name: str, how: str
) -> None:
    """As `pip install console` leaves it: some files replaced, the others still there."""
    places = {"console": ROOTS[0], "store": ROOTS[1]}
    site, front = tmp_path / "site", tmp_path / "front"
    front.mkdir()
    for ours, folder in places.items():
        (site / ours).mkdir(parents=True)
        for path in folder.iterdir():
            (site / ours / path.name).symlink_to(path)
    ran = tmp_path / "ran"
    theirs = "" if name == "console" else f"open({str(ran)!r}, 'w')\n"
    if how == "overwritten":
        (site / name / "__init__.py").unlink()
        (site / name / "__init__.py").write_text(theirs)
        (site / name / "__main__.py").unlink(missing_ok=True)
        (site / name / "__main__.py").write_text(f"open({str(ran)!r}, 'w')\n")
    else:
        (front / name).mkdir()
        (front / name / "__init__.py").write_text(theirs + f"__path__.append({str(site / name)!r})")
    program = "import sys; from console.keydeck import main; sys.argv = ['keydeck', 'plan']; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={"PYTHONPATH": f"{front}:{site}", "PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert done.stderr.count("\n") == 1
    assert f"“{name}”" in done.stderr
    assert "an environment of its own" in done.stderr
    assert not ran.exists(), "it was read, not run"


def test_both_packages_say_that_they_are_ours() -> None:
    for root in ROOTS:
        assert MARK in (root / "__init__.py").read_text("utf-8")
