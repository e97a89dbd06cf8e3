"""A real sshd on a loopback port, for one user whose home is a folder of the test's own."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))

_CONFIG = """\
Port {port}
Port {asking}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/.ssh/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AcceptEnv {accepted}
{asks}
"""
_ASKS = """\
Match LocalPort {asking}
AuthorizedKeysFile none
AuthorizedKeysCommand {command}
AuthorizedKeysCommandUser {user}
"""


@dataclass
class Door:
    """Where a client knocks."""

    folder: Path
    port: int
    asking: int
    """Where sshd asks a command whom it lets in, and no file."""

    def plain(self, *command: str, **environment: str) -> list[str]:
        """Return what `client` does, for an ssh that opens no terminal."""
        return [word for word in self.client(*command, **environment) if word != "-tt"]

    def client(self, *command: str, **environment: str) -> list[str]:
        """Return the arguments of an ssh that opens a terminal; `environment` is sent along."""
        # In one option: of several ssh takes the first.
        sent = " ".join(f'"{name}={value}"' for name, value in environment.items())
        return [
            "ssh",
            "-tt",
            "-F/dev/null",
            f"-p{self.port}",
            f"-i{self.folder / 'client'}",
            "-oStrictHostKeyChecking=no",
            f"-oUserKnownHostsFile={self.folder / 'known'}",
            "-oLogLevel=ERROR",
            *([f"-oSetEnv={sent}"] if sent else []),
            f"{getpass.getuser()}@127.0.0.1",
            *command,
        ]


@contextmanager
def sshd(
    folder: Path, accepted: str = "KEYDECK_* LANG", asks: Sequence[str] = ()
) -> Iterator[Door]:
    """Run an sshd that lets in whoever `.ssh/authorized_keys` in a folder names.

    It passes on the `accepted` variables of a client. What it `asks` says whom it lets in at the
    other port, `asking`.

    `client` and `client.pub` in the folder are a client's key, which opens nothing yet.
    """
    assert SSHD is not None
    for name in ("host", "client"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True
        )
    if os.geteuid() == 0:
        # Where it separates privileges; a service manager would have made it.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    door = Door(folder, _free_port(), _free_port())
    config = folder / "sshd_config"
    asked = {"asking": door.asking, "command": " ".join(asks), "user": getpass.getuser()}
    told = {"folder": folder, "accepted": accepted, "asks": _ASKS.format(**asked) if asks else ""}
    config.write_text(_CONFIG.format(port=door.port, asking=door.asking, **told))
    log = (folder / "sshd.log").open("wb")
    with log, subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=log) as process:
        try:
            _wait_for(door.port, process)
            yield door
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("sshd did not start")
