"""A verifier in the hands of a service manager: its sockets, what it is told, its logs, its end."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.verifier.listening import BACKLOG
from tests.house import House
from tests.verifier.forked import STARTS_WITHIN_S
from tests.verifier.serving import API, PATIENCE_S

pytestmark = pytest.mark.sqlite_only

# As systemd does between fork and exec: the variables name the process that is to have the sockets.
_HAND_ON = """
import os, sys
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.executable, [sys.executable, "-P", "-m", "console", *sys.argv[1:]])
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose name is short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="kd-") as name:
        yield Path(name)


class _Manager:
    """Starts `keydeck serve` and hears what it tells."""

    def __init__(self, house: House, folder: Path) -> None:
        self._heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._heard.bind(str(folder / "notify"))
        self._heard.settimeout(STARTS_WITHIN_S)
        self._env = {
            **os.environ,
            "KEYDECK_STORE": house.url,
            "KEYDECK_PEPPER_FILE": str(house.pepper_path),
            "NOTIFY_SOCKET": str(folder / "notify"),
        }
        self._errors = folder / "stderr"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *words: str, handed: socket.socket | None = None) -> None:
        """Start it, with a socket handed on as the third descriptor where there is one."""
        command = [sys.executable, "-P", "-m", "console", "serve", *words]
        env = self._env
        fds: tuple[int, ...] = ()
        if handed is not None:
            command = [sys.executable, "-c", _HAND_ON, "serve", *words]
            env = {**env, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "keydeck.socket"}
            # A child's third descriptor, whatever it is here.
            there = f'exec 3<&{handed.fileno()}; exec "$@"'
            command, fds = ["bash", "-c", there, "bash", *command], (handed.fileno(),)
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                command, env=env, stdout=subprocess.PIPE, stderr=errors, pass_fds=fds
            )

    def told(self) -> list[str]:
        """Return what it tells next."""
        return self._heard.recv(4096).decode().split("\n")

    def said(self) -> str:
        return self._errors.read_text()

    def end(self) -> None:
        self._heard.close()
        if self.process is not None:
            if self.process.poll() is None:
                self.process.kill()
            self.process.communicate()


@pytest.fixture
def manager(own_house: House, folder: Path) -> Iterator[_Manager]:
    manager = _Manager(own_house, folder)
    try:
        yield manager
    finally:
        manager.end()


def _get(connection: socket.socket, path: str, **headers: str) -> int:
    asked = http.client.HTTPConnection("localhost")
    asked.sock = connection
    asked.request("GET", path, headers={name.replace("_", "-"): v for name, v in headers.items()})
    status = asked.getresponse().status
    asked.close()
    return status


def test_a_verifier_at_a_file_notes_each_answer_without_a_key_and_drains_when_its_terminal_goes(
    own_house: House, folder: Path, manager: _Manager
) -> None:
    issued = own_house.create("Behind nginx", "events:read")
    key = issued.secret.reveal()
    path = folder / "s"
    manager.start("--unix", str(path), "--access-log", "json", "--trust-proxy", "unix")
    assert manager.told() == ["READY=1", f"STATUS=Answers on unix:{path}"]
    assert path.stat().st_mode & 0o777 == 0o660

    def ask(target: str, **headers: str) -> int:
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(PATIENCE_S)
            wire.connect(str(path))
            return _get(wire, target, X_Forwarded_For="203.0.113.7", **headers)

    authorization = f"Bearer {key}"
    assert ask(f"{API}/verify?scope=events:write", Authorization=authorization) == 403
    asks = {"X_Forwarded_Method": "PUT", "X_Forwarded_Uri": "/things/7"}
    assert ask(f"{API}/authorize", Authorization=authorization, **asks) == 200
    assert ask(f"/{key}?{key}", User_Agent=f"curl {key}") == 404
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(PATIENCE_S)
        wire.connect(str(path))
        wire.sendall(b"no request\r\n\r\n")
        assert b" 400 " in wire.recv(4096)

    process = manager.process
    assert process is not None
    process.send_signal(signal.SIGHUP)
    assert manager.told() == ["STOPPING=1"]
    assert process.wait(PATIENCE_S) == 0
    assert not path.exists()
    said = manager.said()
    assert key not in said
    assert key[-20:] not in said
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    wanted = [
        ("GET", f"{API}/verify", 403, issued.key.id, None, "203.0.113.7"),
        ("GET", f"{API}/authorize", 200, issued.key.id, "PUT /things/7", "203.0.113.7"),
        ("GET", "/[key]", 404, None, None, "203.0.113.7"),
        (None, None, 400, None, None, None),
    ]
    names = ("method", "path", "status", "key_id", "original", "client")
    assert [tuple(line.get(name) for name in names) for line in lines] == wanted
    assert lines[2]["user_agent"] == "curl [key]"
    assert all(line["request_id"].startswith("req_") and line["ms"] >= 0 for line in lines)
    last = [line.partition(" ")[2] for line in said.splitlines() if not line.startswith("{")]
    assert last[-2:] == [
        "info Stopping: what is under way has 5 s to be answered.",
        "info Stopped, after 4 requests.",
    ]


def test_a_socket_that_is_handed_on_is_answered_at_by_all_workers_until_ctrl_c(
    own_house: House, manager: _Manager
) -> None:
    issued = own_house.create("Activated", "events:read")
    key = issued.secret.reveal()
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as handed:
        port = handed.getsockname()[1]
        manager.start("--access-log", "common", "--workers", "2", handed=handed)
        # It is asked before it is there: the service manager's socket keeps whoever comes.
        with socket.create_connection(("127.0.0.1", port), STARTS_WITHIN_S) as wire:
            assert _get(wire, f"{API}/verify", Authorization=f"Bearer {key}") == 200
        assert manager.told()[0] == "READY=1"
        process = manager.process
        assert process is not None
        os.kill(process.pid, signal.SIGINT)
        assert manager.told() == ["STOPPING=1"]
        assert process.wait(PATIENCE_S) == 0
    said = manager.said()
    assert key not in said
    lines = said.splitlines()
    assert len(lines) == 3, said
    assert lines[-1].endswith("info Stopped, after 1 request.")
    noted = next(line for line in lines if '"GET' in line)
    assert f'"GET {API}/verify HTTP/1.1" 200 ' in noted
    assert noted.startswith(f"127.0.0.1 - {issued.key.id} [")
