"""The first objection over HTTP: keys on three addresses, an assistant's tool, and `why` alike."""

from itertools import product
from pathlib import Path

import httpx

from store.domain.people import Plan
from store.domain.stops import StopKind, Target
from store.domain.verdicts import ANSWERED
from tests.house import House
from tests.verifier.serving import API, serving
from tests.verifier.test_first_objection import OFTEN, ONCE, RESTRICTED, first

IN_ORDER = ("stopped", "plan", "network", "scope", "limited")
GRANTED = {True: "quotes:read", False: "events:read quotes:read"}


def test_keys_and_assistants_are_answered_alike_over_http_and_why_says_the_same(
    own_house: House, tmp_path: Path
) -> None:
    store, alice = own_house.store, own_house.alice
    secrets = {}
    for network, scope in product((True, False), repeat=2):
        issued = own_house.create(f"Key {network} {scope}", GRANTED[scope])
        connection, pair = own_house.opened(GRANTED[scope])
        if network:
            store.restrictions.set_networks(alice, issued.key.id, RESTRICTED).unwaited()
            store.connections.set_networks(alice, connection.id, RESTRICTED).unwaited()
        secrets[network, scope] = issued.secret.reveal(), pair.access.reveal()
    store.limits.set_workspace(alice, OFTEN).unwaited()
    served = serving(own_house, tmp_path / "stderr", public_url="https://here.example")
    with served as server, server.client() as client:
        assert _verified(client, secrets[False, False][0]).status_code == 200
        for limited, stopped, plan in product((True, False), repeat=3):
            store.limits.set_workspace(alice, ONCE if limited else OFTEN).unwaited()
            if stopped:
                store.stops.stop(alice, [Target(StopKind.WORKSPACE, "")]).unwaited()
            store.operator.set_plan("acme-events", Plan.FREE if plan else Plan.PRO).unwaited()
            for (network, scope), (key, token) in secrets.items():
                some = (stopped, plan, network, scope, limited)
                wanted = first(dict(zip(IN_ORDER, some, strict=True)))
                for answer in (
                    _verified(client, key),
                    client.get(f"{API}/authorize?scope=events:read", headers=_bearer(key)),
                    client.get(f"{API}/events", headers=_bearer(key)),
                    _called(client, token),
                ):
                    told = store.why.explain(alice, answer.headers["x-request-id"]).outcome
                    assert told == wanted, (some, answer.request.url, answer.text)
                    _check_said(answer, wanted)
            store.operator.set_plan("acme-events", Plan.PRO).unwaited()
            if stopped:
                store.stops.resume(alice, [Target(StopKind.WORKSPACE, "")])


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _verified(client: httpx.Client, key: str) -> httpx.Response:
    return client.get(f"{API}/verify?scope=events:read", headers=_bearer(key))


def _called(client: httpx.Client, token: str) -> httpx.Response:
    """Call the tool that lists events."""
    params = {"name": "list_events", "arguments": {}}
    return client.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params},
        headers={**_bearer(token), "Accept": "application/json, text/event-stream"},
    )


def _check_said(answer: httpx.Response, wanted: str) -> None:
    """Check that an answer says what the id says: a problem, or a result that is a failure."""
    if answer.request.url.path == "/mcp" and answer.status_code == 200:
        assert answer.json()["result"].get("isError", False) is (wanted != ANSWERED)
    elif wanted == ANSWERED:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["code"]) == (
            429 if wanted == "limited" else 403,
            wanted,
        )
