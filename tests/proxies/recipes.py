"""Configurations as `keydeck proxy recipe` prints them, for a verifier and an API of the tests."""

import subprocess
import sys
from pathlib import Path

from store.domain.scopes import scopes
from store.domain.times import DAY
from store.service.keys import Issued, NewKey
from tests.house import House
from tests.proxies import CADDY, ENVOY, HAPROXY, NGINX, TRAEFIK
from tests.proxies.limits import SCOPE, has

PROGRAMS = {
    "nginx": NGINX,
    "caddy": CADDY,
    "traefik": TRAEFIK,
    "haproxy": HAPROXY,
    "envoy": ENVOY,
}
ANY_PORT = "59999"


def printed(
    house: House,
    name: str,
    keydeck: int,
    upstream: int,
    folder: Path,
    *more: str,
    by_routes: bool = False,
) -> None:
    """Write the files that the command prints, to be started by `running`.

    They ask for a scope, unless routes say what each request takes.
    """
    needed = ("--scope", "invoices:read") if has(SCOPE, name) and not by_routes else ()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "console", "proxy", "recipe", name, *needed, *more),
            *("--keydeck", f"127.0.0.1:{keydeck}", "--upstream", f"127.0.0.1:{upstream}"),
            *("--listen", f"127.0.0.1:{ANY_PORT}", "--out", str(folder), "--store", house.url),
            *("--json",),
        ],
        capture_output=True,
        text=True,
        env={"KEYDECK_PEPPER_FILE": str(house.pepper_path), "PATH": "/usr/bin"},
    )
    assert done.returncode == 0, done.stderr
    for file in folder.iterdir():
        text = file.read_text("utf-8").replace(ANY_PORT, "@port@")
        if file.name == "nginx.conf":
            # Where Debian's own nginx has them is root's.
            kept = "".join(
                f"{kind}_temp_path @folder@/{kind};"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            text = "pid @folder@/pid;\n" + text.replace("http {", "http {" + kept, 1)
        file.write_text(text, "utf-8")


def reads_invoices(house: House, name: str = "Büro", lasts: int = 90 * DAY) -> Issued:
    """Issue a key that may do what the recipe asks for."""
    granted = scopes(["invoices:read"], house.store.operator.resources())
    return house.store.keys.create(house.alice, NewKey(name, granted, house.clock.now() + lasts))
