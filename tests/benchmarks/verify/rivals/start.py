"""Starting the rivals: an environment for each, then a process that answers."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.benchmarks.verify.measure import Case, pin

HERE = Path(__file__).parent
ENVIRONMENTS = Path(".benchmarks")
PACKAGES = {
    "keyshield": [
        *("keyshield[core,fastapi]==2.0.1", "fastapi", "aiosqlite", "sqlalchemy[asyncio]"),
        *("uvicorn", "uvloop", "httptools"),
    ],
    "drf": ["djangorestframework-api-key==3.1.0", "djangorestframework", "django<6", "granian"],
}
NGINX_KEYS = 100_000


@dataclass(frozen=True)
class Rival:
    """A process that answers, and the keys it knows."""

    name: str
    process: psutil.Process
    port: int
    keys: list[str]
    connections: int | None = None

    def case(self) -> Case:
        """Return what is asked of it: its keys, each of which it has seen once."""
        url = f"http://127.0.0.1:{self.port}/verify"
        for key in self.keys:
            httpx.get(
                url, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=60
            ).raise_for_status()
        return Case(self.name, self.process, url, self.keys, self.connections)


@contextmanager
def asked(start: Callable[[], AbstractContextManager[Rival]]) -> Iterator[Case]:
    """Start a rival and give what is asked of it."""
    with start() as rival:
        yield rival.case()


def environment(name: str) -> Path:
    """Return the Python of an environment that has a rival's packages; made at the first time."""
    folder = (ENVIRONMENTS / f"env-{name}").absolute()
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"installing {name} …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", *PACKAGES[name]],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        (folder / "complete").touch()
    return python


@contextmanager
def keyshield(mode: str, database: Path, *, make: bool = True) -> Iterator[Rival]:
    """Serve keyshield; `mode` is default or cached."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(2048)
        descriptor = listening.fileno()
        with subprocess.Popen(
            [
                *(str(environment("keyshield")), str(HERE / "keyshield_app.py")),
                *(mode, str(database), str(descriptor)),
            ],
            stdout=subprocess.PIPE,
            pass_fds=[descriptor],
            env={**os.environ, "KEYS": "make" if make else ""},
        ) as process:
            port = int(listening.getsockname()[1])
            # Beyond that its writes find the database locked, and it answers 500.
            yield from _answering(
                f"keyshield 2.0.1, {mode}", process, port, 1 if mode == "default" else 4
            )


@contextmanager
def drf(database: Path) -> Iterator[Rival]:
    """Serve djangorestframework-api-key."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with subprocess.Popen(
        [str(environment("drf")), str(HERE / "drf_app.py"), str(database), str(port)],
        stdout=subprocess.PIPE,
    ) as process:
        yield from _answering("drf-api-key 3.1.0, Granian", process, port)


@contextmanager
def nginx(folder: Path) -> Iterator[Rival]:
    """Serve a map of keys: no expiry, no revocation without a reload, no count. The outer limit."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise FileNotFoundError("nginx")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    keys = [f"key_{number:012}_{number:049}" for number in range(NGINX_KEYS)]
    listed = "\n".join(f'"Bearer {key}" 1;' for key in keys)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        "daemon off; master_process off; worker_processes 1; error_log /dev/null crit;\n"
        f"pid {folder}/nginx.pid;\n"
        "events { worker_connections 1024; }\n"
        "http { access_log off; keepalive_requests 1000000000; map_hash_max_size 400000;"
        " map_hash_bucket_size 256;\n"
        f"client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;"
        f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"map $http_authorization $known {{ default 0;\n{listed}\n}}\n"
        f"server {{ listen 127.0.0.1:{port}; location / {{ if ($known) {{ return 200 '{{}}'; }}"
        " return 401; } } }\n"
    )
    with subprocess.Popen([program, "-p", str(folder), "-c", str(configuration)]) as process:
        try:
            _wait(port, process)
            found = psutil.Process(process.pid)
            pin(found)
            yield Rival("nginx, a map of 100,000 keys", found, port, keys[:200])
        finally:
            process.terminate()


def _answering(
    name: str, process: "subprocess.Popen[bytes]", port: int, connections: int | None = None
) -> Iterator[Rival]:
    try:
        assert process.stdout is not None
        keys: list[str] = json.loads(process.stdout.readline())
        _wait(port, process)
        found = psutil.Process(process.pid)
        pin(found)
        yield Rival(name, found, port, keys, connections)
    finally:
        process.terminate()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(1)
                return
        time.sleep(0.1)
    raise RuntimeError("it does not answer")
