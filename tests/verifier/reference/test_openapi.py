"""The verifier against its own OpenAPI document, tried by schemathesis with every check on."""

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from console import topics
from store.verifier.api_keys import key_authenticator
from store.verifier.context import WorkerContext
from store.verifier.mcp.tools import tools
from store.verifier.problems import KINDS
from store.verifier.reference.page import TOPICS
from store.verifier.resources.events import Events
from store.verifier.resources.quotes import Quotes
from tests.verifier.serving import API, Served

# What a schema cannot say: a scope must be in the catalogue, a cursor is one that a list gave, days
# are in order, an event ends after it starts, an entity tag is the thing's. Those are refused, and
# with these statuses alone. For headers its coverage phase sends `0`, whatever their pattern.
_CONFIGURATION = f"""
[[operations]]
include-name = [
    "GET {API}/verify", "GET {API}/availability", "GET {API}/events", "GET {API}/quotes"
]
checks.positive_data_acceptance.expected-statuses = ["2xx", "400"]

[[operations]]
include-name = ["GET {API}/authorize"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "403"]

[[operations]]
include-name = ["GET {API}/events/{{id}}", "GET {API}/quotes/{{id}}"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "304", "400", "404", "412"]

[[operations]]
include-name = ["POST {API}/events", "POST {API}/quotes"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "422"]

[[operations]]
include-name = ["POST {API}/leaks"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "429"]

[[operations]]
include-name = ["PATCH {API}/events/{{id}}", "PATCH {API}/quotes/{{id}}"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "404", "412", "422"]
"""
EVERYTHING = "availability:read events:read events:write quotes:read quotes:write"


def document(served: Served) -> dict[str, Any]:
    """Return the document as it is served."""
    found: dict[str, Any] = served.client.get("/openapi.json").json()
    return found


def test_schemathesis_finds_nothing(own: Served, tmp_path: Path) -> None:
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(_CONFIGURATION)
    key = own.key(EVERYTHING)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", f"--config-file={configuration}", "run"),
            f"{own.server.address}/openapi.json",
            *("--header", f"Authorization: Bearer {key}"),
            *("--checks", "all", "--max-examples", "15", "--seed", "7", "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    generated = re.search(r"(\d+) generated", done.stdout)
    assert generated, done.stdout
    assert int(generated[1]) > 250
    # Some of what it sends is no HTTP, and is said to be; nothing else went wrong.
    _ready, *others = own.server.said().splitlines()
    strange = {"Rejected (syntax)", "Rejected (escapes)"}
    assert {line.partition(":")[0] for line in others} <= strange, others


def test_every_address_that_is_described_exists_and_asks_for_a_key_where_it_says_so(
    served: Served,
) -> None:
    for path, methods in document(served)["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            answer = served.client.request(
                method, path.replace("{id}", "x"), json=body.get("example")
            )
            assert answer.status_code == (401 if operation["security"] else 200), (method, path)


def _parts(part: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, list):
        for one in part:
            yield from _parts(one, where)
    if isinstance(part, dict):
        yield where, part
        for name, one in part.items():
            yield from _parts(one, f"{where}/{name}")


def test_no_schema_leaves_a_generator_to_guess(served: Served) -> None:
    """In the whole document, and in what the tools of assistants say of themselves."""
    context = WorkerContext(served.house.url, pepper_path=served.house.pepper_path)
    with closing(context):
        of_tools = [
            (tool.arguments, tool.result) for tool in tools(key_authenticator(context)).values()
        ]
    schemas: list[Any] = [document(served), *(one for both in of_tools for one in both)]
    counted = 0
    for where, part in _parts(schemas):
        if isinstance(part.get("enum"), list):
            counted += 1
            assert part.get("type") in ("string", "boolean", "integer"), (where, part)
        if where.endswith("/schema") or where.rpartition("/")[0].endswith("/properties"):
            assert {"type", "$ref", "anyOf"} & set(part), (where, part)
        if "operationId" in part:
            assert isinstance(part["security"], list), where
    assert counted > 5


def test_each_operation_names_the_scope_it_really_needs(served: Served) -> None:
    key = served.key("availability:read")
    for path, methods in document(served)["paths"].items():
        for method, operation in methods.items():
            for needed in operation["security"][0]["key"] if operation["security"] else ():
                answer = served.client.request(
                    method, path.replace("{id}", "x"), headers={"Authorization": f"Bearer {key}"}
                )
                if needed == "availability:read":
                    assert answer.status_code == 200
                else:
                    assert answer.json()["required_scope"] == needed, (method, path)


def test_every_answer_outside_two_hundred_is_a_problem_of_a_known_code(served: Served) -> None:
    for methods in document(served)["paths"].values():
        for operation in methods.values():
            for status, said in operation["responses"].items():
                codes = re.findall(r"`([a-z_]+)`", said["description"])
                assert status.startswith(("2", "3")) or codes
                assert {KINDS[code].status for code in codes} <= {int(status)}


def test_the_page_holds_every_operation_schema_and_error_and_loads_nothing(served: Served) -> None:
    answer = served.client.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page, described = answer.text, document(served)
    for path, methods in described["paths"].items():
        for method in methods:
            assert f'id="{method}{path}"' in page
    for name in described["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
    for code in KINDS:
        assert f'id="error-{code}"' in page
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {one[1:] for one in re.findall(r'href="(#[^"]+)"', page)} <= set(ids)
    assert re.findall(r"<script|<link|<img|src=|url\(|@import", page) == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_page_leads_to_texts_that_keydeck_help_has() -> None:
    assert set(TOPICS) <= set(topics.names())
    assert {name: topics.topic(name).summary for name in TOPICS} == TOPICS


def test_every_example_of_the_page_is_answered(served: Served) -> None:
    key = served.key(EVERYTHING)
    made = {
        kind: served.ask(f"/{kind}", key, "POST", json=body).json()["id"]
        for kind, body in (("events", Events.example), ("quotes", Quotes.example))
    }
    examples = re.findall(r"<pre>(curl .*?)</pre>", served.client.get("/docs").text, re.DOTALL)
    assert len(examples) == 15
    for example in map(html.unescape, examples):
        surroundings = {"API": served.server.address, "KEY": key, "PATH": os.environ["PATH"]}
        surroundings["ID"] = made["quotes" if "/quotes/" in example else "events"]
        done = subprocess.run(
            ["bash", "-c", f"{example} -o /dev/null -w '%{{http_code}}'"],
            env=surroundings,
            capture_output=True,
            text=True,
        )
        assert done.stdout in ("200", "201"), (example, done.stdout, done.stderr)


def test_the_documents_need_no_key_and_name_nobody(served: Served) -> None:
    issued = served.issue(name="Labelled")
    for path in ("/openapi.json", "/docs"):
        text = served.client.get(path).text
        for word in (issued.key.id, "Labelled", "acme"):
            assert word not in text


def test_whoever_types_the_bare_address_finds_the_page_and_a_terminals_prompt_its_own_line(
    served: Served,
) -> None:
    led = served.client.get("/", follow_redirects=True)
    assert (led.status_code, led.url.path) == (200, "/docs")
    for path in ("/healthz", "/openapi.json", "/nothing", "/docs"):
        assert served.client.get(path).content.endswith((b"}\n", b">\n"))


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_a_documents_head_is_its_size(served: Served, path: str) -> None:
    answer: httpx.Response = served.client.head(path)
    assert answer.content == b""
    assert int(answer.headers["content-length"]) == len(served.client.get(path).content)
