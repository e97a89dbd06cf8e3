"""Clients that generators make of the OpenAPI document: whole, true to their types, at work."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.packages import kept, node_modules, run
from tests.verifier.serving import Served

CLIENTS = Path(__file__).with_name("clients")
GENERATOR = "openapi-python-client==0.29.1"
with_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")


@pytest.fixture(scope="session")
def python() -> Path:
    """An interpreter with the generator of Python clients, and nothing of ours."""
    with kept(f"{GENERATOR} {sys.version}".encode()) as (folder, whole):
        found = folder / "venv" / "bin" / "python"
        if not whole:
            run(sys.executable, "-m", "venv", "--clear", folder / "venv", cwd=folder)
            run(found, "-m", "pip", "install", "-q", GENERATOR, cwd=folder)
        return found


@pytest.fixture(scope="session")
def packages() -> Path:
    """A `node_modules` with the generators of TypeScript clients, and the compiler."""
    return node_modules(CLIENTS / "package.json")


@pytest.fixture
def document(served: Served, tmp_path: Path) -> Path:
    """The document as it is served, in a file."""
    found = tmp_path / "openapi.json"
    found.write_bytes(served.client.get("/openapi.json").content)
    return found


def _calls(output: str) -> Any:
    return json.loads(output.splitlines()[-1])


def _environment(served: Served) -> dict[str, str]:
    return {"API": served.server.address, "KEY": served.key("events:read events:write")}


def test_a_python_client_is_made_whole_and_calls(
    served: Served, python: Path, document: Path, tmp_path: Path
) -> None:
    generate = ("-m", "openapi_python_client", "generate", "--meta", "none")
    configuration = tmp_path / "made.yaml"
    configuration.write_text("post_hooks: []\n")
    options = ("--path", document, "--output-path", tmp_path / "made", "--config", configuration)
    said = run(python, *generate, *options, cwd=tmp_path)
    # It warns of what it leaves out, and goes on.
    assert "Warning" not in said, said
    shutil.copy(CLIENTS / "attrs_client.py", tmp_path / "calls.py")
    output = run(python, "calls.py", cwd=tmp_path, **_environment(served))
    assert _calls(output) == [True, 201, True, "missing"]


@with_npm
def test_typescript_clients_are_made_fit_their_types_and_call(
    served: Served, packages: Path, document: Path, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(packages)
    for name in ("package.json", "tsconfig.json", "fetching.ts", "calling.ts"):
        shutil.copy(CLIENTS / name, tmp_path)
    programs = packages / ".bin"
    run(programs / "openapi-typescript", document, "-o", "schema.d.ts", cwd=tmp_path)
    options = ("-i", document, "-o", "hey", "-c", "@hey-api/client-fetch", "--no-log-file")
    run(programs / "openapi-ts", *options, cwd=tmp_path)
    run(programs / "tsc", cwd=tmp_path)
    environment = _environment(served)
    for name, said in (
        ("fetching", [True, True, "precondition_failed", "missing"]),
        ("calling", ["ok", True, True, "missing"]),
    ):
        output = run("node", f"built/{name}.js", cwd=tmp_path, **environment)
        assert _calls(output) == said
