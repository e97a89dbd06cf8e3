"""The programs: where each is found, and how it is run in the foreground."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Program(NamedTuple):
    """A proxy that can be started with a folder of configuration files."""

    name: str
    options: Callable[[Path], list[str]]
    """Its arguments, given the folder."""

    def path(self) -> str | None:
        """Return where it is installed: beside this Python, on the path, or where Debian has it."""
        places = (str(Path(sys.executable).parent), None, "/usr/sbin")
        found = (shutil.which(self.name, path=place) for place in places)
        return next((one for one in found if one), None)


NGINX = Program(
    "nginx",
    lambda folder: [
        *("-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"),
        *("-g", "daemon off; master_process off;"),
    ],
)
CADDY = Program(
    "caddy",
    lambda folder: ["run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"],
)
HAPROXY = Program("haproxy", lambda folder: ["-db", "-f", str(folder / "haproxy.cfg")])
TRAEFIK = Program("traefik", lambda folder: [f"--configFile={folder / 'traefik.yml'}"])
ENVOY = Program(
    "envoy",
    lambda folder: [
        *("-c", str(folder / "envoy.yaml"), "--disable-hot-restart"),
        *("--concurrency", "1", "--log-level", "warning"),
    ],
)
