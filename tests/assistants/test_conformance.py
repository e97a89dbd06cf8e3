"""The protocol's own conformance suite, the newest there is: all that is for keydeck is passed."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from tests.assistants.conformance.reasons import NOT_FOR_US, WHOLE
from tests.assistants.walking import ALL, Walk, answered
from tests.packages import node_modules
from tests.proxies import NGINX, Proxy, running
from tests.proxies.running import free_port
from tests.verifier.serving import PATIENCE_S, eventually

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
HERE = Path(__file__).with_name("conformance")
_REVISIONS = {"2025-11-25": 30, "2026-07-28": 90}
"""And how many checks of each are passed at the least."""
_NGINX = """pid @folder@/pid;
events {}
http {
    access_log off;
    client_body_temp_path @folder@/body; proxy_temp_path @folder@/proxy;
    fastcgi_temp_path @folder@/f; uwsgi_temp_path @folder@/u; scgi_temp_path @folder@/s;
    server {
        listen 127.0.0.1:@port@;
        location / {
            proxy_pass http://127.0.0.1:@verifier@;
            proxy_set_header Host $http_host;
            proxy_set_header Authorization "Bearer @token@";
        }
    }
}
"""


@pytest.fixture(scope="session")
def suite() -> list[str | Path]:
    """The command of the suite: it needs a newer Node than most systems have."""
    packages = node_modules(HERE / "package.json")
    index = packages / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    return [packages / ".bin" / "node", index]


@contextmanager
def with_token(walk: Walk, folder: Path) -> Iterator[Proxy]:
    """Put somebody in front who adds a token, which the suite cannot."""
    token = walk.connected(ALL)["access_token"]
    files = folder / "files"
    files.mkdir()
    (files / "nginx.conf").write_text(_NGINX, "utf-8")
    port = walk.served.server.port
    with running(NGINX, files, folder / "run", verifier=port, token=token) as proxy:
        yield proxy


def checks(results: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return what the suite wrote down, with its scenario."""
    for file in sorted(results.glob("*/checks.json")):
        name = re.sub(r"-20\d\d-.*", "", file.parent.name).removeprefix("server-")
        for check in json.loads(file.read_text("utf-8")):
            yield name, check


def test_a_server_passes_all_of_both_revisions_that_is_for_it(
    walk: Walk, suite: list[str | Path], tmp_path: Path
) -> None:
    failed: dict[str, str] = {}
    with with_token(walk, tmp_path) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/mcp"
        for revision, fewest in _REVISIONS.items():
            results = tmp_path / revision
            command = [*suite, "server", "--url", url, "--requirements", revision, "-o", results]
            done = subprocess.run(command, capture_output=True, text=True)
            passed = 0
            for scenario, check in checks(results):
                passed += check["status"] == "SUCCESS"
                if check["status"] not in ("SUCCESS", "INFO", "SKIPPED"):
                    failed[check["id"]] = f"{scenario}: {check.get('errorMessage')}"
                    assert scenario not in WHOLE, failed[check["id"]]
            # What is not run, nobody fails.
            assert passed >= fewest, done.stdout
    new = {check: failed[check] for check in failed.keys() - NOT_FOR_US}
    assert not new
    assert not NOT_FOR_US - failed.keys(), "passed meanwhile: take it off the list"


def test_an_authorization_server_passes_whole(
    walk: Walk, suite: list[str | Path], tmp_path: Path
) -> None:
    port = free_port()
    back = f"http://127.0.0.1:{port}/callback"
    assert walk.register("Suite", back).status_code == 201
    said = tmp_path / "said"
    command = [
        *(*suite, "authorization", "--url", walk.base, "--client-id", walk.client_id),
        *("--resource", f"{walk.base}/mcp", "--port", str(port)),
    ]
    with said.open("w") as file, subprocess.Popen(command, stdout=file, stderr=file) as run:
        try:
            eventually(lambda: "Waiting up to" in said.read_text() or run.poll() is not None)
            asked = re.search(r"^http\S+/oauth/authorize\?(\S+)$", said.read_text(), re.MULTILINE)
            assert asked is not None, said.read_text()
            walk.authorize(**{"scope": None, **dict(parse_qsl(asked[1]))})
            walk.sign_in()
            came = answered(walk.approve())
            assert httpx.get(back, params=came, trust_env=False, timeout=PATIENCE_S).is_success
            assert run.wait(PATIENCE_S) == 0, said.read_text()
        finally:
            run.kill()
    summary = said.read_text().partition("SUMMARY")[2]
    # Two of the metadata, which says that ids may be addresses; one of the code.
    assert "Total: 3 passed, 0 failed" in summary, said.read_text()
