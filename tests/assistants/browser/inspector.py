"""The MCP Inspector's own page, with a person at it."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.assistants.clients.homes import NotToBeHad, installed, searched
from tests.assistants.clients.programs import INSPECTOR
from tests.assistants.table import Row
from tests.house import PASSWORD
from tests.packages import run
from tests.verifier.serving import Served, eventually

_WHAT = "MCP Inspector, its page"
_ITS_PAGE = re.compile(r"http://\S+\?MCP_INSPECTOR_API_TOKEN=\w+")


def looked_at(served: Served, folder: Path, program: str) -> Iterator[Row]:
    """Connect the Inspector by its page, list the tools and call one; tell what came of it."""
    try:
        packages = installed(INSPECTOR)
    except NotToBeHad as error:
        yield Row(_WHAT, INSPECTOR.package, f"not to be had: {error}", skipped=True)
        return
    said, home = folder / "inspector", folder / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "PATH": searched(packages)}
    url = f"{served.server.address}/mcp"
    command = ["mcp-inspector", "--web", "--server-url", url, "--transport", "http"]
    with (
        said.open("w") as file,
        subprocess.Popen(
            command,
            env={**environment, "MCP_AUTO_OPEN_ENABLED": "false"},
            stdout=file,
            stderr=file,
        ) as page,
    ):
        try:
            eventually(lambda: bool(_ITS_PAGE.search(said.read_text())))
            found = _ITS_PAGE.search(said.read_text())
            assert found is not None
            who = {"email": "alice@acme.example", "password": PASSWORD, "program": program}
            told = run("node", "inspector.mjs", json.dumps({"url": found[0], **who}), cwd=folder)
            tools = json.loads(told.splitlines()[-1])["tools"]
            came = f"arrives, lists {', '.join(tools)}, calls one"
            yield Row(_WHAT, INSPECTOR.package, came)
        finally:
            page.terminate()
