"""Two workspaces in one store: no key reaches across, on any route."""

from typing import Any

import pytest

from tests.verifier.serving import Served

pytestmark = pytest.mark.both_engines

_ALL = "availability:read events:read events:write quotes:read quotes:write"
_BODIES: dict[str, dict[str, Any]] = {
    "/events": {
        "name": "Private",
        "starts_at": "2027-01-01T00:00:00Z",
        "ends_at": "2027-01-02T00:00:00Z",
    },
    "/quotes": {"customer": "Private", "currency": "EUR", "amount": "1"},
}


@pytest.mark.parametrize("path", list(_BODIES))
def test_another_workspaces_thing_is_not_found_in_the_very_words_of_none(
    served: Served, path: str
) -> None:
    mine = served.key(_ALL)
    theirs = served.key(_ALL, actor=served.house.bob)
    made = served.ask(path, theirs, "POST", json=_BODIES[path]).json()
    for method, body in (("GET", None), ("PATCH", {}), ("PATCH", _BODIES[path])):
        there, nowhere = (
            served.ask(f"{path}/{one}", mine, method, json=body)
            for one in (made["id"], made["id"][:-1] + "!")
        )
        assert there.status_code == nowhere.status_code == 404
        assert {**there.json(), "request_id": ""} == {**nowhere.json(), "request_id": ""}
    assert served.ask(f"{path}/{made['id']}", theirs).json() == made


@pytest.mark.parametrize("path", list(_BODIES))
def test_a_list_holds_what_is_the_workspaces_own(served: Served, path: str) -> None:
    keys = [served.key(_ALL), served.key(_ALL, actor=served.house.bob)]
    made = [served.ask(path, key, "POST", json=_BODIES[path]).json()["id"] for key in keys]
    for key, own, foreign in zip(keys, made, reversed(made), strict=True):
        listed = {one["id"] for one in served.ask(f"{path}?limit=200", key).json()["data"]}
        assert own in listed
        assert foreign not in listed


def test_verify_names_the_workspace_of_the_key(served: Served) -> None:
    for actor, slug in ((served.house.alice, "acme-events"), (served.house.bob, "bolt-catering")):
        answer = served.ask("/verify", served.key(actor=actor))
        assert answer.json()["workspace"] == answer.headers["x-workspace"] == slug
